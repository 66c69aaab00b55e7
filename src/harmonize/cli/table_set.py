"""Write several tables that belong together: sheets of one workbook, or a file each beside the first."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harmonize.cli.table_file import writing
from harmonize.errors import InboxError, PublicationError

if TYPE_CHECKING:
    import pyarrow as pa
    import xlsxwriter

__all__ = ["check_ending", "neutral", "write_tables"]

_ENDINGS = (".csv", ".parquet", ".xlsx")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_MOST_ROWS = 1_048_575
"""Rows of one sheet below its header."""
_WIDEST = 60


def check_ending(path: Path) -> None:
    """Refuse a file of another kind, before anything is worked out for it.

    Raises:
        InboxError: it ends in none of .csv, .parquet, .xlsx.
    """
    if path.suffix.lower() not in _ENDINGS:
        raise InboxError(f"{path}: name a file that ends in {', '.join(_ENDINGS[:-1])} or {_ENDINGS[-1]}.")


def neutral(text: str) -> str:
    """Text that a spreadsheet would run as a formula, made plain by a quote."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def write_tables(path: Path, tables: Mapping[str, pa.Table], notes: Sequence[str] = ()) -> list[Path]:
    """Write tables, and return the files.

    Args:
        path: `.xlsx` takes all as sheets; of `.csv` and `.parquet` the first table is this file, every other one stands
            beside it with its name before the ending.
        notes: lines for a last sheet of a workbook, which says what the others count.

    Raises:
        InboxError: no such kind of file, or more rows than a sheet has.
        PublicationError: it cannot be written.
    """
    check_ending(path)
    if path.suffix.lower() == ".xlsx":
        _write_workbook(path, tables, notes)
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


def _write_workbook(path: Path, tables: Mapping[str, pa.Table], notes: Sequence[str]) -> None:
    import xlsxwriter

    for name, table in tables.items():
        if table.num_rows > _MOST_ROWS:
            raise InboxError(
                f"{path}: {name} has {table.num_rows} rows, and a sheet {_MOST_ROWS}. Write .csv or .parquet instead."
            )
    building = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with xlsxwriter.Workbook(building, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
            for name, table in tables.items():
                _write_sheet(book, name, table)
            if notes:
                sheet = book.add_worksheet("about")
                sheet.set_column(0, 0, 120, book.add_format({"text_wrap": True, "valign": "top"}))
                for row, line in enumerate(notes):
                    sheet.write_string(row, 0, line)
        building.replace(path)
    except OSError as problem:
        raise PublicationError(
            f"{path}: cannot be written: {problem.strerror}. Check path and permissions."
        ) from problem
    except xlsxwriter.exceptions.XlsxWriterException as problem:
        raise PublicationError(f"{path}: cannot be written: {problem}. Check path and permissions.") from problem
    finally:
        with suppress(OSError):
            building.unlink(missing_ok=True)


def _write_sheet(book: xlsxwriter.Workbook, name: str, table: pa.Table) -> None:
    """A sheet with its header frozen, a filter, and as wide as its content; printed in landscape, as wide as a page."""
    sheet = book.add_worksheet(name)
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    share = book.add_format({"num_format": "0.0%"})
    # (Plain text also where it looks like a formula, and where the sheet is saved as another kind of file.)
    quoted = book.add_format({"quote_prefix": True})
    for column, title in enumerate(table.column_names):
        sheet.write_string(0, column, title.replace("_", " "), head)
        cells = table.column(title).to_pylist()
        for row, cell in enumerate(cells, start=1):
            if cell is None:
                continue
            if isinstance(cell, str | list):
                text = cell if isinstance(cell, str) else ", ".join(map(str, cell))
                sheet.write_string(row, column, text, quoted if text.startswith(_FORMULA) else None)
            elif isinstance(cell, bool):
                sheet.write_boolean(row, column, cell)
            elif isinstance(cell, int | float):
                sheet.write_number(row, column, cell, share if "share" in title else None)
            else:
                sheet.write_datetime(row, column, cell, day)
        longest = max((len(str(cell)) for cell in cells[:200] if cell is not None), default=0)
        sheet.set_column(column, column, min(_WIDEST, max(10, longest + 2)))
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(1, table.num_rows), max(0, table.num_columns - 1))
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
