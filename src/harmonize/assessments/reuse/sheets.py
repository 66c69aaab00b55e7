"""The tables of a plan: what is assessed, what is left, what expires, what ended, which grants are missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import duckdb

from harmonize.assessments.reuse.assumptions import Assumptions

__all__ = ["Sheet", "plan_sheets", "spreadsheet_text"]

_WHO = "facility_id, facility, country"
_MATTER = "topic, indicator_id, indicator, volatility, required_by"
_FACTS = """
    said, state, value, instrument, edition, step_or_level, evidence_day AS last_day, day_counts_from,
    evidence_from, evidence_to, age_days, verification, announcement, verifier_body, person_days, interviews,
    payroll_sample, buildings, dormitory, worker_groups, basis, threshold, mapping_id, comparability, question_id,
    answered_state, follows_from, law_then, law_now, coalesce(open_findings, 0) AS open_findings, open_in,
    action_due_on, closed_on, severity_raw, differences, seen_by_right_of, grant_id, granted_until, expires_on,
    expires_by, days_left, not_standing, path, locator
"""
_MISSING = """
    list_filter([
        CASE WHEN announcement IS NULL THEN 'announcement' END,
        CASE WHEN verifier_body IS NULL THEN 'verifier body' END,
        CASE WHEN person_days IS NULL THEN 'person-days' END,
        CASE WHEN interviews IS NULL THEN 'interviews' END,
        CASE WHEN payroll_sample IS NULL THEN 'payroll months' END,
        CASE WHEN buildings IS NULL THEN 'buildings' END,
        CASE WHEN dormitory IS NULL THEN 'dormitory' END,
        CASE WHEN worker_groups IS NULL THEN 'worker groups' END,
        CASE WHEN evidence_from IS NULL THEN 'evidence period' END
    ], lambda fact: fact IS NOT NULL)
"""
_QUERIES = {
    "Already assessed": f"""
        SELECT {_WHO}, {_MATTER}, {_FACTS}, array_to_string({_MISSING}, ', ') AS not_known
        FROM reuse_line WHERE status = 'assessed'
    """,
    "Still to ask": f"""
        SELECT {_WHO}, {_MATTER}, status, reason, minimum_verification, maximum_age_days, is_desk AS closes_at_a_desk,
            ended_by, ended_on, ended_why, not_standing
        FROM reuse_line WHERE status <> 'assessed'
    """,
    "Expiring": f"""
        SELECT expires_within AS within_days, expires_on, days_left, expires_by, {_WHO}, {_MATTER}, said, state
        FROM reuse_line WHERE expires_within IS NOT NULL
        ORDER BY expires_on, facility_id, indicator_id
    """,
    "Ended and why": f"""
        SELECT {_WHO}, {_MATTER}, status, ended_by, ended_on, ended_why, ended_instrument, ended_evidence_day
        FROM reuse_line WHERE ended_by IS NOT NULL
    """,
    # One row for every assessment to ask a grant of; what it says is not told.
    "Missing grants": f"""
        SELECT {_WHO}, l.instrument, l.evidence_day AS last_day, r.who_may_grant, l.reason, count(*) AS would_settle,
            'answers' AS scope
        FROM reuse_line l LEFT JOIN instrument_rights r USING (instrument)
        WHERE l.status = 'grant_missing'
        GROUP BY ALL ORDER BY would_settle DESC, facility_id, l.instrument, last_day
    """,
    "Portfolio": "SELECT * FROM reuse_portfolio",
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table of the plan: its name, columns and rows; columns in `summed` are added up beneath."""

    name: str
    columns: Sequence[str]
    rows: Sequence[Sequence[object]]
    summed: Sequence[str] = ()


def plan_sheets(
    connection: duckdb.DuckDBPyConnection, assumptions: Assumptions, about: Sequence[tuple[str, str, str]]
) -> list[Sheet]:
    """All tables, from `reuse_line` and `reuse_portfolio`.

    Args:
        about: what else was assumed: name, value, reason.
    """
    found = []
    for name, query in _QUERIES.items():
        cursor = connection.execute(query)
        columns = [column[0] for column in cursor.description or ()]
        rows = cursor.fetchall()
        if name != "Portfolio":
            found.append(Sheet(name, columns, rows))
            continue
        for scenario in dict.fromkeys(row[0] for row in rows):
            ours = [row[1:] for row in rows if row[0] == scenario]
            found.append(Sheet(f"{name} {scenario}", columns[1:], ours, ("days_saved", "money_saved")))
    found.append(Sheet("Assumptions", ("assumption", "value", "reason"), [*about, *assumptions.rows()]))
    return found


def spreadsheet_text(value: object) -> object:
    """A cell as CSV may hold it: a text that a spreadsheet would take for a formula begins with an apostrophe."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return f"'{value}"
    return value
