"""What a release says of factories and of the mentions that make them, for commands that speak of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from harmonize.cli.output import say
from harmonize.errors import InboxError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["FacilityRelease", "Out", "open_release"]

Out = Annotated[Path, typer.Option(help="Folder that holds the releases.")]

_MENTION = """
    SELECT mention_id, facility_id, decision_key, contributor, instrument, name, name_local, address, admin1, country,
        latitude, longitude, link_method, link_probability
    FROM facility_mention
"""


@dataclass(frozen=True, slots=True)
class FacilityRelease:
    """The factories of a release."""

    connection: DuckDBPyConnection

    def say_what_is_later(self, day: date | None) -> None:
        """Caution of a day of judgement after the release's own."""
        ((own,),) = self.connection.execute("SELECT as_of FROM release").fetchall()
        if day is not None and own is not None and day > own:
            say(f"caution      the release is as of {own}: evidence after that day is not in it, and the day is {day}.")

    def mention(self, mention_id: str) -> Mapping[str, Any]:
        """A mention.

        Raises:
            InboxError: there is none of that id.
        """
        found = self._mentions("WHERE mention_id = ?", mention_id)
        if not found:
            raise InboxError(f"There is no mention {mention_id!r} in this release. See the table facility_mention.")
        return found[0]

    def facility_id(self, facility_id: str) -> str:
        """The id that a factory has today.

        Raises:
            InboxError: no factory has or had that id.
        """
        found = self.connection.execute(
            "SELECT facility_id FROM facility WHERE facility_id = $1 "
            "UNION ALL SELECT facility_id FROM facility_alias WHERE old_id = $1",
            [facility_id],
        ).fetchone()
        if found is None:
            raise InboxError(f"There is no factory {facility_id!r} in this release. See the table facility.")
        return str(found[0])

    def mentions_of(self, facility_id: str) -> list[Mapping[str, Any]]:
        """The mentions of a factory, by the id that it has today."""
        return self._mentions("WHERE facility_id = ? ORDER BY mention_id", facility_id)

    def mentions_at(self, name: str) -> list[Mapping[str, Any]]:
        """The mention of that id, or all of the factory of that id.

        Raises:
            InboxError: there is neither.
        """
        found = self._mentions("WHERE mention_id = ?", name)
        if found:
            return found
        try:
            return self.mentions_of(self.facility_id(name))
        except InboxError as problem:
            raise InboxError(
                f"{name!r} is neither a mention nor a factory of this release. See facility_mention and facility."
            ) from problem

    def mentions(self, mention_ids: Sequence[str]) -> dict[str, Mapping[str, Any]]:
        """Those of the mentions that the release has, by their ids."""
        found = self._mentions("WHERE mention_id IN (SELECT unnest(?))", list(mention_ids))
        return {str(row["mention_id"]): row for row in found}

    def keys_of(self, facility_id: str) -> dict[str, int]:
        """The keys of a factory's mentions, and how many mentions have each."""
        rows = self.connection.execute(
            "SELECT decision_key, count(*) FROM facility_mention WHERE facility_id = ? GROUP BY ALL ORDER BY ALL",
            [facility_id],
        ).fetchall()
        return {str(key): int(count) for key, count in rows}

    def _mentions(self, condition: str, value: str | list[str]) -> list[Mapping[str, Any]]:
        cursor = self.connection.execute(f"{_MENTION} {condition}", [value])
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


@contextmanager
def open_release(out: Path) -> Iterator[FacilityRelease]:
    """The current release under `out`.

    Raises:
        InboxError: there is none.
    """
    import duckdb

    database = out / "current" / "harmonized.duckdb"
    if not database.exists():
        raise InboxError(f"{database}: there is no release yet. Run `harmonize run` first.")
    with duckdb.connect(str(database), read_only=True) as connection:
        yield FacilityRelease(connection)
