"""The merged cells of a worksheet: the value of a range stands in its first cell, the others are read as blank."""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["MergedCells", "merged_cells"]

_RANGE = re.compile(
    rb"""<(?:\w+:)?mergeCell\s[^<>]*?ref\s*=\s*["']([A-Za-z]{1,3})(\d{1,7}):([A-Za-z]{1,3})(\d{1,7})["']"""
)


@dataclass(frozen=True, slots=True)
class MergedCells:
    """A merged range, rows and columns from 0, the last ones included."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int


def merged_cells(xml: bytes) -> tuple[MergedCells, ...]:
    """The merged ranges of a worksheet's part that span more than one row."""
    begin = xml.find(b"mergeCells")
    ranges = _RANGE.findall(xml, begin) if begin >= 0 else ()
    found = (
        MergedCells(int(first_row) - 1, _column(first), int(last_row) - 1, _column(last))
        for first, first_row, last, last_row in ranges
    )
    return tuple(one for one in found if 0 <= one.first_row < one.last_row)


def _column(letters: bytes) -> int:
    index = 0
    for letter in letters.upper():
        index = index * 26 + letter - 64
    return index - 1
