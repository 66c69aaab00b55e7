"""Write ERSA assessments, one workbook each: an overview of labels and values, and one row per question."""

from __future__ import annotations

from collections.abc import Sequence

from harmonize.demo.material import Material
from harmonize.demo.question_visits import QuestionVisit
from harmonize.demo.sheets import Grid, Row, SheetDocument, Value
from harmonize.demo.spelling import write_factory

__all__ = ["ersa_documents"]

INSTRUMENT = "ersa"
MEMBER = "northline"
PATH = "northline/received-2026-03-05/ersa/assessment_{key}.xlsx"
COLUMNS = (
    "Provision", "Sub-provision", "Question No", "Question", "Answer", "Rating", "Finding", "Local Law",
    "Recommendation", "Timeline",
)  # fmt: skip


def ersa_documents(visits: Sequence[QuestionVisit], material: Material, seed: int) -> list[SheetDocument]:
    """One workbook per assessment; the fault plan knows the first two as `ersa_1` and `ersa_2`."""
    own = [visit for visit in visits if visit.instrument == INSTRUMENT]
    return [
        SheetDocument(
            f"ersa_{number}",
            PATH.format(key=visit.factory.key.lower()),
            MEMBER,
            INSTRUMENT,
            (_overview(visit, material, seed), _results(visit, material)),
            container="xlsx",
            edition=material.questionnaires[INSTRUMENT].edition,
        )
        for number, visit in enumerate(own, start=1)
    ]


def _overview(visit: QuestionVisit, material: Material, seed: int) -> Grid:
    written = write_factory(visit.factory, MEMBER, material, seed, visit.day)
    facts: tuple[tuple[str, Value], ...] = (
        ("Facility Name", written.name),
        ("Facility Address", written.one_line),
        ("Country", written.country),
        ("Report No", visit.native_id),
        ("Assessment Date", visit.day.isoformat()),
        ("Assessment Type", "Full"),
        ("Announcement", "Semi-announced"),
        ("Assessment Company", "Third party"),
        ("Workers", visit.factory.workers),
    )
    rows = [Row(fact) for fact in facts]
    rows[0] = Row(facts[0], facility=visit.factory.key, assessment=visit.key, opens=True)
    return Grid("Overview", (), tuple(rows), header_shown=False)


def _results(visit: QuestionVisit, material: Material) -> Grid:
    rows = []
    for at, (part, item, question) in enumerate(material.questionnaires[INSTRUMENT].items()):
        # Some tools number questions within their provision, others in full.
        number = item if at % 2 else question
        detail = visit.details.get(question)
        beside: tuple[Value, ...] = (None,) * 5
        if detail is not None:
            timeline = f"{detail.days_allowed} days" if detail.days_allowed else "Immediate"
            beside = (detail.severity, detail.text, "Labour code", detail.action, timeline)
        values = (part, "General", number, f"{part}, item {item}", visit.words.get(question, ""), *beside)
        rows.append(Row(values, assessment=visit.key, question=question, cells=1))
    return Grid("Results", COLUMNS, tuple(rows))
