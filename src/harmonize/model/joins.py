"""How DuckDB joins the answers of many files to the small tables that give them meaning."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

__all__ = ["joins_as_written"]


@contextmanager
def joins_as_written(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Join tables in the order in which the statement names them, the first one streamed, the others held in memory.

    DuckDB cannot know how many answers a filter on a computed column leaves. It takes them for few, holds them in
    memory and streams the small tables instead, which costs five times as much.
    """
    connection.execute("SET disabled_optimizers = 'join_order,build_side_probe_side'")
    try:
        yield
    finally:
        connection.execute("RESET disabled_optimizers")
