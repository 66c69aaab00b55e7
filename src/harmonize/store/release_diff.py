"""What differs between two releases: rows added, removed and changed by key, and what that means to a steward.

Tables whose hashes are equal in both manifests are not read, and of `answer` only those of assessments whose own hash
differs. A factory that was merged away meanwhile is the factory that it became.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any

import duckdb
import pyarrow as pa

from harmonize.database import quoted
from harmonize.errors import PublicationError
from harmonize.model.tables import TABLES
from harmonize.store.datapackage import FOREIGN_KEYS, PRIMARY_KEYS
from harmonize.store.history import DATABASE
from harmonize.store.releases import read_manifest

__all__ = ["ReleaseDiff", "TableDiff", "compare_releases"]

_OWN_RECORDS = frozenset({"run", "release"})
"""What a release says of itself differs always, and is no content."""
_FACILITY = frozenset({(table, column) for table, column, target, _ in FOREIGN_KEYS if target == "facility"}) - {
    ("facility_alias", "facility_id")
}
_WHAT_PAIRS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "burden": ("facility_id", "year"),
        "score": ("assessment_id", "section", "level", "answered_by"),
        "conflict": ("copy_id", "question_id"),
        "report_difference": ("copy_a", "copy_b", "question_id"),
        "contradiction": ("indicator_id", "assessment_a", "assessment_b"),
        "doubtful_copy": ("copy_a", "copy_b"),
        "indicator_law": ("indicator_id", "law_id"),
        "entailment": ("comparability", "state"),
        "consent_grant": ("grant_id", "file_id", "locator"),
    }
)
"""What rows of tables without a key of their own are about: with equal ones, one row has changed into the other."""
_MOST_MOVED = 200_000
"""Assessments whose answers differ, up to which only these are read."""


@dataclass(frozen=True, slots=True)
class TableDiff:
    """How a table differs.

    Attributes:
        changed: rows of a key that both have, with other content.
        new_columns, lost_columns: what only the later, or only the earlier, has; rows are compared by the rest.
    """

    table: str
    added: int = 0
    removed: int = 0
    changed: int = 0
    new_columns: tuple[str, ...] = ()
    lost_columns: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Nothing differs."""
        return not (self.added or self.removed or self.changed or self.new_columns or self.lost_columns)


@dataclass(frozen=True, slots=True)
class ReleaseDiff:
    """How one release differs from another, as long as both stay attached.

    Attributes:
        before, after: their ids.
    """

    connection: duckdb.DuckDBPyConnection
    before: str
    after: str
    manifests: tuple[Mapping[str, Any], Mapping[str, Any]]

    def tables(self) -> list[TableDiff]:
        """Every table that differs, in the order of the contract."""
        found = (self.table(name) for name in TABLES if name not in _OWN_RECORDS)
        return [one for one in found if not one.is_empty]

    def table(self, name: str) -> TableDiff:
        """How one table differs."""
        hashes = [manifest["tables"].get(name) for manifest in self.manifests]
        old, new = (self._columns(side, name) for side in ("before", "after"))
        new_columns, lost = tuple(one for one in new if one not in old), tuple(one for one in old if one not in new)
        if hashes[0] == hashes[1] and hashes[0] is not None:
            return TableDiff(name)
        if not old or not new:
            count = (hashes[0] or hashes[1] or {"rows": 0})["rows"]
            return TableDiff(name, 0 if old else count, count if old else 0, 0, new_columns, lost)
        self._compare(name)
        counted = dict(self.connection.execute(f"SELECT change, count(*) FROM {_diff(name)} GROUP BY ALL").fetchall())
        return TableDiff(
            name, counted.get("added", 0), counted.get("removed", 0), counted.get("is now", 0), new_columns, lost
        )

    def rows(self, name: str) -> pa.Table:
        """The rows that differ: `change` is `added`, `removed`, or `was` and below it `is now`; by key."""
        if self.table(name).is_empty or not self._shared(name):
            return pa.table({"change": pa.array([], pa.string())})
        order = ", ".join([*map(_name, self._key(name)), "pair", "change = 'is now'"])
        return self.connection.execute(f"SELECT * EXCLUDE (pair) FROM {_diff(name)} ORDER BY {order}").to_arrow_table()

    def headlines(self) -> Mapping[str, int]:
        """What happened, in words of a steward, and how often; only what did."""
        statement = files("harmonize.store").joinpath("headlines.sql").read_text(encoding="utf-8")
        cursor = self.connection.execute(statement)
        names = [column[0] for column in cursor.description or ()]
        (counts,) = cursor.fetchall()
        return {name: count for name, count in zip(names, counts, strict=True) if count}

    def _columns(self, side: str, table: str) -> list[str]:
        rows = self.connection.execute(
            "SELECT column_name FROM duckdb_columns() WHERE database_name = ? AND schema_name = 'main' "
            "AND table_name = ? ORDER BY column_index",
            [side, table],
        ).fetchall()
        return [name for (name,) in rows]

    def _shared(self, table: str) -> list[str]:
        new = self._columns("after", table)
        return [name for name in self._columns("before", table) if name in new]

    def _key(self, table: str) -> list[str]:
        """The columns that name a row; of a table without a key all of them: its rows come and go, and never change."""
        shared = self._shared(table)
        key = list(PRIMARY_KEYS.get(table) or _WHAT_PAIRS.get(table, ()))
        return key if key and set(key) <= set(shared) else shared

    def _compare(self, table: str) -> None:
        """Put the rows that only one side has into a table; those of one key stand as a pair."""
        shared, key = self._shared(table), self._key(table)
        if table == "answer":
            self._find_moved_assessments()
        sides = {side: self._select(side, table, shared) for side in ("before", "after")}
        names, keys = ", ".join(map(_name, shared)), ", ".join(map(_name, key))
        for side, other in (("before", "after"), ("after", "before")):
            self.connection.execute(
                f"CREATE OR REPLACE TEMP TABLE only_{side} AS "
                f"SELECT *, row_number() OVER (PARTITION BY {keys} ORDER BY {names}) AS pair "
                f"FROM (({sides[side]}) EXCEPT ALL ({sides[other]}))"
            )
        matched = " AND ".join(f"o.{_name(name)} IS NOT DISTINCT FROM t.{_name(name)}" for name in [*key, "pair"])
        parts = (
            f"SELECT CASE WHEN EXISTS (FROM only_{other} o WHERE {matched}) THEN '{pair}' ELSE '{alone}' END AS change,"
            f" t.* FROM only_{side} t"
            for side, other, pair, alone in (
                ("before", "after", "was", "removed"),
                ("after", "before", "is now", "added"),
            )
        )
        self.connection.execute(f"CREATE OR REPLACE TEMP TABLE {_diff(table)} AS {' UNION ALL '.join(parts)}")

    def _select(self, side: str, table: str, names: Iterable[str]) -> str:
        """The rows of one side, as texts where the types of both may differ, with the ids that factories have now."""
        source = f'{side}.main."{table}"'
        shown = []
        for name in names:
            if (table, name) in _FACILITY or (table, name) == ("answer", "facility_id"):
                shown.append(f"coalesce(became[{_name(name)}], {_name(name)}) AS {_name(name)}")
            else:
                shown.append(f"{self._cast(table, name)} AS {_name(name)}")
        became = "(SELECT coalesce(map_from_entries(list((old_id, facility_id))), map {}) AS became FROM merged)"
        only = " WHERE assessment_id IN (FROM moved)" if table == "answer" and self._narrows() else ""
        return f"SELECT {', '.join(shown)} FROM {source}, {became}{only}"

    def _cast(self, table: str, name: str) -> str:
        """A column as both sides can be compared by it: enums may have other words in each."""
        kinds = self.connection.execute(
            "SELECT DISTINCT data_type FROM duckdb_columns() WHERE database_name IN ('before', 'after') "
            "AND schema_name = 'main' AND table_name = ? AND column_name = ?",
            [table, name],
        ).fetchall()
        return _name(name) if len(kinds) == 1 and not kinds[0][0].startswith("ENUM") else f"{_name(name)}::VARCHAR"

    def _find_moved_assessments(self) -> None:
        """Assessments whose answers are not those of the other side, by the hash that is kept with them."""
        halves = {
            side: f"SELECT assessment_id, facility_id, answers, digest FROM {side}.compact.stored_assessment"
            for side in ("before", "after")
        }
        self.connection.execute(
            "CREATE OR REPLACE TEMP TABLE moved AS SELECT DISTINCT assessment_id FROM ("
            f"({halves['before']} EXCEPT {halves['after']}) UNION ALL ({halves['after']} EXCEPT {halves['before']}))"
        )

    def _narrows(self) -> bool:
        ((count,),) = self.connection.execute("SELECT count(*) FROM moved").fetchall()
        return int(count) <= _MOST_MOVED


def _diff(table: str) -> str:
    return _name(f"diff_{table}")


def _name(name: str) -> str:
    return f'"{name}"'


@contextmanager
def compare_releases(before: Path, after: Path) -> Iterator[ReleaseDiff]:
    """Two releases side by side, both only read.

    Args:
        before, after: their folders.

    Raises:
        PublicationError: one of them cannot be opened.
    """
    with duckdb.connect() as connection:
        manifests = []
        for side, folder in (("before", before), ("after", after)):
            manifest = read_manifest(folder)
            try:
                connection.execute(f"ATTACH {quoted(folder / DATABASE)} AS {side} (READ_ONLY)")
            except duckdb.Error as problem:
                manifest = None
                cause: Exception | None = problem
            else:
                cause = None
            if manifest is None:
                raise PublicationError(
                    f"{folder}: this release cannot be opened. Choose a whole one of `harmonize releases list`."
                ) from cause
            manifests.append(manifest)
        connection.execute(_merged())
        yield ReleaseDiff(connection, before.name, after.name, (manifests[0], manifests[1]))


def _merged() -> str:
    """Ids that only one of both releases still has, and what they became in the other, whichever is the later."""
    halves: Sequence[str] = [
        f"SELECT old_id, facility_id FROM {side}.main.facility_alias "
        f"WHERE old_id IN (SELECT facility_id FROM {other}.main.facility)"
        for side, other in (("before", "after"), ("after", "before"))
    ]
    return f"CREATE TEMP TABLE merged AS {' UNION '.join(halves)}"
