"""Write Better Work exports: long assessment tables, enterprise lists and improvement plans.

The same assessment reaches the inbox from the programme, from a buyer in another row order, and again after a factual
correction. Labels are ours: the name of the compliance point with a running number.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

from harmonize.demo.better_work_visits import BetterWorkVisit
from harmonize.demo.material import Material, Programme
from harmonize.demo.sheets import Grid, Row, SheetDocument
from harmonize.demo.spelling import Written, write_factory
from harmonize.demo.stays import on_site
from harmonize.demo.streams import stream
from harmonize.demo.truth import AnswerTruth, AssessmentTruth

__all__ = ["better_work_answers", "better_work_assessments", "better_work_documents"]

INSTRUMENT = "better_work_cat"
COLUMNS = (
    "Country", "Cluster", "CP", "Cycle", "Quest.ID", "Assesment.Start.Date", "Factory.Assessed.ID",
    "Factory.Assessed.Name", "Q.Label", "Question.ID", "Question.type", "Finding", "Tags", "TQ.Name",
    "Assessment.Method",
)  # fmt: skip
LIST_COLUMNS = (
    "ID", "Original Factory ID", "Name", "Address", "Address 2", "City", "State", "Zip Code", "Country",
    "Country Code (Alpha 2)", "GPS Coordinates X", "GPS Coordinates Y", "Total", "Male", "Female", "Creation  Data",
    "Address 2", "City", "Country",
)  # fmt: skip
PLAN_COLUMNS = ("Factory ID", "Cycle", "Compliance.point", "Issue", "Action", "Due Date", "Status")
DISCLOSED = "Public Disclosure"


def better_work_documents(visits: Sequence[BetterWorkVisit], material: Material, seed: int) -> list[SheetDocument]:
    """All exports of both programmes and the buyer's re-export."""
    vietnam = [visit for visit in visits if visit.programme == "better-work-vietnam"]
    cambodia = [visit for visit in visits if visit.programme == "bfc"]
    bought = [visit for visit in vietnam if "gap" in visit.factory.buyers]
    corrected = [visit for visit in vietnam if visit.amended]
    home = "better-work-vietnam/received-2026-02-10"
    archive = "bfc/received-2026-02-12/bfc_export.zip!"
    shuffled = _rows(bought, material, seed)
    stream(seed, "gap-better-work").shuffle(shuffled)
    is_told_two_ways = any(visit.amended for visit in bought)
    later = [replace(visit, findings={**visit.findings, **visit.amended}) for visit in corrected]
    documents = [
        _document("better_work_vietnam", f"{home}/assessments.csv", _rows(vietnam, material, seed)),
        _enterprises("enterprises_vietnam", f"{home}/enterprises.xlsx", vietnam, (material, seed)),
        _plan("improvement_plan_vietnam", f"{home}/improvement_plan.csv", vietnam, material),
        replace(
            _document("gap_better_work", "gap/received-2026-02-20/better_work.csv", shuffled),
            is_contradicted=is_told_two_ways,
        ),
        replace(
            _document(
                "better_work_corrected",
                "better-work-vietnam/received-2026-03-05/assessments_corrected.csv",
                _rows(later, material, seed),
            ),
            is_contradicted=is_told_two_ways,
        ),
        _document("bfc_assessments", f"{archive}/assessments.csv", _rows(cambodia, material, seed)),
        _enterprises("enterprises_cambodia", f"{archive}/enterprises.xlsx", cambodia, (material, seed)),
        _plan("improvement_plan_cambodia", f"{archive}/improvement_plan.csv", cambodia, material),
    ]
    return [each for each in documents if each.grids[0].rows]


def better_work_assessments(visit: BetterWorkVisit) -> AssessmentTruth:
    """The visit."""
    day = visit.started_on.isoformat()
    stay = on_site(visit.factory, visit.started_on)
    return AssessmentTruth(visit.key, visit.factory.key, INSTRUMENT, "", visit.native_id, day, stay)


def better_work_answers(visit: BetterWorkVisit) -> Iterator[AnswerTruth]:
    """Finding 1 is non-compliant and 0 compliant, whatever the wording; the latest delivery counts."""
    for question, found in {**visit.findings, **visit.amended}.items():
        state = "not_met" if found else "met"
        yield AnswerTruth(visit.key, INSTRUMENT, visit.native_id, question, "verifier", state, None, "")
    for question in visit.facts:
        yield AnswerTruth(visit.key, INSTRUMENT, visit.native_id, question, "verifier", "informational", None, "")


def _document(name: str, path: str, rows: Sequence[Row]) -> SheetDocument:
    grid = Grid("Assessments", COLUMNS, _opened(rows))
    return SheetDocument(name, path, path.partition("/")[0], INSTRUMENT, (grid,))


def _rows(visits: Sequence[BetterWorkVisit], material: Material, seed: int) -> list[Row]:
    rows: list[Row] = []
    for visit in visits:
        programme = material.better_work.programmes[visit.programme]
        written = write_factory(visit.factory, visit.programme, material, seed, visit.started_on)
        rows.extend(_visit_rows(visit, programme, written))
    return rows


def _visit_rows(visit: BetterWorkVisit, programme: Programme, written: Written) -> Iterator[Row]:
    for scored in programme.scored:
        for number, question in enumerate(scored.ids, start=1):
            found = "1" if visit.findings[question] else "0"
            tags = DISCLOSED if scored.point == "Emergency Preparedness" else ""
            label = f"{scored.point}, item {number} *\r\n"
            yield _row(visit, programme, written, (scored.cluster, scored.point, label, question, "NCQ", found, tags))
    for fact in programme.facts:
        parts = (fact.cluster, fact.point, f"{fact.point} ?", fact.id, "FGW", visit.facts[fact.id], "")
        yield _row(visit, programme, written, parts)


def _row(visit: BetterWorkVisit, programme: Programme, written: Written, parts: tuple[str, ...]) -> Row:
    cluster, point, label, question, kind, finding, tags = parts
    obsolete = " (Obsolete)" if visit.factory.previous is not None and visit.cycle % 2 else ""
    values = (
        written.country, cluster, point, str(visit.cycle), visit.native_id, f"{visit.started_on:%d/%m/%Y}",
        visit.factory.identifiers.bw_factory, written.name + obsolete, label, question, kind, finding, tags,
        programme.tool, visit.method,
    )  # fmt: skip
    return Row(values, assessment=visit.key, question=question, facility=visit.factory.key, cells=1)


def _opened(rows: Sequence[Row]) -> tuple[Row, ...]:
    """Only the first row of an assessment is its place and its mention of the factory."""
    seen: set[str] = set()
    opened = []
    for row in rows:
        first = row.assessment not in seen
        seen.add(row.assessment)
        owner = row.facility if first else ""
        opened.append(replace(row, opens=first, facility=owner))
    return tuple(opened)


def _enterprises(
    name: str, path: str, visits: Sequence[BetterWorkVisit], context: tuple[Material, int]
) -> SheetDocument:
    material, seed = context
    latest = {visit.factory.key: visit for visit in visits}
    rows = []
    for visit in latest.values():
        factory = visit.factory
        written = write_factory(factory, visit.programme, material, seed, visit.started_on)
        women = factory.workers * 4 // 5
        values = (
            int(factory.identifiers.bw_factory), int(factory.identifiers.bw_factory), written.name, written.address,
            "", written.city, written.province, written.postal, written.country, factory.country,
            factory.address.longitude, factory.address.latitude, factory.workers, factory.workers - women, women,
            "15/06/2019", "", "", "",
        )  # fmt: skip
        rows.append(Row(values, facility=factory.key))
    grid = Grid("Enterprise Report", LIST_COLUMNS, tuple(rows), titles=(("Enterprise report",),))
    return SheetDocument(name, path, path.partition("/")[0], INSTRUMENT, (grid,), container="xlsx")


def _plan(name: str, path: str, visits: Sequence[BetterWorkVisit], material: Material) -> SheetDocument:
    rows = []
    for visit in visits:
        rng = stream("plan", visit.key)
        for scored in material.better_work.programmes[visit.programme].scored:
            for number, question in enumerate(scored.ids, start=1):
                if not visit.findings[question] or question in visit.amended:
                    continue
                due = visit.started_on + timedelta(days=rng.choice((30, 90, 180)))
                values = (
                    visit.factory.identifiers.bw_factory,
                    str(visit.cycle),
                    scored.point,
                    f"{scored.point}, item {number}",
                    rng.choice(material.better_work.actions),
                    f"{due:%d/%m/%Y}",
                    rng.choice(("In Progress", "Pending", "Completed")),
                )
                rows.append(Row(values, cells=1))
    grid = Grid("Improvement plan", PLAN_COLUMNS, tuple(rows))
    return SheetDocument(name, path, path.partition("/")[0], INSTRUMENT, (grid,))
