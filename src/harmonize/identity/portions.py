"""Settle many pieces portion by portion, and without looking at what nothing can happen to.

A piece is plain if no identifier but that of a company and no decision touches it. A single plain record joins nothing;
a pair between two pieces that is no match joins nothing either, and is contradicted only where both are not plain.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from harmonize.identity.decide import VERDICTS
from harmonize.identity.decisions import Decision
from harmonize.identity.hashes import Positions
from harmonize.identity.identified import Notice
from harmonize.identity.pieces import Mask, Pairs, Pieces
from harmonize.identity.records import ProfileIndex, Records
from harmonize.identity.settle import settle

__all__ = ["SettledRecords", "settle_pieces"]

_RECORDS_AT_ONCE = 100_000
_MATCH = VERDICTS.index("match")


@dataclass(frozen=True, slots=True)
class SettledRecords:
    """What was found of all records of some pieces, and of the pairs between them.

    Attributes:
        positions: of the records.
        heads: the first record of each record's factory.
        sure: the first of the records that hang together with each without the model.
        methods, probabilities: how each is linked.
        verdicts, reasons, is_told: per pair what became of it; numbers of `VERDICTS`.
    """

    positions: Positions
    heads: Positions
    sure: Positions
    methods: pa.Array
    probabilities: NDArray[np.float64]
    verdicts: NDArray[np.int8]
    reasons: pa.Array
    is_told: Mask
    notices: list[Notice]


def settle_pieces(
    records: Records,
    index: ProfileIndex,
    pieces: Pieces,
    chosen: Mask,
    told: Pairs,
    decisions: Sequence[Decision],
    ambiguity: float,
) -> SettledRecords:
    """Join the records of the chosen pieces.

    Args:
        chosen: which pieces.
        told: pairs all of whose records are in them.
        decisions: those that hold.
    """
    positions = np.flatnonzero(chosen[pieces.of])
    heads, sure = np.arange(len(records)), np.arange(len(records))
    methods = np.full(len(records), "single", object)
    probabilities = np.ones(len(records))
    verdicts, is_told = told.judged.verdict.copy(), np.ones(len(told.ones), bool)
    changed: dict[int, str] = {}
    notices: list[Notice] = []
    for portion, pairs in _portions(pieces, chosen, told):
        members = np.flatnonzero(portion[pieces.of])
        settled = settle(
            records.linkable(members),
            members,
            index,
            decisions,
            told.take(pairs),
            pieces.apart_in(portion),
            ambiguity,
        )
        heads[members], sure[members] = settled.heads, settled.sure
        methods[members] = [method for method, _ in settled.methods]
        probabilities[members] = [probability for _, probability in settled.methods]
        is_told[pairs] = False
        for pair in settled.pairs:
            at = int(pairs[pair.number])
            verdicts[at], is_told[at] = VERDICTS.index(pair.verdict), pair.is_told
            changed[at] = pair.reasons
        notices += settled.notices
    return SettledRecords(
        positions,
        heads[positions],
        sure[positions],
        pa.array(methods[positions], pa.string()),
        probabilities[positions],
        verdicts,
        _replaced(told.judged.reasons, changed),
        is_told,
        notices,
    )


def _portions(pieces: Pieces, chosen: Mask, told: Pairs) -> Iterator[tuple[Mask, Positions]]:
    """Which pieces are joined at once, and the pairs that are looked at with them: first whatever is not plain."""
    sole = pieces.touching.sole()
    one, other = sole[told.ones], sole[told.others]
    is_within = (one >= 0) & (one == other)
    is_scattered = (one < 0) | (other < 0)
    involved = ~pieces.plain
    for side in (told.ones, told.others):
        involved[pieces.touching.all_of(side[is_scattered])] = True
    involved &= chosen
    between = ~is_within & (is_scattered | (involved[one] & involved[other]))
    sizes = np.bincount(pieces.of, minlength=len(chosen))
    portion = np.full(len(chosen), -1)
    many = np.flatnonzero(chosen & ~involved & (sizes > 1))
    portion[many] = 1 + np.cumsum(sizes[many]) // _RECORDS_AT_ONCE
    portion[involved] = 0
    of_pair = np.where(between, 0, np.where(is_within, portion[one], -1))
    for number in range(int(portion.max(initial=-1)) + 1):
        if (portion == number).any():
            yield portion == number, np.flatnonzero(of_pair == number)


def _replaced(reasons: pa.Array, changed: dict[int, str]) -> pa.Array:
    places = np.arange(len(reasons))
    places[list(changed)] = len(reasons) + np.arange(len(changed))
    texts = pa.array(changed.values(), reasons.type)
    return pa.concat_arrays([reasons, texts]).take(pa.array(places))
