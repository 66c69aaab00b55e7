"""State what is true of an answered questionnaire: every answer, and a finding for every bad one."""

from __future__ import annotations

from collections.abc import Iterator

from harmonize.demo.bsci_monitorings import overall_grade
from harmonize.demo.material import Material
from harmonize.demo.question_visits import QuestionVisit
from harmonize.demo.stays import on_site
from harmonize.demo.truth import AnswerTruth, AssessmentTruth, FindingTruth

__all__ = ["question_answers", "question_assessment", "question_findings"]


def question_assessment(visit: QuestionVisit, material: Material) -> AssessmentTruth:
    """The assessment; what a factory declares of itself is no stay of anybody."""
    questionnaire = material.questionnaires[visit.instrument]
    return AssessmentTruth(
        assessment=visit.key,
        facility=visit.factory.key,
        instrument=visit.instrument,
        edition=questionnaire.edition,
        native_id=visit.native_id,
        assessed_on=visit.day.isoformat(),
        rating=overall_grade(visit, questionnaire) if visit.instrument == "amfori_bsci" else "",
        stay=on_site(visit.factory, visit.day) if questionnaire.answered_by == "verifier" else visit.key,
    )


def question_answers(visit: QuestionVisit, material: Material) -> Iterator[AnswerTruth]:
    """What every answer means."""
    answered_by = material.questionnaires[visit.instrument].answered_by
    for question, state in visit.states.items():
        yield AnswerTruth(visit.key, visit.instrument, visit.native_id, question, answered_by, state, None, "")


def question_findings(visit: QuestionVisit) -> Iterator[FindingTruth]:
    """All questions are of compliance: a bad answer is a finding, with what stands beside it."""
    for question, detail in visit.details.items():
        due_on = visit.due_on(question)
        due = "" if due_on is None else due_on.isoformat()
        yield FindingTruth(visit.key, visit.instrument, question, detail.severity, due, False)
