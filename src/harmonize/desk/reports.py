"""What a release says of its factories, its coverage and itself, for pages that only read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

import duckdb

from harmonize.desk.backend import Table
from harmonize.errors import InboxError
from harmonize.insight.summary import figures

__all__ = ["Card", "coverage", "facility_card", "found_facilities", "run_figures"]

Card = Mapping[str, Table]
_PARTS = ("mentions", "identifiers", "assessments", "findings")


def facility_card(release: Path, facility_id: str, language: str) -> tuple[Mapping[str, Any], Card]:
    """What is known of a factory: its own row, and a table for each part.

    Raises:
        InboxError: the release has no such factory.
    """
    with _reading(release) as connection:
        connection.execute("SET VARIABLE language = ?", [language])
        found = _rows(connection, "facility.sql", facility_id)
        if not found.rows:
            raise InboxError(f"There is no factory {facility_id!r} in this release.")
        row = dict(zip(found.titles, found.rows[0], strict=True))
        return row, {part: _rows(connection, f"{part}.sql", row["facility_id"]) for part in _PARTS}


def found_facilities(release: Path, said: str) -> Table:
    """Factories by id, identifier or a part of their name; the first hundred, all where nothing is said."""
    with _reading(release) as connection:
        return _rows(connection, "facilities.sql", said.strip())


def coverage(release: Path) -> Table:
    """Per instrument and edition, how much of what was answered and found is mapped to an indicator."""
    with _reading(release) as connection:
        return _rows(connection, "coverage.sql")


def run_figures(database: Path) -> tuple[Mapping[str, Any], Sequence[Sequence[Any]]]:
    """The closing figures of a run, and its issues by code.

    Raises:
        InboxError: the release cannot be read.
    """
    with _reading(database.parent) as connection:
        return figures(connection), _rows(connection, "issues.sql").rows


@contextmanager
def _reading(release: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    database = release / "harmonized.duckdb"
    try:
        with duckdb.connect(str(database), read_only=True) as connection:
            yield connection
    except (duckdb.IOException, duckdb.CatalogException, duckdb.BinderException) as problem:
        said = str(problem).splitlines()[0]
        raise InboxError(f"{database}: it cannot be read, or another version made it: {said}.") from problem


def _rows(connection: duckdb.DuckDBPyConnection, name: str, asked: str | None = None) -> Table:
    query = files("harmonize.desk").joinpath(name).read_text(encoding="utf-8")
    cursor = connection.execute(query, None if asked is None else {"asked": asked})
    return Table([column[0] for column in cursor.description or ()], cursor.fetchall())
