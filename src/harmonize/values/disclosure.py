"""What aggregates may be told of: enough owner groups, none that dominates, nothing that follows by subtraction.

Everything that is told is a sum over disjoint blocks of cells, each of which may be told alone. Cells that may not are
put together until they may, or are left out; no margin is told beside them. So no combination of what is told says
anything of a part of a block.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa

__all__ = ["Block", "groups_may_be_told", "told_blocks", "told_table"]

Key = tuple[Hashable, ...]


@dataclass(slots=True)
class Block:
    """Cells that are told together.

    Attributes:
        key: by dimension; None where cells of several values stand together.
        cells: the cells, each by its full key.
        units: how many (factories, say) each owner group has in it.
        sums: by measure and owner group.
    """

    key: Key
    cells: set[Key] = field(default_factory=set)
    units: Counter[Hashable] = field(default_factory=Counter)
    sums: dict[str, Counter[Hashable]] = field(default_factory=dict)

    def absorb(self, other: Block) -> None:
        """Take the cells of another block in."""
        self.cells |= other.cells
        self.units += other.units
        for measure, groups in other.sums.items():
            mine = self.sums.setdefault(measure, Counter())
            for group, value in groups.items():
                mine[group] += value

    def total(self, measure: str) -> float:
        """The sum of a measure over all groups."""
        return sum(self.sums.get(measure, Counter()).values())


def groups_may_be_told(groups: Iterable[Hashable], least_groups: int, most_of_one_group: float) -> bool:
    """Whether anything may be told of units of these owner groups (one entry per unit)."""
    return _may_be_told(Counter(groups), least_groups, most_of_one_group)


def _may_be_told(units: Counter[Hashable], least_groups: int, most_of_one_group: float) -> bool:
    return len(units) >= least_groups and max(units.values()) <= most_of_one_group * units.total()


def told_blocks(
    cells: Iterable[Block], least_groups: int, most_of_one_group: float, dominated: Sequence[str] = ()
) -> list[Block]:
    """The blocks that may be told: cells alone where possible, others together along the last dimension first.

    Args:
        cells: with their full keys, no key twice.
        dominated: measures of which no group may hold too large a part either.
    """
    told: list[Block] = []
    left = list(cells)
    width = len(left[0].key) if left else 0

    def may_be_told(block: Block) -> bool:
        if not _may_be_told(block.units, least_groups, most_of_one_group):
            return False
        return all(_is_shared(block.sums.get(name, Counter()), most_of_one_group) for name in dominated)

    for kept in range(width, -1, -1):
        together: dict[Key, Block] = {}
        for cell in left:
            key = cell.key[:kept] + (None,) * (width - kept)
            together.setdefault(key, Block(key)).absorb(cell)
        told += [block for block in together.values() if may_be_told(block)]
        left = [block for block in together.values() if not may_be_told(block)]
    return told


def _is_shared(groups: Mapping[Hashable, float], most_of_one_group: float) -> bool:
    total = sum(abs(value) for value in groups.values())
    return all(abs(value) <= most_of_one_group * total for value in groups.values())


def told_table(
    units: pa.Table,
    dimensions: Sequence[str],
    group: str,
    measures: Sequence[str],
    least_groups: int,
    most_of_one_group: float,
    dominated: Sequence[str] = (),
) -> pa.Table:
    """Aggregates of units that may be told.

    Args:
        units: a row for each unit, with its dimensions, its owner group and its measures (null counts as nothing).
        group: the column of the owner group.

    Returns:
        The dimensions (null: several values together), `units`, `groups`, and the sum of every measure, in order of the
        dimensions. A unit without a value in a dimension stands under an empty text there.
    """
    cells: defaultdict[Key, Block] = defaultdict(lambda: Block(()))
    for row in units.select([*dimensions, group, *measures]).to_pylist():
        key = tuple("" if row[name] is None else row[name] for name in dimensions)
        one = Block(key, {key}, Counter({row[group]: 1}))
        one.sums = {name: Counter({row[group]: row[name] or 0}) for name in measures}
        cells[key].key = key
        cells[key].absorb(one)
    told = told_blocks(cells.values(), least_groups, most_of_one_group, dominated)
    told.sort(key=lambda block: [(value is None, str(value)) for value in block.key])
    columns: dict[str, list[object]] = {
        name: [block.key[number] for block in told] for number, name in enumerate(dimensions)
    }
    columns["units"] = [block.units.total() for block in told]
    columns["groups"] = [len(block.units) for block in told]
    columns |= {name: [block.total(name) for block in told] for name in measures}
    return pa.table({name: pa.array(values, _type_of(units, name)) for name, values in columns.items()})


def _type_of(units: pa.Table, name: str) -> pa.DataType:
    if name in ("units", "groups"):
        return pa.int64()
    own = units.schema.field(name).type
    if pa.types.is_integer(own) or pa.types.is_boolean(own):
        return pa.int64()
    return own
