"""What `schemas/clients.md` calls tested: these clients open an audience's files and read the same rows."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pyarrow.dataset as ds
import pytest
from tests.queries import BUYER, audience_folder

LARGE = ("answer", "finding")
CLI = files("duckdb_cli").joinpath("duckdb.exe" if os.name == "nt" else "duckdb") if find_spec("duckdb_cli") else None
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


@pytest.mark.skipif(CLI is None, reason="duckdb-cli is not installed")
def test_the_command_line_reads_every_table_and_the_views(folder: Path, rows: dict[str, int]) -> None:
    counts = " UNION ALL ".join(f"SELECT '{name}' AS name, count(*) AS rows FROM \"{name}\"" for name in rows)
    views = "SELECT count(*) FROM v_facility_card; SELECT count(*) FROM v_corrective_action_plan"
    said = [
        subprocess.run(
            [str(CLI), "-readonly", "-csv", f"{BUYER}.duckdb", "-c", query],
            cwd=folder, capture_output=True, text=True, check=True,
        ).stdout
        for query in (counts, views)
    ]  # fmt: skip
    assert {row["name"]: int(row["rows"]) for row in csv.DictReader(io.StringIO(said[0]))} == rows
    assert next(line for line in said[1].split() if line.isdigit()) == str(rows["facility"])


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
