"""Build the release's DuckDB file: contract tables, views, comments, and the logical hash of its content."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path

import duckdb
import pyarrow as pa

from harmonize.errors import PublicationError
from harmonize.model.contract import arrow_schema, columns, table_ddl
from harmonize.model.tables import TABLES

__all__ = [
    "STORAGE_VERSION",
    "build_database",
    "combined_hash",
    "finish_database",
    "insert_rows",
    "logical_hashes",
]

STORAGE_VERSION = "v1.0.0"
"""DuckDB storage version of what is published: readable by DuckDB 1.0 and every later one."""

_UNHASHED = frozenset({"run", "release"})


def _statements(name: str) -> str:
    return files("harmonize.store").joinpath(name).read_text(encoding="utf-8")


def _quote(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def build_database(
    workspace: Path, target: Path, knowledge: Mapping[str, Sequence[Mapping[str, object]]], memory_limit: str
) -> None:
    """Make the DuckDB file at `target` from the finished workspace.

    Args:
        knowledge: rows of the tables that come from the knowledge folders (topic, indicator, crosswalk, ...).

    Raises:
        PublicationError: the file cannot be written.
    """
    try:
        with duckdb.connect(config={"memory_limit": memory_limit}) as connection:
            connection.execute(f"ATTACH {_quote(str(workspace))} AS work (READ_ONLY)")
            connection.execute(f"ATTACH {_quote(str(target))} AS release (STORAGE_VERSION {_quote(STORAGE_VERSION)})")
            connection.execute("USE release")
            for table in TABLES:
                connection.execute(table_ddl(table))
            for table, rows in knowledge.items():
                insert_rows(connection, table, rows)
            connection.execute(_statements("contract.sql"))
            _comment(connection)
    except duckdb.IOException as problem:
        raise PublicationError(
            f"{target}: cannot be written: {problem}. Free space or choose another --out."
        ) from problem


def insert_rows(connection: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Mapping[str, object]]) -> None:
    """Insert rows into a contract table by column name."""
    if not rows:
        return
    arriving = pa.Table.from_pylist([dict(row) for row in rows], schema=arrow_schema(table))
    connection.register("arriving", arriving)
    connection.execute(f'INSERT INTO "{table}" BY NAME SELECT * FROM arriving')
    connection.unregister("arriving")


def _comment(connection: duckdb.DuckDBPyConnection) -> None:
    """The dictionary travels inside the file."""
    for table, model in TABLES.items():
        connection.execute(f'COMMENT ON TABLE "{table}" IS {_quote((model.__doc__ or "").strip())}')
        for name, _, _, description in columns(table):
            connection.execute(f'COMMENT ON COLUMN "{table}"."{name}" IS {_quote(description)}')


def logical_hashes(connection: duckdb.DuckDBPyConnection) -> dict[str, tuple[int, str]]:
    """Rows and content hash of every table, whatever the order of its rows; the run's own records are left out."""
    hashes: dict[str, tuple[int, str]] = {}
    for table in TABLES:
        if table in _UNHASHED:
            continue
        count, total, mixed = connection.execute(
            f"SELECT count(*), coalesce(sum(hash(t)::HUGEINT), 0)::VARCHAR, coalesce(bit_xor(hash(t)), 0)::VARCHAR "
            f'FROM "{table}" t'
        ).fetchall()[0]
        hashes[table] = (count, hashlib.sha256(f"{count}|{total}|{mixed}".encode()).hexdigest()[:32])
    return hashes


def combined_hash(hashes: Mapping[str, tuple[int, str]], parts: Mapping[str, str]) -> str:
    """One hash over all tables and the given parts (contract version, day of judgement)."""
    content = json.dumps({"tables": hashes, "parts": dict(parts)}, sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()[:32]


def finish_database(target: Path, run: Mapping[str, object], release: Mapping[str, object]) -> None:
    """Write the run and release rows and the views, last of all."""
    with duckdb.connect(str(target)) as connection:
        insert_rows(connection, "run", [run])
        insert_rows(connection, "release", [release])
        connection.execute(_statements("views.sql"))
        connection.execute("CHECKPOINT")
