"""Lists of words as numbers, so that many pairs of lists are compared at once.

A word's number is its place in the order of all words of the lexicon: comparing numbers is comparing words.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise

import numpy as np
from numpy.typing import NDArray

from harmonize.values.names import Weight

__all__ = ["KINDS", "Lexicon", "Numbers", "WordLists", "Words", "spread"]

Numbers = NDArray[np.int64]
Words = tuple[tuple[str, Weight], ...]

KINDS: tuple[Weight, ...] = ("distinctive", "place", "trade")
"""The kinds of words; a kind's number is its place here."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All words, in order.

    Attributes:
        lengths: the number of characters per word.
        letters: per word, a bit for every character in it (of characters that share a bit, one).
    """

    words: list[str]
    numbers: dict[str, int]
    lengths: Numbers
    letters: NDArray[np.uint64]

    @classmethod
    def of(cls, words: Iterable[str]) -> Lexicon:
        """The lexicon of `words`, which may repeat."""
        ordered = sorted(set(words))
        letters = [sum(1 << bit for bit in {ord(character) & 63 for character in word}) for word in ordered]
        return cls(
            ordered,
            {word: number for number, word in enumerate(ordered)},
            np.array([len(word) for word in ordered], np.int64),
            np.array(letters, np.uint64),
        )


@dataclass(frozen=True, slots=True)
class WordLists:
    """Lists of words one after the other, each word of a list once.

    Attributes:
        originals: the lists as they were.
        starts: where each list begins in `words` and `kinds`, and where the last one ends.
        words: numbers of words, in the order of their first place in the list.
        kinds: what the last of equal words counts as.
        once_distinctive: whether any of equal words is distinctive.
        neighbours: (list, word) for every word of the lexicon that two neighbours of the list make together.
        held: list * size of the lexicon + word, of all words, in order.
        size: the number of words in the lexicon.
    """

    originals: Sequence[Words]
    starts: Numbers
    words: Numbers
    kinds: Numbers
    once_distinctive: NDArray[np.bool_]
    neighbour_starts: Numbers
    neighbours: Numbers
    held: Numbers
    size: int

    @classmethod
    def of(cls, lists: Sequence[Words], lexicon: Lexicon) -> WordLists:
        """`lists` in numbers; all their words stand in the lexicon."""
        kind_of = {kind: number for number, kind in enumerate(KINDS)}
        once = [dict(words) for words in lists]
        numbers = lexicon.numbers
        joined = [
            [numbers[one + other] for (one, _), (other, _) in pairwise(words) if one + other in numbers]
            for words in lists
        ]
        distinctive = [{word for word, kind in words if kind == "distinctive"} for words in lists]
        starts = _starts(once)
        words = np.array([numbers[word] for word in chain.from_iterable(once)], np.int64)
        kinds = np.array([kind_of[kind] for kind in chain.from_iterable(map(dict.values, once))], np.int64)
        held = np.sort(np.repeat(np.arange(len(lists)), np.diff(starts)) * len(lexicon.words) + words)
        return cls(
            lists,
            starts,
            words,
            kinds,
            np.array([word in held for words, held in zip(once, distinctive, strict=True) for word in words], bool),
            _starts(joined),
            np.array(list(chain.from_iterable(joined)), np.int64),
            held,
            len(lexicon.words),
        )

    def holds(self, lists: Numbers, words: Numbers) -> NDArray[np.bool_]:
        """Whether each list holds the word beside it."""
        return _among(self.held, lists * self.size + words)

    def joins(self, ones: Numbers, others: Numbers) -> NDArray[np.bool_]:
        """Whether two neighbours in the first list of each pair stand as one word in the second."""
        at, entry = spread(self.neighbour_starts, ones)
        found = self.holds(others[at], self.neighbours[entry])
        return np.bincount(at[found], minlength=len(ones)) > 0


def spread(starts: Numbers, lists: Numbers) -> tuple[Numbers, Numbers]:
    """The entries of `lists`, one after the other: the place in `lists` and the place of the entry."""
    first, sizes = starts[lists], starts[lists + 1] - starts[lists]
    at = np.repeat(np.arange(len(lists)), sizes)
    return at, np.arange(len(at)) + np.repeat(first - (np.cumsum(sizes) - sizes), sizes)


def _starts(lists: Sequence[Sequence[object]] | Sequence[dict[str, Weight]]) -> Numbers:
    return np.concatenate([[0], np.cumsum([len(entries) for entries in lists], dtype=np.int64)]).astype(np.int64)


def _among(ordered: Numbers, wanted: Numbers) -> NDArray[np.bool_]:
    if not len(ordered):
        return np.zeros(len(wanted), bool)
    found: NDArray[np.bool_] = ordered[np.minimum(np.searchsorted(ordered, wanted), len(ordered) - 1)] == wanted
    return found
