"""What was asked of factories again, in any window: rounds of questions, pairs of them, and who asked.

It is worked out from a release by the statements that also keep its ledger, so that both count alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from harmonize.assessments.burden_rules import BurdenRules, register_burden_rules
from harmonize.database import create_table, quoted
from harmonize.model.contract import column_types

__all__ = ["TABLES", "Overlap", "Window", "overlap_of"]

TABLES = ("pairs", "instruments", "indicators", "visits", "scope")
"""What `Overlap.table` shows people; `instrument_factories` besides is for who must not tell of few owners."""


@dataclass(frozen=True, slots=True)
class Window:
    """Which rounds of questions are looked at.

    Attributes:
        first, last: the days between which the later round of a pair is over; None is open.
        within_months: how far the evidence of the earlier one may lie before it.
    """

    first: date | None
    last: date | None
    within_months: int


@dataclass(frozen=True, slots=True)
class Overlap:
    """Rounds of questions of some factories, compared with one another."""

    connection: duckdb.DuckDBPyConnection

    def table(self, name: str, language: str = "en") -> pa.Table:
        """One of `TABLES`, for people: the most that was answered again first, visits by day.

        Args:
            language: of the labels; English where one is missing.
        """
        label = f"coalesce(labels ->> {quoted(language)}, labels ->> 'en')"
        return self.connection.execute(_QUERIES[name].format(label=label)).to_arrow_table()

    def rows(self, name: str, language: str = "en") -> list[dict[str, Any]]:
        """The rows of a table."""
        rows: list[dict[str, Any]] = self.table(name, language).to_pylist()
        return rows

    def count(self, name: str) -> int:
        """How many rows a table has."""
        ((rows,),) = self.connection.execute(f"SELECT count(*) FROM ({_QUERIES[name].format(label='NULL')})").fetchall()
        return int(rows)

    def closest(self, visits: int) -> list[dict[str, Any]]:
        """Of each of the latest visits the pair with the earlier one that had answered most of it, the latest first.

        There are as many pairs of visits as a factory has visits within the months before each of them; who reads them
        reads a line a visit.
        """
        query = f"""
            FROM ({_QUERIES["pairs"]})
            QUALIFY row_number() OVER (
                PARTITION BY facility_id, later ORDER BY directly + by_implication DESC, earlier_day DESC, earlier
            ) = 1
            ORDER BY later_day DESC, facility_id, later
            LIMIT {visits}
        """
        rows: list[dict[str, Any]] = self.connection.execute(query).to_arrow_table().to_pylist()
        return rows


_QUERIES = {
    "pairs": """
        SELECT p.facility_id, a.facility, p.earlier_day, a.titles AS earlier_instruments, p.later_day,
            b.titles AS later_instruments, p.asked, p.judged, p.asked_by_both, p.directly, p.by_implication, p.share,
            a.contributors AS earlier_contributors, b.contributors AS later_contributors,
            a.lists_findings_alone AS earlier_lists_findings_alone,
            b.lists_findings_alone AS later_lists_findings_alone,
            p.earlier, p.later
        FROM round_pair p
        JOIN visit_row a ON a.facility_id = p.facility_id AND a.round_id = p.earlier
        JOIN visit_row b ON b.facility_id = p.facility_id AND b.round_id = p.later
        ORDER BY p.facility_id, p.later_day, p.later, p.earlier_day, p.earlier
    """,
    "instruments": """
        SELECT coalesce(a.title, p.earlier) AS earlier_instrument, coalesce(b.title, p.later) AS later_instrument,
            p.facilities, p.visits, p.judged, p.directly, p.by_implication, p.share,
            p.earlier NOT IN (SELECT instrument FROM answering_instrument) AS earlier_lists_findings_alone,
            p.later NOT IN (SELECT instrument FROM answering_instrument) AS later_lists_findings_alone,
            p.earlier, p.later
        FROM instrument_pair p
        LEFT JOIN release.instrument a ON a.instrument = p.earlier
        LEFT JOIN release.instrument b ON b.instrument = p.later
        ORDER BY p.directly + p.by_implication DESC, p.earlier, p.later
    """,
    "instrument_factories": """
        SELECT earlier, later, judged_at FROM instrument_pair ORDER BY earlier, later
    """,
    "indicators": """
        SELECT topic_id, indicator_id, {label} AS indicator, kind, times_asked, asked_again, facilities,
            facilities_again, instruments, contributors, first_day, last_day
        FROM indicator_row
        ORDER BY asked_again DESC, times_asked DESC, indicator_id
    """,
    "visits": """
        SELECT facility_id, facility, day, kinds, titles, contributors, is_follow_up, lists_findings_alone, asked,
            judged, round_id
        FROM visit_row
        WHERE in_window
        ORDER BY facility_id, day, round_id
    """,
    "scope": """
        SELECT facility_id, day, instrument, pillar, topic_id, {label} AS topic, assessment_id
        FROM scope_row
        ORDER BY facility_id, day, assessment_id, topic_id
    """,
}

_VIEWS = {
    "made_assessment": "FROM release.assessment WHERE {condition}",
    "visit_relation": "FROM release.assessment_relation",
    # (The window says which days are looked at.)
    "judgement_day": "SELECT DATE '9999-12-31' AS day",
    "made_finding": "FROM release.finding",
    "crosswalk_entry": "SELECT mapping_id, predicate FROM release.crosswalk",
    "entailment": "SELECT comparability, state::VARCHAR AS state, implied_state::VARCHAR AS implied_state "
    "FROM release.entailment",
    "indicator_entry": "SELECT indicator_id, topic_id, kind::VARCHAR AS kind FROM release.indicator",
    "broader_entry": "SELECT indicator_id, broader_id FROM release.indicator_broader",
}
_CORRECTED = """
    CREATE TABLE corrected_answer AS
    SELECT a.assessment_no, a.question_no, 'facility' AS answered_by
    FROM release.compact.stored_answer a
    JOIN (
        SELECT assessment_no FROM release.compact.stored_assessment SEMI JOIN asking_assessment USING (assessment_no)
        WHERE has_both_sides
    ) USING (assessment_no)
    WHERE a.answered_by = 'verifier'
"""


@contextmanager
def overlap_of(database: Path, rules: BurdenRules, window: Window, facility_id: str | None = None) -> Iterator[Overlap]:
    """Compare the rounds of questions of one factory of a release, or of all.

    Args:
        database: the release's DuckDB file.
        window: its months take the place of those of the rules.

    Raises:
        duckdb.Error: it is no release of this version.
    """
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH {quoted(database)} AS release (READ_ONLY)")
        connection.execute(f"CREATE TYPE answer_state AS {column_types('answer')['state']}")
        condition = "true" if facility_id is None else f"facility_id = {quoted(facility_id)}"
        for name, query in _VIEWS.items():
            connection.execute(f"CREATE VIEW {name} AS {query.format(condition=condition)}")
        register_burden_rules(connection, rules.model_copy(update={"answered_within_months": window.within_months}))
        days = pa.table(
            {
                "first_day": pa.array([window.first or date.min], pa.date32()),
                "last_day": pa.array([window.last or date.max], pa.date32()),
            }
        )
        create_table(connection, "overlap_window", days)
        _run(connection, "rounds.sql")
        connection.execute(
            "CREATE TABLE asking_assessment AS SELECT k.assessment_no, r.assessment_id FROM asked_round r "
            "JOIN release.compact.stored_assessment k USING (assessment_id)"
        )
        connection.execute(_CORRECTED)
        for name in ("asked_matters.sql", "pairs.sql", "overlap_report.sql"):
            _run(connection, name)
        yield Overlap(connection)


def _run(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    connection.execute(files("harmonize.assessments").joinpath(name).read_text(encoding="utf-8"))
