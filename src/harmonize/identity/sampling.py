"""Draw compared pairs for stewards to decide, at random and from every band of the probability.

The order of chance is a hash of the two mentions: the same release gives the same sample, and the next sample goes on
where the decided one ends. A decision on a drawn pair says so in its `why`: what a steward chose to look at tells
nothing of the pairs that he did not look at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from harmonize.identity.decide import VERDICTS
from harmonize.identity.decisions import Decision
from harmonize.identity.hashes import hash_of

__all__ = ["bands_of", "drawn", "is_of_sample", "said_of_sample", "sampled_keys"]

_MARK = "sample"


def said_of_sample(why: str) -> str:
    """What the ledger has as the reason of a decision on a drawn pair."""
    return f"{_MARK}: {why}" if why else _MARK


def is_of_sample(why: str) -> bool:
    """Whether a decision with this reason is one on a drawn pair."""
    return why == _MARK or why.startswith(f"{_MARK}:")


def bands_of(probability: NDArray[np.float64], edges: Sequence[float]) -> NDArray[np.int64]:
    """The number of the band of each probability."""
    return np.searchsorted(np.array(edges), probability, side="right").astype(np.int64)


def drawn(
    told: pa.Table, edges: Sequence[float], count: int, is_decided: Callable[[Sequence[int]], Sequence[bool]]
) -> list[int]:
    """The places of `count` pairs of `TOLD`, or of all that are left: as many of every verdict, and of these of every
    band, as there are; in the order of chance.

    Args:
        is_decided: of some places, which pairs were drawn and decided before.
    """
    judged = told["judged"].to_pylist()
    bands = bands_of(told["probability"].to_numpy(), edges).tolist()
    strata: dict[str, dict[int, list[int]]] = {verdict: {} for verdict in VERDICTS}
    for at in _by_chance(told):
        if judged[at] is not None:
            strata[judged[at]].setdefault(bands[at], []).append(at)
    left = {
        verdict: [_left(places, count, is_decided) for _, places in sorted(found.items())]
        for verdict, found in strata.items()
    }
    chosen: list[int] = []
    shares = _dealt(count, [sum(map(len, found)) for found in left.values()])
    for share, found in zip(shares, left.values(), strict=True):
        for part, places in zip(_dealt(share, list(map(len, found))), found, strict=True):
            chosen += places[:part]
    rank = _by_chance(told.take(pa.array(chosen, pa.int64())))
    return [chosen[at] for at in rank]


def _by_chance(told: pa.Table) -> list[int]:
    keys = [hash_of(*pair) for pair in zip(told["mention_a"].to_pylist(), told["mention_b"].to_pylist(), strict=True)]
    return sorted(range(len(keys)), key=keys.__getitem__)


def _left(places: Sequence[int], count: int, is_decided: Callable[[Sequence[int]], Sequence[bool]]) -> list[int]:
    """The first `count` places that are not decided yet."""
    left: list[int] = []
    for portion in _portions(places, count):
        left += [at for at, gone in zip(portion, is_decided(portion), strict=True) if not gone]
        if len(left) >= count:
            break
    return left[:count]


def _portions(places: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    return (places[start : start + size] for start in range(0, len(places), size))


def _dealt(count: int, sizes: Sequence[int]) -> list[int]:
    """`count` dealt out one by one to places that hold no more than `sizes`."""
    shares = [0] * len(sizes)
    while count > 0 and shares != list(sizes):
        for at, size in enumerate(sizes):
            if count > 0 and shares[at] < size:
                shares[at] += 1
                count -= 1
    return shares


def sampled_keys(decisions: Sequence[Decision]) -> set[tuple[str, str]]:
    """The keys, in order, of all pairs that were drawn and decided."""
    return {
        (min(found.key_a, found.key_b), max(found.key_a, found.key_b)) for found in decisions if is_of_sample(found.why)
    }
