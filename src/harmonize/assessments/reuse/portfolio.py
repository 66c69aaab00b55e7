"""Audits dropped, shortened and kept over a portfolio, from rows and assumptions."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files

import duckdb
import pyarrow as pa

from harmonize.assessments.reuse.assumptions import Assumptions

__all__ = ["SCENARIOS", "Total", "estimate", "totals"]

SCENARIOS = ("as granted", "if all were granted")
_MANY = 2**31 - 1
_AMOUNTS = (
    *("day_rate", "visit_cost", "desk_cost_per_indicator", "days_where_workers_are_unknown", "fixed_overhead_days"),
    *("rounding_days", "least_saving_days", "visit_lately_days"),
)


@dataclass(frozen=True, slots=True)
class Total:
    """The sums of a scenario's rows."""

    scenario: str
    dropped: int
    shortened: int
    kept: int
    days_saved: float
    money_saved: float


def estimate(connection: duckdb.DuckDBPyConnection, assumptions: Assumptions) -> None:
    """Make `reuse_portfolio` of what was judged: a row for every factory and scenario."""
    steps = [{"up_to": step.up_to_workers or _MANY, "days": step.days} for step in assumptions.full_audit_days.steps]
    arriving = pa.Table.from_pylist(steps, schema=pa.schema({"up_to": pa.int32(), "days": pa.float64()}))
    connection.register("arriving", arriving)
    connection.execute("CREATE OR REPLACE TEMP TABLE reuse_audit_step AS SELECT * FROM arriving")
    connection.unregister("arriving")
    for name in _AMOUNTS:
        connection.execute(f"SET VARIABLE reuse_{name} = {getattr(assumptions, name).value}::DOUBLE")
    connection.execute(files("harmonize.assessments.reuse").joinpath("portfolio.sql").read_text(encoding="utf-8"))


def totals(connection: duckdb.DuckDBPyConnection) -> list[Total]:
    """The sums of the rows, by scenario."""
    rows = connection.execute(
        """
        SELECT
            scenario, count(*) FILTER (audit = 'dropped'), count(*) FILTER (audit = 'shortened'),
            count(*) FILTER (audit = 'kept'), sum(days_saved)::DOUBLE, sum(money_saved)::DOUBLE
        FROM reuse_portfolio
        GROUP BY scenario
        ORDER BY scenario
        """
    ).fetchall()
    return [Total(*row) for row in rows]
