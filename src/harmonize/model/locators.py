"""Locators: the written form of a place inside a file.

CSV `row=12;col=NAME` (data rows after the header, from 1), XLSX `sheet=S;cell=B7` or `sheet=S;row=7`, JSON a path from
`$`, JSON Lines `line=3;$…`, `header`, `file`.
"""

from __future__ import annotations

import re

__all__ = ["FILE", "HEADER", "cell_name", "column_letters", "split_row"]

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


_ROW_NUMBER = re.compile(
    r"^(row=|sheet=.*;(?:cell=[A-Z]{1,3}|row=)|line=|\$(?:\.assessments)?\[)(\d{1,9})(?!\d)(.*)$", re.DOTALL
)


def split_row(locator: str) -> tuple[str, int | None, str]:
    """A locator as what stands before its row number, the number, and what stands behind it.

    Many locators of one file differ in that number only. Without one the locator is all prefix.
    """
    found = _ROW_NUMBER.match(locator)
    if found is None or (len(found[2]) > 1 and found[2][0] == "0"):
        return locator, None, ""
    return found[1], int(found[2]), found[3]
