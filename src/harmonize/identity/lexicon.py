"""Lists of words as numbers, so that many pairs of lists are compared at once.

A word's number is its place in the order of all words of the lexicon: comparing numbers is comparing words.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from harmonize.values.names import Weight

__all__ = ["KINDS", "Lexicon", "Numbers", "WordLists", "Words", "among", "spread"]

Numbers = NDArray[np.int64]
Words = tuple[tuple[str, Weight], ...]

KINDS: tuple[Weight, ...] = ("distinctive", "place", "trade")
"""The kinds of words; a kind's number is its place here."""
_S = pa.large_string()


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All words, in order.

    Attributes:
        numbers: of every word its number.
        lengths: the number of characters per word.
        letters: per word, a bit for every character in it (of characters that share a bit, one).
    """

    words: list[str]
    numbers: dict[str, int]
    lengths: Numbers
    letters: NDArray[np.uint64]
    column: pa.Array

    @classmethod
    def of(cls, *columns: pa.Array) -> Lexicon:
        """The lexicon of the words in `columns`, which may repeat."""
        distinct = pc.unique(pa.concat_arrays([column.cast(_S) for column in columns]))
        ordered = distinct.take(pc.sort_indices(distinct))
        words = ordered.to_pylist()
        letters = [sum(1 << bit for bit in {ord(character) & 63 for character in word}) for word in words]
        return cls(
            words,
            {word: number for number, word in enumerate(words)},
            pc.utf8_length(ordered).to_numpy().astype(np.int64),
            np.array(letters, np.uint64),
            ordered,
        )

    def find(self, words: pa.Array) -> Numbers:
        """The numbers of words; -1 for those that are not in the lexicon."""
        numbers: Numbers = pc.fill_null(pc.index_in(words, self.column), -1).to_numpy().astype(np.int64)
        return numbers


@dataclass(frozen=True, slots=True)
class WordLists:
    """Lists of words one after the other, each word of a list once.

    Attributes:
        starts: where each list begins in `words` and `kinds`, and where the last one ends.
        words: numbers of words, in the order of their first place in the list.
        kinds: what the last of equal words counts as.
        once_distinctive: whether any of equal words is distinctive.
        neighbours: (list, word) for every word of the lexicon that two neighbours of the list make together.
        held: list * size of the lexicon + word, of all words, in order.
        lexicon: all words.
    """

    starts: Numbers
    words: Numbers
    kinds: Numbers
    once_distinctive: NDArray[np.bool_]
    neighbour_starts: Numbers
    neighbours: Numbers
    held: Numbers
    lexicon: Lexicon
    _spoken: tuple[Numbers, Numbers, Numbers]

    @classmethod
    def of(cls, starts: Numbers, words: pa.Array, kinds: Numbers, lexicon: Lexicon) -> WordLists:
        """Lists in numbers; all their words stand in the lexicon.

        Args:
            starts: where each list begins in `words`, and where the last one ends.
            kinds: what each word counts as, by the places of `KINDS`.
        """
        size, count = max(len(lexicon.words), 1), len(starts) - 1
        spoken = lexicon.find(words)
        of = np.repeat(np.arange(count), np.diff(starts))
        held, first, at = np.unique(of * size + spoken, return_index=True, return_inverse=True)
        order = np.argsort(first)
        kind = np.zeros(len(held), np.int64)
        kind[at] = kinds
        distinctive = np.bincount(at, kinds == KINDS.index("distinctive"), len(held)) > 0
        together = np.flatnonzero(of[1:] == of[:-1])
        pairs, of_pair = np.unique(spoken[together] * size + spoken[together + 1], return_inverse=True)
        joined = pc.binary_join_element_wise(
            lexicon.column.take(pa.array(pairs // size)), lexicon.column.take(pa.array(pairs % size)), pa.scalar("", _S)
        )
        found = lexicon.find(joined)[of_pair]
        return cls(
            _starts(np.bincount(held // size, minlength=count)),
            held[order] % size,
            kind[order],
            distinctive[order],
            _starts(np.bincount(of[together[found >= 0]], minlength=count)),
            found[found >= 0],
            held,
            lexicon,
            (starts, spoken, kinds),
        )

    def spoken(self, at: int) -> tuple[list[int], list[int]]:
        """The words of a list as it was, and their kinds."""
        starts, words, kinds = self._spoken
        part = slice(starts[at], starts[at + 1])
        return words[part].tolist(), kinds[part].tolist()

    def original(self, at: int) -> Words:
        """The list as it was."""
        words = self.lexicon.words
        return tuple((words[word], KINDS[kind]) for word, kind in zip(*self.spoken(at), strict=True))

    def holds(self, lists: Numbers, words: Numbers) -> NDArray[np.bool_]:
        """Whether each list holds the word beside it."""
        return among(self.held, lists * max(len(self.lexicon.words), 1) + words)

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


def _starts(sizes: Numbers) -> Numbers:
    return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)


def among(ordered: Numbers, wanted: Numbers) -> NDArray[np.bool_]:
    """Whether each wanted number stands among those in order."""
    if not len(ordered):
        return np.zeros(len(wanted), bool)
    found: NDArray[np.bool_] = ordered[np.minimum(np.searchsorted(ordered, wanted), len(ordered) - 1)] == wanted
    return found
