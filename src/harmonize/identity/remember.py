"""Judgements of pairs as a table, so that each is worked out once and not once a run.

They are pure functions of two profiles and of the knowledge. What is taken over equals what would be worked out.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from harmonize.free_memory import give_back
from harmonize.identity.decide import Judgements, judge
from harmonize.identity.hashes import Hashes, Positions, find, paired
from harmonize.identity.memory import Memory
from harmonize.identity.model import MatchModel
from harmonize.identity.profiles import Profiles

__all__ = ["remembered_judgements"]

_JUDGEMENTS = "judgements"
_MANY = 100_000
"""Pairs whose comparison leaves so much behind that to give it back is worth the time."""


def remembered_judgements(
    hashes: Hashes,
    countries: pa.Array,
    pairs: tuple[Positions, Positions],
    profiles: Callable[[Positions], Profiles],
    model: MatchModel,
    memory: Memory,
) -> Judgements:
    """The judgements of pairs of profiles, in order; those of an earlier run on the same two profiles are taken over.

    Args:
        hashes: of every profile.
        countries: of every profile; both sides of a pair are of one.
        pairs: the numbers of both sides.
        profiles: the profiles of some numbers; asked only for those that are judged now.
    """
    ones, others = pairs
    keys = paired(hashes, ones, others)
    table = memory.recall(_JUDGEMENTS)
    known = (np.zeros(0, np.uint64), np.zeros(0, np.uint64)) if table is None else _hashes(table)
    at = find(known, keys)
    new = np.flatnonzero(at < 0)
    of = countries.dictionary_encode().indices.to_numpy()[ones[new]]
    order = np.argsort(of, kind="stable")
    new = new[order]
    # Country by country: what is compared is spread out in memory, no more at once than the largest has.
    parts = np.split(new, np.flatnonzero(np.diff(of[order])) + 1)
    fresh = Judgements.joined([_judged(ones[part], others[part], profiles, model) for part in parts])
    at[new] = len(known[0]) + np.arange(len(new))
    found = fresh if table is None else Judgements.joined([_judgements(table), fresh])
    found = found.take(at)
    if memory.is_kept and (len(new) or len(known[0]) > 2 * len(ones)):
        memory.keep(_JUDGEMENTS, _table(keys, found))
    return found


def _judged(
    ones: Positions, others: Positions, profiles: Callable[[Positions], Profiles], model: MatchModel
) -> Judgements:
    used, place = np.unique(np.concatenate([ones, others]), return_inverse=True)
    judged = judge(profiles(used), place[: len(ones)], place[len(ones) :], model)
    if len(ones) >= _MANY:
        give_back()
    return judged


def _table(keys: Hashes, found: Judgements) -> pa.Table:
    return pa.table(
        {
            "key_0": keys[0],
            "key_1": keys[1],
            "probability": found.probability,
            "verdict": found.verdict,
            "apart": found.apart,
            "reasons": found.reasons,
        }
    )


def _hashes(table: pa.Table) -> Hashes:
    return table["key_0"].to_numpy(), table["key_1"].to_numpy()


def _judgements(table: pa.Table) -> Judgements:
    return Judgements(
        table["probability"].to_numpy(),
        table["verdict"].to_numpy(),
        table["apart"].to_numpy(),
        pc.cast(table["reasons"], pa.large_string()).combine_chunks(),
    )
