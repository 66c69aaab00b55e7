"""How answers are divided into parts of their extracts."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from harmonize.store.parquet import Previous, divided


@given(st.integers(0, 2_000), st.lists(st.tuples(st.integers(0, 300), st.integers(1, 300)), max_size=8))
def test_every_number_stands_in_one_part(last: int, lengths: list[tuple[int, int]]) -> None:
    standing, begin = [], 1
    for gap, length in lengths:
        standing.append(range(begin + gap, begin + gap + length))
        begin += gap + length
    found = divided(last, standing)
    assert [number for numbers in found for number in numbers] == list(range(1, last + 1))


@given(st.lists(st.integers(1, 400), min_size=1, max_size=8))
def test_what_comes_later_leaves_full_parts_alone(days: list[int]) -> None:
    last, standing = 0, list[range]()
    for more in days:
        last += more
        found = divided(last, standing)
        assert found[: len(standing)] == standing or found[: len(standing) - 1] == standing[:-1]
        standing = found
    assert all(len(numbers) >= 50 for numbers in standing[:-1])


def test_parts_that_overlap_are_no_guide() -> None:
    names = [f"answer/instrument=gap/part-{part}.parquet" for part in ("1-250", "251-300", "251-500")]
    assert Previous(Path(), dict.fromkeys(names[:2], "")).ranges() == [range(1, 251), range(251, 301)]
    assert Previous(Path(), dict.fromkeys(names, "")).ranges() == []
    assert Previous(Path(), {"finding/instrument=gap/part-0.parquet": "", "answer/part-1.parquet": ""}).ranges() == []


def test_parts_of_instruments_share_their_bounds() -> None:
    names = [f"answer/instrument={name}/part-1-250.parquet" for name in ("gap", "higg_fem")]
    found = Previous(Path(), dict.fromkeys(names, "")).ranges()
    assert found == [range(1, 251)]
    assert all(one.stop == other.start for one, other in pairwise(divided(900, found)))
