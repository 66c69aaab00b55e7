"""Measures: agreement of two groupings over pairs, and counts of what is right."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Iterable
from dataclasses import dataclass

__all__ = ["PairScore", "Tally", "pair_score"]


@dataclass(frozen=True, slots=True)
class PairScore:
    """Agreement of two groupings over pairs; a record that was not found stands alone."""

    precision: float
    recall: float
    records: int
    missing: int

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


@dataclass(frozen=True, slots=True)
class Tally:
    """How many were checked and right, and some that were not."""

    checked: int
    right: int
    examples: tuple[str, ...] = ()

    @property
    def share(self) -> float:
        """Share that is right; 1 where nothing was checked."""
        return self.right / self.checked if self.checked else 1.0


def pair_score(pairs: Iterable[tuple[Hashable, Hashable | None]]) -> PairScore:
    """Pairwise precision and recall of (true group, found group); None is a record that was not found."""
    listed = [(true, found if found is not None else ("missing", at)) for at, (true, found) in enumerate(pairs)]
    together = _pairs(Counter(listed))
    predicted = _pairs(Counter(found for _, found in listed))
    actual = _pairs(Counter(true for true, _ in listed))
    missing = sum(isinstance(found, tuple) and found[:1] == ("missing",) for _, found in listed)
    return PairScore(
        precision=together / predicted if predicted else 1.0,
        recall=together / actual if actual else 1.0,
        records=len(listed),
        missing=missing,
    )


def _pairs(sizes: Counter[Hashable]) -> int:
    return sum(math.comb(size, 2) for size in sizes.values())
