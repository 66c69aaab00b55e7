"""State what every answer of an SLCP CAF means: polarity by question, tick boxes by their list.

The box for none of a list is left out where the list is one of facts. A workbook leaves the cell of a box that is not
ticked empty: only the platform says that it was not selected.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from harmonize.demo.caf_exports import final_status, is_in_api
from harmonize.demo.caf_visits import CafVisit
from harmonize.demo.questionnaires import CafList, SlcpCaf
from harmonize.demo.stays import on_site
from harmonize.demo.truth import AnswerTruth, AssessmentTruth, FindingTruth

__all__ = ["caf_answers", "caf_assessment", "caf_findings"]

INSTRUMENT = "slcp_caf"
STATES = {
    "Yes": "met",
    "No": "not_met",
    "Not Applicable": "not_applicable",
    "Unable to assess": "unable_to_assess",
    "Do not know": "unknown_to_facility",
}
SWAPPED = {"met": "not_met", "not_met": "met"}


def caf_assessment(visit: CafVisit) -> AssessmentTruth:
    """The assessment; verified in a Better Work factory it is part of that stay."""
    day = visit.posted_on
    stay = visit.key
    if visit.verified_on is not None and final_status(visit) == "VRF":
        day = visit.verified_on
        seen = visit.seen_with
        stay = on_site(visit.factory, visit.verified_on if seen is None else seen.started_on)
    edition = f"caf{visit.version}"
    return AssessmentTruth(visit.key, visit.factory.key, INSTRUMENT, edition, visit.native_id, day.isoformat(), stay)


def caf_answers(visit: CafVisit, caf: SlcpCaf) -> Iterator[AnswerTruth]:
    """All answers; a verifier's only where one corrected."""
    for question, state in _states(visit, caf, visit.answers).items():
        yield _answer(visit, question, "facility", state)
    if final_status(visit) == "VRF":
        for question, state in _states(visit, caf, visit.corrections).items():
            yield _answer(visit, question, "verifier", state)
    for question, state in _boxes(visit, caf).items():
        yield _answer(visit, question, "facility", state)
    for question in ("fp-step-1", "fp-ed-2", "fp-bi-1"):
        yield _answer(visit, question, "facility", "informational")


def caf_findings(visit: CafVisit, caf: SlcpCaf) -> Iterator[FindingTruth]:
    """Every bad answer of Step 1, as the verifier left it; Step 2 asks for good practice."""
    corrections = visit.corrections if final_status(visit) == "VRF" else {}
    first = caf.steps["1"]
    words = {**visit.answers, **corrections}
    judged = {question: words[question] for question in (*first.good, *first.bad)}
    states = _states(visit, caf, judged) | _boxes(visit, caf, step="1")
    for question, state in states.items():
        if state == "not_met":
            yield FindingTruth(visit.key, INSTRUMENT, question, "", "", False)


def _states(visit: CafVisit, caf: SlcpCaf, words: Mapping[str, str]) -> dict[str, str]:
    bad = {question for step in caf.steps.values() for question in step.bad}
    states = {question: STATES[word] for question, word in words.items()}
    return {question: SWAPPED.get(state, state) if question in bad else state for question, state in states.items()}


def _boxes(visit: CafVisit, caf: SlcpCaf, step: str = "") -> dict[str, str]:
    """State by box; of the lists of one Step only where it is named."""
    states: dict[str, str] = {}
    for listed in caf.lists:
        if listed.none in visit.ticks and step in ("", listed.step):
            states |= _list_states(visit, listed)
    said = is_in_api(visit)
    return {box: state for box, state in states.items() if said or state != "not_selected"}


def _list_states(visit: CafVisit, listed: CafList) -> dict[str, str]:
    none_of_them = visit.ticks[listed.none]
    ticked = {"issues": "not_met", "provisions": "met", "facts": "informational"}[listed.kind]
    not_ticked = "met" if listed.kind == "issues" and none_of_them else "not_selected"
    states = {box: ticked if visit.ticks[box] else not_ticked for box in listed.boxes}
    if listed.kind == "facts":
        return states
    states[listed.none] = "not_selected"
    if none_of_them:
        states[listed.none] = "met" if listed.kind == "issues" else "not_met"
    return states


def _answer(visit: CafVisit, question: str, answered_by: str, state: str) -> AnswerTruth:
    return AnswerTruth(visit.key, INSTRUMENT, visit.native_id, question, answered_by, state, None, "")
