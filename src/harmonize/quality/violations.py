"""How often each law of the tables is broken and where first, counted by DuckDB (`violations.sql`, `screens.sql`).

A law that reads `judged_answer` or `judged_finding` is local to an assessment: after a small change it can be judged on
the touched assessments alone. Expectation suites say which laws stop publication.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import duckdb

__all__ = ["JUDGED", "Law", "Violations", "count_violations", "laws"]

_NAMED = re.compile(r"^-- (?:law|screen): ([a-z_]+)\n", re.MULTILINE)
_LOCAL = re.compile(r"\bjudged_")
JUDGED = ("answer", "finding")
"""The tables that local laws are about."""
_SHOWN_CHARACTERS = 300


@dataclass(frozen=True, slots=True)
class Law:
    """One law.

    Attributes:
        query: selects the rows that break it.
        is_local: whether it holds of an assessment or does not, whatever the others are.
    """

    name: str
    query: str
    is_local: bool

    @property
    def fingerprint(self) -> str:
        """Hash of what the law says."""
        return hashlib.sha256(self.query.encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Violations:
    """How one law fares.

    Attributes:
        count: rows that break the law.
        first: one of them in words, so that a person has a place to look at; '' where there is none.
    """

    count: int
    first: str = ""


@cache
def laws() -> Mapping[str, Law]:
    """Every law by name, in the order of `violations.sql`."""
    return {name: Law(name, query, bool(_LOCAL.search(query))) for name, query in _queries("violations.sql")}


@cache
def _screens() -> tuple[str, ...]:
    return tuple(query for _, query in _queries("screens.sql"))


def _queries(name: str) -> Iterator[tuple[str, str]]:
    text = Path(__file__).with_name(name).read_text(encoding="utf-8")
    parts = _NAMED.split(text)[1:]
    return zip(parts[::2], (query.strip().removesuffix(";") for query in parts[1::2]), strict=True)


def count_violations(
    connection: duckdb.DuckDBPyConnection,
    touched: Mapping[str, str] | None = None,
    broken_before: Collection[str] = (),
    screened: Mapping[str, str] | None = None,
) -> dict[str, Violations]:
    """How often each law is broken, in the order of the laws.

    Args:
        connection: a database that holds all tables of the contract, or views of their names; temporary views are made
            in it and removed again.
        touched: tables that hold, for `answer` and for `finding`, the rows of touched assessments: local laws are
            judged on these only. Touched is each assessment that is new, changed or removed, or of which the file or a
            mapping changed, since a release in which the local laws held.
        broken_before: laws that did not hold in that release; they are judged on all assessments again.
        screened: what screens read instead of the answers, of the touched assessments where there are such: `answer`,
            of which only the columns that `screens.sql` names are needed, and `question` with every `question_id` once.
    """
    nearby = {
        name: law for name, law in laws().items() if touched is not None and law.is_local and name not in broken_before
    }
    wide = {name: law for name, law in laws().items() if name not in nearby}
    found = _judge(connection, wide, dict(zip(JUDGED, JUDGED, strict=True)), screened if touched is None else None)
    if touched is not None:
        found |= _judge(connection, nearby, touched, screened)
    return {name: found[name] for name in laws()}


def _judge(
    connection: duckdb.DuckDBPyConnection,
    judged: Mapping[str, Law],
    rows: Mapping[str, str],
    screened: Mapping[str, str] | None,
) -> dict[str, Violations]:
    """Judge laws; the local ones read `rows`."""
    for table in JUDGED:
        connection.execute(f'CREATE OR REPLACE TEMP VIEW judged_{table} AS FROM "{rows[table]}"')
    try:
        kept = _kept(connection, judged, screened or {"answer": "judged_answer", "question": _QUESTIONS})
        counts = _counts(connection, [law for law in judged.values() if law.name not in kept])
        return {
            name: Violations(counts[name], _first(connection, law)) if counts.get(name) else Violations(0)
            for name, law in judged.items()
        }
    finally:
        for table in JUDGED:
            connection.execute(f"DROP VIEW IF EXISTS temp.judged_{table}")
        connection.execute("DROP TABLE IF EXISTS temp.numbered_question")


_QUESTIONS = "(SELECT DISTINCT question_id FROM judged_answer)"


def _kept(connection: duckdb.DuckDBPyConnection, judged: Mapping[str, Law], screened: Mapping[str, str]) -> set[str]:
    """Laws of which the screens say that nothing breaks them."""
    if not any(law.is_local for law in judged.values()):
        return set()
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE numbered_question AS "
        f"SELECT question_id, row_number() OVER ()::INTEGER AS place FROM {screened['question']}"
    )
    questions = _number(connection, "SELECT count(*) FROM numbered_question")
    kept: set[str] = set()
    for screen in _screens():
        relation = connection.execute(screen.format(answer=screened["answer"], questions=questions))
        names = [column[0] for column in relation.description or []]
        row = relation.fetchone() or ()
        kept |= {name for name, suspicious in zip(names, row, strict=True) if not suspicious and name in judged}
    return kept


def _counts(connection: duckdb.DuckDBPyConnection, judged: Collection[Law]) -> dict[str, int]:
    """Rows that break each law; one statement, because planning each apart takes longer than counting."""
    if not judged:
        return {}
    each = " UNION ALL ".join(f"SELECT '{law.name}', count(*) FROM ({law.query})" for law in judged)
    return dict(connection.execute(each).fetchall())


def _first(connection: duckdb.DuckDBPyConnection, law: Law) -> str:
    relation = connection.execute(f"SELECT * FROM ({law.query}) ORDER BY ALL LIMIT 1")
    names = [column[0] for column in relation.description or []]
    row = relation.fetchone() or ()
    return ", ".join(f"{name} {value}" for name, value in zip(names, row, strict=False))[:_SHOWN_CHARACTERS]


def _number(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    (number,) = connection.execute(query).fetchall()[0]
    return int(number)
