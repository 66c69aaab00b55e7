"""Locators: the written form of a place inside a file.

CSV `row=12;col=NAME` (data rows after the header, from 1), XLSX `sheet=S;cell=B7` or `sheet=S;row=7`, JSON a path from
`$`, JSON Lines `line=3;$…`, `header`, `file`.
"""

from __future__ import annotations

__all__ = ["FILE", "HEADER", "cell_name", "column_letters", "split_place"]

FILE = "file"
HEADER = "header"


def column_letters(index: int) -> str:
    """Spreadsheet letters of a column, counted from 0: 0 -> A, 26 -> AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def cell_name(column: int, row: int) -> str:
    """Spreadsheet cell name of a column counted from 0 and a row counted from 1: (1, 7) -> B7."""
    return f"{column_letters(column)}{row}"


def split_place(row: str, cell: str) -> tuple[str, str]:
    """A cell's locator as base and suffix, the base shared with its row where the grammar allows it."""
    return (row, cell[len(row) :]) if cell.startswith(row) else (cell, "")
