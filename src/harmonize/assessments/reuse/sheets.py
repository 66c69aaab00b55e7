"""The tables of a plan: what is assessed, what is left, what expires, what ended, which grants are missing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import duckdb

from harmonize.assessments.reuse.assumptions import Assumptions
from harmonize.assessments.reuse.questionnaire import Words
from harmonize.assessments.reuse.summary import About, summary_sheet
from harmonize.workbooks import Column, Sheet

__all__ = ["plan_sheets"]

_WHO = "facility_id, facility, country"
_MATTER = "topic, indicator_id, indicator, volatility, required_by"
_FACTS = """
    said, state, value, instrument, edition, step_or_level, evidence_day AS last_day, day_counts_from,
    evidence_from, evidence_to, age_days, verification, announcement, verifier_body, person_days, interviews,
    payroll_sample, buildings, dormitory, worker_groups, basis, threshold, mapping_id, comparability, question_id,
    answered_state, follows_from, law_then, law_now, coalesce(open_findings, 0) AS open_findings, open_in,
    action_due_on, closed_on, closed_by, severity_raw, differences, seen_by_right_of, grant_id, granted_until,
    expires_on, expires_by, days_left, not_standing, path, locator
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
    # What there is to ask a grant of; what it says is not told.
    "Missing grants": f"""
        SELECT {_WHO}, instrument, last_day, who_may_grant, reason, would_settle, 'answers' AS scope
        FROM reuse_grant_to_ask
    """,
}
_SCENARIOS = "SELECT DISTINCT scenario FROM reuse_portfolio ORDER BY scenario"
_PORTFOLIO = "SELECT * EXCLUDE (scenario) FROM reuse_portfolio WHERE scenario = ?"
_ASSUMED = ("assumption", "value", "reason")
_WIDTHS = {"facility": 28, "indicator": 42, "said": 60, "not_standing": 60, "ended_why": 36, "reason": 80, "topic": 30}
_PLAIN_WIDTH = 14
_SUMMED = ("days_saved", "money_saved")
_ROWS_AT_ONCE = 10_000


def plan_sheets(
    connection: duckdb.DuckDBPyConnection,
    assumptions: Assumptions,
    about: About,
    others: Sequence[tuple[str, str, str]],
    words: Words,
    language: str,
) -> list[Sheet]:
    """All tables, from `reuse_line` and `reuse_portfolio`; rows are asked for as they are read.

    Args:
        about: what the first sheet says of the plan.
        others: what else was assumed: name, value, reason.
        language: of the headings beside English; `en` for English alone.
    """
    scenarios = connection.execute(_SCENARIOS).fetchall()
    assumed = (*others, *assumptions.rows())
    said = [dict(zip(_ASSUMED, row, strict=True)) for row in assumed]

    def heads(names: Sequence[str]) -> list[Column]:
        return [
            Column(name, words.heading(name, language), _WIDTHS.get(name, _PLAIN_WIDTH), is_summed=name in _SUMMED)
            for name in names
        ]

    return [
        summary_sheet(connection, assumptions, about, words, language),
        *(_sheet(connection, heads, name, query) for name, query in _QUERIES.items()),
        *(_sheet(connection, heads, f"Portfolio {name}", _PORTFOLIO, [name]) for (name,) in scenarios),
        Sheet("Assumptions", heads(_ASSUMED), said, frozen=0, is_ruled=False),
    ]


def _sheet(
    connection: duckdb.DuckDBPyConnection,
    heads: Callable[[Sequence[str]], list[Column]],
    name: str,
    query: str,
    values: Sequence[str] = (),
) -> Sheet:
    ((count,),) = connection.execute(f"SELECT count(*) FROM ({query})", values).fetchall()
    described = connection.execute(f"SELECT * FROM ({query}) LIMIT 0", values).description or ()
    names = [column[0] for column in described]
    rows = _rows(connection, query, values, names)
    return Sheet(name, heads(names), rows, frozen=0, is_ruled=False, count=count)


def _rows(
    connection: duckdb.DuckDBPyConnection, query: str, values: Sequence[str], names: Sequence[str]
) -> Iterator[Mapping[str, object]]:
    cursor = connection.execute(query, values)
    while found := cursor.fetchmany(_ROWS_AT_ONCE):
        for row in found:
            yield dict(zip(names, map(_said, row), strict=True))


def _said(value: object) -> object:
    """A cell; whether something is so is said in a word."""
    return ("yes" if value else "no") if isinstance(value, bool) else value
