"""What aggregates tell: no block of few owner groups, and nothing of a part of a block follows."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from harmonize.values.disclosure import Block, groups_may_be_told, told_blocks, told_table

LEAST, MOST = 5, 0.4
_UNITS = st.lists(
    st.tuples(st.sampled_from("ab"), st.sampled_from("xyz"), st.integers(0, 9).map(str), st.integers(0, 50)),
    max_size=80,
)


def _cells(units: list[tuple[str, str, str, int]]) -> dict[tuple[str, str], Block]:
    cells: dict[tuple[str, str], Block] = {}
    for one, two, group, value in units:
        block = cells.setdefault((one, two), Block((one, two), {(one, two)}))
        block.units[group] += 1
        block.sums.setdefault("value", Counter())[group] += value
    return cells


def _rank(rows: list[list[Fraction]]) -> int:
    rows, rank = [list(row) for row in rows], 0
    for column in range(len(rows[0]) if rows else 0):
        lead = next((i for i in range(rank, len(rows)) if rows[i][column]), None)
        if lead is None:
            continue
        rows[rank], rows[lead] = rows[lead], rows[rank]
        for i in range(rank + 1, len(rows)):
            factor = rows[i][column] / rows[rank][column]
            rows[i] = [a - factor * b for a, b in zip(rows[i], rows[rank], strict=True)]
        rank += 1
    return rank


@settings(max_examples=80, deadline=None)
@given(_UNITS)
def test_no_cell_that_may_not_be_told_follows_from_what_is(units: list[tuple[str, str, str, int]]) -> None:
    cells = _cells(units)
    told = told_blocks(_cells(units).values(), LEAST, MOST)
    order = sorted(cells)
    rows = [[Fraction(int(key in block.cells)) for key in order] for block in told]
    for key, cell in cells.items():
        follows = _rank([*rows, [Fraction(int(one == key)) for one in order]]) == _rank(rows) if rows else False
        if follows:
            assert groups_may_be_told(cell.units.elements(), LEAST, MOST)


@settings(max_examples=80, deadline=None)
@given(_UNITS)
def test_every_block_may_be_told_and_nothing_stands_twice(units: list[tuple[str, str, str, int]]) -> None:
    told = told_blocks(_cells(units).values(), LEAST, MOST, ["value"])
    cells = _cells(units)
    for block in told:
        assert groups_may_be_told(block.units.elements(), LEAST, MOST)
        assert max(block.sums["value"].values()) <= MOST * max(block.total("value"), 0)
        assert block.total("value") == sum(
            sum(cell.sums["value"].values()) for key, cell in cells.items() if key in block.cells
        )
    stands = [key for block in told for key in block.cells]
    assert len(stands) == len(set(stands))


def test_cells_that_may_be_told_stand_alone_and_others_together() -> None:
    units = [("VN", "big", str(group), 1) for group in range(5)]
    units += [("VN", f"small {size}", str(group), 1) for size in (1, 2) for group in range(3 * size - 3, 3 * size)]
    units += [("KH", "big", "7", 1)]
    names = ["country", "size", "owner", "value"]
    table = pa.table({name: [row[number] for row in units] for number, name in enumerate(names)})
    told = told_table(table, ["country", "size"], "owner", ["value"], LEAST, MOST)
    assert told.to_pylist() == [
        {"country": "VN", "size": "big", "units": 5, "groups": 5, "value": 5},
        {"country": "VN", "size": None, "units": 6, "groups": 6, "value": 6},
    ]


def test_one_group_that_dominates_is_not_told() -> None:
    table = pa.table({"place": ["a"] * 9, "owner": [*"vwxyz", "z", "z", "z", "z"], "value": [1] * 9})
    assert told_table(table, ["place"], "owner", ["value"], LEAST, MOST).to_pylist() == []
    heavy = pa.table({"place": ["a"] * 5, "owner": list("vwxyz"), "value": [1, 1, 1, 1, 96]})
    assert len(told_table(heavy, ["place"], "owner", ["value"], LEAST, MOST)) == 1
    assert len(told_table(heavy, ["place"], "owner", ["value"], LEAST, MOST, ["value"])) == 0


def test_nothing_of_nothing() -> None:
    empty = pa.table(
        {name: pa.array([], kind) for name, kind in [("place", pa.string()), ("owner", pa.string()), ("v", pa.int64())]}
    )
    assert len(told_table(empty, ["place"], "owner", ["v"], LEAST, MOST)) == 0
