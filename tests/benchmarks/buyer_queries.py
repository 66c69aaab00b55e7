"""Ten questions that buyers ask a release, each once cold and seven times warm.

`python -m tests.benchmarks.buyer_queries DATABASE` prints one JSON line a query. The questions stand in
`queries/*.sql`; `$facility`, `$indicator`, `$assessment` and `$question` are filled in, `my_factory` holds the
buyer's 200 factories.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import duckdb

from tests.benchmarks.part import Bench, Found, Part, Table, number
from tests.benchmarks.processes import python_worker, spend

__all__ = ["QUERIES", "Query", "Subject", "opened", "queries", "subject_of"]

FOLDER = Path(__file__).with_name("queries")
WARM_ROUNDS = 7
MY_FACTORIES = 200


@dataclass(frozen=True, slots=True)
class Query:
    """One question: its file's name, the question in words, and the SQL."""

    name: str
    question: str
    sql: str

    def values(self, subject: Subject) -> dict[str, str]:
        """What its parameters stand for."""
        known = {
            "facility": subject.facility,
            "indicator": subject.indicator,
            "assessment": subject.assessment,
            "question": subject.question,
        }
        return {name: known[name] for name in set(re.findall(r"\$(\w+)", self.sql))}


@dataclass(frozen=True, slots=True)
class Subject:
    """What is asked about, chosen by hash so that it lies anywhere in the store."""

    facility: str
    indicator: str
    assessment: str
    question: str
    factories: tuple[str, ...]


def queries() -> list[Query]:
    """The questions by the names of their files; the first line of each is a comment that asks it."""
    found = []
    for path in sorted(FOLDER.glob("*.sql")):
        first, _, sql = path.read_text(encoding="utf-8").partition("\n")
        found.append(Query(path.stem, first.removeprefix("--").strip(), sql.strip().removesuffix(";")))
    return found


def subject_of(database: Path) -> Subject:
    """A factory with answers, an energy quantity it states, one of its answers, and 200 factories."""
    with duckdb.connect(str(database), read_only=True) as connection:
        ((facility,),) = connection.execute(
            "SELECT facility_id FROM v_metric_trend WHERE unit = 'MJ' ORDER BY hash(facility_id), facility_id LIMIT 1"
        ).fetchall()
        ((indicator,),) = connection.execute(
            "SELECT indicator_id FROM v_metric_trend WHERE facility_id = ? AND unit = 'MJ' "
            "ORDER BY indicator_id LIMIT 1",
            [facility],
        ).fetchall()
        ((assessment, question),) = connection.execute(
            "SELECT assessment_id, question_id FROM v_answer WHERE facility_id = ? AND indicator_id IS NOT NULL "
            "ORDER BY hash(question_id), assessment_id LIMIT 1",
            [facility],
        ).fetchall()
        factories = connection.execute(
            "SELECT facility_id FROM facility ORDER BY facility_id <> ?, hash(facility_id), facility_id LIMIT ?",
            [facility, MY_FACTORIES],
        ).fetchall()
    return Subject(facility, indicator, assessment, question, tuple(name for (name,) in factories))


def opened(database: Path, subject: Subject) -> duckdb.DuckDBPyConnection:
    """A connection as a buyer has it: read only, with a list of the buyer's own factories."""
    connection = duckdb.connect(str(database), read_only=True)
    connection.execute("CREATE TEMP TABLE my_factory (facility_id VARCHAR)")
    connection.execute("INSERT INTO my_factory SELECT unnest(?)", [list(subject.factories)])
    return connection


def _timings(database: Path) -> Iterator[dict[str, object]]:
    subject = subject_of(database)
    for query in queries():
        # A connection of its own: nothing that another query read is in its memory.
        with opened(database, subject) as connection:
            took = []
            rows = 0
            for _ in range(1 + WARM_ROUNDS):
                begin = time.perf_counter()
                rows = len(connection.execute(query.sql, query.values(subject)).fetchall())
                took.append(1000 * (time.perf_counter() - begin))
        yield {"name": query.name, "rows": rows, "cold": took[0], "warm": median(took[1:])}


def _largest(bench: Bench) -> Path:
    if bench.database is not None:
        return bench.database
    found = [*bench.folder.glob("*/out/current/harmonized.duckdb"), *bench.folder.glob("growth/*/out/current/*.duckdb")]
    if not found:
        raise FileNotFoundError(
            f"{bench.folder}: no release to ask; measure `floor` or `growth` too, or give --database."
        )
    return max(found, key=lambda path: path.stat().st_size)


def _measure(bench: Bench) -> Found:
    database = _largest(bench)
    spent = spend(python_worker("buyer_queries", database), bench.folder)
    with duckdb.connect(str(database), read_only=True) as connection:
        ((answers,),) = connection.execute("SELECT count(*) FROM answer").fetchall()
    questions = {query.name: query.question for query in queries()}
    rows = [
        [
            questions[line["name"]],
            number(line["warm"], 1),
            number(line["cold"], 1),
            f"{line['rows']:,}",
            f"`{line['name']}`",
        ]
        for line in spent.lines
    ]
    return Found(
        size=f"a release of {answers:,} answers, {database.stat().st_size / 1e6:,.0f} MB",
        answers=answers,
        figures={"slowest_ms": max(line["warm"] for line in spent.lines)},
        notes=[
            f"Warm is the median of {WARM_ROUNDS}; cold is the first time on a new connection (the system's file "
            f"cache is not emptied). All rows are fetched. Peak memory of all ten: {spent.peak_mb:,.0f} MB. The SQL "
            "stands in `tests/benchmarks/queries/`.",
        ],
        tables=[Table("Milliseconds", ("question", "warm ms", "cold ms", "rows", "file"), rows)],
    )


QUERIES = Part("queries", "Ten questions of a buyer", _measure)

if __name__ == "__main__":
    for each in _timings(Path(sys.argv[1])):
        print(json.dumps(each), flush=True)  # noqa: T201 - a worker's answer
