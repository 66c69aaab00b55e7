"""What a buyer reads in a week, out of its own file alone: what is new and grave, overdue, ends, and the evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import duckdb

from harmonize.insight.weekly.words import Spoken
from harmonize.workbooks import Book, Notes, Sheet

__all__ = ["Week", "read_week", "week_book"]

Row = Mapping[str, Any]
_NEW = """
    SELECT
        facility_id, facility, country, instrument, assessed_on, severity::VARCHAR AS severity, severity_raw,
        coalesce(i.labels ->> $language, indicator, clause_raw) AS matter, status::VARCHAR AS status, due_on,
        finding_id, assessment_id
    FROM v_open_findings
    LEFT JOIN indicator i USING (indicator_id)
    WHERE list_contains($severities, severity::VARCHAR)
        AND CASE WHEN $known IS NULL THEN assessed_on >= $since ELSE NOT list_contains($known, finding_id) END
    ORDER BY list_position($severities, severity::VARCHAR), assessed_on DESC, facility, matter, finding_id
"""
_OVERDUE = """
    SELECT
        facility_id, facility, coalesce(i.labels ->> $language, indicator, matter) AS matter, due_on,
        date_diff('day', due_on, (SELECT as_of FROM release)) AS days_late, instruments, open_sources, proposed_closings
    FROM v_corrective_action_plan
    LEFT JOIN indicator i USING (indicator_id)
    WHERE is_overdue
    ORDER BY due_on, facility, matter, line_id
"""
_EXPIRING = """
    WITH ending AS (
        SELECT
            f.facility_id, f.name AS facility, a.instrument, 'report' AS what, a.valid_until AS ends_on,
            a.valid_until_basis::VARCHAR AS basis
        FROM assessment a
        JOIN facility f USING (facility_id)
        WHERE a.published
        UNION ALL
        SELECT
            any_value(f.facility_id), coalesce(any_value(f.name), g.facility_scheme || ' ' || g.facility_value),
            g.instrument, 'grant', least(g.valid_to, g.retention_until), g.scope::VARCHAR
        FROM consent_grant g
        LEFT JOIN facility_identifier i ON i.scheme = g.facility_scheme AND i.value = g.identifier
        LEFT JOIN facility f
            ON f.facility_id = CASE WHEN g.facility_scheme = 'facility_id' THEN g.identifier ELSE i.facility_id END
        WHERE g.revoked_on IS NULL
        GROUP BY g.grant_id, g.facility_scheme, g.facility_value, g.instrument, g.valid_to, g.retention_until, g.scope
    )
    SELECT
        facility_id, facility, instrument, what, ends_on,
        CASE WHEN ends_on <= as_of + $soon THEN $soon ELSE $later END AS within, basis
    FROM ending, release
    WHERE ends_on BETWEEN as_of AND as_of + $later
    ORDER BY ends_on, what, facility, instrument, basis
"""
_EVIDENCE = """
    SELECT
        facility_id, facility, coalesce(i.labels ->> $language, indicator) AS matter, state::VARCHAR AS state,
        instrument,
        (SELECT as_of FROM release) - age_days::INTEGER AS last_day, age_days,
        verification::VARCHAR AS verification, assessor, basis, open_findings, valid_until, assessment_id
    FROM v_reuse
    LEFT JOIN indicator i USING (indicator_id)
    WHERE list_contains($facilities, facility_id)
    ORDER BY facility, facility_id, state = 'not_met' DESC, indicator_id, instrument
"""
_WIDTHS = {
    "new": {"facility": 36, "country": 8, "instrument": 18, "assessed_on": 12, "severity": 14, "severity_raw": 18,
            "matter": 44, "status": 12, "due_on": 12, "finding_id": 20, "assessment_id": 20},
    "overdue": {"facility": 36, "matter": 44, "due_on": 12, "days_late": 10, "instruments": 28, "open_sources": 12,
                "proposed_closings": 12},
    "expiring": {"ends_on": 12, "within": 10, "what": 12, "facility": 36, "instrument": 20, "basis": 16},
    "evidence": {"facility": 36, "matter": 44, "state": 14, "instrument": 18, "last_day": 12, "age_days": 10,
                 "verification": 14, "assessor": 22, "basis": 18, "open_findings": 10, "valid_until": 12,
                 "assessment_id": 20},
}  # fmt: skip
_VALUED = ("state", "status", "verification", "basis")


@dataclass(frozen=True, slots=True)
class Week:
    """What stands in the sheets.

    Attributes:
        rows: of `new`, `overdue`, `expiring` and `evidence`.
        since: the first day of a visit that counts as new; with `before`, the day of the earlier file.
        before: what is new was not in an earlier file.
    """

    release_id: str
    as_of: date
    since: date
    before: bool
    rows: Mapping[str, Sequence[Row]]


def read_week(
    connection: duckdb.DuckDBPyConnection,
    spoken: Spoken,
    since: date | None = None,
    before: duckdb.DuckDBPyConnection | None = None,
) -> Week:
    """Read the sheets of a file that was made for one audience.

    Args:
        since: the first day of a visit that counts as new.
        before: an earlier file of the same audience: new is what it did not hold.
    """
    days = spoken.all.days
    ((release_id, as_of),) = connection.execute("SELECT release_id, as_of FROM release").fetchall()
    known: list[str] | None = None
    first = since or as_of - timedelta(days=days.new)
    if before is not None:
        ((first,),) = before.execute("SELECT as_of FROM release").fetchall()
        known = [name for (name,) in before.execute("SELECT finding_id FROM finding ORDER BY ALL").fetchall()]
    told = {"language": spoken.language}
    new = _read(connection, _NEW, {"severities": list(spoken.all.severities), "known": known, "since": first, **told})
    overdue = _read(connection, _OVERDUE, told)
    expiring = _read(connection, _EXPIRING, {"soon": days.soon, "later": days.later})
    named = sorted({row["facility_id"] for part in (new, overdue, expiring) for row in part if row["facility_id"]})
    evidence = _read(connection, _EVIDENCE, {"facilities": named, **told}) if named else []
    rows = {"new": new, "overdue": overdue, "expiring": expiring, "evidence": evidence}
    return Week(release_id, as_of, first, before is not None, rows)


def week_book(week: Week, name: str, spoken: Spoken) -> Book:
    """The sheets as a workbook."""
    told = spoken.word("not_before" if week.before else "since", day=week.since)
    sheets = [
        Sheet(
            spoken.sheet(part),
            [spoken.column(column, width) for column, width in _WIDTHS[part].items()],
            [_said(row, spoken) for row in week.rows[part]],
            preface=(told,) if part == "new" else (),
            count=len(week.rows[part]),
            folded="facility" if part == "evidence" else "",
        )
        for part in _WIDTHS
    ]
    title = spoken.word("title", name=name)
    return Book(sheets, Notes(spoken.sheet("about"), title, spoken.notes), f"{title}, {week.as_of}", week.release_id)


def _said(row: Row, spoken: Spoken) -> Row:
    """A row in words: what ends, states and verifications as people call them."""
    named = {name: spoken.value(row[name]) for name in _VALUED if row.get(name)}
    return {**row, **named, **({"what": spoken.word(row["what"])} if "what" in row else {})}


def _read(connection: duckdb.DuckDBPyConnection, query: str, values: Mapping[str, object]) -> list[Row]:
    cursor = connection.execute(query, dict(values))
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
