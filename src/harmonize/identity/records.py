"""All mentions in comparable form, as columns of a table; what an earlier run worked out is taken over row by row.

A record is a mention with everything that is derived from it alone. Whoever compares thousands of records reads
columns; objects are made only of the few that are joined anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from harmonize.identity.block import lookup_keys
from harmonize.identity.hashes import Hashes, Positions, hash_of
from harmonize.identity.keys import keys_of, ledger_keys
from harmonize.identity.knowledge import Knowledge
from harmonize.identity.memory import Memory
from harmonize.identity.prepare import (
    WRITTEN,
    Identifier,
    Mention,
    Statement,
    Statements,
    Written,
    prepare,
)

__all__ = ["ProfileIndex", "Records", "record", "recorded"]

_RECORDS = "records"
_STATED = (*WRITTEN, "mention_id", "contributor", "instrument", "latitude", "longitude")
_S, _STRINGS = pa.large_string(), pa.large_list(pa.large_string())
_WORKED_OUT = pa.schema(
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
        "exact_key": _S,
        "identifiers": pa.large_list(pa.struct({"scheme": _S, "value": _S, "level": _S})),
        "keys": _STRINGS,
        "ledger_keys": _STRINGS,
        "lookup_keys": _S,
        "profile_0": pa.uint64(),
        "profile_1": pa.uint64(),
        "record_0": pa.uint64(),
        "record_1": pa.uint64(),
    }
)
_STATEMENT = ("used_country", "names", "used_address", "province", "is_placed", "text", "said", "key", "block_keys")
_RECALLED = ("mention_id", "contributor", "instrument", "place_latitude", "place_longitude", "identifiers", *_STATEMENT)


@dataclass(frozen=True, slots=True)
class Records:
    """All records, ordered by mention.

    Attributes:
        table: what is stated, and what was worked out from it.
        fresh: the mentions that were worked out in this run, by position.
    """

    table: pa.Table
    fresh: Mapping[int, Mention]

    def __len__(self) -> int:
        return int(self.table.num_rows)

    def mentions(self, positions: Sequence[int]) -> list[Mention]:
        """The mentions at `positions`."""
        places = pa.array([at for at in positions if at not in self.fresh], pa.int64())
        recalled = map(_mention, *(self.table[name].take(places).to_pylist() for name in _RECALLED))
        return [self.fresh[at] if at in self.fresh else next(recalled) for at in positions]

    def column(self, name: str) -> pa.Array:
        """A column in one piece."""
        return self.table[name].combine_chunks()

    def hashes(self, name: str) -> Hashes:
        """The hash `profile` of what makes a profile, or `record` of everything."""
        return self.table[f"{name}_0"].to_numpy(), self.table[f"{name}_1"].to_numpy()


@dataclass(frozen=True, slots=True)
class ProfileIndex:
    """Which records share a profile. Profiles are numbered in the order of their texts, which hangs on no row.

    Attributes:
        of: per record the number of its profile.
        first: per profile its first record.
        hashes: per profile the hash of what makes it.
    """

    of: Positions
    first: Positions
    hashes: Hashes
    _order: Positions
    _starts: Positions

    @classmethod
    def over(cls, records: Records) -> ProfileIndex:
        """The profiles of all records."""
        names = ("text", "profile_0", "profile_1")
        order = pc.sort_indices(records.table, [(name, "ascending") for name in names]).to_numpy().astype(np.int64)
        first, second = (half[order] for half in records.hashes("profile"))
        begins = np.ones(len(order), bool)
        begins[1:] = (first[1:] != first[:-1]) | (second[1:] != second[:-1])
        of = np.empty(len(order), np.int64)
        of[order] = np.cumsum(begins) - 1
        starts = np.flatnonzero(begins)
        return cls(of, order[starts], (first[starts], second[starts]), order, np.append(starts, len(order)))

    def members(self, profile: int) -> list[int]:
        """The records of a profile, in order."""
        members: list[int] = self._order[self._starts[profile] : self._starts[profile + 1]].tolist()
        return members


def record(mentions: pa.Table, identifiers: pa.Table, knowledge: Knowledge, memory: Memory) -> Records:
    """Bring all mentions into comparable form.

    Args:
        mentions, identifiers: as `resolve` takes them.
        memory: has the records of an earlier run; equal statements of equal mentions are taken over.
    """
    stated = _stated(mentions, identifiers)
    known = memory.recall(_RECORDS)
    if known is None or known.schema.names != [*stated.schema.names, *_WORKED_OUT.names]:
        known = pa.schema([*stated.schema, *_WORKED_OUT]).empty_table()
    known = known.replace_schema_metadata(None)
    at = _unchanged(stated, known)
    is_new = pc.is_null(at).to_numpy(zero_copy_only=False)
    rest = stated.filter(pa.array(is_new))
    worked_out = _work_out(rest, identifiers, knowledge, known)
    fresh = pa.table([*rest.columns, *_columns(worked_out)], schema=pa.schema([*stated.schema, *_WORKED_OUT]))
    places = pc.fill_null(at, 0).to_numpy().copy()
    places[is_new] = known.num_rows + np.arange(fresh.num_rows)
    table = pa.concat_tables([known, fresh]).combine_chunks().take(pa.array(places))
    if fresh.num_rows or known.num_rows > 2 * len(table):
        memory.keep(_RECORDS, table)
    return Records(table, dict(zip(np.flatnonzero(is_new).tolist(), worked_out, strict=True)))


def _stated(mentions: pa.Table, identifiers: pa.Table) -> pa.Table:
    """What the mentions state, ordered by mention, with all valid identifiers of each as one text."""
    columns: dict[str, pa.Array | pa.ChunkedArray] = {}
    for name in _STATED:
        column = mentions[name] if name in mentions.schema.names else pa.nulls(mentions.num_rows)
        is_number = name in ("latitude", "longitude")
        # (Adding nothing makes -0 the 0 that it equals.)
        columns[name] = pc.add(column.cast(pa.float64()), 0.0) if is_number else column.cast(_S)
    table = pa.table(columns).combine_chunks()
    table = table.take(pc.sort_indices(table["mention_id"]))
    valid = identifiers.filter(identifiers["valid"])
    valid = pa.table({name: valid[name].cast(_S) for name in ("mention_id", "scheme", "value")}).combine_chunks()
    valid = valid.take(pc.sort_indices(valid, [(name, "ascending") for name in valid.schema.names]))
    said = _joined(valid, ("scheme", "value")).combine_chunks()
    starts = np.flatnonzero(_changes(valid["mention_id"]))
    lists = pa.LargeListArray.from_arrays(np.append(starts, len(said)), said)
    of = valid["mention_id"].take(starts)
    texts = pc.binary_join(lists, pa.scalar("\n", _S)).take(pc.index_in(table["mention_id"], of))
    return table.append_column("stated_identifiers", texts.cast(_S))


def _joined(table: pa.Table, names: Sequence[str]) -> pa.ChunkedArray:
    """Columns as one text a row, equal for equal rows alone: every part tells its length, and -1 where it is null."""
    parts = [
        part
        for name in names
        for part in (pc.fill_null(pc.utf8_length(table[name]), -1).cast(_S), pc.fill_null(table[name], ""))
    ]
    return pa.chunked_array(pc.binary_join_element_wise(*parts, pa.scalar(" ", _S)), _S)


def _changes(column: pa.ChunkedArray) -> NDArray[np.bool_]:
    """Where a sorted column begins another value."""
    if not len(column):
        return np.zeros(0, bool)
    array = column.combine_chunks()
    return np.append(True, pc.not_equal(array[1:], array[:-1]).to_numpy(zero_copy_only=False))


def _unchanged(stated: pa.Table, known: pa.Table) -> pa.Array:
    """Per mention the place among the `known` where it stands as it is now, or null."""
    at = pc.index_in(stated["mention_id"], known["mention_id"].combine_chunks()).combine_chunks()
    then = known.select(stated.schema.names).take(at)
    same = pa.array(np.ones(stated.num_rows, bool))
    for name in stated.schema.names:
        equal = pc.fill_null(pc.equal(stated[name], then[name]), False)
        neither = pc.and_(pc.is_null(stated[name]), pc.is_null(then[name]))
        same = pc.and_(same, pc.or_(equal, neither))
    return pc.if_else(pc.and_(same, pc.is_valid(at)), at, pa.scalar(None, at.type)).combine_chunks()


def _work_out(rest: pa.Table, identifiers: pa.Table, knowledge: Knowledge, known: pa.Table) -> list[Mention]:
    statements = Statements(knowledge, _known_statements(rest, known))
    of_them = identifiers.filter(pc.is_in(identifiers["mention_id"].cast(_S), rest["mention_id"].combine_chunks()))
    return prepare(rest.select(_STATED).to_pylist(), of_them.to_pylist(), statements)


def _known_statements(rest: pa.Table, known: pa.Table) -> dict[Written, Statement]:
    """Statements that other mentions made in the same words: exports repeat the same factories."""
    if not rest.num_rows:
        return {}
    at = pc.index_in(_joined(rest, WRITTEN), _joined(known, WRITTEN).combine_chunks())
    found = known.take(pc.unique(at.combine_chunks()).drop_null())
    return {
        tuple(row[name] for name in WRITTEN): Statement(*(_frozen(row[name]) for name in _STATEMENT))
        for row in found.select([*WRITTEN, *_STATEMENT]).to_pylist()
    }


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _columns(mentions: Sequence[Mention]) -> Iterator[pa.Array]:
    rows = list(map(_row, mentions))
    columns: Iterable[Sequence[object]] = zip(*rows, strict=True) if rows else ((),) * len(_WORKED_OUT)
    return (pa.array(column, field.type) for column, field in zip(columns, _WORKED_OUT, strict=True))


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
        mention.exact_key,
        [found._asdict() for found in mention.identifiers],
        keys_of(mention),
        ledger_keys(mention),
        lookup_keys(profile),
        *profile_hash,
        *record_hash,
    )


def _mention(
    mention_id: str,
    contributor: str | None,
    instrument: str | None,
    latitude: float | None,
    longitude: float | None,
    identifiers: Iterable[Mapping[str, Any]],
    *statement: Any,
) -> Mention:
    """The mention that a record was made of."""
    return Mention.of(
        mention_id,
        (contributor or "").strip(),
        (instrument or "").strip(),
        Statement(*map(_frozen, statement)),
        None if latitude is None or longitude is None else (latitude, longitude),
        tuple(Identifier(**found) for found in identifiers),
    )


def recorded(memory: Memory, mention_ids: Sequence[str]) -> dict[str, Mapping[str, Any]]:
    """What an earlier run with the same knowledge was told of some mentions, by their ids; without it nothing.

    Beside the fields of the mentions table: `identifiers`, the valid ones, and `keys`.
    """
    known = memory.recall(_RECORDS)
    if known is None or known.schema.names[-len(_WORKED_OUT) :] != _WORKED_OUT.names:
        return {}
    chosen = known.filter(pc.is_in(known["mention_id"], pa.array(mention_ids, _S)))
    rows = chosen.select([*_STATED, "identifiers", "keys"]).to_pylist()
    return {str(row["mention_id"]): row for row in rows}
