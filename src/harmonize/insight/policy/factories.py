"""The factories of a share by what they are counted by: country, province, size, process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

import duckdb

from harmonize.insight.policy.rules import PolicyRules

__all__ = ["Factory", "read_factories", "state_what_is_counted"]

NOT_KNOWN = "not known"
_FACTORIES = """
    SELECT f.facility_id, f.name, f.country, f.admin1, f.workers, concat_ws('; ', f.sector, p.processes)
    FROM facility f
    LEFT JOIN (
        SELECT facility_id, string_agg(DISTINCT value_text, '; ' ORDER BY value_text) AS processes
        FROM answer
        WHERE indicator_id IN (
            'general.facility.type', 'general.facility.sector', 'general.facility.processes',
            'environment.site.level1.production_processes'
        )
        GROUP BY facility_id
    ) p USING (facility_id)
    ORDER BY f.facility_id
"""


@dataclass(frozen=True, slots=True)
class Factory:
    """A factory by what it is counted by."""

    facility_id: str
    name: str | None
    country: str
    province: str
    size_class: str
    process: str


def read_factories(
    connection: duckdb.DuckDBPyConnection, rules: PolicyRules, sectors: Mapping[str, str]
) -> Mapping[str, Factory]:
    """The factories of the connection's default database, by id; what they do is stated there or in `sectors`."""
    return {
        facility_id: Factory(
            facility_id,
            name,
            country or NOT_KNOWN,
            province or NOT_KNOWN,
            rules.size_class(workers),
            rules.process("; ".join(filter(None, (stated, sectors.get(facility_id))))),
        )
        for facility_id, name, country, province, workers, stated in connection.execute(_FACTORIES).fetchall()
    }


def state_what_is_counted(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `policy_state` of the connection's default database."""
    connection.execute(files("harmonize.insight.policy").joinpath("stated.sql").read_text(encoding="utf-8"))
