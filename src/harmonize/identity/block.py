"""Choose the pairs of profiles that are worth comparing.

Two profiles meet if they share a rare key: a distinctive word of the name, its beginning or end, a number together with
a word of the address, or a company's identifier. Only inside one country; without a country in none. A key that more
than `largest_block` profiles of a country share tells nothing: it is passed over, and told. What remains weighs by its
rarity; of pairs that share no more than one key only the nearest few are taken. Memory is bounded by working through
the profiles in stretches, which does not change what is found.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise, product

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from harmonize.identity.model import Blocking
from harmonize.values.names import ComparableAddress, ComparableName

__all__ = ["Candidates", "CommonKey", "block_keys", "candidate_pairs"]

Positions = NDArray[np.int64]

_EDGE = 5
_SHORTEST_WORD = 3
_ADDRESS_WORDS = 6
_ADDRESS_NUMBERS = 4
_MEETINGS_AT_ONCE = 1_000_000
_WEIGHT_UNITS = 10_000
_WEIGHT_BITS = np.uint64(25)
_WEIGHT_MASK = (np.uint64(1) << _WEIGHT_BITS) - np.uint64(1)
_PAIR_BITS = 64 - int(_WEIGHT_BITS)
_SUM_BITS = 23
_HEAVIEST = (1 << _SUM_BITS) - 1
_BITS = 64
_THREADS = 2


@dataclass(frozen=True, slots=True, order=True)
class CommonKey:
    """A key that so many profiles of a country share that it brought none together."""

    country: str
    key: str
    profiles: int


@dataclass(frozen=True, slots=True)
class Candidates:
    """The pairs worth comparing.

    Attributes:
        ones, others: positions of profiles, the smaller and the larger of each pair; in order.
        passed_over: keys that too many share, those of most profiles first.
        alone: positions of profiles that have a country but no key that was not passed over: they met nobody.
    """

    ones: Positions
    others: Positions
    passed_over: list[CommonKey]
    alone: list[int]


@dataclass(frozen=True, slots=True)
class _Blocks:
    """Profiles by key, one entry per profile and rare key; those of one key stand together, in order.

    Attributes:
        weight: what sharing the entry's key is worth, in whole units, so that sums hang on no order.
        later: how many entries of the same key stand after this one.
    """

    profile: Positions
    weight: NDArray[np.uint64]
    later: Positions


@dataclass(frozen=True, slots=True)
class _Met:
    """Pairs of profiles, the smaller first, in order.

    Attributes:
        weight: of all keys that they share, in whole units.
        by_several: whether they share more than one key.
    """

    one: Positions
    other: Positions
    weight: Positions
    by_several: NDArray[np.bool_]

    @classmethod
    def joined(cls, parts: Sequence[_Met]) -> _Met:
        """Pairs one after the other."""
        return cls(
            np.concatenate([part.one for part in parts]),
            np.concatenate([part.other for part in parts]),
            np.concatenate([part.weight for part in parts]),
            np.concatenate([part.by_several for part in parts]),
        )

    def take(self, chosen: NDArray[np.bool_]) -> _Met:
        """The chosen pairs."""
        return _Met(self.one[chosen], self.other[chosen], self.weight[chosen], self.by_several[chosen])


def block_keys(names: Iterable[ComparableName], address: ComparableAddress) -> Iterator[str]:
    """The keys under which a name and an address are looked up inside their country."""
    for name in names:
        yield f"name {name.core}"
        yield f"begins {name.core[:_EDGE]}"
        yield f"ends {name.core[-_EDGE:]}"
        # Else sister units of one name would crowd out the other records of a unit.
        yield from (f"unit {unit} {name.core}" for unit in sorted(name.units))
        for word, weight in name.words:
            if weight == "distinctive" and len(word) >= _SHORTEST_WORD:
                yield f"word {word}"
    spoken = [word for word, weight in address.words if weight == "distinctive"][:_ADDRESS_WORDS]
    numbers = sorted(address.numbers, key=lambda number: (-len(number), number))[:_ADDRESS_NUMBERS]
    for number, word in product(numbers, spoken):
        yield f"at {number} {word}"
    for one, other in pairwise(spoken):
        yield f"at {one} {other}"


def candidate_pairs(
    countries: pa.Array, keys: pa.Array, limits: Blocking, meetings_at_once: int = _MEETINGS_AT_ONCE
) -> Candidates:
    """The pairs of profiles worth comparing.

    Args:
        countries: of every profile its country.
        keys: of every profile its `Profile.lookup_keys`.
        meetings_at_once: about how many meetings of two profiles under one key are held in memory.
    """
    names = countries.dictionary_encode()
    of = names.indices.to_numpy()
    has_keys = pc.fill_null(pc.greater(pc.utf8_length(keys), 0), False).to_numpy(zero_copy_only=False)
    ones, others, alone = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    passed_over: list[CommonKey] = []
    # Country by country: no more is held at once than the largest has.
    for number, country in enumerate(names.dictionary.to_pylist()):
        at = np.flatnonzero((of == number) & has_keys)
        blocks, common, is_alone = _blocks(country, keys.take(pa.array(at)), len(keys), limits.largest_block)
        one, other = _pairs(blocks, len(at), limits, meetings_at_once)
        ones.append(at[one])
        others.append(at[other])
        alone.append(at[is_alone])
        passed_over += common
    one, other = np.concatenate(ones), np.concatenate(others)
    order = np.argsort(one * len(keys) + other)
    return Candidates(
        one[order],
        other[order],
        sorted(passed_over, key=lambda found: (-found.profiles, found)),
        np.sort(np.concatenate(alone)).tolist(),
    )


def _blocks(
    country: str, keys: pa.Array, profiles: int, largest_block: int
) -> tuple[_Blocks, list[CommonKey], NDArray[np.bool_]]:
    """The blocks of the profiles of one country, the keys that are passed over, and who has no other.

    Args:
        profiles: of all countries.
    """
    lists = pc.split_pattern(keys, "\n")
    profile = pc.list_parent_indices(lists).to_numpy().astype(np.int64)
    words = pc.list_flatten(lists).dictionary_encode()
    at = words.indices.to_numpy().astype(np.int64)
    counts = np.bincount(at, minlength=len(words.dictionary))
    common = np.flatnonzero(counts > largest_block)
    told = zip(words.dictionary.take(pa.array(common)).to_pylist(), counts[common].tolist(), strict=True)
    passed_over = [CommonKey(country, key, count) for key, count in told]
    shared = counts[at]
    is_alone = np.ones(len(keys), bool)
    is_alone[profile[shared <= largest_block]] = False
    rare = (shared >= 2) & (shared <= largest_block)
    profile, at, shared = profile[rare], at[rare], shared[rare]
    order = np.argsort(at, kind="stable")
    profile, at, shared = profile[order], at[order], shared[order]
    starts = np.flatnonzero(np.diff(at, prepend=-1) != 0)
    sizes = np.diff(starts, append=len(at))
    last = np.repeat(starts + sizes, sizes)
    weight = np.rint(np.log(1 + profiles / np.maximum(shared, 1)) * _WEIGHT_UNITS).astype(np.uint64)
    return _Blocks(profile, weight, last - np.arange(len(at)) - 1), passed_over, is_alone


def _pairs(blocks: _Blocks, profiles: int, limits: Blocking, meetings_at_once: int) -> tuple[Positions, Positions]:
    """The pairs of one country worth comparing."""

    def nearest(entries: Positions) -> tuple[_Met, NDArray[np.bool_]]:
        return _nearest(_met(blocks, entries, profiles), limits)

    with ThreadPoolExecutor(_THREADS) as pool:
        found = list(pool.map(nearest, _stretches(blocks, profiles, meetings_at_once)))
    if not found:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    # (Stretches follow one another, and so do their pairs.)
    met, is_final = _Met.joined([part for part, _ in found]), np.concatenate([final for _, final in found])
    kept = is_final | _is_near(_ranks(met.other, met.weight), met, limits)
    return met.one[kept], met.other[kept]


def _stretches(blocks: _Blocks, profiles: int, at_once: int) -> Iterator[Positions]:
    """The entries of stretches of profiles, each stretch with about `at_once` meetings or a single profile."""
    meetings = np.bincount(blocks.profile, blocks.later, profiles)
    stretch = ((np.cumsum(meetings) - meetings) // at_once).astype(np.int64)
    # (So few profiles that a pair can be told in the bits that are left beside a weight.)
    narrow = np.arange(profiles) // max((1 << _PAIR_BITS) // max(profiles, 1), 1)
    number = np.cumsum((np.diff(stretch, prepend=0) != 0) | (np.diff(narrow, prepend=0) != 0))
    meeting = np.flatnonzero(blocks.later > 0)
    of = number[blocks.profile[meeting]]
    order = np.argsort(of, kind="stable")
    yield from np.split(meeting[order], np.flatnonzero(np.diff(of[order])) + 1) if len(meeting) else ()


def _met(blocks: _Blocks, entries: Positions, profiles: int) -> _Met:
    """Pairs whose smaller profile is that of one of the entries, with what they share; in order."""
    times = blocks.later[entries]
    first = np.repeat(entries, times)
    step = np.arange(len(first)) - np.repeat(np.cumsum(times) - times, times) + 1
    begin = blocks.profile[entries].min(initial=profiles)
    pair = (blocks.profile[first] - begin) * profiles + blocks.profile[first + step]
    # A pair and a weight in one number: to sort numbers is many times faster than to find their order.
    meetings = np.sort((pair.astype(np.uint64) << _WEIGHT_BITS) | blocks.weight[first])
    pair = (meetings >> _WEIGHT_BITS).astype(np.int64)
    starts = np.flatnonzero(np.diff(pair, prepend=-1) != 0)
    weight = np.add.reduceat(meetings & _WEIGHT_MASK, starts) if len(starts) else meetings
    distinct = pair[starts]
    return _Met(
        distinct // profiles + begin,
        distinct % profiles,
        np.minimum(weight, _HEAVIEST).astype(np.int64),
        np.diff(starts, append=len(meetings)) > 1,
    )


def _nearest(met: _Met, limits: Blocking) -> tuple[_Met, NDArray[np.bool_]]:
    """What may be a candidate, and whether it is one for its smaller profile, all of whose pairs are here."""
    is_final = _is_near(_ranks(met.one, met.weight), met, limits)
    kept = is_final | (_ranks(met.other, met.weight) < limits.candidates)
    return met.take(kept), is_final[kept]


def _is_near(ranks: Positions, met: _Met, limits: Blocking) -> NDArray[np.bool_]:
    by_one_key = min(limits.by_one_key, limits.candidates)
    near: NDArray[np.bool_] = ranks < np.where(met.by_several, limits.candidates, by_one_key)
    return near


def _ranks(of: Positions, weight: Positions) -> Positions:
    """Per pair, how many pairs of the same profile `of` weigh more; of equal weights the earlier pair comes first."""
    order = _order(of, _HEAVIEST - weight)
    starts = np.flatnonzero(np.diff(of[order], prepend=-1) != 0)
    position = np.arange(len(order)) - np.repeat(starts, np.diff(starts, append=len(order)))
    ranks = np.empty(len(order), np.int64)
    ranks[order] = position
    return ranks


def _order(of: Positions, lightness: Positions) -> Positions:
    """The places of pairs by `of`, then by `lightness`, then as they stand."""
    keys = (of.astype(np.uint64) << np.uint64(_SUM_BITS)) | lightness.astype(np.uint64)
    bits = len(keys).bit_length()
    if int(of.max(initial=0)).bit_length() + _SUM_BITS + bits > _BITS:
        return np.argsort(keys, kind="stable")
    # Key and place in one number: to sort numbers is many times faster than to find their order.
    ordered = np.sort((keys << np.uint64(bits)) | np.arange(len(keys), dtype=np.uint64))
    return (ordered & ((np.uint64(1) << np.uint64(bits)) - np.uint64(1))).astype(np.int64)
