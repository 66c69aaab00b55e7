"""Statements and judgements as tables, so that each is worked out once and not once a run.

Both are pure functions of what is written and of the knowledge. What is taken over equals what would be worked out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from harmonize.identity.decide import Judgements, judge
from harmonize.identity.knowledge import Knowledge
from harmonize.identity.memory import Memory
from harmonize.identity.model import MatchModel
from harmonize.identity.prepare import WRITTEN, Profile, Statement, Statements, Written

__all__ = ["RememberedJudge", "keep_statements", "recall_statements"]

Positions = NDArray[np.int64]
Hashes = NDArray[np.uint64]

_STATEMENTS, _JUDGEMENTS = "statements", "judgements"
_BETWEEN_NAMES = "\x1c"
_SPREAD = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F))
_WORKED_OUT = pa.schema(
    {
        **{f"written_{name}": pa.large_string() for name in WRITTEN},
        "country": pa.large_string(),
        "names": pa.large_string(),
        "address": pa.large_string(),
        "province": pa.large_string(),
        "is_placed": pa.bool_(),
        "text": pa.large_string(),
        "said": pa.large_string(),
        "key": pa.large_string(),
        "block_keys": pa.large_string(),
    }
)


def recall_statements(memory: Memory, knowledge: Knowledge) -> tuple[Statements, pa.Table]:
    """Statements with those that earlier runs worked out, and the table that these stand in."""
    table = memory.recall(_STATEMENTS)
    if table is None or table.schema.names != _WORKED_OUT.names:
        return Statements(knowledge), _WORKED_OUT.empty_table()
    columns = [column.to_pylist() for column in table.columns]
    written = zip(*columns[: len(WRITTEN)], strict=True)
    worked_out = zip(*columns[len(WRITTEN) :], strict=True)
    known = {
        key: Statement(country, tuple(names.split(_BETWEEN_NAMES)), *rest)
        for key, (country, names, *rest) in zip(written, worked_out, strict=True)
    }
    return Statements(knowledge, known), table


def keep_statements(memory: Memory, statements: Statements, known: pa.Table) -> None:
    """Keep what was worked out beside what was known; the latter only while no more than half of it is idle."""
    if not memory.is_kept:
        return
    if statements.is_mostly_idle:
        memory.keep(_STATEMENTS, _statement_table(statements.used))
    elif statements.worked_out:
        fresh = _statement_table(statements.worked_out)
        memory.keep(_STATEMENTS, pa.concat_tables([known.replace_schema_metadata(None), fresh]))


def _statement_table(statements: Mapping[Written, Statement]) -> pa.Table:
    rows = [
        (
            *written,
            statement.country,
            _BETWEEN_NAMES.join(statement.names),
            statement.address,
            statement.province,
            statement.is_placed,
            statement.text,
            statement.said,
            statement.key,
            statement.block_keys,
        )
        for written, statement in statements.items()
        if all(cell is None or isinstance(cell, str) for cell in written)
    ]
    columns = zip(*rows, strict=True) if rows else ((),) * len(_WORKED_OUT)
    arrays = [pa.array(column, field.type) for column, field in zip(columns, _WORKED_OUT, strict=True)]
    return pa.table(arrays, schema=_WORKED_OUT)


class RememberedJudge:
    """Judges pairs, and takes over the judgements of an earlier run on the same two profiles."""

    def __init__(self, model: MatchModel, memory: Memory) -> None:
        self._model = model
        self._memory = memory

    def __call__(self, profiles: Sequence[Profile], ones: Positions, others: Positions) -> Judgements:
        """The judgements of pairs of positions in `profiles`, in order."""
        if not self._memory.is_kept:
            return judge(profiles, ones, others, self._model)
        keys = _pair_keys(_profile_hashes(profiles), ones, others)
        table = self._memory.recall(_JUDGEMENTS)
        known = (np.zeros(0, np.uint64), np.zeros(0, np.uint64)) if table is None else _hashes(table)
        at = _find(known, keys)
        new = np.flatnonzero(at < 0)
        fresh = judge(profiles, ones[new], others[new], self._model)
        at[new] = len(known[0]) + np.arange(len(new))
        found = fresh if table is None else Judgements.joined([_judgements(table), fresh])
        found = found.take(at)
        if len(new) or len(known[0]) > 2 * len(ones):
            self._memory.keep(_JUDGEMENTS, _table(keys, found))
        return found


def _profile_hashes(profiles: Sequence[Profile]) -> Hashes:
    """128 bits per profile, as a row of two numbers."""
    digests = [
        hashlib.blake2b(
            repr(
                (
                    profile.country,
                    profile.names,
                    profile.address,
                    profile.province,
                    profile.place,
                    [(found.scheme, found.value, found.level) for found in sorted(profile.company_ids)],
                )
            ).encode("utf-8", "surrogatepass"),
            digest_size=16,
        ).digest()
        for profile in profiles
    ]
    return np.frombuffer(b"".join(digests), np.dtype("<u8")).reshape(-1, 2).astype(np.uint64)


def _pair_keys(hashes: Hashes, ones: Positions, others: Positions) -> tuple[Hashes, Hashes]:
    """128 bits per pair and direction, out of those of its profiles."""
    first, second = (hashes[ones, half] * _SPREAD[half] + hashes[others, half] for half in (0, 1))
    return first, second


def _find(known: tuple[Hashes, Hashes], keys: tuple[Hashes, Hashes]) -> Positions:
    """The place of every key among the known ones, which stand in the order of their first half; -1 for a new one."""
    if not len(known[0]):
        return np.full(len(keys[0]), -1, np.int64)
    at = np.minimum(np.searchsorted(known[0], keys[0]), len(known[0]) - 1)
    return np.where((known[0][at] == keys[0]) & (known[1][at] == keys[1]), at, -1)


def _table(keys: tuple[Hashes, Hashes], found: Judgements) -> pa.Table:
    order = np.argsort(keys[0], kind="stable")
    ordered = found.take(order)
    return pa.table(
        {
            "key_0": keys[0][order],
            "key_1": keys[1][order],
            "probability": ordered.probability,
            "verdict": ordered.verdict,
            "apart": ordered.apart,
            "reasons": ordered.reasons,
        }
    )


def _hashes(table: pa.Table) -> tuple[Hashes, Hashes]:
    return table["key_0"].to_numpy(), table["key_1"].to_numpy()


def _judgements(table: pa.Table) -> Judgements:
    return Judgements(
        table["probability"].to_numpy(),
        table["verdict"].to_numpy(),
        table["apart"].to_numpy(),
        pc.cast(table["reasons"], pa.large_string()).combine_chunks(),
    )
