"""The list of the best in class, by a rule that stands for everybody to read; nothing unless it was cleared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import duckdb
import pyarrow as pa

from harmonize.insight.policy.factories import Factory
from harmonize.insight.policy.rules import BestInClass, PolicyRules
from harmonize.values.disclosure import groups_may_be_told

__all__ = ["best_in_class", "why_there_is_none"]

_SCHEMA = pa.schema(
    {
        "facility_id": pa.string(), "name": pa.string(), "country": pa.string(), "process": pa.string(),
        "asked": pa.int64(),
        "met": pa.int64(), "share_met": pa.float64(), "last_evidence": pa.date32(), "compared_with": pa.int64(),
        "rule": pa.string(), "rule_published_at": pa.string(), "contest_at": pa.string(), "contest_until": pa.date32(),
    }
)  # fmt: skip
_MET = """
    SELECT facility_id, count(*) AS asked, count(*) FILTER (state = 'met') AS met, max(day) AS last_evidence
    FROM (
        SELECT * FROM policy_state p
        JOIN instrument_rights r USING (instrument)
        WHERE p.kind = 'compliance' AND r.public_use AND r.cleared AND p.day >= $since
            AND list_position(['none', 'desk', 'virtual', 'onsite'], p.verification)
                >= list_position(['none', 'desk', 'virtual', 'onsite'], $verification)
        QUALIFY row_number() OVER (
            PARTITION BY p.facility_id, p.indicator_id
            ORDER BY p.day DESC, list_position(['not_met', 'partly_met', 'met'], p.state)
        ) = 1
    )
    GROUP BY facility_id
    ORDER BY facility_id
"""
_BARRED = """
    SELECT DISTINCT s.facility_id FROM finding n JOIN assessment s USING (assessment_id)
    WHERE n.status IS DISTINCT FROM 'closed' AND n.severity::VARCHAR IN (SELECT unnest($severities))
"""


def why_there_is_none(rules: BestInClass, *, is_named: bool) -> str | None:
    """Why nothing is listed; None where the list is made."""
    if not rules.cleared:
        return "off: `best_in_class.cleared` is false in schemas/policy.yml; a lawyer clears it first (rule 22)"
    if not is_named:
        return "off: this audience is told no names"
    return None


def best_in_class(
    connection: duckdb.DuckDBPyConnection,
    factories: Mapping[str, Factory],
    group_of: Mapping[str, str],
    rules: PolicyRules,
    as_of: date,
    *,
    is_named: bool,
) -> pa.Table:
    """Factories that pass the rule, each with the figures it passed by and whom to contest it with.

    Only what instruments allow to be public counts. A class (process and country) of too few owner groups has no best.
    """
    rule = rules.best_in_class
    rows: list[dict[str, Any]] = []
    if why_there_is_none(rule, is_named=is_named) is None:
        rows = _passing(connection, factories, group_of, rules, as_of)
    return pa.Table.from_pylist(rows, schema=_SCHEMA)


def _passing(
    connection: duckdb.DuckDBPyConnection,
    factories: Mapping[str, Factory],
    group_of: Mapping[str, str],
    rules: PolicyRules,
    as_of: date,
) -> list[dict[str, Any]]:
    rule = rules.best_in_class
    months = as_of.year * 12 + as_of.month - 1 - rule.oldest_months
    since = date(months // 12, months % 12 + 1, 1)
    given = {"since": since, "verification": rule.least_verification}
    judged = [row for row in connection.execute(_MET, given).fetchall() if row[1] >= rule.least_indicators]
    barred = {row[0] for row in connection.execute(_BARRED, {"severities": list(rule.never_with)}).fetchall()}
    classes: dict[tuple[str, str], list[str]] = {}
    for facility_id, *_ in judged:
        one = factories[facility_id]
        classes.setdefault((one.process, one.country), []).append(facility_id)
    return [
        {
            "facility_id": facility_id, "name": one.name, "country": one.country, "process": one.process,
            "asked": asked,
            "met": met, "share_met": met / asked, "last_evidence": last, "compared_with": len(peers), "rule": rule.rule,
            "rule_published_at": rule.published_at, "contest_at": rule.contest_at,
            "contest_until": as_of + timedelta(days=rule.contest_days),
        }
        for facility_id, asked, met, last in judged
        for one in [factories[facility_id]]
        for peers in [classes[one.process, one.country]]
        if met / asked >= rule.least_share_met and facility_id not in barred and _is_class(peers, group_of, rules)
    ]  # fmt: skip


def _is_class(peers: Sequence[str], group_of: Mapping[str, str], rules: PolicyRules) -> bool:
    return groups_may_be_told((group_of[name] for name in peers), rules.least_groups, rules.most_of_one_group)
