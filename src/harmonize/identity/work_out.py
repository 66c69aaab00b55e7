"""Work out what mentions say in comparable form, as columns; much of it in processes of our own, side by side.

Each batch is worked out by itself, so that no more is held of it than its columns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from queue import SimpleQueue
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from harmonize.collection import without_collector
from harmonize.companion import Companion
from harmonize.identity.hashes import hash_of
from harmonize.identity.keys import keys_of
from harmonize.identity.knowledge import Knowledge
from harmonize.identity.prepare import WRITTEN, Mention, Statement, Statements, Written, mentions_of

__all__ = ["STATED", "WORKED_OUT", "answering", "joined_texts", "work_out"]

STATED = (*WRITTEN, "mention_id", "contributor", "instrument", "latitude", "longitude")
"""The columns of mentions from which everything is worked out."""
_S, _STRINGS = pa.large_string(), pa.large_list(pa.large_string())
WORKED_OUT = pa.schema(
    {
        "used_country": _S,
        "names": _STRINGS,
        "used_address": _S,
        "province": _S,
        "is_placed": pa.bool_(),
        "text": _S,
        "said": _S,
        "key": _S,
        "block_keys": _S,
        "place_latitude": pa.float64(),
        "place_longitude": pa.float64(),
        "identifiers": pa.large_list(pa.struct({"scheme": _S, "value": _S, "level": _S})),
        "keys": _STRINGS,
        "profile_0": pa.uint64(),
        "profile_1": pa.uint64(),
        "record_0": pa.uint64(),
        "record_1": pa.uint64(),
    }
)
"""What is worked out of every mention."""
_STATEMENT = ("used_country", "names", "used_address", "province", "is_placed", "text", "said", "key", "block_keys")
_BATCH = 10_000
_MUCH = 20_000
"""Mentions from which on it pays to start processes."""
_PROCESSES = 2
_Known = Mapping[Written, Statement]


def work_out(rest: pa.Table, identifiers: pa.Table, knowledge: Knowledge, known: pa.Table) -> pa.Table:
    """The columns `WORKED_OUT` of the mentions in `rest`, in their order.

    Args:
        known: records of an earlier run; statements in the same words are taken over.
    """
    # Equal statements stand side by side, so that each is worked out in one batch.
    order = pc.sort_indices(rest, [("name", "ascending"), ("address", "ascending")])
    of_them = identifiers.filter(pc.is_in(identifiers["mention_id"].cast(_S), rest["mention_id"].combine_chunks()))
    statements = _known_statements(rest, known)
    batches = (order[start : start + _BATCH] for start in range(0, len(order), _BATCH))

    def asked(places: pa.Array) -> tuple[pa.Table, pa.Table, _Known]:
        rows = rest.select(STATED).take(places)
        return rows, of_them.filter(pc.is_in(of_them["mention_id"].cast(_S), rows["mention_id"])), statements

    with ExitStack() as stack:
        answer = _processes(knowledge, stack) if len(order) >= _MUCH else _here(knowledge)
        pool = stack.enter_context(ThreadPoolExecutor(_PROCESSES))
        found = list(pool.map(lambda places: answer(asked(places)), batches))
    places = np.empty(len(order), np.int64)
    places[order.to_numpy()] = np.arange(len(order))
    table = pa.concat_tables([WORKED_OUT.empty_table(), *found])
    del found
    columns = []
    while table.num_columns:
        # Column by column, and gone as soon as it is in order: else everything would be held twice.
        columns.append(table.column(0).take(pa.array(places)))
        table = table.remove_column(0)
    return pa.table(columns, schema=WORKED_OUT)


def answering() -> Callable[[Any], Any]:
    """What a process of our own does: it is told what is known, and then works out batch after batch."""
    known: list[Knowledge] = []

    def answer(asked: Any) -> Any:
        if isinstance(asked, Knowledge):
            known[:] = [asked]
            return None
        return _here(known[0])(asked)

    return answer


def _here(knowledge: Knowledge) -> Callable[[Any], pa.Table]:
    def answer(asked: tuple[pa.Table, pa.Table, _Known]) -> pa.Table:
        rows, identifiers, known = asked
        statements = Statements(knowledge, known)
        with without_collector():
            return _columns(list(mentions_of(rows.to_pylist(), identifiers.to_pylist(), statements)))

    return answer


def _processes(knowledge: Knowledge, stack: ExitStack) -> Callable[[Any], pa.Table]:
    """Whoever is idle answers."""
    idle: SimpleQueue[Companion] = SimpleQueue()
    for _ in range(_PROCESSES):
        companion = Companion(f"{__name__}:answering", "prepares names and addresses")
        stack.callback(companion.close)
        stack.callback(companion.end)
        idle.put(companion)
    told: set[int] = set()

    def answer(asked: Any) -> pa.Table:
        companion = idle.get()
        try:
            if companion.pid not in told:
                companion.ask(knowledge)
                told.add(companion.pid)
            table: pa.Table = companion.ask(asked)
            return table
        finally:
            idle.put(companion)

    return answer


def _known_statements(rest: pa.Table, known: pa.Table) -> dict[Written, Statement]:
    """Statements that other mentions made in the same words: exports repeat the same factories."""
    if not rest.num_rows or not known.num_rows:
        return {}
    known = known.filter(pc.is_in(known["name"], rest["name"].combine_chunks()))
    at = pc.index_in(joined_texts(rest, WRITTEN), joined_texts(known, WRITTEN).combine_chunks())
    found = known.take(pc.unique(at.combine_chunks()).drop_null())
    return {
        tuple(row[name] for name in WRITTEN): Statement(*(_frozen(row[name]) for name in _STATEMENT))
        for row in found.select([*WRITTEN, *_STATEMENT]).to_pylist()
    }


def joined_texts(table: pa.Table, names: Sequence[str]) -> pa.ChunkedArray:
    """Columns as one text a row, equal for equal rows alone: every part tells its length, and -1 where it is null."""
    parts = [
        part
        for name in names
        for part in (pc.fill_null(pc.utf8_length(table[name]), -1).cast(_S), pc.fill_null(table[name], ""))
    ]
    return pa.chunked_array(pc.binary_join_element_wise(*parts, pa.scalar(" ", _S)), _S)


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _columns(mentions: Sequence[Mention]) -> pa.Table:
    rows = list(map(_row, mentions))
    columns: Iterable[Sequence[object]] = zip(*rows, strict=True) if rows else ((),) * len(WORKED_OUT)
    return pa.table(
        [pa.array(column, field.type) for column, field in zip(columns, WORKED_OUT, strict=True)], schema=WORKED_OUT
    )


def _row(mention: Mention) -> tuple[object, ...]:
    profile, statement = mention.profile, mention.statement
    latitude, longitude = profile.place or (None, None)
    profile_hash = hash_of(
        profile.country,
        profile.names,
        profile.address,
        profile.province,
        profile.place,
        [tuple(found) for found in sorted(profile.company_ids)],
    )
    record_hash = hash_of(
        mention.mention_id,
        mention.contributor,
        mention.instrument,
        statement.key,
        mention.exact_key,
        profile.text,
        profile.is_placed,
        [tuple(found) for found in mention.identifiers],
        profile_hash,
    )
    return (
        statement.country,
        statement.names,
        statement.address,
        statement.province,
        statement.is_placed,
        statement.text,
        statement.said,
        statement.key,
        statement.block_keys,
        latitude,
        longitude,
        [found._asdict() for found in mention.identifiers],
        keys_of(mention),
        *profile_hash,
        *record_hash,
    )
