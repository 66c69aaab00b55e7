"""The rows of touched assessments, as the pipeline gives them to the checks."""

from __future__ import annotations

import duckdb

from harmonize.quality.violations import JUDGED


def touched_rows(connection: duckdb.DuckDBPyConnection, touched: str) -> dict[str, str]:
    """Temporary tables with the answers and findings of the assessments in the table `touched` (`assessment_id`)."""
    made = {table: f"touched_{table}" for table in JUDGED}
    for table, name in made.items():
        connection.execute(
            f'CREATE OR REPLACE TEMP TABLE {name} AS FROM "{table}" WHERE assessment_id IN (FROM {touched})'
        )
    return made
