"""The plan as a workbook: a printable plan with room for the factory, its sources, proposed closings and history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from harmonize.assessments.corrective_actions.cells import (
    answer_elsewhere,
    found_by,
    line_cells,
    place,
    receiver_differences,
    repetition,
    told_twice,
)
from harmonize.assessments.corrective_actions.plan import Plan
from harmonize.assessments.corrective_actions.words import Spoken
from harmonize.workbooks import ALARMS, Book, Column, Notes, Sheet

__all__ = ["plan_workbook"]

Row = Mapping[str, Any]
_PLAN = {
    "number": 5, "matter": 30, "matter_local": 30, "status": 13, "due_on": 11, "zero_tolerance": 10, "severities": 20,
    "found_by": 26, "repetition": 20, "actions": 32, "law": 18, "differs": 30, "proposed": 11, "progress": 17,
    "responsible": 17, "done_on": 12, "evidence": 22, "line_id": 20,
}  # fmt: skip
_SOURCES = {
    "number": 5, "matter": 28, "matter_local": 28, "instrument": 16, "edition": 12, "assessed_on": 12,
    "contributors": 18, "assessor": 18, "verification": 12, "clause": 14, "basis": 16, "zero_tolerance": 10,
    "severity": 16, "status": 13, "status_raw": 14, "due_on": 11, "closed_on": 11, "description": 42,
    "root_cause": 30, "legal_reference": 20, "actions": 32, "stated_responsible": 18, "differs": 30, "place": 40,
    "source_id": 20, "assessment_id": 20,
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
_RULES = ("rule_line", "rule_status", "rule_closing", "rule_severity", "rule_receivers", "rule_rows")


def plan_workbook(plan: Plan, spoken: Spoken) -> Book:
    """The workbook of a plan, in English and the language beside it."""
    facility = plan.facility
    return Book(
        [
            _sheet("plan", _PLAN, _plan_rows(plan, spoken), spoken),
            _sheet("sources", _SOURCES, _source_rows(plan, spoken), spoken),
            _sheet("closings", _CLOSINGS, _closing_rows(plan, spoken), spoken),
            _sheet("history", _HISTORY, _history_rows(plan, spoken), spoken),
        ],
        _about(plan, spoken),
        header=f"{facility['name'] or ''}, {facility['facility_id']}, {plan.as_of}",
        footer=plan.release_id,
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
            "differs": "; ".join(receiver_differences(beneath.get(line["line_id"], ()), plan.titles, spoken)),
            "proposed": line["proposed_closings"] or "",
            "line_id": line["line_id"],
            ALARMS: {"status", "due_on"} if line["is_overdue"] else {"zero_tolerance"},
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
    same = ("edition", "assessed_on", "assessor", "closed_on", "description", "root_cause", "legal_reference",
            "source_id", "assessment_id")  # fmt: skip
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
            "severity": told_twice(row["severity_raw"], row["severity_elsewhere"], spoken),
            "status_raw": "" if row["is_differing"] else told_twice(row["status_raw"], row["status_elsewhere"], spoken),
            "due_on": told_twice(row["due_on"], row["due_elsewhere"], spoken),
            "status": spoken("overdue" if row["is_overdue"] else row["status"] or "open"),
            "actions": "; ".join(row["actions"]),
            "stated_responsible": "; ".join(row["responsible"]),
            "differs": answer_elsewhere(row, spoken),
            "place": place(row),
            ALARMS: {"status"} if row["is_overdue"] else {"zero_tolerance"},
        }


def _closing_rows(plan: Plan, spoken: Spoken) -> Iterable[Row]:
    same = ("found_on", "said_on", "assessment_id")
    for shown, row in sorted(_beneath(plan, plan.closings, spoken), key=lambda pair: not pair[1]["is_proposed"]):
        accepted_by = spoken.words.accepted_by
        owner = accepted_by.get(row["accepted_by"] or "", accepted_by["public"])
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
            "accepted_by": spoken.both(owner) if row["is_proposed"] else "",
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


def _sheet(name: str, widths: Mapping[str, int], rows: Iterable[Row], spoken: Spoken) -> Sheet:
    columns = [
        Column(column, _heading(column, spoken), width, column in _FILLED, _choices(column, spoken))
        for column, width in widths.items()
        if column != "matter_local" or spoken.language
    ]
    return Sheet(spoken.words.words[name]["en"], columns, rows, frozen=2)


def _heading(column: str, spoken: Spoken) -> str:
    if column == "matter" and spoken.language:
        return spoken.words.words["matter"]["en"]
    if column == "matter_local":
        return spoken.words.words["matter"][spoken.language or "en"]
    return spoken(column, "\n")


def _choices(column: str, spoken: Spoken) -> list[str]:
    return [spoken(name) for name in _CHOICES.get(column, ())]


def _about(plan: Plan, spoken: Spoken) -> Notes:
    """What the plan is, how to read it, what is missing, and the laws with their days and authorities."""
    facility = plan.facility
    names = " / ".join(dict.fromkeys(str(facility[part]) for part in ("name", "name_local") if facility[part]))
    ids = ", ".join(str(facility[part]) for part in ("facility_id", "os_id") if facility[part])
    rules = [*_RULES, *(["rule_words"] if spoken.language and spoken.words.status == "machine" else [])]
    lines = [
        (spoken("facility"), f"{names} ({ids})"),
        (spoken("country"), ", ".join(str(facility[part]) for part in ("country", "admin1") if facility[part])),
        (spoken("release"), plan.release_id),
        (spoken("as_of"), str(plan.as_of)),
        *_under(spoken("reading"), [spoken(rule, "\n") for rule in rules]),
        *_under(spoken("missing"), _missing(plan, spoken)),
        *_under(spoken("laws"), _laws(plan)),
    ]
    return Notes(spoken.words.words["about"]["en"], spoken("title"), lines)


def _under(heading: str, said: Sequence[str]) -> list[tuple[str, str]]:
    return [("" if at else heading, text) for at, text in enumerate(said)]


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
