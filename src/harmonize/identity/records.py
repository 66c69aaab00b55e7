"""All mentions in comparable form, as columns of a table; what an earlier run worked out is taken over row by row.

A record is a mention with everything that is derived from it alone. Whoever compares thousands of records reads
columns; objects are made only of the few that are joined anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from harmonize.free_memory import give_back
from harmonize.identity.hashes import Hashes, Positions
from harmonize.identity.knowledge import Knowledge
from harmonize.identity.linkable import LinkableRecord
from harmonize.identity.memory import Memory
from harmonize.identity.prepare import Identifier
from harmonize.identity.work_out import STATED, WORKED_OUT, joined_texts, work_out

__all__ = ["ProfileIndex", "Records", "record", "recorded"]

_RECORDS = "records"
_SHORTEST_STRETCHES = 50
"""Rows in a stretch, on the average, from which on it is faster to take stretches than rows."""
_STATED, _WORKED_OUT = STATED, WORKED_OUT
_S = pa.large_string()


@dataclass(frozen=True, slots=True)
class Records:
    """All records, ordered by mention.

    Attributes:
        table: what is stated, and what was worked out from it.
    """

    table: pa.Table

    def __len__(self) -> int:
        return int(self.table.num_rows)

    def linkable(self, positions: Positions) -> list[LinkableRecord]:
        """What joining asks of the records at `positions`."""
        names = ("mention_id", "contributor", "used_country", "key", "identifiers")
        part = self.table.select([*names, "said", "is_placed", "instrument"]).take(pa.array(positions))
        mention_ids, contributors, countries, keys, identifiers = (part[name].to_pylist() for name in names)
        return [
            LinkableRecord(
                mention_id, (contributor or "").strip(), country, key, exact, tuple(Identifier(**id_) for id_ in ids)
            )
            for mention_id, contributor, country, key, exact, ids in zip(
                mention_ids, contributors, countries, keys, _exact_keys(part).to_pylist(), identifiers, strict=True
            )
        ]

    def exact_keys(self) -> pa.Array:
        """Of every record its `exact_key`."""
        return _exact_keys(self.table)

    def ledger_keys(self) -> tuple[Positions, pa.Array]:
        """The keys that name one factory, all but those of its company, with the records that they are of."""
        lists, stated = self.column("keys"), self.column("identifiers")
        levels = pc.list_flatten(stated).field("level")
        names_company = pc.equal(levels, "company").to_numpy(zero_copy_only=False)
        companies = np.bincount(pc.list_parent_indices(stated).to_numpy()[names_company], minlength=len(self))
        of, lengths = pc.list_parent_indices(lists).to_numpy(), pc.list_value_length(lists).to_numpy()
        ends = np.cumsum(lengths)
        # (Those of the company are the last of a record.)
        is_own = np.arange(len(of)) < (ends - companies)[of]
        return of[is_own], pc.list_flatten(lists).filter(pa.array(is_own))

    def lookup_keys(self, positions: Positions) -> pa.Array:
        """Of the records at `positions` what they are looked up under, one key a line; null without a country."""
        part = (
            self.table.select(["used_country", "block_keys", "identifiers"]).take(pa.array(positions)).combine_chunks()
        )
        keys = part["block_keys"].combine_chunks()
        lists = part["identifiers"].combine_chunks()
        of, flat = pc.list_parent_indices(lists), pc.list_flatten(lists)
        names_company = pc.equal(flat.field("level"), "company")
        companies: dict[int, list[str]] = {}
        stated = zip(of.filter(names_company).to_pylist(), flat.filter(names_company).to_pylist(), strict=True)
        for at, found in stated:
            companies.setdefault(at, [keys[at].as_py()]).append(f"{found['scheme']} {found['value']}")
        if companies:
            places = np.arange(len(keys))
            places[list(companies)] = len(keys) + np.arange(len(companies))
            texts = pa.array(["\n".join(lines) for lines in companies.values()], _S)
            keys = pa.concat_arrays([keys, texts]).take(pa.array(places))
        return pc.if_else(pc.equal(part["used_country"].combine_chunks(), ""), pa.scalar(None, _S), keys)

    def without_lookup(self) -> Records:
        """The same without what only `ProfileIndex.over` and `lookup_keys` read: a quarter of all."""
        return Records(self.table.drop_columns(["text", "block_keys"]))

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
    rest = stated if is_new.all() else stated.filter(pa.array(is_new))
    worked_out = work_out(rest, identifiers, knowledge, known)
    new = pa.table([*rest.columns, *worked_out.columns], schema=pa.schema([*stated.schema, *_WORKED_OUT]))
    table = new
    if rest.num_rows < stated.num_rows:
        places = pc.fill_null(at, 0).to_numpy().copy()
        places[is_new] = known.num_rows + np.arange(rest.num_rows)
        table = _in_order(pa.concat_tables([known, new]), places)
    is_too_much = known.num_rows + rest.num_rows > 2 * len(table)
    if is_too_much or (rest.num_rows and not (known.num_rows and memory.add(_RECORDS, new))):
        memory.keep(_RECORDS, table)
    schema, columns = table.schema, table.columns[::-1]
    del known, new, stated, rest, worked_out, table
    whole = []
    while columns:
        # Column by column, and what was known goes as soon as it is in one piece: else everything would be held twice.
        whole.append(columns.pop().combine_chunks())
    give_back()
    return Records(pa.table(whole, schema=schema))


def _in_order(table: pa.Table, places: Positions) -> pa.Table:
    """The rows at `places`; where most of them follow one another, stretch by stretch, which is many times faster."""
    starts = np.flatnonzero(np.diff(places, prepend=-2) != 1)
    if len(starts) * _SHORTEST_STRETCHES > len(places):
        return table.take(pa.array(places))
    lengths = np.diff(starts, append=len(places)).tolist()
    stretches = zip(places[starts].tolist(), lengths, strict=True)
    return pa.concat_tables([table.slice(start, length) for start, length in stretches])


def _exact_keys(table: pa.Table) -> pa.Array:
    """Equal keys are one factory; without an address only inside one instrument, nameless ones never."""
    instruments = table["instrument"].combine_chunks().dictionary_encode()
    stripped = pa.array([(text or "").strip() for text in instruments.dictionary.to_pylist()], _S)
    instrument = pc.fill_null(stripped.take(instruments.indices), "")
    said, bar = table["said"].combine_chunks(), pa.scalar("|", _S)
    placed = pc.if_else(table["is_placed"].combine_chunks(), said, pc.binary_join_element_wise(said, instrument, bar))
    mention = pc.binary_join_element_wise(
        pa.scalar("mention", _S), table["mention_id"].combine_chunks(), pa.scalar(":", _S)
    )
    return pc.if_else(pc.equal(said, ""), mention, placed)


def _stated(mentions: pa.Table, identifiers: pa.Table) -> pa.Table:
    """What the mentions state, ordered by mention, with all valid identifiers of each as one text."""
    columns: dict[str, pa.Array | pa.ChunkedArray] = {}
    for name in STATED:
        column = mentions[name] if name in mentions.schema.names else pa.nulls(mentions.num_rows)
        is_number = name in ("latitude", "longitude")
        # (Adding nothing makes -0 the 0 that it equals.)
        columns[name] = pc.add(column.cast(pa.float64()), 0.0) if is_number else column.cast(_S)
    table = pa.table(columns).combine_chunks()
    table = table.take(pc.sort_indices(table["mention_id"]))
    valid = identifiers.filter(identifiers["valid"])
    valid = pa.table({name: valid[name].cast(_S) for name in ("mention_id", "scheme", "value")}).combine_chunks()
    valid = valid.take(pc.sort_indices(valid, [(name, "ascending") for name in valid.schema.names]))
    said = joined_texts(valid, ("scheme", "value")).combine_chunks()
    starts = np.flatnonzero(_changes(valid["mention_id"]))
    lists = pa.LargeListArray.from_arrays(np.append(starts, len(said)), said)
    of = valid["mention_id"].take(starts)
    texts = pc.binary_join(lists, pa.scalar("\n", _S)).take(pc.index_in(table["mention_id"], of))
    return table.append_column("stated_identifiers", texts.cast(_S))


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
