"""Settle the pieces that are not as they were, and take over what was found of the others."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from harmonize.identity.decide import VERDICTS
from harmonize.identity.decisions import Decision
from harmonize.identity.hashes import Hashes, Positions, find
from harmonize.identity.outcome import LINKED, NOTICED, TOLD, Remembered
from harmonize.identity.pieces import Mask, Pairs, Pieces
from harmonize.identity.portions import SettledRecords, settle_pieces
from harmonize.identity.records import ProfileIndex, Records

__all__ = ["renew"]


def renew(
    records: Records,
    index: ProfileIndex,
    pieces: Pieces,
    told: Pairs,
    decisions: Sequence[Decision],
    ambiguity: float,
    remembered: Remembered,
) -> tuple[pa.Table, pa.Table, pa.Table]:
    """What is linked, told and noticed (`LINKED`, `TOLD`, `NOTICED`).

    Args:
        told: the pairs of profiles that are alike enough to be told.
        decisions: those that hold.
    """
    states = pieces.states(index.hashes, told)
    known = find(_hashes(remembered.told, "state"), states)
    is_settled = find(_hashes(remembered.linked, "piece"), pieces.hashes) < 0
    # Whether a pair is told hangs on the factories of both sides: for a new pair both pieces are settled again.
    is_settled[pieces.touched_by(told.take(np.flatnonzero(known < 0)))] = True
    inside = pieces.inside(is_settled, told)
    settled = settle_pieces(records, index, pieces, is_settled, told.take(inside), decisions, ambiguity)
    return (
        _linked(records, pieces, settled, remembered.linked),
        _told(records, index, told, states, inside, known, settled, remembered.told),
        _noticed(records, pieces, is_settled, settled, remembered.noticed),
    )


def _hashes(table: pa.Table, name: str) -> Hashes:
    return table[f"{name}_0"].to_numpy(), table[f"{name}_1"].to_numpy()


def _linked(records: Records, pieces: Pieces, settled: SettledRecords, then: pa.Table) -> pa.Table:
    positions = settled.positions
    mention_ids, decision_keys = records.column("mention_id"), pc.list_element(records.column("keys"), 0)
    rest = np.ones(len(records), bool)
    rest[positions] = False
    others = np.flatnonzero(rest)
    recalled = then.take(pc.index_in(mention_ids.take(others), then["mention_id"].combine_chunks()))

    def first(found: Positions, name: str) -> Positions:
        firsts: Positions = np.empty(len(records), np.int64)
        firsts[positions] = found
        firsts[others] = pc.index_in(recalled[name].combine_chunks(), mention_ids).to_numpy()
        return firsts

    heads = first(settled.heads, "head")
    places = np.argsort(np.concatenate([positions, others]))
    return pa.table(
        [
            pieces.hashes[0][pieces.of],
            pieces.hashes[1][pieces.of],
            mention_ids,
            mention_ids.take(heads),
            mention_ids.take(first(settled.sure, "sure_group")),
            # Factories are numbered by their first mention.
            np.unique(heads, return_inverse=True)[1],
            pa.concat_arrays([settled.methods, recalled["link_method"].combine_chunks()]).take(places),
            np.concatenate([settled.probabilities, recalled["link_probability"].to_numpy()])[places],
            decision_keys,
        ],
        names=LINKED.names,
    ).cast(LINKED)


def _told(
    records: Records,
    index: ProfileIndex,
    told: Pairs,
    states: Hashes,
    inside: Positions,
    known: Positions,
    settled: SettledRecords,
    then: pa.Table,
) -> pa.Table:
    mention_ids = records.column("mention_id")
    one, other = (mention_ids.take(index.first[side[inside]]) for side in (told.ones, told.others))
    anew = pa.table(
        [
            states[0][inside],
            states[1][inside],
            pc.min_element_wise(one, other),
            pc.max_element_wise(one, other),
            told.judged.probability[inside],
            pa.array(VERDICTS, pa.string()).take(pa.array(settled.verdicts)),
            settled.reasons,
            settled.is_told,
            _judged(records, told, index, inside),
        ],
        names=TOLD.names,
    ).cast(TOLD)
    rest = np.ones(len(states[0]), bool)
    rest[inside] = False
    return pa.concat_tables([anew, then.take(known[rest])])


def _judged(records: Records, told: Pairs, index: ProfileIndex, inside: Positions) -> pa.Array:
    """The verdicts of the model alone, where the two mentions have different keys."""
    keys = pc.list_element(records.column("keys"), 0).dictionary_encode().indices.to_numpy()
    strongest = keys[index.first]
    is_one_key = strongest[told.ones[inside]] == strongest[told.others[inside]]
    return pa.array(VERDICTS, pa.string()).take(pa.array(told.judged.verdict[inside], mask=is_one_key))


def _noticed(
    records: Records,
    pieces: Pieces,
    is_settled: Mask,
    settled: SettledRecords,
    then: pa.Table,
) -> pa.Table:
    of = pieces.of[
        pc.index_in(
            pa.array([notice.mention_id for notice in settled.notices], pa.large_string()), records.column("mention_id")
        ).to_numpy()
    ]
    anew = pa.table(
        [
            pieces.hashes[0][of],
            pieces.hashes[1][of],
            *([getattr(notice, name) for notice in settled.notices] for name in NOTICED.names[2:]),
        ],
        names=NOTICED.names,
    ).cast(NOTICED)
    rest = np.flatnonzero(~is_settled)
    stands = find((pieces.hashes[0][rest], pieces.hashes[1][rest]), _hashes(then, "piece")) >= 0
    return pa.concat_tables([anew, then.filter(pa.array(stands))])
