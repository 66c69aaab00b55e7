"""Rows that break a law of the tables, computed by DuckDB (`violations.sql`), one bounded frame per law.

An empty frame is a law kept. Expectation suites say which laws stop publication.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import duckdb
import pandas as pd

__all__ = ["VIOLATION_LIMIT", "queries", "violations"]

VIOLATION_LIMIT = 1_000
"""Most rows that one law shows; how many more there are changes nothing about the verdict."""

_NAMED = re.compile(r"^-- name: (violation_[a-z_]+)\n", re.MULTILINE)


@cache
def queries() -> Mapping[str, str]:
    """The query of every law by name, in the order of the file."""
    text = Path(__file__).with_name("violations.sql").read_text(encoding="utf-8")
    parts = _NAMED.split(text)[1:]
    return {name: query.strip().removesuffix(";") for name, query in zip(parts[::2], parts[1::2], strict=True)}


def violations(connection: duckdb.DuckDBPyConnection) -> dict[str, pd.DataFrame]:
    """The rows that break each law, at most `VIOLATION_LIMIT` of each, in a stable order.

    Args:
        connection: a database that holds all tables of the contract.
    """
    return {
        name: connection.execute(f"SELECT * FROM ({query}) ORDER BY ALL LIMIT {VIOLATION_LIMIT}").df()
        for name, query in queries().items()
    }
