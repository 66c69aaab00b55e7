"""A lender's table: what a factory's own grant opens, fact by fact."""

from __future__ import annotations

from importlib.resources import files

import duckdb
import pyarrow as pa

from harmonize.insight.policy.rules import LenderRules

__all__ = ["lender"]


def lender(connection: duckdb.DuckDBPyConnection, rules: LenderRules) -> pa.Table:
    """One row per fact of every factory of the connection's default database, a share.

    `part` is energy, water, emissions, permit, open critical or data quality. What is not granted, or what is
    withheld from lenders, makes no row.
    """
    pairs = [(part, pattern) for part, patterns in rules.quantities.items() for pattern in patterns]
    query = files("harmonize.insight.policy").joinpath("lender.sql").read_text(encoding="utf-8")
    return connection.execute(
        query,
        {
            "parts": [part for part, _ in pairs],
            "patterns": [pattern for _, pattern in pairs],
            "least": rules.least_verification,
            "permits": list(rules.permits),
            "severities": list(rules.severities),
        },
    ).to_arrow_table()
