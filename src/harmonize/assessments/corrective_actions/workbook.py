"""The plan as a workbook: a printable plan with room for the factory, its sources, proposed closings, history, and notes."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import xlsxwriter

from harmonize.assessments.corrective_actions.cells import found_by, line_cells, neutral, place, repetition
from harmonize.assessments.corrective_actions.plan import Plan
from harmonize.assessments.corrective_actions.words import Spoken

__all__ = ["plan_workbook"]

Row = Mapping[str, Any]
_A4 = 9
_PLAN = {
    "number": 5, "matter": 30, "matter_local": 30, "status": 13, "due_on": 11, "zero_tolerance": 10, "severities": 20,
    "found_by": 26, "repetition": 20, "actions": 32, "law": 18, "proposed": 11, "progress": 17, "responsible": 17,
    "done_on": 12, "evidence": 22, "line_id": 20,
}  # fmt: skip
_SOURCES = {
    "number": 5, "matter": 28, "matter_local": 28, "instrument": 16, "edition": 12, "assessed_on": 12, "contributors": 18,
    "assessor": 18, "verification": 12, "clause": 14, "basis": 16, "zero_tolerance": 10, "severity": 16, "status": 13,
    "status_raw": 14, "due_on": 11, "closed_on": 11, "description": 42, "root_cause": 30, "legal_reference": 20,
    "actions": 32, "stated_responsible": 18, "place": 40, "source_id": 20, "assessment_id": 20,
}  # fmt: skip
_CLOSINGS = {
    "number": 5, "matter": 28, "matter_local": 28, "is_proposed": 9, "kind": 34, "found_by": 16, "found_on": 12,
    "severity": 14, "said_by": 16, "said_on": 12, "verification": 12, "finding_verification": 12, "basis": 16,
    "finding_basis": 16, "clause": 16, "accepted_by": 28, "raised_by": 18, "decision": 16, "decided_by": 16,
    "decided_on": 12, "place": 40, "source_id": 20, "assessment_id": 20,
}  # fmt: skip
_HISTORY = {
    "number": 5, "matter": 28, "matter_local": 28, "happened_on": 12, "event": 36, "instrument": 16, "contributors": 18,
    "told": 20, "place": 40, "source_id": 20,
}  # fmt: skip
"""Columns of the sheets by the words of their titles, and how wide they are."""
_CHOICES = {"progress": ("not_begun", "in_progress", "done"), "decision": ("accept", "refuse", "ask")}
_FILLED = ("progress", "responsible", "done_on", "evidence", "decision", "decided_by", "decided_on")
"""Columns that people fill in."""
_MADE = datetime(2026, 1, 1)  # noqa: DTZ001 - the same plan makes the same bytes
_GREY, _ROOM, _INK = "#d9e2ec", "#fff9e0", "#9c1c1c"


@dataclass(frozen=True, slots=True)
class _Formats:
    head: Any
    text: Any
    day: Any
    room: Any
    room_day: Any
    alarm: Any
    alarm_day: Any
    title: Any


def plan_workbook(plan: Plan, spoken: Spoken) -> bytes:
    """The workbook of a plan, in English and the language beside it.

    Text that begins like a formula is neutralised; equal plans make equal bytes.
    """
    stream = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(stream, options) as book:
        book.set_properties({"title": spoken.words.words["title"]["en"], "created": _MADE})
        formats = _formats(book)
        sheets = (
            ("plan", _PLAN, _plan_rows(plan, spoken)),
            ("sources", _SOURCES, _source_rows(plan, spoken)),
            ("closings", _CLOSINGS, _closing_rows(plan, spoken)),
            ("history", _HISTORY, _history_rows(plan, spoken)),
        )
        for name, widths, rows in sheets:
            _table(book, name, widths, rows, spoken, formats, plan)
        _about(book, plan, spoken, formats)
    return stream.getvalue()


def _formats(book: Any) -> _Formats:
    cell = {"text_wrap": True, "valign": "top", "border": 1, "border_color": "#b0b8c0"}
    day = {**cell, "num_format": "yyyy-mm-dd", "align": "left"}
    return _Formats(
        head=book.add_format({**cell, "bold": True, "bg_color": _GREY, "valign": "vcenter"}),
        text=book.add_format(cell),
        day=book.add_format(day),
        room=book.add_format({**cell, "bg_color": _ROOM, "locked": False}),
        room_day=book.add_format({**day, "bg_color": _ROOM, "locked": False}),
        alarm=book.add_format({**cell, "bold": True, "font_color": _INK}),
        alarm_day=book.add_format({**day, "bold": True, "font_color": _INK}),
        title=book.add_format({"bold": True, "font_size": 14}),
    )


def _plan_rows(plan: Plan, spoken: Spoken) -> Iterable[Row]:
    beneath = _by_line(plan.sources)
    for line in plan.lines:
        yield {
            **line_cells(line, spoken),
            "number": line["number"],
            "status": spoken(line["status"]),
            "due_on": line["due_on"],
            "zero_tolerance": spoken("yes") if line["zero_tolerance"] else "",
            "severities": "; ".join(_titled(said, plan) for said in line["severities"] or ()),
            "found_by": found_by(beneath.get(line["line_id"], ()), plan.titles),
            "repetition": repetition(line, spoken),
            "actions": "; ".join(line["actions"] or ()),
            "law": "; ".join(plan.laws_of(line["line_id"])),
            "proposed": line["proposed_closings"] or "",
            "line_id": line["line_id"],
            "alarms": {"status", "due_on"} if line["is_overdue"] else {"zero_tolerance"},
        }


def _titled(severity: str, plan: Plan) -> str:
    """A severity in the words of its tool, the tool by its full name."""
    instrument, _, word = severity.partition(": ")
    return f"{plan.titles.get(instrument, instrument)}: {word}"


def _by_line(rows: Iterable[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row["line_id"], []).append(row)
    return found


def _beneath(plan: Plan, rows: Sequence[Row], spoken: Spoken) -> Iterable[tuple[Row, Row]]:
    """Rows in the order of their lines, each with what it shows of its line."""
    found = _by_line(rows)
    for line in plan.lines:
        shown = {**line_cells(line, spoken), "number": line["number"]}
        for row in found.get(line["line_id"], ()):
            yield shown, row


def _source_rows(plan: Plan, spoken: Spoken) -> Iterable[Row]:
    same = ("edition", "assessed_on", "assessor", "status_raw", "due_on", "closed_on", "description", "root_cause",
            "legal_reference", "source_id", "assessment_id")  # fmt: skip
    for shown, row in _beneath(plan, plan.sources, spoken):
        yield {
            **shown,
            **{name: row[name] for name in same},
            "instrument": plan.titles.get(row["instrument"], row["instrument"]),
            "verification": spoken(row["verification"]),
            "basis": _word(row["basis"], spoken),
            "contributors": "; ".join(row["contributors"]),
            "clause": row["clause_raw"],
            "zero_tolerance": spoken("yes") if row["severity"] == "zero_tolerance" else "",
            "severity": row["severity_raw"],
            "status": spoken("overdue" if row["is_overdue"] else row["status"] or "open"),
            "actions": "; ".join(row["actions"]),
            "stated_responsible": "; ".join(row["responsible"]),
            "place": place(row),
            "alarms": {"status"} if row["is_overdue"] else {"zero_tolerance"},
        }


def _closing_rows(plan: Plan, spoken: Spoken) -> Iterable[Row]:
    same = ("found_on", "said_on", "assessment_id")
    for shown, row in sorted(_beneath(plan, plan.closings, spoken), key=lambda pair: not pair[1]["is_proposed"]):
        owner = spoken.words.accepted_by.get(row["accepted_by"] or "")
        yield {
            **shown,
            **{name: row[name] for name in same},
            "is_proposed": spoken("yes" if row["is_proposed"] else "no"),
            "kind": _closing_kind(row, spoken),
            **{name: plan.titles.get(row[name], row[name]) for name in ("said_by", "found_by")},
            **{name: spoken(row[name]) for name in ("verification", "finding_verification")},
            **{name: _word(row[name], spoken) for name in ("basis", "finding_basis")},
            "severity": row["severity_raw"],
            "clause": row["question_id"],
            "accepted_by": spoken.both(owner) if owner and row["is_proposed"] else "",
            "raised_by": "; ".join(row["raised_by"]),
            "place": place(row),
            "source_id": row["finding_id"],
        }


def _closing_kind(row: Row, spoken: Spoken) -> str:
    said = spoken(row["kind"])
    return f"{said}\n{spoken('is_contradiction', days=row['days_later'])}" if row["is_contradiction"] else said


def _word(name: str | None, spoken: Spoken) -> str:
    return spoken(name) if name else ""


def _history_rows(plan: Plan, spoken: Spoken) -> Iterable[Row]:
    for shown, row in _beneath(plan, plan.history, spoken):
        yield {
            **shown,
            "happened_on": row["happened_on"],
            "event": spoken(row["event"]),
            "instrument": plan.titles.get(row["instrument"], row["instrument"]),
            "contributors": "; ".join(row["contributors"]),
            "told": row["told"],
            "place": place(row),
            "source_id": row["source_id"],
        }


def _table(
    book: Any, name: str, widths: Mapping[str, int], rows: Iterable[Row], spoken: Spoken, formats: _Formats, plan: Plan
) -> None:
    """One sheet: a title row that stays, a filter, choices where people fill in, A4 across when printed."""
    sheet = book.add_worksheet(spoken.words.words[name]["en"])
    columns = [column for column in widths if column != "matter_local" or spoken.language]
    for at, column in enumerate(columns):
        sheet.set_column(at, at, widths[column])
        sheet.write_string(0, at, _heading(column, spoken), formats.head)
    count = 0
    for count, row in enumerate(rows, start=1):
        for at, column in enumerate(columns):
            _cell(sheet, (count, at), row.get(column), _format(column, row, formats), formats)
    for column, choices in _CHOICES.items():
        if column in columns and count:
            at = columns.index(column)
            sheet.data_validation(1, at, count, at, {"validate": "list", "source": [spoken(one) for one in choices]})
    sheet.freeze_panes(1, columns.index("matter") + 1)
    sheet.autofilter(0, 0, max(count, 1), len(columns) - 1)
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
    # (An ampersand begins a code of the header.)
    title = f"{plan.facility['name'] or ''}, {plan.facility['facility_id']}, {plan.as_of}".replace("&", "&&")
    sheet.set_header(f"&L{title[:200]}&R{spoken.words.words[name]['en']}")
    sheet.set_footer(f"&L{plan.release_id}&R&P / &N")


def _heading(column: str, spoken: Spoken) -> str:
    if column == "matter" and spoken.language:
        return spoken.words.words["matter"]["en"]
    if column == "matter_local":
        return spoken.words.words["matter"][spoken.language or "en"]
    return spoken(column, "\n")


def _format(column: str, row: Row, formats: _Formats) -> Any:
    if column in _FILLED:
        return formats.room_day if column.endswith("_on") else formats.room
    if column in row.get("alarms", ()):
        return formats.alarm_day if column.endswith("_on") else formats.alarm
    return formats.day if column.endswith("_on") else formats.text


def _cell(sheet: Any, at: tuple[int, int], value: object, form: Any, formats: _Formats) -> None:
    match value:
        case None | "":
            sheet.write_blank(*at, None, form)
        case bool() | str():
            sheet.write_string(*at, neutral(str(value)), form)
        case date():
            sheet.write_datetime(*at, value, form)
        case _:
            sheet.write_number(*at, value, form)


def _about(book: Any, plan: Plan, spoken: Spoken, formats: _Formats) -> None:
    """What the plan is, how to read it, what is missing, and the laws with their days and authorities."""
    sheet = book.add_worksheet(spoken.words.words["about"]["en"])
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 110)
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    sheet.write_string(0, 0, spoken("title"), formats.title)
    facility = plan.facility
    names = " / ".join(dict.fromkeys(str(facility[part]) for part in ("name", "name_local") if facility[part]))
    ids = ", ".join(str(facility[part]) for part in ("facility_id", "os_id") if facility[part])
    rules = ["rule_line", "rule_status", "rule_closing", "rule_severity", "rule_rows"]
    if spoken.language and spoken.words.status == "machine":
        rules.append("rule_words")
    lines = [
        (spoken("facility"), f"{names} ({ids})"),
        (spoken("country"), ", ".join(str(facility[part]) for part in ("country", "admin1") if facility[part])),
        (spoken("release"), plan.release_id),
        (spoken("as_of"), str(plan.as_of)),
        *((spoken("reading") if rule == rules[0] else "", spoken(rule, "\n")) for rule in rules),
        *((spoken("missing") if not at else "", said) for at, said in enumerate(_missing(plan, spoken))),
        *((spoken("laws") if not at else "", said) for at, said in enumerate(_laws(plan))),
    ]
    for at, (what, said) in enumerate(lines, start=2):
        sheet.write_string(at, 0, neutral(what), formats.head if what else formats.text)
        sheet.write_string(at, 1, neutral(said), formats.text)


def _missing(plan: Plan, spoken: Spoken) -> list[str]:
    opened = plan.open_lines
    counts = {
        "missing_due": sum(line["due_on"] is None for line in opened),
        "missing_status": sum(line["without_status"] for line in opened),
        "missing_indicator": sum(line["indicator_id"] is None for line in plan.lines),
        "missing_action": sum(not line["actions"] for line in opened),
        "missing_date": sum(row["assessed_on"] is None for row in plan.sources),
        "missing_maturity": plan.maturity,
    }
    said = [spoken(name, "\n", count=count) for name, count in counts.items() if count]
    return [*said, spoken("missing_zero_tolerance", "\n")]


def _laws(plan: Plan) -> list[str]:
    """Each law once, with its authority and the days on which it held."""
    found = {
        law["law_id"]: f"{law['law_id']}: {law['title']}, {law['authority']}; {law['valid_from'] or '?'} – "
        f"{law['valid_to'] or '…'}{' -> ' + law['replaced_by'] if law['replaced_by'] else ''}"
        for law in plan.laws
    }
    return list(found.values())
