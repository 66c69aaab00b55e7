"""Write several tables that belong together: sheets of one workbook, or a file each beside the first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harmonize.cli.table_file import put_workbook, writing
from harmonize.errors import InboxError
from harmonize.workbooks import Book, Column, Notes, Sheet, neutral

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["check_ending", "write_tables"]

_ENDINGS = (".csv", ".parquet", ".xlsx")
_NARROWEST, _WIDEST = 10, 60
_LOOKED_AT = 200
"""Rows that tell how wide a column is."""
_ROWS_AT_ONCE = 10_000


def check_ending(path: Path) -> None:
    """Refuse a file of another kind, before anything is worked out for it.

    Raises:
        InboxError: it ends in none of .csv, .parquet, .xlsx.
    """
    if path.suffix.lower() not in _ENDINGS:
        raise InboxError(f"{path}: name a file that ends in {', '.join(_ENDINGS[:-1])} or {_ENDINGS[-1]}.")


def write_tables(path: Path, tables: Mapping[str, pa.Table], notes: Notes | None = None) -> list[Path]:
    """Write tables, and return the files.

    Args:
        path: `.xlsx` takes all as sheets; of `.csv` and `.parquet` the first table is this file, every other one stands
            beside it with its name before the ending.
        notes: the last sheet of a workbook, which says what the others count.

    Raises:
        InboxError: no such kind of file, or more rows than a sheet has.
        PublicationError: it cannot be written.
    """
    check_ending(path)
    if path.suffix.lower() == ".xlsx":
        header = notes.title if notes else ""
        put_workbook(path, Book([_sheet(name, table) for name, table in tables.items()], notes, header))
        return [path]
    written = []
    for place, (name, table) in enumerate(tables.items()):
        target = path if place == 0 else path.with_name(f"{path.stem}.{name}{path.suffix}")
        shown = _plain(table) if path.suffix.lower() == ".csv" else table
        with writing(target, shown.schema) as batches:
            batches.write(shown)
        written.append(target)
    return written


def _plain(table: pa.Table) -> pa.Table:
    """A table whose texts are neutral and whose lists are texts."""
    import pyarrow as pa

    columns = {
        name: [_text(cell) if isinstance(cell, str | list) else cell for cell in table.column(name).to_pylist()]
        for name in table.column_names
    }
    return pa.table(columns)


def _text(cell: str | list[Any]) -> str:
    return neutral(cell if isinstance(cell, str) else ", ".join(map(str, cell)))


def _sheet(name: str, table: pa.Table) -> Sheet:
    """A table as it is, as wide as its content."""
    columns = [
        Column(title, title.replace("_", " "), _width(table.column(title)), is_share="share" in title)
        for title in table.column_names
    ]
    return Sheet(name, columns, _rows(table), frozen=0, is_ruled=False, count=table.num_rows)


def _width(column: pa.ChunkedArray) -> int:
    longest = max((len(str(cell)) for cell in column[:_LOOKED_AT].to_pylist() if cell is not None), default=0)
    return min(_WIDEST, max(_NARROWEST, longest + 2))


def _rows(table: pa.Table) -> Iterator[Mapping[str, Any]]:
    for batch in table.to_batches(max_chunksize=_ROWS_AT_ONCE):
        yield from batch.to_pylist()
