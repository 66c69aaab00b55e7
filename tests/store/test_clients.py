"""What `schemas/clients.md` calls tested: these clients open an audience's files and read the same rows."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pyarrow.dataset as ds
import pytest
from tests.queries import BUYER, audience_folder

LARGE = ("answer", "finding")
SMALL = ("facility", "assessment", "consent_grant", "indicator")


@pytest.fixture
def folder() -> Path:
    return audience_folder()


@pytest.fixture
def rows(folder: Path) -> dict[str, int]:
    """Rows of every table, as the manifest has them."""
    tables = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["tables"]
    return {name: table["rows"] for name, table in tables.items()}


def test_the_file_is_written_for_duckdb_from_1_0_on(folder: Path) -> None:
    """Number 64 of the storage format is what DuckDB 1.0 reads and writes; a newer one would lock older clients out."""
    head = (folder / f"{BUYER}.duckdb").read_bytes()[:20]
    assert head[8:12] == b"DUCK"
    assert int.from_bytes(head[12:20], "little") == 64


def test_duckdb_reads_every_table_and_every_view(folder: Path, rows: dict[str, int]) -> None:
    with duckdb.connect(str(folder / f"{BUYER}.duckdb"), read_only=True) as connection:
        found = {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchall()[0][0] for name in rows}
        assert found == rows
        listed = "SELECT view_name FROM duckdb_views() WHERE starts_with(view_name, 'v_') ORDER BY ALL"
        views = connection.execute(listed).fetchall()
        assert len(views) > 10
        for (view,) in views:
            connection.execute(f"SELECT * FROM {view}").fetchall()


def test_two_readers_open_the_file_at_once(folder: Path) -> None:
    path = str(folder / f"{BUYER}.duckdb")
    with duckdb.connect(path, read_only=True) as one, duckdb.connect(path, read_only=True) as other:
        query = "SELECT count(*) FROM facility"
        assert one.execute(query).fetchall() == other.execute(query).fetchall()


@pytest.mark.parametrize("table", SMALL)
def test_small_tables_are_one_parquet_file(folder: Path, rows: dict[str, int], table: str) -> None:
    path = folder / "parquet" / f"{table}.parquet"
    assert len(pd.read_parquet(path)) == pl.read_parquet(path).height == rows[table] > 0
    assert ds.dataset(path).count_rows() == rows[table]


@pytest.mark.parametrize("table", LARGE)
def test_large_tables_are_a_folder_by_instrument(folder: Path, rows: dict[str, int], table: str) -> None:
    part = folder / "parquet" / table
    with_pandas = pd.read_parquet(part)
    with_polars = pl.scan_parquet(part / "**/*.parquet", hive_partitioning=True).collect()
    with_arrow = ds.dataset(part, partitioning="hive").to_table()
    with duckdb.connect() as connection:
        by_duckdb = connection.execute(
            "SELECT count(*), count(DISTINCT instrument) FROM read_parquet(?, hive_partitioning = true)",
            [str(part / "**/*.parquet")],
        ).fetchall()
    assert len(with_pandas) == with_polars.height == with_arrow.num_rows == rows[table] > 0
    instruments = set(with_polars["instrument"])
    assert set(with_pandas["instrument"]) == set(with_arrow["instrument"].to_pylist()) == instruments
    assert by_duckdb == [(rows[table], len(instruments))]
