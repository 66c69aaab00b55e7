"""What is told over many publications: never of few, never twice, never by subtraction."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date, timedelta
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from harmonize.insight.policy.remembered import memories_of, record_of
from harmonize.insight.policy.telling import Contribution, Limits, Memory, Told, differences_of_few, tell

LIMITS = Limits(5, 0.4)
FACILITIES = [f"F{number:02}" for number in range(24)]
CELLS = st.tuples(
    st.sampled_from(["hours", "wages"]), st.integers(2022, 2024), st.sampled_from("PQ"), st.sampled_from("SL")
)


def _contribution(facility: str, cell: tuple[str, int, str, str], asked: int) -> Contribution:
    topic, year, province, size = cell
    return Contribution(facility, (topic,), (year, province, size), {"asked": asked, "not_met": asked // 2})


PRESENT = st.dictionaries(
    st.tuples(st.sampled_from(FACILITIES), CELLS.map(lambda cell: cell[:2])),
    st.tuples(CELLS, st.integers(1, 9)),
    max_size=70,
).map(
    lambda found: [
        _contribution(facility, (topic, year, *cell[2:]), asked)
        for (facility, (topic, year)), (cell, asked) in found.items()
    ]
)
GROUPS = st.lists(st.integers(0, 9), min_size=len(FACILITIES), max_size=len(FACILITIES)).map(
    lambda numbers: {name: f"G{number}" for name, number in zip(FACILITIES, numbers, strict=True)}
)


def _holds(block: Told, group_of: dict[str, str]) -> bool:
    groups = Counter(group_of[facility] for facility, _, _ in block.members)
    asked: Counter[str] = Counter()
    for facility, _, measures in block.members:
        asked[group_of[facility]] += int(measures["asked"])
    return len(groups) >= 5 and all(max(one.values()) <= 0.4 * one.total() for one in (groups, asked))


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(PRESENT, GROUPS), min_size=1, max_size=5))
def test_blocks_of_all_publications_never_overlap(releases: list[tuple[list[Contribution], dict[str, str]]]) -> None:
    memory = Memory()
    ever: dict[frozenset[tuple[object, ...]], Told] = {}
    for number, (present, group_of) in enumerate(releases):
        memory = memories_of(json.loads(json.dumps(record_of({"t": memory}))))["t"]
        before = memory
        memory = tell(present, memory, group_of, LIMITS, date(2026, 1, 1) + timedelta(number), ("asked",))
        identities = {one.identity for one in present}
        for block in memory.told:
            assert _holds(block, group_of)
            assert set(block.identities) <= identities, "who is there no more is in no block"
            seen = ever.setdefault(frozenset(block.identities), block)
            assert (seen.key, seen.members) == (block.key, block.members), "a block stays as it was told"
        asleep = {identity for block in memory.asleep for identity in block.identities}
        told = {identity for block in memory.told for identity in block.identities}
        assert {identity for block in (*before.told, *before.asleep) for identity in block.identities} <= told | asleep
        assert not told & asleep
    for one, other in combinations(ever, 2):
        assert not one & other, "what was told once is told in no other block"


@settings(max_examples=100, deadline=None)
@given(PRESENT, GROUPS, st.sets(st.sampled_from(FACILITIES), max_size=3))
def test_a_withdrawal_tells_nothing_of_who_withdrew(
    present: list[Contribution], group_of: dict[str, str], gone: set[str]
) -> None:
    first = tell(present, Memory(), group_of, LIMITS, date(2026, 1, 1), ("asked",))
    second = tell(
        [one for one in present if one.facility_id not in gone], first, group_of, LIMITS, date(2026, 4, 1), ("asked",)
    )
    for block in first.told:
        holds = any(one.identities == block.identities for one in second.told)
        assert holds == (not gone & {facility for facility, _, _ in block.members})
    before = {identity for block in first.told for identity in block.identities}
    for block in second.told:
        if block.told_on == date(2026, 4, 1):
            assert not before & set(block.identities)


@settings(max_examples=50, deadline=None)
@given(PRESENT, GROUPS, st.sets(st.sampled_from(FACILITIES), max_size=9))
def test_who_comes_back_is_told_as_before(
    present: list[Contribution], group_of: dict[str, str], away: set[str]
) -> None:
    """A way back to a release that knew fewer factories silences nothing for ever."""
    first = tell(present, Memory(), group_of, LIMITS, date(2026, 1, 1), ("asked",))
    fewer = [one for one in present if one.facility_id not in away]
    meanwhile = tell(fewer, first, group_of, LIMITS, date(2026, 4, 1), ("asked",))
    after = tell(present, meanwhile, group_of, LIMITS, date(2026, 7, 1), ("asked",))
    assert all(block in after.told for block in first.told)


def test_five_groups_are_told_and_late_arrivals_only_with_enough_others() -> None:
    group_of = {name: name for name in FACILITIES}
    cell = ("hours", 2024, "P", "S")
    first = tell(
        [_contribution(name, cell, 4) for name in FACILITIES[:5]], Memory(), group_of, LIMITS, date(2026, 1, 1)
    )
    assert [(len(one.members), one.key) for one in first.told] == [(5, (2024, "P", "S"))]
    sixth = tell([_contribution(name, cell, 4) for name in FACILITIES[:6]], first, group_of, LIMITS, date(2026, 4, 1))
    assert sixth.told == first.told
    tenth = tell([_contribution(name, cell, 4) for name in FACILITIES[:10]], sixth, group_of, LIMITS, date(2026, 7, 1))
    assert [len(one.members) for one in tenth.told] == [5, 5]
    assert {one.told_on for one in tenth.told} == {date(2026, 1, 1), date(2026, 7, 1)}


def test_what_two_audiences_could_subtract_is_counted() -> None:
    """Of an oracle's kind: every pair of blocks, by hand."""
    group_of = {name: name for name in FACILITIES}
    cells = [("hours", 2024, "P", "S"), ("wages", 2024, "Q", "L")]

    def told(count: int) -> list[Told]:
        present = [_contribution(name, cell, 4) for cell in cells for name in FACILITIES[:count]]
        return list(tell(present, Memory(), group_of, LIMITS, date(2026, 1, 1)).told)

    for more, fewer, few in ((12, 11, 2), (12, 8, 2), (12, 7, 0), (12, 12, 0), (11, 12, 0)):
        assert differences_of_few(told(more), told(fewer), group_of, 5) == few
    # Three factories of one owner are one, and blocks of others are not looked at.
    owned = group_of | dict.fromkeys(FACILITIES[5:12], "G")
    assert differences_of_few(told(12), told(5), owned, 5) == 2
    assert differences_of_few(told(12), [one for one in told(11) if one.partition == ("hours",)], group_of, 5) == 1


def test_an_owner_that_dominates_silences_the_cell() -> None:
    group_of = {name: name for name in FACILITIES}
    cell = ("hours", 2024, "P", "S")
    one_owner = group_of | dict.fromkeys(FACILITIES[:4], "G")
    present = [_contribution(name, cell, 4) for name in FACILITIES[:8]]
    assert not tell(present, Memory(), one_owner, LIMITS, date(2026, 1, 1)).told
    heavy = [_contribution(name, cell, 90 if name == "F00" else 4) for name in FACILITIES[:8]]
    assert not tell(heavy, Memory(), group_of, LIMITS, date(2026, 1, 1), ("asked",)).told
    told = tell(present, Memory(), group_of, LIMITS, date(2026, 1, 1))
    assert told.told
    assert not tell(present, told, one_owner, LIMITS, date(2026, 4, 1)).told, "once owners are known to be one, it goes"


def test_nothing_comes_of_nothing() -> None:
    assert not tell([], Memory(), {}, LIMITS, date(2026, 1, 1)).told
