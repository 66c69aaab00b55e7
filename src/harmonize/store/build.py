"""The release's DuckDB file: contract tables, the compact answers behind them, views, comments, logical hash.

A new release begins as a copy of the one before where that has the same form: then only what changed is written.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib.resources import files
from inspect import cleandoc
from pathlib import Path

import duckdb
import pyarrow as pa

from harmonize.database import compressed_without, quoted
from harmonize.errors import PublicationError
from harmonize.model.contract import arrow_schema, column_types, columns, table_ddl
from harmonize.model.tables import TABLES
from harmonize.store.named_answers import classified_answers, numbered_answers

__all__ = [
    "STORAGE_VERSION",
    "attach_release",
    "combined_hash",
    "fill_contract",
    "finish_release",
    "insert_rows",
    "keep_stated",
    "logical_hashes",
    "records_hash",
    "release_form",
    "settle",
    "show_contract",
]

STORAGE_VERSION = "v1.0.0"
"""DuckDB storage version of what is published: readable by DuckDB 1.0 and every later one."""

_UNHASHED = frozenset({"run", "release"})
_VIEWED = frozenset({"answer", "issue", "quarantine"})
"""Contract tables that are views over a more compact layout."""
_VIEWS = ("views.sql", "corrective_actions.sql")
"""Statements that make the views, in their order."""
_KEPT = frozenset({"conflict", "contradiction", "overlap"})
"""Contract tables of which only what changed is written."""
_SLOW_COMPRESSION = "alp,alprd"
"""Compressions of numbers that cost more time than they save bytes here."""


_NO_LOG = "RECOVERY_MODE NO_WAL_WRITES"
"""A file that was not finished is thrown away, never recovered."""


def _statements(name: str) -> str:
    return files("harmonize.store").joinpath(name).read_text(encoding="utf-8")


def release_form(parts: Sequence[str]) -> str:
    """A hash of all that the content of a release depends on besides its inputs: only equal forms can be continued.

    Args:
        parts: hashes of the program and of the knowledge that every answer depends on.
    """
    names = ("compact.sql", "contract.sql", "stated.sql", *_VIEWS)
    texts = [*(_statements(name) for name in names), numbered_answers("compact")]
    layout = [table_ddl(table) for table in TABLES]
    return hashlib.sha256("\0".join([duckdb.__version__, *texts, *layout, *parts]).encode()).hexdigest()


def attach_release(connection: duckdb.DuckDBPyConnection, target: Path, previous: Path | None, form: str) -> bool:
    """Attach the file to be made as `release`; returns whether it continues the previous one.

    Args:
        previous: the DuckDB file of the last release, if there is one.

    Raises:
        PublicationError: the file cannot be written.
    """
    connection.execute(f"SET disabled_compression_methods = {quoted(_SLOW_COMPRESSION)}")
    try:
        if previous is not None and _has_form(previous, form):
            shutil.copyfile(previous, target)
            connection.execute(f"ATTACH {quoted(target)} AS release ({_NO_LOG})")
            connection.execute("BEGIN")
            _clear(connection)
            connection.execute("COMMIT")
            return True
        connection.execute(f"ATTACH {quoted(target)} AS release ({_NO_LOG}, STORAGE_VERSION {quoted(STORAGE_VERSION)})")
        connection.execute("USE release")
        connection.execute("BEGIN")
        connection.execute(_statements("compact.sql").format_map(_EnumTypes()))
        connection.execute("INSERT INTO release.compact.form VALUES (?)", [form])
        for table in TABLES:
            if table not in _VIEWED:
                _make_table(connection, table)
        connection.execute("COMMIT")
        connection.execute("USE workspace")
    except (duckdb.IOException, OSError) as problem:
        raise PublicationError(
            f"{target}: cannot be written: {problem}. Free space or choose another --out."
        ) from problem
    return False


class _EnumTypes(dict[str, str]):
    """The closed sets of answers and issues as DuckDB types."""

    def __missing__(self, name: str) -> str:
        table = "issue" if name == "severity" else "answer"
        return column_types(table)[name]


def _has_form(previous: Path, form: str) -> bool:
    try:
        with duckdb.connect(str(previous), read_only=True) as connection:
            return connection.execute("SELECT form FROM compact.form").fetchall() == [(form,)]
    except duckdb.Error:
        return False


def _make_table(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    connection.execute(table_ddl(table).replace(f'CREATE TABLE "{table}"', f'CREATE TABLE release."{table}"', 1))


def _clear(connection: duckdb.DuckDBPyConnection) -> None:
    """Drop the views, and empty the tables that are written whole every time."""
    views = connection.execute(
        "SELECT schema_name, view_name FROM duckdb_views() WHERE database_name = 'release' AND NOT internal"
    ).fetchall()
    for schema, view in views:
        connection.execute(f'DROP VIEW release."{schema}"."{view}"')
    for table in TABLES:
        if table not in _VIEWED | _KEPT:
            connection.execute(f'DROP TABLE release."{table}"')
            _make_table(connection, table)


def settle(connection: duckdb.DuckDBPyConnection) -> None:
    """Bring to rest in the file what was written so far, so that less is left for the end.

    Args:
        connection: one of its own, beside which others may read the release, and wait where they write into it.
    """
    # Where another one is already writing, the end settles it all.
    with suppress(duckdb.TransactionException):
        connection.execute("CHECKPOINT release")


def fill_contract(
    connection: duckdb.DuckDBPyConnection, knowledge: Mapping[str, Sequence[Mapping[str, object]]]
) -> None:
    """Write the contract tables from the finished workspace; `finish_release` ends what begins here.

    Args:
        knowledge: rows of the tables that come from the knowledge folders (topic, indicator, crosswalk, ...).
    """
    # One transaction: hundreds of small statements, each with an end of its own, would take a second.
    connection.execute("BEGIN")
    for table, rows in knowledge.items():
        insert_rows(connection, table, rows)
    connection.execute(_statements("contract.sql"))
    connection.execute("USE release")


def keep_stated(connection: duckdb.DuckDBPyConnection) -> None:
    """Keep what each delivery states by itself: shares for audiences are made of it."""
    connection.execute("USE workspace")
    connection.execute(_statements("stated.sql"))
    connection.execute("USE release")


def show_contract(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the views, and write the dictionary into the file."""
    connection.execute(f"CREATE VIEW compact.classified_answer AS {classified_answers('compact')}")
    connection.execute(f"CREATE VIEW compact.numbered_answer AS {numbered_answers('compact')}")
    for name in _VIEWS:
        connection.execute(_statements(name))
    _comment(connection)


def insert_rows(connection: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Mapping[str, object]]) -> None:
    """Insert rows into a contract table of the attached release by column name."""
    if not rows:
        return
    arriving = pa.Table.from_pylist([dict(row) for row in rows], schema=arrow_schema(table))
    connection.register("arriving", arriving)
    connection.execute(f'INSERT INTO release."{table}" BY NAME SELECT * FROM arriving')
    connection.unregister("arriving")


def _comment(connection: duckdb.DuckDBPyConnection) -> None:
    """The dictionary travels inside the file."""
    for table, model in TABLES.items():
        kind = "VIEW" if table in _VIEWED else "TABLE"
        connection.execute(f'COMMENT ON {kind} "{table}" IS {quoted(cleandoc(model.__doc__ or ""))}')
        for name, _, _, description in columns(table):
            connection.execute(f'COMMENT ON COLUMN "{table}"."{name}" IS {quoted(description)}')


_ANSWER_HASH = """
    SELECT
        coalesce(sum(answers), 0)::BIGINT, coalesce(sum(said::HUGEINT), 0)::VARCHAR, coalesce(bit_xor(said), 0)::VARCHAR
    FROM (
        SELECT answers, hash(assessment_id, facility_id, answers, digest) AS said
        FROM compact.stored_assessment
        WHERE answers > 0
    )
"""
"""Of answers the hash is kept per assessment, made when its answers are written."""


def logical_hashes(connection: duckdb.DuckDBPyConnection) -> dict[str, tuple[int, str]]:
    """Rows and content hash of every table, whatever the order of its rows; the run's own records are left out.

    Args:
        connection: a connection whose default database is a release.
    """
    hashes: dict[str, tuple[int, str]] = {}
    for table in TABLES:
        if table in _UNHASHED:
            continue
        query = (
            f"SELECT count(*), coalesce(sum(hash(t)::HUGEINT), 0)::VARCHAR, coalesce(bit_xor(hash(t)), 0)::VARCHAR "
            f'FROM "{table}" t'
        )
        count, total, mixed = connection.execute(_ANSWER_HASH if table == "answer" else query).fetchall()[0]
        hashes[table] = (count, hashlib.sha256(f"{count}|{total}|{mixed}".encode()).hexdigest()[:32])
    return hashes


def records_hash(connection: duckdb.DuckDBPyConnection) -> str:
    """A hash of which records are surely one factory and what each states: grants follow it, and no table tells it.

    Args:
        connection: a connection whose default database is a release.
    """
    tables = ("sure_record", "stated_identifier")
    said = [
        connection.execute(
            "SELECT count(*), coalesce(sum(hash(t)::HUGEINT), 0)::VARCHAR, coalesce(bit_xor(hash(t)), 0)::VARCHAR "
            f"FROM compact.{table} t"
        ).fetchall()
        for table in tables
    ]
    return hashlib.sha256(repr(said).encode()).hexdigest()[:32]


def combined_hash(hashes: Mapping[str, tuple[int, str]], parts: Mapping[str, str]) -> str:
    """One hash over all tables and the given parts (contract version, day of judgement)."""
    content = json.dumps({"tables": hashes, "parts": dict(parts)}, sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()[:32]


def finish_release(
    connection: duckdb.DuckDBPyConnection, run: Mapping[str, object], release: Mapping[str, object]
) -> None:
    """Write the run and release rows, last of all, and let the file be whole."""
    insert_rows(connection, "run", [run])
    insert_rows(connection, "release", [release])
    # The tables of the contract are small and written whole every time: codes for pieces of their texts would take as
    # long to look for as all else, and spare next to nothing.
    with compressed_without(connection, "fsst"):
        connection.execute("COMMIT")
        connection.execute("CHECKPOINT release")
