"""What is told over all publications: every contribution at most once, and always with enough others.

A contribution is what one factory adds to one table in one year (and one partition of it: a topic of a country).
Blocks of contributions are told (`values.disclosure`); a block once told stays word for word as it was, and none of its
contributions is ever told again in another. So all blocks that were ever told, in any publication, are disjoint: no
sum or difference of them says anything of a part of one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from harmonize.values.disclosure import Block, told_blocks

__all__ = ["Contribution", "Limits", "Memory", "Told", "differences_of_few", "tell"]


@dataclass(frozen=True, slots=True)
class Limits:
    """How many owner groups something is told of at least, and how much one of them may hold at most."""

    least_groups: int
    most_of_one_group: float


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one factory adds in one year.

    Attributes:
        partition: what is never put together with others; `year` stands in the key.
        key: by dimension, those that are put together first last; its first is the year.
        measures: by name.
    """

    facility_id: str
    partition: tuple[str, ...]
    key: tuple[Any, ...]
    measures: Mapping[str, float]

    @property
    def identity(self) -> tuple[Any, ...]:
        """What is told once."""
        return (self.facility_id, *self.partition, self.key[0])


@dataclass(frozen=True, slots=True)
class Told:
    """A block as it was told.

    Attributes:
        members: of every contribution the factory, its year and its measures.
        told_on: when it was told first.
    """

    partition: tuple[str, ...]
    key: tuple[Any, ...]
    members: Sequence[tuple[str, Any, Mapping[str, float]]]
    told_on: date

    @property
    def identities(self) -> list[tuple[Any, ...]]:
        """The contributions in it."""
        return [(facility, *self.partition, year) for facility, year, _ in self.members]

    def renamed(self, names: Mapping[str, str]) -> Told:
        """The same with other ids of its factories; those without another one keep theirs."""
        members = [(names.get(facility, facility), year, measures) for facility, year, measures in self.members]
        return replace(self, members=members)

    def total(self, measure: str) -> float:
        """The sum of a measure."""
        return sum(measures.get(measure, 0) for _, _, measures in self.members)


@dataclass(frozen=True, slots=True)
class Memory:
    """What was told of one table, to one audience.

    Attributes:
        told: blocks that hold.
        asleep: blocks that were told and hold no more. They are told again word for word, once all of theirs contribute
            again (after a way back, say), and meanwhile nothing of theirs is told in another one.
        spent: contributions that are never told again, of which older records kept no more.
    """

    told: Sequence[Told] = ()
    asleep: Sequence[Told] = ()
    spent: frozenset[tuple[Any, ...]] = field(default_factory=frozenset)


def tell(
    contributions: Iterable[Contribution],
    memory: Memory,
    group_of: Mapping[str, str],
    limits: Limits,
    told_on: date,
    dominated: Sequence[str] = (),
) -> Memory:
    """What is told now: blocks of before that still may, and new ones of what was never told.

    A block holds as long as every factory in it contributes: where a grant ended, the whole block goes, since a block
    without that factory would tell what it had added.

    Args:
        group_of: the owner group of every factory that contributes.
        dominated: measures of which no owner group may hold too large a part either.
    """
    now = {one.identity: one for one in contributions}
    told: list[Told] = []
    asleep: list[Told] = []
    for block in (*memory.told, *memory.asleep):
        holds = all(identity in now for identity in block.identities)
        (told if holds and _may_still(block, group_of, limits, dominated) else asleep).append(block)
    told_before = {identity for block in (*told, *asleep) for identity in block.identities}
    fresh: defaultdict[tuple[str, ...], list[Contribution]] = defaultdict(list)
    for identity, one in now.items():
        if identity not in told_before and identity not in memory.spent:
            fresh[one.partition].append(one)
    for partition, ones in sorted(fresh.items()):
        told += _new_blocks(partition, ones, group_of, limits, told_on, dominated)
    return Memory(told, asleep, memory.spent)


def differences_of_few(
    one: Iterable[Told], other: Iterable[Told], group_of: Mapping[str, str], least_groups: int
) -> int:
    """How many blocks of one audience hold a block of another and few owner groups besides: who has both subtracts.

    Args:
        one, other: factories by ids that hold for both audiences.
    """
    holding: defaultdict[tuple[Any, ...], list[frozenset[tuple[Any, ...]]]] = defaultdict(list)
    for block in other:
        identities = frozenset(block.identities)
        for identity in identities:
            holding[identity].append(identities)
    found = 0
    for block in one:
        mine = frozenset(block.identities)
        within = {theirs for identity in mine for theirs in holding.get(identity, ()) if theirs < mine}
        found += any(len({group_of.get(name, name) for name, *_ in mine - theirs}) < least_groups for theirs in within)
    return found


def _new_blocks(
    partition: tuple[str, ...],
    ones: Sequence[Contribution],
    group_of: Mapping[str, str],
    limits: Limits,
    told_on: date,
    dominated: Sequence[str],
) -> list[Told]:
    by_identity = {one.identity: one for one in ones}
    blocks = told_blocks(
        [
            Block(
                one.key,
                {one.identity},
                Counter({group_of[one.facility_id]: 1}),
                _sums(one.measures, group_of[one.facility_id]),
            )
            for one in ones
        ],
        limits.least_groups,
        limits.most_of_one_group,
        dominated,
    )
    return [
        Told(
            partition,
            block.key,
            [
                (by_identity[name].facility_id, by_identity[name].key[0], dict(by_identity[name].measures))
                for name in sorted(block.cells, key=str)
            ],
            told_on,
        )
        for block in blocks
    ]


def _sums(measures: Mapping[str, float], group: str) -> dict[str, Counter[Any]]:
    return {name: Counter({group: value}) for name, value in measures.items()}


def _may_still(block: Told, group_of: Mapping[str, str], limits: Limits, dominated: Sequence[str]) -> bool:
    """Whether a block may be told by what is known of owners today."""
    cells = []
    for number, (facility, _, measures) in enumerate(block.members):
        group = group_of[facility]
        cells.append(Block((), {(number,)}, Counter({group: 1}), _sums(measures, group)))
    return bool(told_blocks(cells, limits.least_groups, limits.most_of_one_group, dominated))
