"""Writers of shares side by side: each a DuckDB of its own, over the rows that were made for all audiences.

A share is hundreds of small statements, of which DuckDB itself runs one after the other on one core.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from queue import SimpleQueue
from types import TracebackType
from typing import TypeVar

import duckdb

from harmonize.database import open_part_of_memory, quoted
from harmonize.store.encryption import DOWNLOADS_NOTHING, load_cipher

__all__ = ["ShareWriters", "keep_lists"]

_LISTS = (
    "audience", "audience_grant", "covered_copy", "own_content", "shared_assessment", "shared_delivery",
    "shared_facility", "shared_file", "shared_header", "visible_mention",
)  # fmt: skip
"""What says whose each row is."""
_MOST = 4
"""Writers beyond that wait for the disk."""
_SLOW_COMPRESSION = "alp,alprd,fsst"
"""Tried on every column of sixty small tables, they take longer than all else that brings a file to rest."""
_Result = TypeVar("_Result")


def keep_lists(connection: duckdb.DuckDBPyConnection, path: Path) -> Path:
    """Write what says whose each row is into a file, for writers to read."""
    connection.execute(f"ATTACH {quoted(path)} AS lists (RECOVERY_MODE NO_WAL_WRITES)")
    for name in _LISTS:
        connection.execute(f'CREATE TABLE lists."{name}" AS FROM "{name}"')
    connection.execute("CHECKPOINT lists")
    connection.execute("DETACH lists")
    return path


class ShareWriters:
    """Connections that have the rows of all audiences as `release`, what is whose as `workspace`, and the `source`."""

    def __init__(
        self,
        joint: Path,
        lists: Path,
        source: Path,
        configuration: dict[str, str | bool | int | float | list[str]],
        shares: int,
        *,
        is_encrypting: bool = False,
    ) -> None:
        """Open them.

        Raises:
            ConfigurationError: some are to encrypt, and nothing is there to encrypt with.
        """
        cores = os.cpu_count() or 1
        self._count = max(1, min(shares, cores, _MOST))
        settings = {**configuration, **DOWNLOADS_NOTHING}
        self._idle: SimpleQueue[duckdb.DuckDBPyConnection] = SimpleQueue()
        with ExitStack() as stack:
            for _ in range(self._count):
                connection = stack.enter_context(open_part_of_memory(settings, 1 / self._count))
                if is_encrypting:
                    load_cipher(connection)
                connection.execute(f"SET threads = {max(1, cores // self._count)}")
                connection.execute(f"SET disabled_compression_methods = {quoted(_SLOW_COMPRESSION)}")
                for path, name in ((joint, "release"), (lists, "workspace"), (source, "source")):
                    connection.execute(f"ATTACH {quoted(path)} AS {name} (READ_ONLY)")
                connection.execute("USE workspace")
                self._idle.put(connection)
            self._stack = stack.pop_all()

    def __enter__(self) -> ShareWriters:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def map(self, write: Callable[[duckdb.DuckDBPyConnection, int], _Result], numbers: Iterable[int]) -> list[_Result]:
        """What `write` makes of each number, in their order; what one raises stops those that did not begin."""

        def one(number: int) -> _Result:
            connection = self._idle.get()
            try:
                return write(connection, number)
            finally:
                self._idle.put(connection)

        pool = ThreadPoolExecutor(max_workers=self._count, thread_name_prefix="share")
        try:
            return list(pool.map(one, numbers))
        finally:
            pool.shutdown(cancel_futures=True)
