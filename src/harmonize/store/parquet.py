"""Parquet extracts of the contract tables: typed, sorted, the large ones partitioned by instrument."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import duckdb

from harmonize.model.tables import TABLES

__all__ = ["PARTITIONED", "write_parquet"]

PARTITIONED = {"answer": "assessment", "finding": "assessment"}
"""Tables partitioned by the instrument of the named parent table."""


def _quote(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _copy(connection: duckdb.DuckDBPyConnection, query: str, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    connection.execute(
        f"COPY ({query}) TO {_quote(str(path))} (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE 122880)"
    )


def write_parquet(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Write `<table>.parquet`, or `<table>/instrument=<name>/part-0.parquet` for partitioned tables.

    Rows stand as they do in the database: answers by factory and assessment.
    """
    for table in TABLES:
        parent = PARTITIONED.get(table)
        if parent is None:
            _copy(connection, f'SELECT * FROM "{table}"', folder / f"{table}.parquet")
            continue
        instruments = connection.execute(
            f'SELECT DISTINCT instrument FROM "{parent}" WHERE assessment_id IN (SELECT assessment_id FROM "{table}") ORDER BY 1'
        ).fetchall()
        for (instrument,) in instruments:
            _copy(
                connection,
                f'SELECT t.* FROM "{table}" t SEMI JOIN (SELECT assessment_id FROM "{parent}" '
                f"WHERE instrument = {_quote(instrument)}) p USING (assessment_id)",
                folder / table / f"instrument={quote(instrument, safe='')}" / "part-0.parquet",
            )
