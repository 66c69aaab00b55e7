"""The shape of a sample: which sheets hold a table, where its header stands, and which hold labels with values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from harmonize.reading.documents import Document
from harmonize.reading.sheets import Cell, Sheet, cell_text, is_blank
from harmonize.sources.drafting.columns import Column
from harmonize.values.numbers import looks_numeric
from harmonize.values.text import clean, word_key

__all__ = ["SampleBlock", "SampleTable", "Shape", "shape_of", "shape_of_sheet"]

_LEAST_COLUMNS = 3
_LEAST_PAIRS = 2
_LONGEST_BLOCK = 40
_LONGEST_TITLE = 120
_FULL_BLOCK = 0.6
_DIFFERENT = 0.8


@dataclass(frozen=True, slots=True)
class SampleTable:
    """A table: its header row, counted from 0 at the top of the sheet, and its columns that have a title."""

    sheet: str | None
    header_row: int
    columns: tuple[Column, ...]
    rows: int


@dataclass(frozen=True, slots=True)
class SampleBlock:
    """Labels with one value beside each; `places` are their rows and the columns of their values."""

    sheet: str | None
    columns: tuple[Column, ...]
    places: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """What a sample holds.

    Attributes:
        passed_over: sheets that hold neither.
    """

    tables: tuple[SampleTable, ...]
    blocks: tuple[SampleBlock, ...]
    passed_over: tuple[str, ...] = ()

    @property
    def titles(self) -> list[str]:
        """All headers and labels."""
        parts: list[SampleTable | SampleBlock] = [*self.tables, *self.blocks]
        return [column.title for part in parts for column in part.columns]


def shape_of(document: Document, header_rows: int, is_known: Callable[[str], bool]) -> Shape:
    """The tables and blocks of all sheets.

    Args:
        header_rows: rows that are searched for a header.
        is_known: whether a title is one that exports print.
    """
    found = [shape_of_sheet(sheet, header_rows, is_known) for sheet in document.sheets]
    passed_over = [
        sheet.name
        for sheet, (table, block) in zip(document.sheets, found, strict=True)
        if sheet.name and not table and not block
    ]
    return Shape(
        tuple(table for table, _ in found if table), tuple(block for _, block in found if block), tuple(passed_over)
    )


def shape_of_sheet(
    sheet: Sheet, header_rows: int, is_known: Callable[[str], bool]
) -> tuple[SampleTable | None, SampleBlock | None]:
    """The table of a sheet, and the block of labels above it or in its place."""
    rows = sheet.rows[: header_rows + _LONGEST_BLOCK]
    header = _header(rows, is_known)
    pairs = _pairs(rows if header is None else rows[:header], is_known)
    if header is not None and _is_form(rows, header):
        whole = _pairs(rows, is_known)
        if len(whole) > len(pairs):
            header, pairs = None, whole
    block = _block(sheet, pairs) if pairs else None
    if header is None or (block is None and header >= header_rows):
        return None, block
    return _table(sheet, header), block


def _header(rows: Sequence[Sequence[Cell]], is_known: Callable[[str], bool]) -> int | None:
    """The row that reads most like a header; of equals the first, for data stand below."""
    scores = [_likeness(row, is_known) for row in rows]
    best = max(scores, default=0.0)
    return scores.index(best) if best > 0 else None


def _likeness(row: Sequence[Cell], is_known: Callable[[str], bool]) -> float:
    titles = [cell for cell in row if not is_blank(cell)]
    texts = [clean(cell_text(cell)) or "" for cell in titles]
    if len(titles) < _LEAST_COLUMNS or len({*map(word_key, texts)}) < _DIFFERENT * len(texts):
        return 0
    values = sum(_is_value(cell) or len(text) > _LONGEST_TITLE for cell, text in zip(titles, texts, strict=True))
    return len(titles) + 3 * sum(map(is_known, texts)) - 3 * values


def _is_value(cell: Cell) -> bool:
    """A number or a date stands in no header."""
    return isinstance(cell, int | float | date) or looks_numeric(cell_text(cell))


def _is_form(rows: Sequence[Sequence[Cell]], header: int) -> bool:
    """Most rows have a label and a value, so that the one with more cells is no header."""
    filled = [sum(not is_blank(cell) for cell in row) for row in rows]
    stated = [count for count in filled if count]
    below = sum(count >= _LEAST_COLUMNS for count in filled[header + 1 :])
    return sum(count <= 2 for count in stated) > _FULL_BLOCK * len(stated) and below <= 1


def _pairs(rows: Sequence[Sequence[Cell]], is_known: Callable[[str], bool]) -> list[tuple[int, int]]:
    """Rows of one label with one value right of it, as (row, column of the label); few unknown ones are no block."""
    found: list[tuple[int, int]] = []
    known = 0
    for number, row in enumerate(rows):
        filled = [column for column, cell in enumerate(row) if not is_blank(cell)]
        if not filled or not isinstance(row[filled[0]], str) or len(filled) > 2:
            continue
        label = cell_text(row[filled[0]]).strip().rstrip(": ")
        if len(filled) == 2 and filled[1] != filled[0] + 1:
            continue
        if len(filled) == 2 or cell_text(row[filled[0]]).strip().endswith(":"):
            found.append((number, filled[0]))
            known += is_known(label)
    return found if known and len(found) >= _LEAST_PAIRS else []


def _block(sheet: Sheet, pairs: Sequence[tuple[int, int]]) -> SampleBlock:
    columns = []
    for index, (number, column) in enumerate(pairs):
        row = sheet.rows[number]
        label = cell_text(row[column]).strip().rstrip(": ")
        columns.append(Column(index, label, [row[column + 1] if column + 1 < len(row) else None]))
    return SampleBlock(sheet.name, tuple(columns), tuple((number, column + 1) for number, column in pairs))


def _table(sheet: Sheet, header: int) -> SampleTable | None:
    below = [row for row in sheet.rows[header + 1 :] if not all(map(is_blank, row))]
    if not below:
        return None
    places: dict[str, tuple[int, str]] = {}
    for at, cell in enumerate(sheet.rows[header]):
        title = clean(cell_text(cell))
        if title:
            # Of columns with one title the first is the one that is read.
            places.setdefault(word_key(title), (at, title))
    columns = [
        Column(at, title, [row[at] if at < len(row) else None for row in below]) for at, title in places.values()
    ]
    return SampleTable(sheet.name, header, tuple(columns), len(below))
