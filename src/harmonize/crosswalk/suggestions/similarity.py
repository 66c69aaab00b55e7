"""How like a text is to each of many others: cosines of tf-idf weights, over lists of the texts that hold a term."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

__all__ = ["Numbers", "TextIndex"]

Numbers = NDArray[np.float64]
_RARER_THAN_ALL = 0.5
_UNHEARD = 0.5
"""What a term that no text holds counts in the length of what is compared: a part of what its rarity says."""


class TextIndex:
    """Texts, each with its owner, to compare other texts with; of an owner's several texts the most alike counts."""

    def __init__(self, texts: Iterable[tuple[int, Iterable[str]]], owners: int) -> None:
        """Weigh the terms.

        Args:
            texts: owner and terms of each, counted or not.
            owners: how many owners there are; they are numbered from 0.
        """
        counted = [(owner, Counter(terms)) for owner, terms in texts]
        self._size = owners
        self._owner = np.array([owner for owner, _ in counted], dtype=np.intp)
        self._unheard = math.log((len(counted) + 1) / _RARER_THAN_ALL)
        found = dict.fromkeys(chain.from_iterable(terms for _, terms in counted))
        self._number = {term: number for number, term in enumerate(found)}
        self._weigh([terms for _, terms in counted])

    def _weigh(self, counted: Sequence[Counter[str]]) -> None:
        """Weigh every term of every text; the texts that hold a term, and its weights in them, stand in a row."""
        numbers, counts = chain.from_iterable(counted), chain.from_iterable(terms.values() for terms in counted)
        term = np.fromiter(map(self._number.__getitem__, numbers), dtype=np.intp)
        text = np.repeat(np.arange(len(counted)), [len(terms) for terms in counted])
        held = np.bincount(term, minlength=len(self._number))
        self._rarity = np.log((len(counted) + 1) / (held + _RARER_THAN_ALL))
        weights = (1 + np.log(np.fromiter(counts, dtype=np.float64))) * self._rarity[term]
        length = np.sqrt(np.bincount(text, weights**2, minlength=len(counted)))
        by_term = np.argsort(term, kind="stable")
        self._texts = text[by_term]
        self._weights = (weights / np.where(length == 0, 1.0, length)[text])[by_term]
        self._ends = np.cumsum(held)

    def compare(self, terms: Iterable[str]) -> Numbers:
        """For every owner the cosine with that of its texts which is most alike."""
        alike = np.zeros(len(self._owner))
        length = 0.0
        for term, count in Counter(terms).items():
            number = self._number.get(term)
            if number is None:
                length += (_UNHEARD * _often(count) * self._unheard) ** 2
                continue
            weight = _often(count) * float(self._rarity[number])
            length += weight**2
            held = slice(self._ends[number - 1] if number else 0, self._ends[number])
            alike[self._texts[held]] += weight * self._weights[held]
        found = np.zeros(self._size)
        np.maximum.at(found, self._owner, alike / (math.sqrt(length) or 1.0))
        return found


def _often(count: int) -> float:
    return 1 + math.log(count)
