"""Tables as cells: delimited texts and worksheets behind one shape.

A `Sheet` is rows of cells exactly as stored: text for CSV, typed values for workbooks. Nothing is cast here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from harmonize.model.locators import cell_name
from harmonize.reading.delimited_text import read_table
from harmonize.reading.encoding import Decoded
from harmonize.reading.error_cells import CellError
from harmonize.reading.limits import Limits
from harmonize.reading.merged_cells import MergedCells
from harmonize.reading.workbook import read_workbook

__all__ = ["Cell", "CellError", "Sheet", "cell_text", "is_blank", "read_csv", "read_sheets"]

Cell = str | int | float | bool | date | datetime | time | timedelta | CellError | None

_INVISIBLE = "\u200b\u2060\ufeff \t\r\n\xa0"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table of cells.

    Attributes:
        name: worksheet name; None for a CSV file.
        rows: all rows from the top, title rows included.
        decoded: how the text was decoded; None for workbooks, but where their cells were converted.
        delimiter: what the text is split at; None for workbooks.
        other_delimiters: what it could be split at instead.
        merged: cells of a worksheet that were merged over several rows.
    """

    name: str | None
    rows: Sequence[Sequence[Cell]]
    decoded: Decoded | None = None
    delimiter: str | None = None
    other_delimiters: tuple[str, ...] = ()
    merged: tuple[MergedCells, ...] = ()

    def row_locator(self, index: int, header: int) -> str:
        """Locator of the row at `index` (from 0 at the top) when the header stands at row `header`."""
        if self.name is None:
            return f"row={index - header}"
        return f"sheet={self.name};row={index + 1}"

    def cell_locator(self, index: int, header: int, column: int, column_name: str) -> str:
        """Locator of one cell."""
        if self.name is None:
            return f"row={index - header};col={column_name}"
        return f"sheet={self.name};cell={cell_name(column, index + 1)}"


def cell_text(cell: Cell) -> str:
    """The cell as printed: whole floats without `.0`, dates in ISO form, Excel errors by their name, blanks as ''."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time(0) else cell.isoformat(sep=" ")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, CellError):
        return cell.name
    return str(cell)


def is_blank(cell: Cell) -> bool:
    """An empty cell, or one of white space only. An Excel error is not blank."""
    return cell is None or (isinstance(cell, str) and not cell.strip().strip(_INVISIBLE))


def read_csv(data: bytes, fallback: str, delimiter: str | None = None, limits: Limits | None = None) -> Sheet:
    """Rows of a delimited text file; entirely empty lines are passed over, as CSV readers do.

    Args:
        fallback: the encoding of what is no UTF-8 and has no mark.
        delimiter: split at this one; otherwise the one that splits the first rows most evenly.

    Raises:
        RefusedFile: `unknown_format`, `broken_csv`, `too_large`.
    """
    table = read_table(data, fallback, delimiter, limits or Limits())
    return Sheet(None, table.rows, table.decoded, table.delimiter, table.other_delimiters)


def read_sheets(data: bytes, limits: Limits) -> list[Sheet]:
    """The worksheets of a workbook.

    Raises:
        RefusedFile: `broken_workbook`, `too_large`.
    """
    return [Sheet(name, rows, merged=merged) for name, rows, merged in read_workbook(data, limits)]
