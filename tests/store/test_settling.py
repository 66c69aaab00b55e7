"""What a run has written comes to rest in the file before its end, beside whoever reads or writes meanwhile."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from harmonize.store.build import settle

_ROWS = 1000


@pytest.fixture
def release(tmp_path: Path) -> duckdb.DuckDBPyConnection:
    """A connection to a release that holds one table, nothing of it settled."""
    connection = duckdb.connect()
    connection.execute(f"ATTACH '{tmp_path / 'made.duckdb'}' AS release (RECOVERY_MODE NO_WAL_WRITES)")
    connection.execute(f"CREATE TABLE release.number AS SELECT range AS value FROM range({_ROWS})")
    return connection


def _found(folder: Path) -> int:
    """Rows that the file holds as it lies there."""
    copied = shutil.copyfile(folder / "made.duckdb", folder / "copied.duckdb")
    with duckdb.connect(str(copied), read_only=True) as connection:
        tables = connection.execute("SELECT estimated_size FROM duckdb_tables()").fetchall()
    return sum(size for (size,) in tables)


def test_what_was_written_stands_in_the_file(release: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    assert _found(tmp_path) == 0
    settle(release.cursor())
    assert _found(tmp_path) == _ROWS


def test_another_one_reads_on(release: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    reader = release.cursor()
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM release.number").fetchall()
    settle(release.cursor())
    assert _found(tmp_path) == _ROWS
    assert reader.execute("SELECT sum(value) FROM release.number").fetchall() == [(_ROWS * (_ROWS - 1) // 2,)]


def test_another_one_writes_on(release: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    writer = release.cursor()
    writer.execute("BEGIN")
    writer.execute("INSERT INTO release.number VALUES (-1)")
    settle(release.cursor())
    writer.execute("COMMIT")
    settle(release.cursor())
    assert _found(tmp_path) == _ROWS + 1
