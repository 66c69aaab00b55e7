"""Owner groups: which factories have one owner, as far as the release shows it.

What shows nothing is a group of its own: groups may be larger than known, never smaller.
"""

from __future__ import annotations

from collections.abc import Iterable

import duckdb

from harmonize.insight.needs.rules import OwnerRules

__all__ = ["groups_of", "owner_groups"]

_PAIRS = """
    SELECT facility_id, related_id FROM facility_relation WHERE kind IN ('same_company', 'unit_of')
    UNION
    SELECT facility_id, min(facility_id) OVER (PARTITION BY owner) FROM (
        SELECT DISTINCT facility_id, scheme || ' ' || lower(value) AS owner
        FROM facility_identifier
        WHERE scheme IN (SELECT unnest($schemes)) AND valid
        UNION
        SELECT DISTINCT
            facility_id,
            'named ' || regexp_replace(replace(lower(strip_accents(stated)), 'đ', 'd'), '[^\\p{L}\\p{N}]+', '', 'g')
        FROM (
            SELECT facility_id, extra, unnest(json_keys(extra)) AS heading
            FROM facility_mention
            WHERE extra IS NOT NULL AND json_type(extra) = 'OBJECT'
        )
        CROSS JOIN LATERAL (SELECT json_extract_string(extra, '$."' || replace(heading, '"', '') || '"') AS stated)
        WHERE lower(trim(heading)) IN (SELECT unnest($columns)) AND length(trim(stated)) > 2
    )
    QUALIFY count(*) OVER (PARTITION BY owner) BETWEEN 2 AND $most_sites
"""


def owner_groups(connection: duckdb.DuckDBPyConnection, rules: OwnerRules) -> dict[str, str]:
    """The group of every factory of a release, named by the smallest id in it."""
    facilities = [name for (name,) in connection.execute("SELECT facility_id FROM facility").fetchall()]
    return groups_of(facilities, connection.execute(_PAIRS, rules.model_dump()).fetchall())


def groups_of(facilities: Iterable[str], pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The group of every factory: those joined by pairs, over others too, are one."""
    above: dict[str, str] = {}

    def top(name: str) -> str:
        while (higher := above.get(name, name)) != name:
            above[name] = above.get(higher, higher)
            name = higher
        return name

    for one, other in pairs:
        low, high = sorted((top(one), top(other)))
        above[high] = low
    return {name: top(name) for name in facilities}
