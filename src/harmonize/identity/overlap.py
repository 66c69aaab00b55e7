"""Lay the words of two lists over one another, for many pairs of lists at once.

Words that are spelled nearly alike, and words that one side writes as two and the other as one, count as shared.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz
from rapidfuzz.process import cpdist

from harmonize.identity.lexicon import KINDS, Lexicon, Numbers, WordLists, Words, spread
from harmonize.values.names import Weight

__all__ = ["Entries", "SharedWords", "Weighed", "entries_of", "lay_over"]

Values = NDArray[np.float64]

_NEAR_SPELLING = 0.84
_SHORTEST_NEAR_WORD = 4
_LONGEST_DIFFERENCE = 2
_SPARE = 1e-9


@dataclass(frozen=True, slots=True)
class Entries:
    """The words of one side of many pairs; those of a pair stand together, each once.

    Attributes:
        pair: the number of the pair.
        word: the number of the word.
        kind: what the word counts as.
        once_distinctive: whether it is distinctive at any of its places in the list.
    """

    pair: Numbers
    word: Numbers
    kind: Numbers
    once_distinctive: NDArray[np.bool_]

    def take(self, places: Numbers | NDArray[np.bool_]) -> Entries:
        """The entries at `places`."""
        return Entries(self.pair[places], self.word[places], self.kind[places], self.once_distinctive[places])


def entries_of(lists: WordLists, ones: Numbers) -> Entries:
    """The words of the lists `ones`, one list per pair."""
    pair, entry = spread(lists.starts, ones)
    return Entries(pair, lists.words[entry], lists.kinds[entry], lists.once_distinctive[entry])


@dataclass(frozen=True, slots=True)
class Weighed:
    """What the words of both sides of each pair weigh, and those that they share.

    A shared word weighs what it weighs on the side where it is lighter, and less if it is spelled otherwise.
    """

    one: Values
    other: Values
    shared: Values

    def parts(self) -> tuple[Values, Values]:
        """What is shared, as a part of all words and as a part of the lighter list."""
        stated = (self.one > 0) & (self.other > 0)
        nothing = np.zeros(len(self.one))
        return (
            np.divide(self.shared, self.one + self.other - self.shared, out=nothing.copy(), where=stated),
            np.divide(self.shared, np.minimum(self.one, self.other), out=nothing, where=stated),
        )


@dataclass(frozen=True, slots=True)
class SharedWords:
    """Two lists of words per pair, and which of them are the same.

    Attributes:
        of_left, of_right: places of words in `left` and `right` that are one.
        spelling: how alike those are spelled, 0 to 1.
    """

    pairs: int
    left: Entries
    right: Entries
    of_left: Numbers
    of_right: Numbers
    spelling: Values

    def weigh(self, worth: Callable[[Entries], Values]) -> Weighed:
        """The words by what each is worth."""
        ours, theirs = worth(self.left), worth(self.right)
        lighter = self.spelling * np.minimum(ours[self.of_left], theirs[self.of_right])
        return Weighed(
            _sums(self.left.pair, ours, self.pairs),
            _sums(self.right.pair, theirs, self.pairs),
            _sums(self.left.pair[self.of_left], lighter, self.pairs),
        )


def _sums(of: Numbers, values: Values, count: int) -> Values:
    return np.bincount(of, values, count).astype(np.float64, copy=False)


def lay_over(
    lists: tuple[WordLists, Numbers, Numbers],
    entries: tuple[Entries, Entries],
    lexicon: Lexicon,
    places: Callable[[int], Set[str]] = lambda _: frozenset(),
) -> SharedWords:
    """Find the words that two lists share.

    Args:
        lists: the lists, and which of them are the two sides of each pair.
        entries: the words of both sides, as `entries_of` gives them, distinctive `places` made places.
        places: the words of a pair that count as places where they were distinctive.
    """
    held, ones, others = lists
    left = _with_joined(held, ones, others, entries[0], lexicon, places)
    right = _with_joined(held, others, ones, entries[1], lexicon, places)
    of_left, of_right = _equal(left, right, len(lexicon.words))
    spelling, near_left, near_right = _near(_without(left, of_left), _without(right, of_right), lexicon)
    return SharedWords(
        len(ones),
        left,
        right,
        np.concatenate([of_left, near_left]),
        np.concatenate([of_right, near_right]),
        np.concatenate([np.ones(len(of_left)), spelling]),
    )


def _with_joined(
    lists: WordLists,
    ones: Numbers,
    others: Numbers,
    entries: Entries,
    lexicon: Lexicon,
    places: Callable[[int], Set[str]],
) -> Entries:
    """`entries` with neighbours joined where the other side writes them as one: `dong guan` against `dongguan`."""
    joins = lists.joins(ones, others)
    if not joins.any():
        return entries
    rest = entries.take(~joins[entries.pair])
    joined = {
        at: _joined(lists.original(ones[at]), lists.original(others[at]), places(at))
        for at in np.flatnonzero(joins).tolist()
    }
    words = [(at, lexicon.numbers[word], KINDS.index(kind)) for at in joined for word, kind in joined[at].items()]
    pair, word, kind = np.array(words, np.int64).T
    return Entries(
        np.concatenate([rest.pair, pair]),
        np.concatenate([rest.word, word]),
        np.concatenate([rest.kind, kind]),
        np.concatenate([rest.once_distinctive, kind == KINDS.index("distinctive")]),
    )


def _joined(words: Words, other: Words, places: Set[str]) -> dict[str, Weight]:
    single = {word for word, _ in other}
    result: list[tuple[str, Weight]] = []
    for word, weight in words:
        counts_as: Weight = "place" if weight == "distinctive" and word in places else weight
        if result and result[-1][0] + word in single:
            result[-1] = (result[-1][0] + word, counts_as)
        else:
            result.append((word, counts_as))
    return dict(result)


def _equal(left: Entries, right: Entries, size: int) -> tuple[Numbers, Numbers]:
    """Places of entries on the left and on the right that are one word of one pair, in the order of the left."""
    if not len(right.pair):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    key = right.pair * size + right.word
    order = np.argsort(key, kind="stable")
    wanted = left.pair * size + left.word
    at = order[np.minimum(np.searchsorted(key, wanted, sorter=order), len(order) - 1)]
    found = np.flatnonzero(key[at] == wanted)
    return found, at[found]


def _without(entries: Entries, taken: Numbers) -> tuple[Entries, Numbers]:
    free = np.ones(len(entries.pair), bool)
    free[taken] = False
    places = np.flatnonzero(free)
    return entries.take(places), places


def _near(
    left: tuple[Entries, Numbers], right: tuple[Entries, Numbers], lexicon: Lexicon
) -> tuple[Values, Numbers, Numbers]:
    """Words of a pair that differ by a slip of the pen, the nearest first, every word at most once."""
    one, other = _meetings(left[0], right[0], lexicon)
    a, b = left[0].word[one], right[0].word[other]
    words: Sequence[str] = lexicon.words
    spelling = (
        cpdist([words[at] for at in a.tolist()], [words[at] for at in b.tolist()], scorer=fuzz.ratio, dtype=np.float64)
        / 100
        if len(a)
        else np.zeros(0)
    )
    kept = np.flatnonzero(spelling >= _NEAR_SPELLING)
    order = kept[np.lexsort((b[kept], a[kept], -spelling[kept], left[0].pair[one[kept]]))]
    taken_left: set[int] = set()
    taken_right: set[int] = set()
    chosen: list[int] = []
    for at, ours, theirs in zip(order.tolist(), one[order].tolist(), other[order].tolist(), strict=True):
        if ours not in taken_left and theirs not in taken_right:
            taken_left.add(ours)
            taken_right.add(theirs)
            chosen.append(at)
    return spelling[chosen], left[1][one[chosen]], right[1][other[chosen]]


def _meetings(left: Entries, right: Entries, lexicon: Lexicon) -> tuple[Numbers, Numbers]:
    """Places of entries of one pair that may be near: long enough, of nearly one length, of mostly one alphabet."""
    ours = np.flatnonzero(lexicon.lengths[left.word] >= _SHORTEST_NEAR_WORD)
    theirs = np.flatnonzero(lexicon.lengths[right.word] >= _SHORTEST_NEAR_WORD)
    theirs = theirs[np.argsort(right.pair[theirs], kind="stable")]
    pairs = right.pair[theirs]
    first = np.searchsorted(pairs, left.pair[ours], side="left")
    times = np.searchsorted(pairs, left.pair[ours], side="right") - first
    one = np.repeat(ours, times)
    other = theirs[np.arange(len(one)) + np.repeat(first - (np.cumsum(times) - times), times)]
    a, b = left.word[one], right.word[other]
    lengths = lexicon.lengths[a] + lexicon.lengths[b]
    # Every character that only one of the words has must be struck out: a bound on how alike they can be.
    strange = np.bitwise_count(lexicon.letters[a] ^ lexicon.letters[b])
    possible = (np.abs(lexicon.lengths[a] - lexicon.lengths[b]) <= _LONGEST_DIFFERENCE) & (
        strange <= (1 - _NEAR_SPELLING) * lengths + _SPARE
    )
    return one[possible], other[possible]
