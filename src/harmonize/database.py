"""What every stage needs to speak with DuckDB: quoted text, Arrow tables, joins and compression, work side by side."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from typing import TypeVar

import duckdb
import pyarrow as pa

__all__ = [
    "beside",
    "blocks_as_joined",
    "compressed_without",
    "create_table",
    "joins_as_written",
    "open_part_of_memory",
    "quoted",
    "scratch",
    "source_hash",
]

_PATIENCE = 0.05
"""Seconds between two attempts to stop."""
_ASKED_KEYS = 10_000
"""Keys of the small side of a join that blocks of the large one are asked for; each is compared with every block."""
_MEMORY_UNITS = ("bytes", "KiB", "MiB", "GiB", "TiB", "PiB")
"""How DuckDB prints its limit; it reads no PiB."""
_Result = TypeVar("_Result")


def quoted(text: object) -> str:
    """A text (a path, a name) as an SQL literal, where a statement takes no parameter."""
    return "'" + str(text).replace("'", "''") + "'"


def source_hash(package: str) -> str:
    """The hash of all modules and statements that stand as files in a package."""
    found = sorted(
        (path.name, path.read_bytes()) for path in files(package).iterdir() if path.name.endswith((".py", ".sql"))
    )
    return hashlib.sha256(repr(found).encode()).hexdigest()


@cache
def _memory() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


def scratch() -> duckdb.DuckDBPyConnection:
    """A connection for what only Arrow tables are asked; its temporary tables go with it.

    All share one database in memory: to open one takes longer than most of what is asked there.
    """
    return _memory().cursor()


def open_part_of_memory(
    configuration: dict[str, str | bool | int | float | list[str]], share: float
) -> duckdb.DuckDBPyConnection:
    """A database in memory that takes a share, above 0 and at most 1, of the memory that the configuration grants."""
    connection = duckdb.connect(config=configuration)
    ((limit,),) = connection.execute("SELECT current_setting('memory_limit')").fetchall()
    amount, unit = limit.split()
    kibibytes = float(amount) * 1024 ** (_MEMORY_UNITS.index(unit) - 1)
    connection.execute(f"SET memory_limit = '{kibibytes * share}KiB'")
    return connection


def create_table(connection: duckdb.DuckDBPyConnection, name: str, table: pa.Table, columns: str = "*") -> None:
    """Make or replace a table of what stands in Arrow.

    Args:
        columns: what to select from it.
    """
    connection.register("arriving", table)
    connection.execute(f'CREATE OR REPLACE TABLE "{name}" AS SELECT {columns} FROM arriving')
    connection.unregister("arriving")


@contextmanager
def joins_as_written(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Join tables in the order in which a statement names them, the first one streamed, the others held in memory.

    DuckDB cannot know how many answers a filter on a computed column leaves. It takes them for few, holds them in
    memory and streams the small tables instead, which costs five times as much. (The setting holds for all connections
    to the same database.)
    """
    connection.execute("SET disabled_optimizers = 'join_order,build_side_probe_side'")
    try:
        yield
    finally:
        connection.execute("RESET disabled_optimizers")


@contextmanager
def blocks_as_joined(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Read of a large table only the blocks that may hold a key of the small one that it is joined with.

    By itself DuckDB asks so for fifty keys at most, here for ten thousand; beyond, only for the range from the least to
    the greatest. (Not for joins with parquet files, where the question takes longer than it saves. The setting holds
    for all connections to the same database; inside of a transaction an error would hide behind setting it back.)
    """
    connection.execute(f"SET dynamic_or_filter_threshold = {_ASKED_KEYS}")
    try:
        yield
    finally:
        connection.execute("RESET dynamic_or_filter_threshold")


@contextmanager
def compressed_without(connection: duckdb.DuckDBPyConnection, method: str) -> Iterator[None]:
    """Write without one of DuckDB's compressions, which it would try on every column before it chooses."""
    ((before,),) = connection.execute("SELECT current_setting('disabled_compression_methods')").fetchall()
    connection.execute(f"SET disabled_compression_methods = {quoted(','.join(filter(None, [before, method])))}")
    try:
        yield
    finally:
        connection.execute(f"SET disabled_compression_methods = {quoted(before)}")


@contextmanager
def beside(
    connection: duckdb.DuckDBPyConnection, work: Callable[[duckdb.DuckDBPyConnection], _Result]
) -> Iterator[Future[_Result]]:
    """Work in a thread beside what the caller does meanwhile; an error of the caller's stops it.

    Args:
        connection: for this work alone.
    """
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix=work.__name__) as pool:
        future = pool.submit(work, connection)
        try:
            yield future
        except BaseException:
            # What is interrupted between two statements goes on with the next one.
            while not future.done():
                connection.interrupt()
                time.sleep(_PATIENCE)
            raise
