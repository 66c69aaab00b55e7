"""A list of records as the tables that `resolve` takes, and what it found as a table with a row for every row.

Whatever ids the rows have, every row is a mention of its own: ids that are blank or stand twice are replaced inside.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from harmonize.identity.prepare import Cell
from harmonize.identity.resolve import Resolution
from harmonize.identity.stated import StatedRow
from harmonize.model.issues import Issue

__all__ = ["RESOLVED", "ListTables", "ListedRecords", "noticed", "resolved_rows"]

_TEXTS = ("contributor", "instrument", "name", "name_local", "address", "city", "admin1", "country")
_NUMBERS = ("latitude", "longitude", "workers")
_MENTIONS = pa.schema(
    {"mention_id": pa.string()} | dict.fromkeys(_TEXTS, pa.string()) | dict.fromkeys(_NUMBERS, pa.float64())
)
_IDENTIFIERS = pa.schema({"mention_id": pa.string(), "scheme": pa.string(), "value": pa.string(), "valid": pa.bool_()})
_ROWS = pa.schema({"record_id": pa.string(), "locator": pa.string()})
_GATHERED = {"rows": _ROWS, "mentions": _MENTIONS, "identifiers": _IDENTIFIERS}
RESOLVED = pa.schema(
    {
        "record_id": pa.string(),
        "facility_id": pa.string(),
        "probability": pa.float64(),
        "link_method": pa.string(),
    }
)
"""What is said of every row of a list."""
_BATCH = 50_000


@dataclass(frozen=True, slots=True)
class ListTables:
    """A list as tables.

    Attributes:
        rows: `record_id` as written and `locator`, in the order of the rows.
        mentions, identifiers: as `resolve` takes them, mentions in the order of the rows.
        issues: what is wrong with the rows.
    """

    rows: pa.Table
    mentions: pa.Table
    identifiers: pa.Table
    issues: list[Issue]


class ListedRecords:
    """Gathers the rows of a list."""

    def __init__(self) -> None:
        self._open: dict[str, list[dict[str, Cell]]] = {name: [] for name in _GATHERED}
        self._packed: dict[str, list[pa.RecordBatch]] = {name: [] for name in _GATHERED}
        self._count = 0
        self._issues: list[Issue] = []

    def add(self, row: StatedRow) -> None:
        """Add a row; one that cannot be trusted has neither name nor country, and so is a factory of its own."""
        self._count += 1
        mention_id = self._mention_id(row)
        self._open["rows"].append({"record_id": row.key, "locator": row.locator})
        record = row.records.get("")
        # One list of one contributor is one instrument: equal names without an address are one factory inside it.
        place: dict[str, Cell] = {"contributor": row.contributor, "instrument": row.contributor}
        fields = record.fields if record else {"address": row.written}
        self._open["mentions"].append({**fields, **place, "mention_id": mention_id})
        for scheme, value, valid in record.identifiers if record else ():
            stated: dict[str, Cell] = {"mention_id": mention_id, "scheme": scheme, "value": value, "valid": valid}
            self._open["identifiers"].append(stated)
        self._issues += [*row.doubts, *row.issues]
        if self._count % _BATCH == 0:
            self._pack()

    def tables(self) -> ListTables:
        """All rows that were added."""
        self._pack()
        rows, mentions, identifiers = (
            pa.Table.from_batches(self._packed[name], schema) for name, schema in _GATHERED.items()
        )
        return ListTables(rows, mentions, identifiers, self._issues)

    def _mention_id(self, row: StatedRow) -> str:
        if row.key and not any(doubt.code == "repeated_record_id" for doubt in row.doubts):
            return row.key
        # (No id that is read begins with a blank.)
        return f" row {self._count}"

    def _pack(self) -> None:
        """Rows as dictionaries take many times what they say: those gathered so far become columns."""
        for name, schema in _GATHERED.items():
            self._packed[name].append(pa.RecordBatch.from_pylist(self._open[name], schema))
            self._open[name] = []


def resolved_rows(tables: ListTables, found: Resolution) -> pa.Table:
    """`RESOLVED`: a row for every row of the list, in its order."""
    at = pc.index_in(tables.mentions["mention_id"], found.links["mention_id"].combine_chunks())
    links = found.links.take(at)
    columns = [tables.rows["record_id"], *(links[name] for name in ("facility_id", "link_probability", "link_method"))]
    return pa.table(columns, schema=RESOLVED)


def noticed(tables: ListTables, found: Resolution) -> Iterator[Issue]:
    """What resolving noticed, at the rows that it concerns."""
    concerned = pa.array([notice.mention_id for notice in found.notices], pa.string())
    at = pc.index_in(concerned, tables.mentions["mention_id"].combine_chunks())
    for notice, locator in zip(found.notices, tables.rows["locator"].take(at).to_pylist(), strict=True):
        yield Issue(locator, notice.code, notice.value, notice.message)
