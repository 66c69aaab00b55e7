"""What cannot stand together is found, all of it and nothing else, and the path that is shown proves it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harmonize.crosswalk.contradictions import Contradiction, contradictions
from harmonize.crosswalk.statements import Statement

QUESTIONS = ("fem:1", "caf:1")
INDICATORS = ("hz:a", "hz:b", "hz:c")
DAYS = ("", "2024-01-01", "2025-01-01")
COUNTRIES = ("", "KH", "VN")
YES_IS_GOOD, YES_IS_BAD, LIST = ("yes_no", "positive"), ("yes_no", "negative"), ("finding", "positive")
VERDICTS = {
    YES_IS_GOOD: {"yes": "met", "no": "not_met"},
    YES_IS_BAD: {"yes": "not_met", "no": "met"},
    LIST: {"finding": "not_met"},
}
Pairs = set[tuple[str, str]]

# (What stands first is likelier than the rest together: rows that never meet contradict nothing.)
times = st.just(("", "")) | st.sampled_from([("", "2024-12-31"), ("2025-01-01", ""), ("2024-01-01", "2025-06-30")])
places = st.just(frozenset[str]()) | st.sampled_from([frozenset({"VN"}), frozenset({"KH"}), frozenset({"KH", "VN"})])


questions, indicators = st.sampled_from(QUESTIONS), st.sampled_from(INDICATORS)
predicates = st.sampled_from(["exact", "close", "broad", "narrow", "related"])
readings = st.sampled_from([YES_IS_GOOD, YES_IS_BAD, LIST])


@st.composite
def _statement(draw: st.DrawFn, number: int) -> Statement:
    """A row: a mapping, a denial, a match between questions, or an indicator that is broader than another."""
    kind = draw(st.sampled_from(["mapping", "mapping", "denial", "match", "pair"]))
    (begin, end), countries = draw(times), draw(places)
    return Statement(
        draw(indicators if kind == "pair" else questions),
        "broad" if kind == "pair" else draw(predicates),
        draw(questions if kind == "match" else indicators),
        f"row {number}",
        kind == "denial",
        draw(readings) if kind == "mapping" else None,
        begin,
        end,
        countries,
    )


def _statements() -> st.SearchStrategy[list[Statement]]:
    return st.integers(2, 9).flatmap(lambda count: st.tuples(*map(_statement, range(count)))).map(list)


def _joined(left: Pairs, right: Pairs) -> Pairs:
    return {(a, d) for a, b in left for c, d in right if b == c}


def _closed(pairs: Pairs) -> Pairs:
    """The transitive closure, by joining until nothing is new."""
    while not (more := _joined(pairs, pairs)) <= pairs:
        pairs = pairs | more
    return pairs


def _both_ways(said: Iterable[Statement], predicate: str) -> Pairs:
    ends = {(one.subject, one.object) for one in said if one.predicate == predicate and not one.is_denied}
    return ends | {(b, a) for a, b in ends}


def _same(said: Iterable[Statement]) -> Pairs:
    return _closed({(name, name) for name in QUESTIONS + INDICATORS} | _both_ways(said, "exact"))


def _upward(one: Statement) -> tuple[str, str]:
    return (one.object, one.subject) if one.predicate == "narrow" else (one.subject, one.object)


def _wider(said: Sequence[Statement]) -> Pairs:
    steps = {_upward(one) for one in said if one.predicate in ("broad", "narrow") and not one.is_denied}
    same = _same(said)
    return _closed(_joined(_joined(same, steps), same))


def _holding(said: Sequence[Statement]) -> list[list[Statement]]:
    """The rows that hold together, for every day and country that matters."""
    return [[one for one in said if one.holds(day, country)] for day, country in product(DAYS, COUNTRIES)]


def _proved(said: Sequence[Statement], denial: Statement) -> bool:
    same = _same(said)
    pair = (denial.subject, denial.object)
    match denial.predicate:
        case "exact":
            return pair in same
        case "broad":
            return pair in _wider(said)
        case "narrow":
            return pair[::-1] in _wider(said)
        case "close":
            return pair in same | _joined(_joined(same, _both_ways(said, "close")), same)
    return pair in _joined(_joined(same, _both_ways(said, "related")), same)


def _reversed(said: Sequence[Statement]) -> set[tuple[Statement, Statement]]:
    same = _same(one for one in said if one.object in QUESTIONS)
    return {
        (one, other)
        for one, other in combinations(said, 2)
        if {one.reading, other.reading} == {YES_IS_GOOD, YES_IS_BAD}
        and one.object == other.object
        and (one.subject, other.subject) in same
    }


def _end_of(start: str, path: Iterable[Statement], *, upward: bool) -> str | None:
    """Where a path leads that begins at a thing; None where a step is none."""
    at: str | None = start
    for one in path:
        ends = _upward(one)
        if one.is_denied or (upward and one.predicate not in ("exact", "broad", "narrow")):
            return None
        if at == ends[0]:
            at = ends[1]
        elif at == ends[1] and one.predicate in ("exact", "close", "related"):
            at = ends[0]
        else:
            return None
    return at


def _of(kind: str, found: Iterable[Contradiction]) -> list[Contradiction]:
    return [one for one in found if one.kind == kind]


@settings(max_examples=600)
@given(_statements())
def test_every_denial_that_is_disproved_is_found_and_no_other(said: list[Statement]) -> None:
    found = _of("denied", contradictions(said, VERDICTS))
    wanted = {one for world in _holding(said) for one in world if one.is_denied and _proved(world, one)}
    assert {one.path[-1] for one in found} == wanted
    for one in found:
        *path, denial = one.path
        start, goal = one.about if denial.predicate != "narrow" else one.about[::-1]
        assert _end_of(start, path, upward=denial.predicate in ("exact", "broad", "narrow")) == goal
        kinds = [step.predicate for step in path if step.predicate != "exact"]
        assert {
            "exact": not kinds,
            "close": kinds in ([], ["close"]),
            "related": kinds == ["related"],
        }.get(denial.predicate, bool(kinds))


@given(_statements())
def test_indicators_that_exact_matches_make_one_are_found(said: list[Statement]) -> None:
    found = _of("one_of_two", contradictions(said, VERDICTS))
    reported = {one.about for one in found}
    for one in found:
        assert _end_of(one.about[0], one.path, upward=True) == one.about[1]
        assert {step.predicate for step in one.path} == {"exact"}
    for world in _holding(said):
        for pair in combinations(INDICATORS, 2):
            if pair in _same(world):
                first = min(name for name in INDICATORS if (name, pair[0]) in _same(world))
                assert {(first, name) for name in pair} - {(first, first)} <= reported


@given(_statements())
def test_every_row_that_lies_on_a_cycle_is_shown_on_one(said: list[Statement]) -> None:
    found = _of("cycle", contradictions(said, VERDICTS))
    for one in found:
        assert _end_of(one.about[0], one.path, upward=True) == one.about[0]
        assert {step.predicate for step in one.path} & {"broad", "narrow"}
    around = {
        one
        for world in _holding(said)
        for one in world
        if one.predicate in ("broad", "narrow")
        and not one.is_denied
        and _upward(one)[::-1] in _same(world) | _wider(world)
    }
    on_paths = {step for one in found for step in one.path}
    assert {step for step in on_paths if step.predicate in ("broad", "narrow")} == around


@given(_statements())
def test_every_answer_that_is_read_in_opposite_ways_is_found(said: list[Statement]) -> None:
    found = _of("reversed", contradictions(said, VERDICTS))
    wanted = {pair for world in _holding(said) for pair in _reversed(world)}
    assert {(one.path[0], one.path[-1]) for one in found} == wanted
    for one in found:
        between = one.path[1:-1]
        assert _end_of(one.path[0].subject, between, upward=True) == one.path[-1].subject
        assert all(step.object in QUESTIONS for step in between)


@given(_statements())
def test_the_statements_of_a_path_hold_together(said: list[Statement]) -> None:
    worlds = _holding(said)
    for one in contradictions(said, VERDICTS):
        assert any(set(one.path) <= set(world) for world in worlds)


def test_a_path_is_a_shortest_one() -> None:
    said = [
        Statement("fem:1", "exact", "caf:1", "one"),
        Statement("caf:1", "exact", "hz:a", "two"),
        Statement("fem:1", "exact", "hz:a", "short"),
        Statement("fem:1", "exact", "hz:a", "Not", is_denied=True),
    ]
    (found,) = contradictions(said, VERDICTS)
    assert [one.place for one in found.path] == ["short", "Not"]
    (found,) = contradictions([*said[:3], Statement("caf:1", "broad", "hz:a", "broad")], VERDICTS)
    assert [one.place for one in found.path] == ["broad", "two"]


MAPPED = Statement("fem:1", "exact", "hz:a", "2023", reading=YES_IS_GOOD)


@pytest.mark.parametrize(
    ("other", "kinds"),
    [
        pytest.param(replace(MAPPED, is_denied=True, reading=None), ["denied"], id="denied by another edition"),
        pytest.param(replace(MAPPED, reading=YES_IS_BAD), ["reversed"], id="polarity"),
        pytest.param(replace(MAPPED, reading=YES_IS_BAD, begin="2025-01-01"), ["reversed"], id="both for a time"),
        pytest.param(replace(MAPPED, object="hz:b"), ["one_of_two"], id="exactly two indicators"),
        pytest.param(replace(MAPPED, predicate="broad"), ["cycle"], id="exact and narrower"),
        pytest.param(replace(MAPPED, predicate="close"), [], id="close besides"),
        pytest.param(replace(MAPPED, predicate="close", object="hz:b"), [], id="close to another"),
        pytest.param(replace(MAPPED, predicate="broad", is_denied=True, reading=None), [], id="denied to be broader"),
        pytest.param(replace(MAPPED, reading=LIST), [], id="no word in common"),
        pytest.param(replace(MAPPED, subject="caf:1", reading=YES_IS_BAD), [], id="another question"),
    ],
)
def test_two_rows_side_by_side(other: Statement, kinds: list[str]) -> None:
    assert [one.kind for one in contradictions([MAPPED, other], VERDICTS)] == kinds


def test_rows_that_never_hold_at_once_do_not_contradict() -> None:
    until = replace(MAPPED, end="2024-12-31")
    after = replace(MAPPED, reading=YES_IS_BAD, begin="2025-01-01")
    assert contradictions([until, after], VERDICTS) == []
    assert contradictions([until, replace(after, begin="2024-12-31")], VERDICTS)
    here, there = replace(MAPPED, countries=frozenset({"VN"})), replace(MAPPED, reading=YES_IS_BAD)
    assert contradictions([here, replace(there, countries=frozenset({"KH"}))], VERDICTS) == []
    assert contradictions([here, there], VERDICTS)
