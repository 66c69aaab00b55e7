"""Which of the pairs that a run compared were drawn and decided by stewards, counted by stratum."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise, product

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from harmonize.identity.accuracy import Stratum
from harmonize.identity.decide import VERDICTS
from harmonize.identity.decisions import Decision, latest_decisions
from harmonize.identity.hashes import Positions, hash_of
from harmonize.identity.records import ProfileIndex, Records
from harmonize.identity.sampling import bands_of, sampled_keys
from harmonize.identity.sampling_rules import SamplingRules

__all__ = ["STRATA", "decided_strata", "strata_of"]

STRATA = pa.schema(
    {
        "verdict": pa.string(),
        "low": pa.float64(),
        "high": pa.float64(),
        **dict.fromkeys(("pairs", "same", "different", "unsure"), pa.int64()),
    }
)
"""A row per `Stratum`; the row without a verdict counts what was drawn and decided and is no pair of this run."""
_ANSWERS = ("same", "different", "unsure")


def strata_of(table: pa.Table) -> tuple[list[Stratum], int]:
    """The strata of `STRATA`, and how many decided pairs are in none."""
    rows = table.to_pylist()
    elsewhere = sum(row[answer] for row in rows if row["verdict"] is None for answer in _ANSWERS)
    return [Stratum(**row) for row in rows if row["verdict"] is not None], elsewhere


def decided_strata(
    records: Records, index: ProfileIndex, told: pa.Table, decisions: Sequence[Decision], rules: SamplingRules
) -> pa.Table:
    """Count the pairs of `TOLD` that can be asked about, and those that were drawn and decided (`STRATA`).

    What holds of a drawn pair is the latest decision on its keys, whoever made it.
    """
    judged = pc.index_in(told["judged"].combine_chunks(), pa.array(VERDICTS, pa.string()))
    open_pairs = pc.is_valid(judged).to_numpy(zero_copy_only=False)
    verdicts = pc.fill_null(judged, 0).to_numpy().astype(np.int64)
    edges = [0.0, *rules.bands, 1.0]
    stratum = verdicts * (len(edges) - 1) + bands_of(told["probability"].to_numpy(), rules.bands)
    size = len(VERDICTS) * (len(edges) - 1)
    pairs = np.bincount(stratum[open_pairs], minlength=size)
    answers = np.zeros((size + 1, len(_ANSWERS)), np.int64)
    for at, verdict in _decided(records, index, told, decisions):
        answers[stratum[at] if at >= 0 and open_pairs[at] else size, _ANSWERS.index(verdict)] += 1
    rows: list[tuple[object, ...]] = [
        (verdict, low, high, *map(int, (pairs[number], *answers[number])))
        for number, (verdict, (low, high)) in enumerate(product(VERDICTS, pairwise(edges)))
        if pairs[number]
    ]
    if answers[size].any():
        rows.append((None, 0.0, 1.0, 0, *map(int, answers[size])))
    return pa.Table.from_pylist([dict(zip(STRATA.names, row, strict=True)) for row in rows], schema=STRATA)


def _decided(
    records: Records, index: ProfileIndex, told: pa.Table, decisions: Sequence[Decision]
) -> Iterator[tuple[int, str]]:
    """Of every drawn and decided pair of keys the place of its pair in `TOLD`, or -1, and the verdict that holds."""
    keys = sampled_keys(decisions)
    standing = [
        found
        for found in latest_decisions(decisions)
        if (min(found.key_a, found.key_b), max(found.key_a, found.key_b)) in keys
    ]
    if not standing:
        return
    led = _speakers(records, index, {key for found in standing for key in (found.key_a, found.key_b)})
    couples = [
        (number, min(one, other), max(one, other))
        for number, found in enumerate(standing)
        for one, other in product(led.get(found.key_a, ()), led.get(found.key_b, ()))
        if one != other
    ]
    places = _places(told, couples)
    for number, found in enumerate(standing):
        # Keys may lead to several pairs of statements; one was drawn, so one is counted.
        mine = [
            (hash_of(one, other), at)
            for (of, one, other), at in zip(couples, places, strict=True)
            if of == number and at >= 0
        ]
        yield (min(mine)[1] if mine else -1), found.verdict


def _speakers(records: Records, index: ProfileIndex, wanted: set[str]) -> dict[str, list[str]]:
    """By key the mentions that stand for what its records state."""
    keys = records.column("keys")
    flat, of = pc.list_flatten(keys), pc.list_parent_indices(keys)
    chosen = pc.is_in(flat, pa.array(sorted(wanted), pa.large_string()))
    at: Positions = of.filter(chosen).to_numpy().astype(np.int64)
    first = index.first[index.of[at]]
    mentions = records.column("mention_id").take(pa.array(first)).to_pylist()
    led: dict[str, set[str]] = {}
    for key, mention in zip(flat.filter(chosen).to_pylist(), mentions, strict=True):
        led.setdefault(key, set()).add(mention)
    return {key: sorted(found) for key, found in led.items()}


def _places(told: pa.Table, couples: Sequence[tuple[int, str, str]]) -> list[int]:
    """The places of pairs of mentions in `TOLD`; -1 for none."""
    bar = pa.scalar("\n")
    known = pc.binary_join_element_wise(told["mention_a"].combine_chunks(), told["mention_b"].combine_chunks(), bar)
    wanted = pa.array([f"{one}\n{other}" for _, one, other in couples], pa.string())
    places: list[int] = pc.fill_null(pc.index_in(wanted, known), -1).to_pylist()
    return places
