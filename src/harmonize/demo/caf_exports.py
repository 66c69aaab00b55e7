"""Who delivers which SLCP CAF: two brands from the platform's API, a third one as workbooks.

adidas asks the platform before many verifications are complete and sees self-assessments; Nike asks later. Gap hands in
workbooks of verified assessments, which print no number: factory and day tell which assessment they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta

from harmonize.demo.caf_visits import CafVisit
from harmonize.demo.json_documents import JsonDocument, JsonRecord
from harmonize.demo.material import Material
from harmonize.demo.questionnaires import SlcpCaf
from harmonize.demo.sheets import Grid, Row, SheetDocument, Value
from harmonize.demo.spelling import Written, write_factory

__all__ = ["caf_documents", "caf_json_documents", "final_status", "is_in_api"]

INSTRUMENT = "slcp_caf"
PLATFORM = "higg"
"""The spelling of the platform that holds the accounts."""
API_DAYS = {"adidas": date(2025, 10, 20), "nike": date(2026, 3, 16)}
WORKBOOK_DAY = date(2026, 3, 20)
COLUMNS = (
    "Key", "Number", "Section", "Sub-Section", "Category", "Main Text", "Master Type", "Response",
    "Corrected Response", "Verification Selection", "Verifier Comments", "Legal Non-Compliance",
)  # fmt: skip


def final_status(visit: CafVisit) -> str | None:
    """The status once all exports arrived; None where none of them shows the assessment."""
    return "VRF" if _has_workbook(visit) else _status_in_api(visit)


def is_in_api(visit: CafVisit) -> bool:
    """A brand that asked the platform shows the assessment."""
    return _status_in_api(visit) is not None


def _status_in_api(visit: CafVisit) -> str | None:
    statuses = [visit.status_on(day) for brand, day in API_DAYS.items() if brand in visit.deliverers]
    return max(filter(None, statuses), default=None)


def _has_workbook(visit: CafVisit) -> bool:
    """Not where the platform shows the self-assessment alone: nothing printed tells that the two are one."""
    is_verified = visit.status_on(WORKBOOK_DAY) == "VRF"
    return "gap" in visit.deliverers and is_verified and _status_in_api(visit) != "ASC"


def caf_json_documents(visits: Sequence[CafVisit], material: Material, seed: int) -> list[JsonDocument]:
    """A page of the API for each brand that asked the platform."""
    documents = []
    for brand, day in API_DAYS.items():
        records = tuple(
            _envelope(visit, status, material, seed)
            for visit in visits
            if brand in visit.deliverers
            for status in [visit.status_on(day)]
            if status is not None
        )
        if records:
            path = f"{brand}/received-{day.isoformat()}/fslm_page1.json"
            documents.append(JsonDocument(f"{brand}_fslm", path, INSTRUMENT, "", "page", records))
    return documents


def caf_documents(visits: Sequence[CafVisit], material: Material, seed: int) -> list[SheetDocument]:
    """The workbooks; the fault plan knows them by their number."""
    own = filter(_has_workbook, visits)
    return [_workbook(number, visit, material, seed) for number, visit in enumerate(own, start=1)]


def _envelope(visit: CafVisit, status: str, material: Material, seed: int) -> JsonRecord:
    factory = visit.factory
    written = write_factory(factory, PLATFORM, material, seed, visit.posted_on)
    verified = status == "VRF"
    completed = visit.completed_on if verified and visit.completed_on else visit.posted_on
    history = {"ASC": visit.posted_on} | ({"VRF": completed} if verified else {})
    questions = _nodes(visit, written, material.slcp_caf, verified)
    content = {
        "id": visit.native_id,
        "status": status,
        "statusHistory": {code: f"{day:%Y/%m/%d}" for code, day in history.items()},
        "version": "fslm",
        "cafVersion": visit.version,
        "accountId": factory.identifiers.higg_account,
        "accountName": written.name,
        "sacId": factory.identifiers.higg_id,
        "oarId": factory.identifiers.os_id,
        "taxId": factory.identifiers.tax_code,
        "country": written.country,
        "selfPosted": True,
        "verifiedPosted": verified,
        "verified": verified,
        "lastUpdated": int(datetime(completed.year, completed.month, completed.day, 9, tzinfo=UTC).timestamp()),
        "location": {
            "address": f"{written.one_line}, {written.country}",
            "latitude": factory.address.latitude,
            "longitude": factory.address.longitude,
        },
        "questions": questions,
    }
    return JsonRecord(factory.key, visit.key, content, len(questions))


def _nodes(visit: CafVisit, written: Written, caf: SlcpCaf, verified: bool) -> dict[str, object]:
    nodes: dict[str, object] = {}
    for question, (value, corrected) in _responses(visit, written, caf, verified).items():
        selection = "" if not verified else ("Inaccurate" if corrected else "Accurate")
        # The platform prints the keys of facts in capitals.
        key = question.upper() if question.startswith("fp-") else question
        legal = "National law" if corrected else ""
        nodes[key] = {
            "value": value, "corrected": corrected, "selection": selection, "flag": False, "data": "", "legal": legal,
        }  # fmt: skip
    nodes |= dict.fromkeys(_beyond(visit, caf))
    return nodes


def _responses(
    visit: CafVisit, written: Written, caf: SlcpCaf, verified: bool
) -> dict[str, tuple[str | int | bool, str | None]]:
    """What is answered and how a verifier corrected it, by question, in the order of the tool."""
    facts: dict[str, str | int] = {
        "fp-step-1": f"Step {visit.step}",
        "fp-oar-1": visit.factory.identifiers.os_id,
        "fp-bi-1": written.name,
        "fp-bi-3": written.name_local,
        "fp-bas-1": written.address,
        "fp-bas-2": written.city,
        "fp-bas-3": written.province,
        "fp-bi-7": written.country,
        "fp-ed-2": visit.factory.workers,
        "fp-bi-22": visit.posted_on.isoformat(),
        **caf.passed_over,
    }
    if verified and visit.verified_on is not None:
        facts["vd-e4"] = visit.verified_on.isoformat()
        facts["vd-e5"] = (visit.verified_on + timedelta(days=1)).isoformat()
    responses: dict[str, tuple[str | int | bool, str | None]] = {key: (value, None) for key, value in facts.items()}
    corrections = visit.corrections if verified else {}
    responses |= {key: (word, corrections.get(key)) for key, word in visit.answers.items()}
    responses |= {box: ("X" if ticked else False, None) for box, ticked in visit.ticks.items()}
    return responses


def _beyond(visit: CafVisit, caf: SlcpCaf) -> Iterator[str]:
    """What was not asked: questions and lists of a higher Step."""
    for step, questions in caf.steps.items():
        if step > visit.step:
            yield from (*questions.good, *questions.bad)
    for listed in caf.lists:
        if listed.step > visit.step:
            yield from (*listed.boxes, listed.none)


def _workbook(number: int, visit: CafVisit, material: Material, seed: int) -> SheetDocument:
    written = write_factory(visit.factory, PLATFORM, material, seed, visit.posted_on)
    caf = material.slcp_caf
    rows = [_line("fp-sec-1", "Header", (None,) * 5)]
    for question, (value, corrected) in _responses(visit, written, caf, True).items():
        # A box that is not ticked is an empty cell here.
        response: Value = None if value is False else value
        selection = "Inaccurate" if corrected else "Accurate"
        kind = "CALCULATED" if question == "fp-acc-1" else "Question"
        rows.append(_line(question, kind, (response, corrected, selection, None, "X" if corrected else None)))
    rows += [_line(question, "Question", (None,) * 5) for question in _beyond(visit, caf)]
    rows = [Row(row.values, assessment=visit.key, question=row.question, cells=row.cells) for row in rows]
    rows[0] = Row(rows[0].values, visit.factory.key, visit.key, opens=True)
    path = f"gap/received-{WORKBOOK_DAY.isoformat()}/caf/caf_{visit.factory.key.lower()}.xlsx"
    grid = Grid("Main Survey Actual", COLUMNS, tuple(rows))
    return SheetDocument(f"caf_workbook_{number}", path, "gap", INSTRUMENT, (grid,), container="xlsx")


def _line(question: str, kind: str, values: tuple[Value, ...]) -> Row:
    head = (question, question.upper(), "Section", "Sub-section", "Category", "Own words", kind)
    is_question = kind == "Question"
    return Row((*head, *values), question=question if is_question else "", cells=1 if is_question else 0)
