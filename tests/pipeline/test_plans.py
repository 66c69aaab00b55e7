"""No statement compares every row with every other: what a release costs grows with its rows, not with their square.

DuckDB joins by hash only where a join is made of equalities between both sides; one condition on one side alone, in a
LEFT or ANTI JOIN, and it compares all with all. On small data nobody notices.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb
import pytest

from harmonize.pipeline import run
from harmonize.quality.violations import laws
from tests.pipeline.worlds import AS_OF, TODAY, alone, delivered_files, demo_world, settings

MANY = 100

KEEPS_ROWS = frozenset({"PROJECTION"})
ALL_WITH_ALL = {"BLOCKWISE_NL_JOIN", "NESTED_LOOP_JOIN", "IE_JOIN", "PIECEWISE_MERGE_JOIN"}


class _Explained:
    """A connection that has every statement explained before it is executed."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, plans: dict[str, set[str]]) -> None:
        self._connection = connection
        self._plans = plans
        # (Of a few rows an ASOF join is a loop; here all are planned as of many.)
        connection.execute("SET asof_loop_join_threshold = 0")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def __enter__(self) -> _Explained:
        self._connection.__enter__()
        return self

    def __exit__(self, *raised: Any) -> None:
        self._connection.__exit__(*raised)

    def cursor(self) -> _Explained:
        return _Explained(self._connection.cursor(), self._plans)

    def execute(self, query: str, parameters: Any = None) -> Any:
        if parameters is not None:
            return self._connection.execute(query, parameters)
        done: Any = self._connection
        for statement in self._connection.extract_statements(query):
            if statement.type.name in {"SELECT", "CREATE", "INSERT", "DELETE", "COPY"}:
                self._plans[statement.query] = _joins(self._connection, statement.query)
            done = self._connection.execute(statement)
        return done


def _joins(connection: duckdb.DuckDBPyConnection, query: str) -> set[str]:
    """The joins of its plan that compare all with all."""
    try:
        ((_, plan),) = connection.execute(f"EXPLAIN (FORMAT JSON) {query}").fetchall()
    except duckdb.ParserException:
        return set()  # What has no plan.
    return set(_operators(json.loads(plan))) & ALL_WITH_ALL


def _operators(nodes: list[dict[str, Any]]) -> Iterator[str]:
    for node in nodes:
        if not any(map(_is_one_row, node["children"])):
            yield node["name"].strip()
        yield from _operators(node["children"])


def _is_one_row(node: dict[str, Any]) -> bool:
    """Whether an operator gives one row whatever it reads: comparing all with that is no comparing of all with all."""
    name = node["name"].strip()
    return name == "UNGROUPED_AGGREGATE" or (name in KEEPS_ROWS and any(map(_is_one_row, node["children"])))


def _guilty(plans: Mapping[str, set[str]]) -> list[str]:
    return [query for query, joins in plans.items() if joins]


@pytest.mark.slow
def test_no_statement_of_a_run_compares_all_with_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plans: dict[str, set[str]] = {}
    connect = duckdb.connect
    monkeypatch.setattr(duckdb, "connect", lambda *words, **named: _Explained(connect(*words, **named), plans))
    inbox = tmp_path / "inbox"
    shutil.copytree(demo_world().inbox, inbox)
    later = next(path for path in delivered_files(inbox) if path.suffix == ".csv")
    kept = later.rename(tmp_path / later.name)
    run(alone(), settings(), inbox, tmp_path / "out", AS_OF, TODAY)
    first = len(plans)
    kept.rename(later)
    run(alone(), settings(), inbox, tmp_path / "out", AS_OF, TODAY)
    assert len(plans) > first > MANY, "the run speaks through the spy, and so does the one that continues it"
    assert _guilty(plans) == []


def test_the_spy_notices_what_compares_all_with_all() -> None:
    plans: dict[str, set[str]] = {}
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE one AS SELECT range AS x, 'a' AS kind FROM range(9)")
        connection.execute("CREATE TABLE other AS FROM one")
        _Explained(connection, plans).execute("SELECT * FROM one ANTI JOIN other ON one.x = other.x AND one.kind = 'a'")
        _Explained(connection, plans).execute("SELECT * FROM one ANTI JOIN other USING (x, kind)")
    assert [bool(joins) for joins in plans.values()] == [True, False]


def test_no_law_and_no_view_compares_all_with_all() -> None:
    with duckdb.connect(str(demo_world().release.database), read_only=True) as connection:
        connection.execute("CREATE TEMP VIEW judged_answer AS FROM answer")
        connection.execute("CREATE TEMP VIEW judged_finding AS FROM finding")
        views = connection.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal AND schema_name = 'main'")
        asked = [f'FROM "{view}"' for (view,) in views.fetchall()] + [law.query for law in laws().values()]
        assert _guilty({query: _joins(connection, query) for query in asked}) == []
