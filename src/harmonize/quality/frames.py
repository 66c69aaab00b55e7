"""What a suite reads of its table: the columns that it names, their fingerprint, and a pandas frame of them.

Frames are bounded by the caller, who says which tables may be read (dimension tables, never all answers).
"""

from __future__ import annotations

from collections.abc import Collection

import duckdb
import pandas as pd

from harmonize.errors import ConfigurationError
from harmonize.quality.suites import LoadedSuite

__all__ = ["content_fingerprint", "read_frame", "wanted_columns"]


def wanted_columns(connection: duckdb.DuckDBPyConnection, suite: LoadedSuite, tables: Collection[str]) -> list[str]:
    """Columns of its table that a suite reads: those that it names; all where an expectation speaks of the table.

    Raises:
        ConfigurationError: a table that may not be read, or a column that it has not.
    """
    if suite.table not in tables:
        raise ConfigurationError(
            f"{suite.path}: there is no table {suite.table!r} to check; the tables are {', '.join(sorted(tables))}."
        )
    present = [column[0] for column in connection.execute(f'FROM "{suite.table}" LIMIT 0').description or []]
    check_columns(suite, present)
    if all(stated.stays_in_its_columns for stated in suite.expectations):
        return [name for name in present if name in suite.columns]
    return present


def check_columns(suite: LoadedSuite, present: Collection[str]) -> None:
    """Refuse a suite that names a column which its table has not.

    Raises:
        ConfigurationError: it names one.
    """
    for column in suite.columns:
        if column not in present:
            raise ConfigurationError(
                f"{suite.path}: {suite.table} has no column {column!r}; it has {', '.join(present)}."
            )


def content_fingerprint(connection: duckdb.DuckDBPyConnection, table: str, columns: Collection[str]) -> str:
    """Hash of what stands in these columns, whatever the order of the rows and however the values are stored."""
    # (As texts: an enum's hash is that of its number, which another release may give to another word.)
    texts = ", ".join(f'"{column}"::VARCHAR' for column in columns)
    rows = f'SELECT hash({texts}) AS digest FROM "{table}"'
    numbers = connection.execute(
        f"SELECT count(*), sum(digest)::VARCHAR, bit_xor(digest)::VARCHAR FROM ({rows})"
    ).fetchall()[0]
    return "|".join([duckdb.__version__, *columns, *map(str, numbers)])


def read_frame(connection: duckdb.DuckDBPyConnection, table: str, columns: Collection[str]) -> pd.DataFrame:
    """These columns of a table, in one order whatever the order of the rows, so that results name the same values."""
    names = ", ".join(f'"{column}"' for column in columns)
    return connection.execute(f'SELECT {names} FROM "{table}" ORDER BY ALL').df()
