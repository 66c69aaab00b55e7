"""The peers of a factory: circles of factories that have something in common with it, other owners' only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb

from harmonize.insight.needs.owners import owner_groups
from harmonize.insight.needs.rules import BenchmarkRules

__all__ = ["Peers", "find_peers"]

_FACILITIES = """
    SELECT facility_id, nullif(lower(trim(sector)), '') AS process, country FROM facility ORDER BY facility_id
"""


@dataclass(frozen=True, slots=True)
class Peers:
    """The circles of a factory, the closest first; a circle that cannot be known is empty.

    Attributes:
        circles: what the factories of a circle have in common, in words, and their ids.
        group_of: the owner group of every factory of the release.
    """

    circles: Sequence[tuple[str, frozenset[str]]]
    group_of: Mapping[str, str]

    @property
    def all(self) -> list[str]:
        """The factories of all circles."""
        return sorted(frozenset[str]().union(*(facilities for _, facilities in self.circles)))


def find_peers(connection: duckdb.DuckDBPyConnection, facility_id: str, rules: BenchmarkRules) -> Peers:
    """The peers of a factory."""
    group_of = owner_groups(connection, rules.owners)
    rows = connection.execute(_FACILITIES).fetchall()
    traits = {name: {"process": process, "country": country} for name, process, country in rows}
    own = traits[facility_id]
    circles = []
    for circle in rules.circles:
        wanted = [(trait, own[trait]) for trait in circle]
        members = (
            frozenset(
                name
                for name, found in traits.items()
                if group_of[name] != group_of[facility_id] and all(found[trait] == value for trait, value in wanted)
            )
            if all(value for _, value in wanted)
            else frozenset()
        )
        circles.append((" and ".join(f"{trait} {value or 'not known'}" for trait, value in wanted), members))
    return Peers(circles, group_of)
