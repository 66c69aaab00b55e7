"""The plan as a workbook: a sheet for each table, to be filtered and printed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from harmonize.assessments.reuse.sheets import Sheet
from harmonize.errors import InboxError, PublicationError

__all__ = ["open_workbook", "save", "write_plan"]

_MOST_ROWS = 1_048_000
"""Rows of a worksheet, less some for heads and sums."""
_LONGEST = 32_767
"""Characters of a cell."""
_WIDTHS = {"facility": 28, "indicator": 42, "said": 60, "not_standing": 60, "ended_why": 36, "reason": 80, "topic": 30}
_PLAIN_WIDTH = 14


def open_workbook(path: Path) -> xlsxwriter.Workbook:
    """A workbook to write, in which no text becomes a formula or a link."""
    return xlsxwriter.Workbook(
        str(path), {"strings_to_formulas": False, "strings_to_urls": False, "constant_memory": True}
    )


def save(book: xlsxwriter.Workbook, path: Path) -> None:
    """Put a workbook in its place.

    Raises:
        PublicationError: it cannot be written.
    """
    try:
        book.close()
    except (OSError, xlsxwriter.exceptions.XlsxFileError) as problem:
        raise PublicationError(f"{path}: cannot be written: {problem}. Check path and permissions.") from problem


def write_plan(path: Path, sheets: Sequence[Sheet]) -> None:
    """Write all sheets.

    Raises:
        InboxError: a sheet has more rows than a worksheet.
        PublicationError: the file cannot be written.
    """
    for sheet in sheets:
        if len(sheet.rows) > _MOST_ROWS:
            raise InboxError(
                f"{path}: {sheet.name!r} has {len(sheet.rows)} rows, more than a worksheet holds. "
                "Write a .parquet or .csv, or name one factory with --facility."
            )
    book = open_workbook(path)
    head = book.add_format({"bold": True, "bg_color": "#D9E2EC", "border": 1, "text_wrap": True, "valign": "top"})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    total = book.add_format({"bold": True, "top": 1})
    for sheet in sheets:
        page = book.add_worksheet(sheet.name[:31])
        page.set_landscape()
        page.set_paper(9)
        page.fit_to_pages(1, 0)
        page.freeze_panes(1, 0)
        page.repeat_rows(0)
        for at, name in enumerate(sheet.columns):
            page.set_column(at, at, _WIDTHS.get(name, _PLAIN_WIDTH))
            page.write_string(0, at, name, head)
        if sheet.rows:
            page.autofilter(0, 0, len(sheet.rows), len(sheet.columns) - 1)
        for number, row in enumerate(sheet.rows, start=1):
            for at, value in enumerate(row):
                _write(page, number, at, value, day)
        for name in sheet.summed if sheet.rows else ():
            at = list(sheet.columns).index(name)
            letter, last = xl_col_to_name(at), len(sheet.rows) + 1
            value = sum(row[at] for row in sheet.rows)  # type: ignore[misc]
            page.write_formula(last, at, f"=SUM({letter}2:{letter}{last})", total, value)
    save(book, path)


def _write(page: Any, row: int, column: int, value: object, day: Any) -> None:
    if value is None or value == "":
        return
    if isinstance(value, bool):
        page.write_string(row, column, "yes" if value else "no")
    elif isinstance(value, date):
        page.write_datetime(row, column, value, day)
    elif isinstance(value, int | float):
        page.write_number(row, column, value)
    else:
        page.write_string(row, column, str(value)[:_LONGEST])
