"""All extracts of one audience, out of its share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb
import pyarrow as pa

from harmonize.insight.policy import counted, tables
from harmonize.insight.policy.best_in_class import best_in_class, why_there_is_none
from harmonize.insight.policy.factories import Factory, read_factories, state_what_is_counted
from harmonize.insight.policy.laws import read_regimes
from harmonize.insight.policy.lender import lender
from harmonize.insight.policy.rules import PolicyRules
from harmonize.insight.policy.telling import Contribution, Limits, Memory, tell

__all__ = ["Extracts", "make_extracts"]

_Count = Callable[[duckdb.DuckDBPyConnection, Mapping[str, Factory], PolicyRules, int], list[Contribution]]
_COUNTED: Mapping[str, tuple[_Count, Sequence[str]]] = {
    "non_compliance": (counted.non_compliance, ("asked",)),
    "working_time": (counted.working_time, ()),
    "hours": (counted.hours, ("sum",)),
    "fem_practices": (counted.practices, ()),
}
"""How it is counted, and of what no owner group may hold too much besides the factories."""
_NEEDS = {
    "non_compliance": ("non_compliance", "working_time"),
    "working_time": ("working_time", "hours"),
    "fem_practices": ("fem_practices",),
}


@dataclass(frozen=True, slots=True)
class Extracts:
    """What was made.

    Attributes:
        tables: by name.
        off: by name, why it was not made.
        memories: what was told by now, to be remembered before it is published.
    """

    tables: Mapping[str, pa.Table]
    off: Mapping[str, str]
    memories: Mapping[str, Memory]


def make_extracts(
    connection: duckdb.DuckDBPyConnection,
    names: Sequence[str],
    rules: PolicyRules,
    group_of: Mapping[str, str],
    memories: Mapping[str, Memory],
    as_of: date,
    told_on: date,
    sectors: Mapping[str, str],
    *,
    is_named: bool,
) -> Extracts:
    """Make the extracts of these names from the connection's default database, a share.

    Args:
        group_of: the owner group of every factory of the share.
        memories: what was told to this audience before.
        sectors: what factories do in words of the records that were granted, which need not stand in the share.
    """
    factories = read_factories(connection, rules, sectors)
    state_what_is_counted(connection)
    limits = Limits(rules.least_groups, rules.most_of_one_group)
    last_year = rules.last_closed_year(as_of)
    told = dict(memories)
    for name in dict.fromkeys(need for extract in names for need in _NEEDS.get(extract, ())):
        count, dominated = _COUNTED[name]
        contributions = count(connection, factories, rules, last_year)
        told[name] = tell(contributions, memories.get(name, Memory()), group_of, limits, told_on, dominated)
    made: dict[str, pa.Table] = {}
    off: dict[str, str] = {}
    for name in names:
        if name == "best_in_class" and (why := why_there_is_none(rules.best_in_class, is_named=is_named)):
            off[name] = why
        elif name == "best_in_class":
            made[name] = best_in_class(connection, factories, group_of, rules, as_of, is_named=is_named)
        elif name == "lender":
            made[name] = lender(connection, rules.lender)
        else:
            made[name] = _aggregates(name, connection, told, group_of, rules)
    return Extracts(made, off, told)


def _aggregates(
    name: str,
    connection: duckdb.DuckDBPyConnection,
    told: Mapping[str, Memory],
    group_of: Mapping[str, str],
    rules: PolicyRules,
) -> pa.Table:
    rows: list[tuple[Any, ...]] = connection.execute(
        "SELECT topic_id, labels ->> 'en' FROM topic UNION ALL SELECT indicator_id, labels ->> 'en' FROM indicator"
    ).fetchall()
    labels: dict[str, str] = {str(key): str(label) for key, label in rows}
    if name == "fem_practices":
        return tables.fem_practices(told[name].told, group_of, labels)
    regimes = read_regimes(connection)
    working_time = told["working_time"].told
    if name == "working_time":
        return tables.working_time(working_time, told["hours"].told, group_of, regimes, labels, rules.digits)
    points = {
        indicator_id: point
        for indicator_id, topic_id in connection.execute("SELECT indicator_id, topic_id FROM indicator").fetchall()
        if (point := counted.point_of(topic_id, rules))
    }
    return tables.non_compliance(told[name].told, working_time, points, group_of, regimes, labels)
