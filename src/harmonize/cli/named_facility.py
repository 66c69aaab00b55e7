"""A factory by whatever names it: its id, one that was merged away, an identifier, or its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harmonize.errors import InboxError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["named_facility"]

_SHOWN = 5
_QUERY = """
    SELECT facility_id FROM facility WHERE facility_id = $1
    UNION SELECT facility_id FROM facility_alias WHERE old_id = $1
    UNION SELECT facility_id FROM facility_identifier WHERE valid AND $1 IN (value, scheme || ':' || value)
    UNION SELECT facility_id FROM facility
    WHERE lower(strip_accents($1)) IN (lower(strip_accents(name)), lower(strip_accents(name_local)))
"""
_NEAR = """
    SELECT facility_id, name FROM facility WHERE name IS NOT NULL
    ORDER BY jaro_winkler_similarity(lower(name), lower($1)) DESC, facility_id LIMIT 3
"""


def named_facility(connection: DuckDBPyConnection, named: str) -> str:
    """The id of the one factory that is meant.

    Raises:
        InboxError: there is none, or several; the message names those that are near.
    """
    found = sorted(row[0] for row in connection.execute(_QUERY, [named.strip()]).fetchall())
    if len(found) == 1:
        return str(found[0])
    if found:
        shown = ", ".join(found[:_SHOWN])
        raise InboxError(f"{named!r} names {len(found)} factories: {shown}. Give the id of one.")
    near = connection.execute(_NEAR, [named]).fetchall()
    hint = "; near are " + ", ".join(f"{name} ({id_})" for id_, name in near) if near else ""
    raise InboxError(f"There is no factory {named!r} in this release{hint}. See the table facility.")
