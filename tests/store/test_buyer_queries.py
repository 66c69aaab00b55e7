"""The queries that are documented for buyers run as they are printed, on an audience's file and on a release."""

from __future__ import annotations

import pytest
from tests.pipeline.worlds import demo_world
from tests.queries import BUYER, audience_folder, documented, printed

QUERIES = documented()


def test_there_are_ten() -> None:
    assert [title.split(".")[0] for title, _, _ in QUERIES] == [str(number) for number in range(1, 11)]


@pytest.mark.parametrize(("title", "sql", "output"), QUERIES, ids=[title for title, _, _ in QUERIES])
def test_a_query_says_of_a_buyers_file_what_is_printed(title: str, sql: str, output: str) -> None:
    found = printed(audience_folder() / f"{BUYER}.duckdb", sql)
    assert found == output
    assert len(found.splitlines()) > 2, f"{title}: an example without rows shows nothing"


@pytest.mark.parametrize("sql", [sql for _, sql, _ in QUERIES], ids=[title for title, _, _ in QUERIES])
def test_a_query_runs_on_a_release(sql: str) -> None:
    database = demo_world().release.database
    assert printed(database, sql).splitlines()[0] == printed(audience_folder() / f"{BUYER}.duckdb", sql).splitlines()[0]
    assert len(printed(database, sql).splitlines()) > 2
