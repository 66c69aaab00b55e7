"""Tables as cells: CSV files and worksheets behind one shape.

A `Sheet` is rows of cells exactly as stored: text for CSV, typed values for workbooks. Nothing is cast here.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import islice

from harmonize.errors import RefusedFile
from harmonize.model.locators import cell_name
from harmonize.reading.delimited import split_rows
from harmonize.reading.encoding import Decoded, decode
from harmonize.reading.limits import Limits
from harmonize.reading.workbook import CellError, read_workbook

__all__ = ["ERROR_WORDS", "Cell", "CellError", "Sheet", "cell_text", "is_blank", "read_csv", "read_sheets"]

Cell = str | int | float | bool | date | datetime | time | timedelta | CellError | None

_DELIMITERS = (",", ";", "\t", "|")
ERROR_WORDS = frozenset({"#N/A", "#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"})
"""What Excel prints for a cell whose formula failed."""
_INVISIBLE = "\u200b\u2060\ufeff \t\r\n\xa0"
_SAMPLE_ROWS = 20
_WIDE = 200
"""Columns from which on a table is split piece by piece."""
_SAMPLE_CHARACTERS = 1 << 22


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table of cells.

    Attributes:
        name: worksheet name; None for a CSV file.
        rows: all rows from the top, title rows included.
        decoded: how the text was decoded; None for workbooks.
        other_delimiters: what the text could be split at instead.
    """

    name: str | None
    rows: Sequence[Sequence[Cell]]
    decoded: Decoded | None = None
    other_delimiters: tuple[str, ...] = ()

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
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
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


def _delimiters(text: str) -> list[str]:
    """Delimiters that give columns, first the one that splits the first rows most evenly."""
    found: dict[str, float] = {}
    for delimiter in _DELIMITERS:
        reader = csv.reader(io.StringIO(text[:_SAMPLE_CHARACTERS], newline=""), delimiter=delimiter)
        try:
            widths = [len(row) for row in islice(reader, _SAMPLE_ROWS) if row]
        except csv.Error:
            continue
        counted = Counter(width for width in widths if width > 1)
        for width, rows in counted.items():
            evenness = rows / len(widths) * (1 + math.log(width))
            found[delimiter] = max(evenness, found.get(delimiter, 0))
    return sorted(found, key=lambda delimiter: -found[delimiter]) or [","]


def read_csv(data: bytes, fallback: str, delimiter: str | None = None) -> Sheet:
    """Rows of a delimited text file; entirely empty lines are passed over, as CSV readers do.

    Args:
        delimiter: split at this one; otherwise the one that splits the first rows most evenly.

    Raises:
        RefusedFile: `unknown_format`, `broken_csv`.
    """
    decoded = decode(data, fallback)
    if "\0" in decoded.text:
        raise RefusedFile(
            "unknown_format",
            "The file holds NUL bytes: it is neither text nor a known workbook.",
            "Export it again.",
        )
    csv.field_size_limit(1 << 30)
    delimiters = _delimiters(decoded.text)
    delimiter = delimiter or delimiters[0]
    others = tuple(other for other in delimiters if other != delimiter)
    if decoded.certain and decoded.text.count(delimiter, 0, _SAMPLE_CHARACTERS) > _WIDE:
        wide = split_rows(decoded.text.encode(), delimiter)
        if wide is not None and wide.width > _WIDE:
            return Sheet(None, wide, replace(decoded, text=""), others)
    try:
        rows: list[list[Cell]] = [
            [*row] for row in csv.reader(io.StringIO(decoded.text, newline=""), delimiter=delimiter) if row
        ]
    except csv.Error as problem:
        raise RefusedFile(
            "broken_csv", f"The table cannot be split into cells: {problem}.", "Export it again."
        ) from problem
    if any(word in decoded.text for word in ERROR_WORDS):
        # A spreadsheet saves its error cells under these names.
        rows = [[CellError(str(cell)) if cell in ERROR_WORDS else cell for cell in row] for row in rows]
    if decoded.text.count('"') % 2 and _ends_inside_quotes(decoded.text, delimiter):
        raise RefusedFile(
            "broken_csv",
            "A quoted cell never ends, so the rows after it cannot be told apart.",
            "Export it again, or close the quotation mark.",
        )
    return Sheet(None, rows, decoded, others)


def _ends_inside_quotes(text: str, delimiter: str) -> bool:
    """Whether the last cell is still quoted at the end, read as the csv module reads: quotes open at a cell's start."""
    at_start, quoted = True, False
    for part in re.findall(rf'"|{re.escape(delimiter)}|\r|\n|[^"{re.escape(delimiter)}\r\n]+', text):
        if part == '"':
            if quoted or at_start:
                quoted = not quoted
            at_start = False
        elif not quoted:
            at_start = part in (delimiter, "\r", "\n")
    return quoted


def read_sheets(data: bytes, limits: Limits) -> list[Sheet]:
    """The worksheets of a workbook.

    Raises:
        RefusedFile: `broken_workbook`, `too_large`.
    """
    return [Sheet(name, rows) for name, rows in read_workbook(data, limits)]
