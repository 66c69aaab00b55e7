"""The catalogue of the stage: all small staged tables of all staged files in one DuckDB file.

A run of thousands of files opens one file instead of thousands. The catalogue says nothing that the staged folders do
not say; a missing, damaged or older one is made anew from them.
"""

from __future__ import annotations

from collections.abc import Sequence
from glob import escape
from pathlib import Path

import duckdb
import pyarrow as pa

from harmonize.database import quoted
from harmonize.model.staged import STAGED_SCHEMAS, staged_form, stored_schema
from harmonize.staging import StagedFolder

__all__ = ["SMALL_TABLES", "attach_catalogue", "look_into_catalogue"]

SHARED_TABLES = {"column": "column_key", "text": "text_key", "remark": "remark_key"}
"""Tables whose rows many files have in common, by the hash that is their key."""
SMALL_TABLES = tuple(name for name in STAGED_SCHEMAS if name not in ("answer", *SHARED_TABLES))
_BATCH = 500
_CREATE = """
    CREATE TABLE stage.content (content_no INTEGER PRIMARY KEY, content_key VARCHAR NOT NULL, column_set_no INTEGER);
    -- Files of one template have the same columns: they stand here once.
    CREATE TABLE stage.column_set (column_set_no INTEGER, digest VARCHAR);
    CREATE TABLE stage.set_column (column_set_no INTEGER, column_key BIGINT);
"""
_ARRIVING_SET = """
    SELECT
        content_no,
        list(DISTINCT column_key ORDER BY column_key) AS column_keys,
        sha256(array_to_string(list(DISTINCT column_key ORDER BY column_key), ' ')) AS digest
    FROM ({rows})
    GROUP BY content_no
"""
_ADD_SETS = """
    INSERT INTO stage.column_set
    SELECT {last} + row_number() OVER (ORDER BY digest), digest
    FROM (SELECT DISTINCT digest FROM arriving)
    WHERE digest NOT IN (SELECT digest FROM stage.column_set);

    INSERT INTO stage.set_column
    SELECT s.column_set_no, unnest(a.column_keys)
    FROM (SELECT digest, any_value(column_keys) AS column_keys FROM arriving GROUP BY digest) a
    JOIN stage.column_set s USING (digest)
    WHERE s.column_set_no > {last};

    UPDATE stage.content
    SET column_set_no = s.column_set_no
    FROM arriving a
    JOIN stage.column_set s USING (digest)
    WHERE stage.content.content_no = a.content_no
"""
_FORM = f"{staged_form()} {duckdb.__version__} {_CREATE}"


def attach_catalogue(connection: duckdb.DuckDBPyConnection, path: Path, folders: Sequence[StagedFolder]) -> None:
    """Attach the catalogue as `stage`, every one of `folders` in it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        _attach(connection, path)
    except duckdb.Error:
        _discard(connection, path)
        _attach(connection, path)
    known = {key for (key,) in connection.execute("SELECT content_key FROM stage.content").fetchall()}
    missing = [folder for folder in folders if folder.key not in known]
    for start in range(0, len(missing), _BATCH):
        _add(connection, missing[start : start + _BATCH])


def look_into_catalogue(
    connection: duckdb.DuckDBPyConnection, path: Path, folders: Sequence[StagedFolder], scratch: Path
) -> None:
    """Attach the catalogue as `stage` without changing it.

    Args:
        scratch: a folder for one that is made of `folders` where the catalogue is not there, not whole, or in use.
    """
    try:
        connection.execute(f"ATTACH {quoted(path)} AS stage (READ_ONLY)")
        known = {key for (key,) in connection.execute("SELECT content_key FROM stage.content").fetchall()}
        if connection.execute("SELECT form FROM stage.form").fetchall() == [(_FORM,)] and known.issuperset(
            folder.key for folder in folders
        ):
            return
    except duckdb.Error:
        pass
    connection.execute("DETACH DATABASE IF EXISTS stage")
    attach_catalogue(connection, scratch / path.name, folders)


def _attach(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    connection.execute(f"ATTACH {quoted(path)} AS stage")
    tables = {
        name
        for (name,) in connection.execute(
            "SELECT table_name FROM duckdb_tables() WHERE database_name = 'stage'"
        ).fetchall()
    }
    if not tables:
        _create(connection)
    elif connection.execute("SELECT form FROM stage.form").fetchall() != [(_FORM,)]:
        raise duckdb.InvalidInputException("a catalogue of another form")


def _discard(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    connection.execute("DETACH DATABASE IF EXISTS stage")
    path.unlink(missing_ok=True)
    path.with_name(path.name + ".wal").unlink(missing_ok=True)


def _create(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("BEGIN")
    connection.execute(_CREATE)
    for table in (*SMALL_TABLES, *SHARED_TABLES):
        connection.register("arriving", stored_schema(table).empty_table())
        own = "" if table in SHARED_TABLES else "0::INTEGER AS content_no, 0::INTEGER AS row_order, "
        connection.execute(f"CREATE TABLE stage.staged_{table} AS SELECT {own}* FROM arriving LIMIT 0")
        connection.unregister("arriving")
    connection.execute("CREATE TABLE stage.form AS SELECT ? AS form", [_FORM])
    connection.execute("COMMIT")


def _add(connection: duckdb.DuckDBPyConnection, folders: Sequence[StagedFolder]) -> None:
    """Add files, all of them or none."""
    connection.execute("BEGIN")
    ((last,),) = connection.execute("SELECT coalesce(max(content_no), 0) FROM stage.content").fetchall()
    numbers = {folder.key: last + place for place, folder in enumerate(folders, start=1)}
    arriving = pa.table({"content_no": pa.array(numbers.values(), pa.int32()), "key": list(numbers)})
    connection.register("arriving", arriving)
    connection.execute("INSERT INTO stage.content SELECT content_no, key, NULL FROM arriving")
    connection.unregister("arriving")
    for table in (*SMALL_TABLES, *SHARED_TABLES):
        paths = {str(path): numbers[folder.key] for folder in folders if (path := folder.parquet(table)) is not None}
        if not paths:
            continue
        names = pa.table({"filename": list(paths), "content_no": pa.array(paths.values(), pa.int32())})
        connection.register("names", names)
        _insert(connection, table, list(paths))
        connection.unregister("names")
    connection.execute("COMMIT")


def _insert(connection: duckdb.DuckDBPyConnection, table: str, paths: list[str]) -> None:
    # A folder of the path may look like a pattern (`out*`) or like a partition (`year=2026`); it is neither.
    rows = (
        "read_parquet($1, filename = true, file_row_number = true, hive_partitioning = false) s "
        "JOIN names n USING (filename)"
    )
    paths = [escape(path) for path in paths]
    if table not in SHARED_TABLES:
        connection.execute(
            f"INSERT INTO stage.staged_{table} BY NAME SELECT n.content_no, s.file_row_number::INTEGER AS row_order, "
            f"s.* EXCLUDE (filename, file_row_number) FROM {rows}",
            [paths],
        )
        return
    if table == "column":
        query = _ARRIVING_SET.format(rows=f"SELECT n.content_no, s.column_key FROM {rows}")
        connection.register("arriving", connection.execute(query, [paths]).to_arrow_table())
        ((last,),) = connection.execute("SELECT coalesce(max(column_set_no), 0) FROM stage.column_set").fetchall()
        connection.execute(_ADD_SETS.format(last=last))
        connection.unregister("arriving")
    key = SHARED_TABLES[table]
    connection.execute(
        f"INSERT INTO stage.staged_{table} BY NAME "
        f"SELECT DISTINCT ON ({key}) * FROM read_parquet($1, hive_partitioning = false) s "
        f"WHERE {key} NOT IN (SELECT {key} FROM stage.staged_{table})",
        [paths],
    )
