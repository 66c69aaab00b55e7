"""What presses a factory most, and the levels of Higg FEM that it reached with what the next one asks."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from typing import Any

import duckdb

__all__ = ["Asked", "Level", "Pressing", "fem_levels", "pressing_matters"]

_RANKED_BY_LEVELS = "higg_fem"
_SELF_STATED = {(True, True): "also stated in a self-inspection", (False, True): "stated in a self-inspection alone"}
_STRENGTH = {"desk": 1, "virtual": 2, "onsite": 3}


@dataclass(frozen=True, slots=True)
class Pressing:
    """An open matter of the plan, with what makes it press; severities are the tools' own words and rank nothing.

    Attributes:
        visits: those that surely found the same part of it.
    """

    line_id: str
    indicator_id: str | None
    labels: Mapping[str, str]
    reasons: Sequence[str]
    status: str
    due_on: date | None
    zero_tolerance: bool
    visits: int
    instruments: Sequence[str]
    verification: str
    severities: Sequence[str]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a level asks and the latest assessment does not answer with yes; `not_answered` is no row at all."""

    level: int
    question_id: str
    indicator_id: str
    labels: Mapping[str, str]
    state: str


@dataclass(frozen=True, slots=True)
class Level:
    """A section of Higg FEM in the latest assessment.

    Attributes:
        reached: the highest level with points; None where the export states no points by level.
        stated: what the export itself says of levels.
        asked: by level, the next one first.
    """

    section: str
    labels: Mapping[str, str]
    edition: str | None
    assessed_on: date | None
    evidence_day: date | None
    is_verified: bool
    score: float | None
    reached: int | None
    next_level: int
    stated: str | None
    asked: Sequence[Asked]


def pressing_matters(
    connection: duckdb.DuckDBPyConnection, facility_id: str, as_of: date | None, day: date
) -> list[Pressing]:
    """The open matters: zero tolerance, then overdue, then by the visits, tools and verification that stand behind.

    Args:
        as_of: None counts all of the release, whose day is `day`.
    """
    query = """
        SELECT l.*, i.labels
        FROM corrective_action_plan_on($day::DATE, $factory) l
        LEFT JOIN (SELECT indicator_id, labels FROM indicator) i USING (indicator_id)
        WHERE l.status NOT IN ('closed', 'differs_between_receivers')
    """
    lines = _rows(connection, query, {"day": as_of, "factory": facility_id})
    return [_pressing(line, day) for line in sorted(lines, key=_weight)]


def _weight(line: Mapping[str, Any]) -> tuple[object, ...]:
    return (
        not line["zero_tolerance"],
        not line["is_overdue"],
        -_times_found(line),
        -len(line["instruments"]),
        -_STRENGTH.get(line["verification"], 0),
        line["due_on"] or date.max,
        line["line_id"],
    )


def _times_found(line: Mapping[str, Any]) -> int:
    """The visits that found the same; perhaps each found another part of the matter."""
    visits: int = line["visits"]
    return visits if line["is_same_matter"] else min(visits, 1)


def _pressing(line: Mapping[str, Any], day: date) -> Pressing:
    reasons = [
        "zero tolerance" if line["zero_tolerance"] else "",
        f"overdue since {line['due_on']}" if line["is_overdue"] and line["due_on"] and line["due_on"] < day else "",
        "overdue, says its source" if line["is_overdue"] and not (line["due_on"] and line["due_on"] < day) else "",
        "found again after closing" if line["repetition"] == "recurred" else "",
        f"found again after being assessed as met on {line['met_between_on']}"
        if line["repetition"] == "found_after_met"
        else "",
        f"found on {line['visits']} visits" if _times_found(line) > 1 else "",
        _SELF_STATED.get((line["visits"] > 0, line["self_statements"] > 0), ""),
        f"found by {len(line['instruments'])} tools" if len(line["instruments"]) > 1 else "",
        "" if line["verification"] == "none" else f"verified: {line['verification']}",
    ]
    return Pressing(
        line["line_id"],
        line["indicator_id"],
        json.loads(line["labels"]) if line["labels"] else {"en": line["indicator"] or line["matter"]},
        [reason for reason in reasons if reason],
        line["status"],
        line["due_on"],
        line["zero_tolerance"],
        _times_found(line),
        line["instruments"],
        line["verification"],
        line["severities"] or [],
    )


def fem_levels(connection: duckdb.DuckDBPyConnection, facility_id: str, as_of: date | None) -> list[Level]:
    """The sections of the latest Higg FEM; empty where there is none."""
    statement = files("harmonize.insight.needs").joinpath("levels.sql").read_text(encoding="utf-8")
    given = {"day": as_of, "factory": facility_id, "instrument": _RANKED_BY_LEVELS}
    sections: dict[str, list[Mapping[str, Any]]] = {}
    for row in _rows(connection, statement, given):
        sections.setdefault(row["section"], []).append(row)
    return [
        Level(
            section,
            json.loads(rows[0]["section_labels"]),
            rows[0]["edition"],
            rows[0]["assessed_on"],
            rows[0]["evidence_day"],
            rows[0]["verified"],
            rows[0]["score"],
            rows[0]["reached"],
            rows[0]["next_level"],
            rows[0]["stated"],
            [
                Asked(row["level"], row["question_id"], row["indicator_id"], json.loads(row["labels"]), row["state"])
                for row in rows
                if row["question_id"] is not None
            ],
        )
        for section, rows in sections.items()
    ]


def _rows(connection: duckdb.DuckDBPyConnection, query: str, given: Mapping[str, object]) -> list[Mapping[str, Any]]:
    cursor = connection.execute(query, dict(given))
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
