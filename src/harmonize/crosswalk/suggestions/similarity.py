"""How like a text is to each of many others: cosines of tf-idf weights, over lists of the texts that hold a term."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["Numbers", "TextIndex"]

Numbers = NDArray[np.float64]
_RARER_THAN_ALL = 0.5
_UNHEARD = 0.5
"""What a term that no text holds counts in the length of what is compared: a part of what its rarity says."""


class TextIndex:
    """Texts, each with its owner, to compare other texts with; of an owner's several texts the most alike counts."""

    def __init__(self, texts: Iterable[tuple[int, Sequence[str]]], owners: int) -> None:
        """Weigh the terms.

        Args:
            texts: owner and terms of each.
            owners: how many owners there are; they are numbered from 0.
        """
        counted = [(owner, Counter(terms)) for owner, terms in texts]
        self._size = owners
        self._owner = np.array([owner for owner, _ in counted], dtype=np.intp)
        held = Counter(term for _, terms in counted for term in terms)
        self._rarity = {term: math.log((len(counted) + 1) / (texts + _RARER_THAN_ALL)) for term, texts in held.items()}
        self._unheard = math.log((len(counted) + 1) / _RARER_THAN_ALL)
        self._held = self._weigh(counted)

    def _weigh(self, counted: Sequence[tuple[int, Counter[str]]]) -> dict[str, tuple[NDArray[np.intp], Numbers]]:
        found: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
        for number, (_, terms) in enumerate(counted):
            weights = {term: _often(count) * self._rarity[term] for term, count in terms.items()}
            length = math.sqrt(sum(weight**2 for weight in weights.values())) or 1.0
            for term, weight in weights.items():
                found[term].append((number, weight / length))
        return {
            term: (
                np.array([number for number, _ in places], dtype=np.intp),
                np.array([weight for _, weight in places]),
            )
            for term, places in found.items()
        }

    def rarity(self, term: str) -> float:
        """How much a term tells, the rarer the more."""
        return self._rarity.get(term, self._unheard)

    def compare(self, terms: Iterable[str]) -> Numbers:
        """For every owner the cosine with that of its texts which is most alike."""
        alike = np.zeros(len(self._owner))
        length = 0.0
        for term, count in Counter(terms).items():
            weight = _often(count) * self.rarity(term)
            places = self._held.get(term)
            length += (weight if places is not None else _UNHEARD * weight) ** 2
            if places is not None:
                numbers, weights = places
                alike[numbers] += weight * weights
        found = np.zeros(self._size)
        np.maximum.at(found, self._owner, alike / (math.sqrt(length) or 1.0))
        return found


def _often(count: int) -> float:
    return 1 + math.log(count)
