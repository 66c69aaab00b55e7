"""What each factory adds to each table, year by year, out of one share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

import duckdb

from harmonize.insight.policy.factories import Factory
from harmonize.insight.policy.rules import PolicyRules
from harmonize.insight.policy.telling import Contribution

__all__ = ["hours", "non_compliance", "point_of", "practices", "working_time"]

_ACROSS = """
    SELECT
        facility_id, topic_id, indicator_id, year,
        arg_min(state, (-epoch(day), list_position(['not_met', 'partly_met', 'met'], state)))
    FROM policy_state
    WHERE kind = $kind AND year <= $last
    GROUP BY ALL
    ORDER BY ALL
"""
"""One state per factory, indicator and year, whatever instruments asked."""
_PRACTICES = """
    SELECT facility_id, topic_id, indicator_id, edition, year, state FROM policy_state
    WHERE kind = 'practice' AND instrument = $instrument AND year <= $last
    ORDER BY ALL
"""
_HOURS = """
    SELECT t.facility_id, t.indicator_id, i.topic_id, t.unit, t.year, t.value_number
    FROM v_metric_trend t
    JOIN indicator i USING (indicator_id)
    WHERE t.year <= $last
    ORDER BY ALL
"""


def point_of(topic_id: str, rules: PolicyRules) -> str | None:
    """The compliance point that a topic belongs to; None if to none."""
    at = rules.compliance
    names = topic_id.split(".")
    if len(names) < at.depth or not _below(topic_id, at.branches) or _below(topic_id, at.besides):
        return None
    return ".".join(names[: at.depth])


def _below(topic_id: str, branches: Iterable[str]) -> bool:
    return any(topic_id == branch or topic_id.startswith(f"{branch}.") for branch in branches)


def _by_size(factory: Factory, year: int) -> tuple[int, str, str]:
    return year, factory.province, factory.size_class


def _measures(state: str) -> dict[str, float]:
    return {"asked": 1, "not_met": float(state == "not_met"), "partly_met": float(state == "partly_met")}


def non_compliance(
    connection: duckdb.DuckDBPyConnection, factories: Mapping[str, Factory], rules: PolicyRules, last_year: int
) -> list[Contribution]:
    """By compliance point and country; what is told indicator by indicator is left to `working_time`."""
    found: defaultdict[tuple[str, str, int], dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for facility_id, topic_id, _, year, state in connection.execute(
        _ACROSS, {"kind": "compliance", "last": last_year}
    ).fetchall():
        point = point_of(topic_id, rules)
        if point is None or _below(topic_id, rules.working_time.topics):
            continue
        for name, value in _measures(state).items():
            found[facility_id, point, year][name] += value
    return [
        Contribution(
            facility_id, (point, factories[facility_id].country), _by_size(factories[facility_id], year), dict(counted)
        )
        for (facility_id, point, year), counted in found.items()
    ]


def working_time(
    connection: duckdb.DuckDBPyConnection, factories: Mapping[str, Factory], rules: PolicyRules, last_year: int
) -> list[Contribution]:
    """By indicator and country: compliance with the limits."""
    return [
        Contribution(
            facility_id,
            (indicator_id, factories[facility_id].country),
            _by_size(factories[facility_id], year),
            _measures(state),
        )
        for facility_id, topic_id, indicator_id, year, state in connection.execute(
            _ACROSS, {"kind": "compliance", "last": last_year}
        ).fetchall()
        if _below(topic_id, rules.working_time.topics)
    ]


def hours(
    connection: duckdb.DuckDBPyConnection, factories: Mapping[str, Factory], rules: PolicyRules, last_year: int
) -> list[Contribution]:
    """By indicator, unit and country: hours, days and weeks as stated."""
    return [
        Contribution(
            facility_id,
            (indicator_id, unit or "", factories[facility_id].country),
            _by_size(factories[facility_id], year),
            {"sum": value},
        )
        for facility_id, indicator_id, topic_id, unit, year, value in connection.execute(
            _HOURS, {"last": last_year}
        ).fetchall()
        if _below(topic_id, rules.working_time.topics)
    ]


def practices(
    connection: duckdb.DuckDBPyConnection, factories: Mapping[str, Factory], rules: PolicyRules, last_year: int
) -> list[Contribution]:
    """By practice and edition: adopted or not, by year, process and country."""
    return [
        Contribution(
            facility_id,
            (indicator_id, edition),
            (year, factories[facility_id].process, factories[facility_id].country),
            {"asked": 1, "adopted": float(state == "met"), "partly_adopted": float(state == "partly_met")},
        )
        for facility_id, topic_id, indicator_id, edition, year, state in connection.execute(
            _PRACTICES, {"instrument": rules.practices.instrument, "last": last_year}
        ).fetchall()
        if _below(topic_id, rules.practices.branches)
    ]
