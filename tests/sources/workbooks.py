"""Build workbooks from text descriptions, so that no binary is committed.

A description is JSON: sheet name -> rows of cells. A cell is null, text, a number, true, false or an object:
`{"date": "2026-03-07"}` is a typed date, `{"error": "#N/A"}` an Excel error, `{"merged": "x", "rows": 3}` a text
that is merged over this row and two below it.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import xlsxwriter

__all__ = ["build", "built"]


def _write(sheet: Any, row: int, column: int, cell: Any, date_format: Any) -> None:
    if cell is None:
        return
    if isinstance(cell, bool):
        sheet.write_boolean(row, column, cell)
    elif isinstance(cell, int | float):
        sheet.write_number(row, column, cell)
    elif isinstance(cell, str):
        sheet.write_string(row, column, cell)
    elif "date" in cell:
        sheet.write_datetime(row, column, date.fromisoformat(cell["date"]), date_format)
    elif "merged" in cell:
        sheet.merge_range(row, column, row + cell["rows"] - 1, column, cell["merged"])
    else:
        sheet.write_formula(row, column, "=NA()", None, cell["error"])


def build(sheets: Mapping[str, Sequence[Sequence[Any]]]) -> bytes:
    """The bytes of a workbook with these sheets."""
    stream = io.BytesIO()
    workbook = xlsxwriter.Workbook(stream, {"in_memory": True})
    date_format = workbook.add_format({"num_format": "yyyy-mm-dd"})
    for name, rows in sheets.items():
        sheet = workbook.add_worksheet(name)
        for row, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                _write(sheet, row, column, cell, date_format)
    workbook.close()
    return stream.getvalue()


def built(description: Path) -> bytes:
    """The workbook that a `.xlsx.json` file describes."""
    return build(json.loads(description.read_text(encoding="utf-8")))
