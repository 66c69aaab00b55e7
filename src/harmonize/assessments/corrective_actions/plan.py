"""The corrective action plan of factories as a release tells it (`corrective_action_plan_on` and its kin)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb

from harmonize.errors import InboxError

__all__ = ["Plan", "day_of_release", "read_plans"]

Row = Mapping[str, Any]

_LINES = """
    SELECT l.*, i.labels AS labels, t.labels AS topic_labels
    FROM corrective_action_plan_on($day::DATE, $factory) l
    LEFT JOIN (SELECT indicator_id, labels FROM indicator) i USING (indicator_id)
    LEFT JOIN (SELECT topic_id, labels FROM topic) t ON t.topic_id = l.topic_id
    ORDER BY
        l.facility_id, l.status = 'closed', l.status = 'differs_between_receivers', l.due_on NULLS LAST,
        l.zero_tolerance DESC, l.indicator, l.line_id
"""
_SOURCES = """
    SELECT * FROM corrective_action_source_on($day::DATE, $factory)
    ORDER BY facility_id, is_open DESC, assessed_on NULLS LAST, instrument, source_id
"""
_CLOSINGS = """
    SELECT c.*, f.path
    FROM proposed_closing_on($day::DATE, $factory) c
    LEFT JOIN (SELECT file_id, path FROM file) f USING (file_id)
    ORDER BY facility_id, is_proposed DESC, said_on DESC, kind, finding_id
"""
_HISTORY = """
    SELECT h.*, f.path
    FROM corrective_action_history_on($day::DATE, $factory) h
    LEFT JOIN (SELECT file_id, path FROM file) f USING (file_id)
    ORDER BY facility_id, happened_on NULLS FIRST, event, source_id
"""
_LAWS = """
    SELECT l.facility_id, l.line_id, w.law_id, w.article, w.title, w.authority, w.valid_from, w.valid_to, w.replaced_by,
        coalesce(w.valid_from <= d.day, true) AND coalesce(w.valid_to >= d.day, true) AS in_force
    FROM (
        SELECT line_id, facility_id, country, indicator_id FROM corrective_action_plan_on($day::DATE, $factory)
        WHERE indicator_id IS NOT NULL
    ) l
    JOIN v_indicator_law w ON w.indicator_id = l.indicator_id AND w.country = l.country
    CROSS JOIN (SELECT coalesce($day::DATE, as_of) AS day FROM release) d
    ORDER BY l.facility_id, w.law_id, l.line_id, w.article
"""
_MATURITY = """
    SELECT s.facility_id, count(*) AS findings
    FROM finding n
    JOIN compact.assessment_on($day::DATE, $factory) s USING (assessment_id)
    JOIN indicator i USING (indicator_id)
    WHERE i.kind <> 'compliance'
    GROUP BY s.facility_id
"""
_FACILITIES = """
    SELECT facility_id, name, name_local, country, admin1, os_id FROM facility
    WHERE $factory IS NULL OR facility_id = $factory
    ORDER BY facility_id
"""


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan of one factory.

    Attributes:
        facility: its row of `facility`, shortened.
        lines: one per matter, by due date; then those that differ between receivers, then those that are closed;
            each with its `number`, from 1.
        sources, closings, history: what stands beneath the lines, by `line_id`.
        laws: what the lines' indicators refer to in the country of the factory, by `line_id`.
        maturity: findings of practices, which make no line.
        titles: full names of the tools.
    """

    facility: Row
    release_id: str
    as_of: date
    lines: Sequence[Row]
    sources: Sequence[Row]
    closings: Sequence[Row]
    history: Sequence[Row]
    laws: Sequence[Row]
    maturity: int
    titles: Mapping[str, str]

    @property
    def open_lines(self) -> list[Row]:
        """Those that are open; what a report tells receivers otherwise is neither open nor closed."""
        return [line for line in self.lines if line["status"] not in ("closed", "differs_between_receivers")]

    @property
    def differing_lines(self) -> list[Row]:
        """Matters that only one receiver of a report was told."""
        return [line for line in self.lines if line["status"] == "differs_between_receivers"]

    @property
    def proposals(self) -> list[Row]:
        """What is proposed, without the remarks."""
        return [row for row in self.closings if row["is_proposed"]]

    def laws_of(self, line_id: str) -> list[str]:
        """The laws in force that a line refers to, with their articles."""
        found = (law for law in self.laws if law["line_id"] == line_id and law["in_force"])
        return list(dict.fromkeys(f"{law['law_id']}{' ' + law['article'] if law['article'] else ''}" for law in found))


def day_of_release(connection: duckdb.DuckDBPyConnection) -> tuple[str, date]:
    """The id of a release, and its day of judgement."""
    ((release_id, as_of),) = connection.execute("SELECT release_id, as_of FROM release").fetchall()
    return str(release_id), as_of


def read_plans(connection: duckdb.DuckDBPyConnection, facility_id: str | None, as_of: date | None) -> list[Plan]:
    """The plan of a factory, or of all that have any matter.

    Args:
        connection: a release.
        facility_id: None for all.
        as_of: the day of judgement; None is the release's own.

    Raises:
        InboxError: an older version made the release.
    """
    release_id, released = day_of_release(connection)
    day = as_of or released
    given = {"day": as_of, "factory": facility_id}
    try:
        lines, sources, closings, history, laws, maturity = (
            _by_facility(_rows(connection, query, given))
            for query in (_LINES, _SOURCES, _CLOSINGS, _HISTORY, _LAWS, _MATURITY)
        )
    except duckdb.CatalogException as problem:
        raise InboxError(
            f"The release {release_id} knows no plans: an older version made it. Remove its folder and run "
            "`harmonize run` again."
        ) from problem
    titles = {row["instrument"]: row["title"] for row in _rows(connection, "FROM instrument", {})}
    plans = []
    for facility in _rows(connection, _FACILITIES, {"factory": facility_id}):
        name = facility["facility_id"]
        if facility_id is None and name not in lines:
            continue
        numbered = [{**_labelled(line), "number": number} for number, line in enumerate(lines.get(name, ()), start=1)]
        plans.append(
            Plan(
                facility,
                release_id,
                day,
                lines=numbered,
                sources=sources.get(name, []),
                closings=closings.get(name, []),
                history=history.get(name, []),
                laws=laws.get(name, []),
                maturity=sum(row["findings"] for row in maturity.get(name, ())),
                titles=titles,
            )
        )
    return plans


def _rows(connection: duckdb.DuckDBPyConnection, query: str, given: Mapping[str, Any]) -> list[Row]:
    cursor = connection.execute(query, dict(given))
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _by_facility(rows: Iterable[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row["facility_id"], []).append(row)
    return found


def _labelled(line: Row) -> Row:
    """A line whose labels are read."""
    labels = json.loads(line["labels"]) if line["labels"] else {"en": line["indicator"] or line["matter"]}
    return {**line, "labels": labels, "topic_labels": json.loads(line["topic_labels"] or "{}")}
