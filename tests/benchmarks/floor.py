"""The floor: the same cells from CSV into a DuckDB file, with no meaning, no identity and no checks.

`python -m tests.benchmarks.floor (polars|pandas) INBOX DATABASE` prints its seconds without the imports, and how many
answers it inserted. polars is the fastest plain way that was found; pandas is what many would write first: melt each
export and merge it with the crosswalk.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb

from harmonize.crosswalk.mapping import load_editions
from harmonize.demo.higg_csv import ENVELOPE
from harmonize.project import Project
from tests.benchmarks.processes import ROOT

__all__ = ["with_pandas", "with_polars"]

KEY = "surveyid"
MEMORY_LIMIT = "2GB"


def with_polars(inbox: Path, database: Path) -> int:
    """Read, unpivot, drop blanks, insert, file by file; returns the number of answers."""
    import polars

    with duckdb.connect(str(database), config={"memory_limit": MEMORY_LIMIT}) as connection:
        connection.execute("CREATE TABLE answer (surveyid VARCHAR, question VARCHAR, value VARCHAR)")
        for path in sorted(inbox.rglob("*.csv")):
            frame = polars.read_csv(path, infer_schema=False)
            long = frame.unpivot(
                on=list(_answer_columns(frame.columns)), index=[KEY], variable_name="question", value_name="value"
            ).drop_nulls("value")
            connection.register("arriving", long.to_arrow())
            connection.execute("INSERT INTO answer SELECT * FROM arriving")
            connection.unregister("arriving")
        return _count(connection)


def with_pandas(inbox: Path, database: Path) -> int:
    """Read, melt, drop blanks, merge with the crosswalk, insert, file by file; returns the number of answers."""
    import pandas

    crosswalk = pandas.DataFrame(
        _crosswalk(), columns=["question", "indicator_id", "scale", "accepted_unit"], dtype=str
    )
    with duckdb.connect(str(database), config={"memory_limit": MEMORY_LIMIT}) as connection:
        connection.execute(
            "CREATE TABLE answer (surveyid VARCHAR, question VARCHAR, value VARCHAR, indicator_id VARCHAR, "
            "scale VARCHAR, accepted_unit VARCHAR)"
        )
        for path in sorted(inbox.rglob("*.csv")):
            frame = pandas.read_csv(path, dtype=str)
            columns = list(_answer_columns(list(frame.columns)))
            long = frame.melt(id_vars=[KEY], value_vars=columns, var_name="question").dropna(subset=["value"])
            merged = long.merge(crosswalk, on="question", how="left")
            connection.register("arriving", merged)
            connection.execute("INSERT INTO answer SELECT * FROM arriving")
            connection.unregister("arriving")
        return _count(connection)


def _answer_columns(columns: list[str]) -> Iterator[str]:
    envelope = frozenset(ENVELOPE)
    yield from (name for name in columns if name not in envelope and "." not in name)


def _crosswalk() -> list[tuple[str, str | None, str | None, str | None]]:
    editions = load_editions(Project.locate(ROOT))
    edition = next(each for each in editions if (each.instrument, each.edition) == ("higg_fem", "fem2023"))
    return [
        (question, entry.indicator_id, entry.rule("scale"), entry.rule("unit"))
        for question, entry in edition.entries.items()
    ]


def _count(connection: duckdb.DuckDBPyConnection) -> int:
    ((found,),) = connection.execute("SELECT count(*) FROM answer").fetchall()
    return int(found)


def main(way: str, inbox: Path, database: Path) -> None:
    """Measure one way and print it as a JSON line."""
    work = {"polars": with_polars, "pandas": with_pandas}[way]
    __import__(way)
    database.unlink(missing_ok=True)
    begin = time.perf_counter()
    answers = work(inbox, database)
    print(json.dumps({"seconds": time.perf_counter() - begin, "answers": answers}))  # noqa: T201 - a worker's answer


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
