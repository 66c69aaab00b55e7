"""No statement compares every row with every other: what a release costs grows with its rows, not with their square.

DuckDB joins by hash only where a join is made of equalities between both sides; one condition on one side alone, in a
LEFT or ANTI JOIN, and it compares all with all. On small data nobody notices.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from harmonize.pipeline import run
from harmonize.quality.violations import laws
from tests.pipeline.worlds import AS_OF, TODAY, alone, demo_world, settings

ALL_WITH_ALL = ("BLOCKWISE_NL_JOIN", "IE_JOIN", "PIECEWISE_MERGE_JOIN")


class _Explained:
    """A connection that has every statement explained before it is executed."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, guilty: set[str]) -> None:
        self._connection = connection
        self._guilty = guilty
        self.statements = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def __enter__(self) -> _Explained:
        self._connection.__enter__()
        return self

    def __exit__(self, *raised: Any) -> None:
        self._connection.__exit__(*raised)

    def cursor(self) -> _Explained:
        return _Explained(self._connection.cursor(), self._guilty)

    def execute(self, query: str, parameters: Any = None) -> Any:
        if parameters is not None:
            return self._connection.execute(query, parameters)
        done: Any = self._connection
        for statement in self._connection.extract_statements(query):
            if statement.type.name in {"SELECT", "CREATE", "INSERT", "DELETE", "COPY"}:
                self._guilty.update(_guilty(self._connection, statement.query))
            done = self._connection.execute(statement)
        return done


def _guilty(connection: duckdb.DuckDBPyConnection, query: str) -> list[str]:
    """The statement, where its plan compares all with all."""
    try:
        plan = "\n".join(text for _, text in connection.execute(f"EXPLAIN {query}").fetchall())
    except duckdb.ParserException:
        return []  # Nothing that has a plan.
    return [query] if any(join in plan for join in ALL_WITH_ALL) else []


def test_no_statement_of_a_run_compares_all_with_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    guilty: set[str] = set()
    explained: list[str] = []
    connect = duckdb.connect

    def spied(*words: Any, **named: Any) -> _Explained:
        explained.append(str(words))
        return _Explained(connect(*words, **named), guilty)

    monkeypatch.setattr(duckdb, "connect", spied)
    run(alone(), settings(), demo_world().inbox, tmp_path / "out", AS_OF, TODAY)
    assert explained, "the run speaks with DuckDB through the spy"
    assert not guilty


def test_the_spy_notices_what_compares_all_with_all() -> None:
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE one AS SELECT range AS x, 'a' AS kind FROM range(9)")
        connection.execute("CREATE TABLE other AS FROM one")
        spied = _Explained(connection, set())
        spied.execute("SELECT * FROM one ANTI JOIN other ON one.x = other.x AND one.kind = 'a'")
        assert len(spied._guilty) == 1


def test_no_law_and_no_view_compares_all_with_all() -> None:
    with duckdb.connect(str(demo_world().release.database), read_only=True) as connection:
        connection.execute("CREATE TEMP VIEW judged_answer AS FROM answer")
        connection.execute("CREATE TEMP VIEW judged_finding AS FROM finding")
        views = connection.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal AND schema_name = 'main'")
        asked = [f'FROM "{view}"' for (view,) in views.fetchall()] + [law.query for law in laws().values()]
        assert [query for query in asked if _guilty(connection, query)] == []
