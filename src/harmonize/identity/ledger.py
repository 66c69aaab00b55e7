"""Ids of factories in a ledger that is only ever appended to.

A line of `facility_ids.jsonl` is `{"key", "facility_id", "minted_on"}`; the last line of a key holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pyarrow as pa
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from harmonize.database import scratch
from harmonize.errors import LedgerError
from harmonize.ledgers import append_lines, read_columns, read_lines

__all__ = ["LEDGER", "append_ledger", "ledger_of", "read_ledger"]

LEDGER = pa.schema({"key": pa.string(), "facility_id": pa.string()})
"""Every key once, the oldest first."""
_COLUMNS = ("key", "facility_id", "minted_on")
_BATCH = 100_000


class _Line(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    key: str
    facility_id: str
    minted_on: date


_LINES = TypeAdapter(list[_Line])


def ledger_of(entries: Mapping[str, str]) -> pa.Table:
    """A ledger (`LEDGER`) of keys and ids, the oldest first."""
    return pa.table([list(entries), list(entries.values())], schema=LEDGER)


def read_ledger(path: Path) -> pa.Table:
    """The ledger (`LEDGER`), the oldest line first; a missing file is an empty one.

    Raises:
        LedgerError: a line cannot be read.
    """
    columns = read_columns(path, _COLUMNS)
    if columns is not None:
        return _latest(columns)
    try:
        lines = _LINES.validate_python(read_lines(path))
    except ValidationError as error:
        number = int(error.errors()[0]["loc"][0]) + 1
        raise LedgerError(f"{path}:{number}: not a line of the ledger; restore the file from git.") from error
    rows = [line.model_dump(mode="json") for line in lines]
    return _latest(pa.Table.from_pylist(rows, schema=pa.schema(dict.fromkeys(_COLUMNS, pa.string()))))


def _latest(lines: pa.Table) -> pa.Table:
    """Of each key what its latest line says; the keys in the order of those lines. ISO days are ordered as texts."""
    with scratch() as connection:
        connection.register("line", lines.append_column("number", pa.array(range(len(lines)), pa.int64())))
        found = connection.execute(
            """
            SELECT key, arg_max(facility_id, place) AS facility_id
            FROM (SELECT *, row_number() OVER (ORDER BY minted_on, number) AS place FROM line)
            GROUP BY key
            ORDER BY max(place)
            """
        )
        return found.to_arrow_table().cast(LEDGER)


def append_ledger(path: Path, entries: pa.Table, minted_on: date) -> None:
    """Add `entries` at the end of the ledger, those of the smallest id first: of one day it counts as the oldest."""
    ordered = entries.sort_by([("facility_id", "ascending"), ("key", "ascending")])
    day = minted_on.isoformat()
    append_lines(
        path,
        ({**row, "minted_on": day} for batch in ordered.to_batches(_BATCH) for row in batch.to_pylist()),
    )
