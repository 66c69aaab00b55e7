"""The release's DuckDB file: contract tables, the compact answers behind them, views, comments, logical hash.

A new release begins as a copy of the one before where that has the same form: then only what changed is written.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
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
from harmonize.store.encryption import encrypted
from harmonize.store.named_answers import classified_answers, numbered_answers

__all__ = [
    "STORAGE_VERSION",
    "attach_release",
    "combined_hash",
    "fill_contract",
    "finish_release",
    "insert_rows",
    "keep_stated",
    "list_open_findings",
    "logical_hashes",
    "records_hash",
    "release_form",
    "settle",
    "write_knowledge",
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
_KNOWN = frozenset(
    {
        "topic",
        "indicator",
        "indicator_broader",
        "law",
        "indicator_law",
        "crosswalk",
        "entailment",
        "instrument",
        "instrument_rights",
    }
)
"""Contract tables that come from the knowledge folders, written when these say something else."""
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
    names = ("compact.sql", "contract.sql", "stated.sql", "open_findings.sql", *_VIEWS)
    texts = [*(_statements(name) for name in names), numbered_answers("compact")]
    layout = [*map(table_ddl, TABLES), *_comments()]
    return hashlib.sha256("\0".join([duckdb.__version__, *texts, *layout, *parts]).encode()).hexdigest()


def attach_release(
    connection: duckdb.DuckDBPyConnection,
    target: Path,
    previous: Path | None,
    form: str,
    *,
    is_to_be_read: bool = True,
    key: str | None = None,
) -> bool:
    """Attach the file to be made as `release`; returns whether it continues the previous one.

    Args:
        previous: the DuckDB file of the last release, if there is one.
        is_to_be_read: make its views, and write the dictionary into it. Both hang on nothing but the form.
        key: by which a file that continues none is encrypted.

    Raises:
        PublicationError: the file cannot be written.
    """
    connection.execute(f"SET disabled_compression_methods = {quoted(_SLOW_COMPRESSION)}")
    try:
        if previous is not None and _has_form(connection, previous, form):
            shutil.copyfile(previous, target)
            connection.execute(f"ATTACH {quoted(target)} AS release ({_NO_LOG})")
            connection.execute("BEGIN")
            _empty(connection)
            connection.execute("COMMIT")
            return True
        options = f"STORAGE_VERSION {quoted(STORAGE_VERSION)}" if key is None else encrypted(key)
        connection.execute(f"ATTACH {quoted(target)} AS release ({_NO_LOG}, {options})")
        connection.execute("USE release")
        connection.execute("BEGIN")
        connection.execute(_statements("compact.sql").format_map(_EnumTypes()))
        connection.execute("INSERT INTO release.compact.form VALUES (?, NULL)", [form])
        for table in TABLES:
            if table not in _VIEWED:
                connection.execute(table_ddl(table))
        if is_to_be_read:
            _show(connection)
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


def _has_form(connection: duckdb.DuckDBPyConnection, previous: Path, form: str) -> bool:
    """Whether a release that stands is whole in itself and of this form."""
    try:
        connection.execute(f"ATTACH {quoted(previous)} AS previous (READ_ONLY)")
    except duckdb.Error:
        return False
    try:
        query = "SELECT form FROM previous.compact.form WHERE knowledge IS NOT NULL"
        return connection.execute(query).fetchall() == [(form,)]
    except duckdb.Error:
        return False
    finally:
        connection.execute("DETACH previous")


def _empty(connection: duckdb.DuckDBPyConnection) -> None:
    """Empty the tables that are written whole every time; views and comments are those of the form, and stay."""
    for table in TABLES:
        if table not in _VIEWED | _KEPT | _KNOWN:
            connection.execute(f'DELETE FROM release."{table}"')


def settle(connection: duckdb.DuckDBPyConnection) -> None:
    """Bring to rest in the file what was written so far, so that less is left for the end.

    Args:
        connection: one of its own, beside which others may read the release, and wait where they write into it.
    """
    # Where another one is already writing, the end settles it all.
    with suppress(duckdb.TransactionException):
        connection.execute("CHECKPOINT release")


def fill_contract(
    connection: duckdb.DuckDBPyConnection,
    knowledge_hash: str,
    knowledge: Callable[[], Mapping[str, Sequence[Mapping[str, object]]]],
) -> None:
    """Write the contract tables from the finished workspace; `finish_release` ends what begins here.

    Args:
        knowledge_hash: of all that `knowledge` comes from; a release that is continued by the same has the tables.
        knowledge: rows of the tables that come from the knowledge folders (topic, indicator, crosswalk, ...).
    """
    # One transaction: hundreds of small statements, each with an end of its own, would take a second.
    connection.execute("BEGIN")
    write_knowledge(connection, knowledge_hash, knowledge)
    connection.execute(_statements("contract.sql"))
    connection.execute("USE release")


def keep_stated(connection: duckdb.DuckDBPyConnection) -> None:
    """Keep what each delivery states by itself: shares for audiences are made of it."""
    connection.execute("USE workspace")
    connection.execute(_statements("stated.sql"))
    connection.execute("USE release")


def write_knowledge(
    connection: duckdb.DuckDBPyConnection,
    knowledge_hash: str,
    knowledge: Callable[[], Mapping[str, Sequence[Mapping[str, object]]]],
) -> None:
    """Write the contract tables that come from the knowledge folders, where they do not stand so already.

    Args:
        knowledge_hash, knowledge: as for `fill_contract`.
    """
    if connection.execute("SELECT knowledge FROM release.compact.form").fetchall() == [(knowledge_hash,)]:
        return
    for table, rows in knowledge().items():
        connection.execute(f'DELETE FROM release."{table}"')
        insert_rows(connection, table, rows)
    connection.execute("UPDATE release.compact.form SET knowledge = ?", [knowledge_hash])


def list_open_findings(connection: duckdb.DuckDBPyConnection) -> None:
    """Keep ready what is open, by factory, once the contract is filled."""
    connection.execute(_statements("open_findings.sql"))


def insert_rows(connection: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Mapping[str, object]]) -> None:
    """Insert rows into a contract table of the attached release by column name."""
    if not rows:
        return
    arriving = pa.Table.from_pylist([dict(row) for row in rows], schema=arrow_schema(table))
    connection.register("arriving", arriving)
    connection.execute(f'INSERT INTO release."{table}" BY NAME SELECT * FROM arriving')
    connection.unregister("arriving")


def _show(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the views; the dictionary travels inside the file."""
    connection.execute(f"CREATE VIEW compact.classified_answer AS {classified_answers('compact')}")
    connection.execute(f"CREATE VIEW compact.numbered_answer AS {numbered_answers('compact')}")
    for name in _VIEWS:
        connection.execute(_statements(name))
    connection.execute("; ".join(_comments()))


def _comments() -> Iterator[str]:
    for table, model in TABLES.items():
        kind = "VIEW" if table in _VIEWED else "TABLE"
        yield f'COMMENT ON {kind} "{table}" IS {quoted(cleandoc(model.__doc__ or ""))}'
        for name, _, _, description in columns(table):
            yield f'COMMENT ON COLUMN "{table}"."{name}" IS {quoted(description)}'


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
