"""Labels and values of a block: the first cell of a row that says anything, and the cell that belongs to it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from harmonize.reading.delimited import DelimitedRows
from harmonize.reading.sheets import Cell, Sheet, cell_text, is_blank
from harmonize.values.text import word_key

__all__ = ["LabelledRow", "labelled_rows"]

_NUMBER_BEFORE = re.compile(r"^\s*(?:(?:\d{1,2}|[a-z])[.)]|[-\u2013\u2022*+])\s+", re.IGNORECASE)
"""What forms number or mark their labels with."""


@dataclass(frozen=True, slots=True)
class LabelledRow:
    """A row of a block.

    Attributes:
        key: of the label; a colon behind it is no part of it.
        label: as printed.
        column: where the label stands.
        value_column: where its value stands: in the next column, in the label's own behind a colon, or further on.
        beside: further labels that are known and stand in the same row, with their values.
    """

    key: str
    label: str
    column: int
    value_column: int
    value: Cell
    beside: tuple[LabelledRow, ...] = ()


def labelled_rows(sheet: Sheet, known: Collection[str]) -> list[LabelledRow]:
    """A row per row of the sheet.

    Args:
        known: keys of labels.
    """
    # A table of hundreds of columns is no block of labels.
    rows = () if isinstance(sheet.rows, DelimitedRows) else sheet.rows
    near = [_labelled(cells, known) for cells in rows]
    values = [row.value for row in near if row.key in known]
    if values and all(map(is_blank, values)):
        return [_labelled(cells, known, are_merged=True) for cells in rows]
    return near


def _labelled(cells: Sequence[Cell], known: Collection[str], *, are_merged: bool = False) -> LabelledRow:
    """Label and value of one row.

    Args:
        are_merged: the value may stand further on, unless that is a label again.
    """
    first = next((column for column, cell in enumerate(cells) if not is_blank(cell)), 0)
    text = _without_number(cell_text(cells[first]), known) if cells else ""
    label, colon, said = text.partition(":")
    if colon and said.strip() and word_key(text) not in known and word_key(label) in known:
        return LabelledRow(word_key(label), label.strip(), first, first, said.strip())
    further = (column for column in range(first + 1, len(cells)) if not is_blank(cells[column]))
    column = next(further, first + 1) if are_merged else first + 1
    if column > first + 1 and word_key(cell_text(cells[column]).rstrip(": ")) in known:
        column = first + 1
    label = text.strip().rstrip(": ")
    value = cells[column] if column < len(cells) else None
    beside = tuple(_beside(cells, first + 1, known)) if word_key(label) in known else ()
    return LabelledRow(word_key(label), label, first, column, value, beside)


def _beside(cells: Sequence[Cell], first: int, known: Collection[str]) -> Iterator[LabelledRow]:
    """Known labels behind the first one of a row, each with the cell next to it."""
    for column in range(first, len(cells) - 1):
        label = cell_text(cells[column]).strip().rstrip(": ")
        value = cells[column + 1]
        if word_key(label) in known and not is_blank(value) and word_key(cell_text(value).rstrip(": ")) not in known:
            yield LabelledRow(word_key(label), label, column, column + 1, value)


def _without_number(text: str, known: Collection[str]) -> str:
    """The text without the number before a known label."""
    plain = _NUMBER_BEFORE.sub("", text)
    return plain if word_key(plain.partition(":")[0]) in known else text
