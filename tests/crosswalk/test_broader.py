"""Which indicator is broader than which: stated pairs, the rule of `overall`, and what follows."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harmonize.crosswalk.broader import Broader, broader_table, closure, implied, overall_pairs, stated_pairs
from harmonize.crosswalk.language import Language, load_language
from harmonize.errors import ConfigurationError
from harmonize.project import Project
from tests.pipeline.worlds import ROOT

names = st.sampled_from("abcdef")
pairs_of = st.lists(st.builds(Broader, names, names, st.just("here")), max_size=10, unique=True)


@pytest.fixture(scope="module")
def language() -> Language:
    return load_language(Project((ROOT,), ROOT))


def _above(pairs: Sequence[Broader]) -> set[tuple[str, str]]:
    """The transitive closure, by joining until nothing is new."""
    found = {(pair.indicator_id, pair.broader_id) for pair in pairs}
    while not (more := {(a, d) for a, b in found for c, d in found if b == c}) <= found:
        found |= more
    return found


@given(pairs_of, names)
def test_what_is_not_met_is_not_met_in_all_that_is_broader(pairs: list[Broader], start: str) -> None:
    found = implied(pairs, start, "not_met")
    assert {one.indicator_id for one in found} == {b for a, b in _above(pairs) if a == start} - {start}
    for one in found:
        assert [pair.indicator_id for pair in one.path] == [start, *(pair.broader_id for pair in one.path[:-1])]
        assert one.path[-1].broader_id == one.indicator_id


@given(pairs_of, names)
def test_what_is_met_is_met_in_all_that_is_narrower(pairs: list[Broader], start: str) -> None:
    found = implied(pairs, start, "met")
    assert {one.indicator_id for one in found} == {a for a, b in _above(pairs) if b == start} - {start}
    for one in found:
        assert [pair.broader_id for pair in one.path] == [start, *(pair.indicator_id for pair in one.path[:-1])]
    assert [len(one.path) for one in found] == sorted(len(one.path) for one in found)


@given(pairs_of, names, st.sampled_from(["partly_met", "not_applicable", "informational", "no_finding"]))
def test_no_other_state_says_anything_of_others(pairs: list[Broader], start: str, state: str) -> None:
    assert implied(pairs, start, state) == []


@given(pairs_of)
def test_the_closure_holds_what_each_indicator_implies(pairs: list[Broader]) -> None:
    each = {(name, one) for name in "abcdef" for one in implied(pairs, name, "not_met")}
    assert set(closure(pairs)) == each


def test_the_overall_of_a_topic_is_broader_than_its_compliance_indicators() -> None:
    compliance = [("t.overall", "t"), ("t.one", "t"), ("t.u.overall", "t.u"), ("t.u.two", "t.u"), ("t.v.three", "t.v")]
    pairs = overall_pairs([*compliance, ("lone.four", "lone")], {"t": None, "t.u": "t", "t.v": "t", "lone": None})
    assert {(pair.indicator_id, pair.broader_id) for pair in pairs} == {
        ("t.one", "t.overall"),
        ("t.u.two", "t.u.overall"),
        ("t.u.overall", "t.overall"),
        ("t.v.three", "t.overall"),
    }


def test_topics_in_a_circle_do_not_hang_the_rule() -> None:
    assert overall_pairs([("t.one", "t"), ("u.two", "u")], {"t": "u", "u": "t"}) == []


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        pytest.param("a\tz\n", "'z' does not exist", id="unknown"),
        pytest.param("a\tb\na\tb\n", "stands twice", id="twice"),
        pytest.param("a\n", "cells", id="a cell is missing"),
    ],
)
def test_a_pair_that_says_nothing_is_refused(rows: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "broader.tsv"
    path.write_text(f"indicator_id\tbroader_id\n{rows}", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=said) as wrong:
        stated_pairs(path, {"a", "b"})
    assert "broader.tsv" in str(wrong.value)


def test_the_shipped_pairs_carry_a_breach_to_the_cluster(language: Language) -> None:
    """A breach over one ground of discrimination is one of its compliance point, its act and its cluster."""
    start = "labour.discrimination.race_and_origin.pay"
    found = {one.indicator_id: len(one.path) for one in implied(language.broader, start, "not_met")}
    assert found == {
        "labour.discrimination.race_and_origin.overall": 1,
        "labour.discrimination.pay": 1,
        "labour.discrimination.overall": 2,
    }
    assert implied(language.broader, start, "met") == []


def test_every_compliance_indicator_below_an_overall_reaches_it(language: Language) -> None:
    reached = {name: one.indicator_id for name, one in closure(language.broader)}
    for entry in language.indicators.values():
        if entry.kind == "compliance" and f"{entry.topic_id}.overall" in language.indicators:
            above = {one.indicator_id for one in implied(language.broader, entry.indicator_id, "not_met")}
            assert f"{entry.topic_id}.overall" in above | {entry.indicator_id}
    assert not set(reached) & {entry.indicator_id for entry in language.indicators.values() if entry.kind == "text"}


def test_the_table_names_the_way(language: Language) -> None:
    rows = {(row["indicator_id"], row["broader_id"]): row for row in broader_table(language.broader)}
    assert len(rows) == len(closure(language.broader))
    start, end = "labour.discrimination.race_and_origin.pay", "labour.discrimination.overall"
    path = rows[start, end]["path"]
    assert isinstance(path, list)
    assert (rows[start, end]["steps"], path[0], path[-1], len(path)) == (2, start, end, 3)
    assert all((one, other) in rows and rows[one, other]["steps"] == 1 for one, other in pairwise(path))
