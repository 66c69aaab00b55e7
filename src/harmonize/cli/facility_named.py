"""Which factory of a release is meant: by its id, one that it had, any identifier, its name, or a mention of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from harmonize.errors import InboxError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["OnDay", "named_facility"]

_SHOWN = 5
_SQUEEZED = r"regexp_replace(replace(lower({}), 'đ', 'd'), '[\s.,/-]+', '', 'g')"
_WAYS: Mapping[str, str] = {
    "id": "SELECT facility_id FROM facility WHERE facility_id = $said "
    "UNION SELECT facility_id FROM facility_alias WHERE old_id = $said",
    "identifier": f"""
        SELECT facility_id FROM facility_identifier
        WHERE scheme NOT LIKE 'assessment:%' AND (
            {_SQUEEZED.format("value")} = {_SQUEEZED.format("$said")}
            OR {_SQUEEZED.format("scheme || ':' || value")} = {_SQUEEZED.format("$said")}
        )
        UNION SELECT facility_id FROM facility WHERE os_id = upper($said) OR tax_code = $said
    """,
    "mention": "SELECT facility_id FROM facility_mention WHERE mention_id = $said",
    "name": f"""
        SELECT facility_id FROM facility_mention
        WHERE {_SQUEEZED.format("strip_accents(name)")} = {_SQUEEZED.format("strip_accents($said)")}
            OR {_SQUEEZED.format("name_local")} = {_SQUEEZED.format("$said")}
    """,
    "part of a name": f"""
        SELECT facility_id FROM facility_mention
        WHERE contains({_SQUEEZED.format("strip_accents(name)")}, {_SQUEEZED.format("strip_accents($said)")})
    """,
}
"""How a factory may be named, the surest way first."""
_NEAR = """
    SELECT facility_id, name FROM facility WHERE name IS NOT NULL
    ORDER BY jaro_winkler_similarity(lower(name), lower($said)) DESC, facility_id LIMIT 3
"""


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no date; write yyyy-mm-dd.") from None


OnDay = Annotated[
    date | None,
    typer.Option(
        "--as-of", parser=_day, metavar="DATE", help="The day of judgement.", show_default="the release's own"
    ),
]


def named_facility(connection: DuckDBPyConnection, said: str) -> str:
    """The id of the one factory that is meant.

    Raises:
        InboxError: none is, or several are; the message lists these.
    """
    said = said.strip()
    if not said:
        raise InboxError("The factory has no name. Give its id, an identifier such as its OS ID, or its name.")
    for way, query in _WAYS.items():
        found = _found(connection, query, said)
        if len(found) == 1:
            return str(found[0]["facility_id"])
        if found:
            shown = "; ".join(f"{row['facility_id']} {row['name']} ({row['country']})" for row in found[:_SHOWN])
            more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
            raise InboxError(f"{len(found)} factories have the {way} {said!r}: {shown}{more}. Name one by its id.")
    near = [f"{name} ({facility_id})" for facility_id, name in connection.execute(_NEAR, {"said": said}).fetchall()]
    hint = f"; near are {', '.join(near)}" if near else ""
    raise InboxError(
        f"There is no factory {said!r} in this release, by id, identifier or name{hint}. See the table facility."
    )


def _found(connection: DuckDBPyConnection, query: str, said: str) -> Sequence[Mapping[str, Any]]:
    rows = connection.execute(
        f"SELECT facility_id, name, country FROM facility WHERE facility_id IN ({query}) ORDER BY facility_id",
        {"said": said},
    ).fetchall()
    return [dict(zip(("facility_id", "name", "country"), row, strict=True)) for row in rows]
