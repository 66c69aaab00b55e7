"""One table of a file as a header and rows of text: delimited text, a workbook's sheet or parquet.

Rows are read again from the start whenever they are asked for, one after the other, so that a long table is never held
as lists of cells.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harmonize.errors import InboxError, RefusedFile
from harmonize.reading.documents import open_document
from harmonize.reading.limits import Limits
from harmonize.reading.sheets import CellError, Sheet, cell_text, is_blank

if TYPE_CHECKING:
    import pyarrow.parquet as pq

__all__ = ["Row", "RowTable", "row_tables"]

Row = tuple[str, Sequence[str]]
"""A row's locator and its cells, as many as it has; blanks and Excel errors are ''."""

_PARQUET_MARK = b"PAR1"
_PARQUET_ROWS = 20_000


@dataclass(frozen=True, slots=True)
class RowTable:
    """A table of a file.

    Attributes:
        header: the texts of its first row.
        count: rows below the header, at most: blank rows of a worksheet are passed over.
        rows: reads them from the first on.
    """

    header: tuple[str, ...]
    count: int
    rows: Callable[[], Iterator[Row]]


def row_tables(path: Path, limits: Limits) -> Iterator[RowTable]:
    """The tables that a file may be read as: every worksheet, or the text split at every delimiter that fits, and each
    with any of its first rows as the header.

    Raises:
        InboxError: the file cannot be read, or holds no table; the message names file and cure.
    """
    try:
        if path.stat().st_size > limits.file_bytes:
            raise InboxError(f"{path}: more than {limits.file_bytes} bytes. Divide it.")
        with path.open("rb") as file:
            is_parquet = file.read(len(_PARQUET_MARK)) == _PARQUET_MARK
        yield from [_of_parquet(path)] if is_parquet else _of_document(path, path.read_bytes(), limits)
    except OSError as problem:
        raise InboxError(f"{path}: cannot be read: {problem.strerror}. Check path and permissions.") from problem
    except RefusedFile as problem:
        raise InboxError(f"{path}: {problem} {problem.hint}") from problem


def _of_document(path: Path, data: bytes, limits: Limits) -> Iterator[RowTable]:
    document = open_document(data, str(path), limits)
    if not document.sheets:
        raise InboxError(f"{path}: this is JSON. Save the table as .csv, .xlsx or .parquet.")
    for sheet in document.sheets:
        yield from _of_sheet(sheet, limits)
    for delimiter in (other for sheet in document.sheets for other in sheet.other_delimiters):
        again = open_document(data, str(path), limits, delimiter=delimiter)
        for sheet in again.sheets:
            yield from _of_sheet(sheet, limits)


def _of_sheet(sheet: Sheet, limits: Limits) -> Iterator[RowTable]:
    """A sheet with each of its first rows as the header: titles may stand above it."""
    first = enumerate(islice(sheet.rows, limits.header_search_rows))
    yield from (_below(sheet, at) for at, cells in first if not all(map(is_blank, cells)))


def _below(sheet: Sheet, top: int) -> RowTable:
    header = [cell_text(cell).strip() for cell in sheet.rows[top]]
    while not header[-1]:
        header.pop()

    def rows() -> Iterator[Row]:
        for at, cells in enumerate(sheet.rows):
            if at > top and (sheet.name is None or not all(map(is_blank, cells))):
                yield sheet.row_locator(at, top), _texts(cells)

    return RowTable(tuple(header), len(sheet.rows) - top - 1, rows)


def _of_parquet(path: Path) -> RowTable:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(path)
    except pa.ArrowException as problem:
        raise InboxError(f"{path}: the parquet file is damaged: {problem}. Write it again.") from problem
    return RowTable(tuple(file.schema_arrow.names), file.metadata.num_rows, lambda: _parquet_rows(path, file))


def _parquet_rows(path: Path, file: pq.ParquetFile) -> Iterator[Row]:
    import pyarrow as pa

    number = 0
    try:
        for batch in file.iter_batches(_PARQUET_ROWS):
            for cells in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                number += 1
                yield f"row={number}", _texts(cells)
    except pa.ArrowException as problem:
        raise InboxError(f"{path}: the parquet file is damaged: {problem}. Write it again.") from problem


def _texts(cells: Sequence[Any]) -> list[str]:
    return [cell if type(cell) is str else _text(cell) for cell in cells]


def _text(cell: Any) -> str:
    """A cell as printed; what says that there is nothing is blank."""
    if isinstance(cell, CellError) or (isinstance(cell, float) and math.isnan(cell)):
        return ""
    return cell_text(cell)
