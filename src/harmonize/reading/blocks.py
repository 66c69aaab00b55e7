"""Rows of a sheet in blocks of bounded size; what a block says stands once, its cells are numbers of it.

Exports repeat themselves: a million cells hold some ten thousand texts. Whatever is asked of texts (is it blank, a
number, an answer word) is asked of every text once. A cell is as printed, whether it stands in a text file or in a
workbook; cells that a workbook stores as numbers are marked, for how they print does not depend on any number style.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import polars as pl

from harmonize.reading.delimited import DelimitedRows
from harmonize.reading.packed_rows import ERROR_WORDS
from harmonize.reading.sheets import Cell, CellError, Sheet, cell_text, is_blank

__all__ = ["Block", "Codes", "blocks", "distinct"]

_CELLS = 1 << 20
"""Cells of one block, at most, but for rows that hold more."""
_PERHAPS_BLANK = r"^[\s\x1c-\x1f\u200b\u2060\ufeff]*$"
_Mask = npt.NDArray[np.bool_]
_Scalar = TypeVar("_Scalar", bound=np.generic)
Codes = npt.NDArray[np.uint32]
"""Places of texts among the distinct ones."""


@dataclass(frozen=True, slots=True)
class Block:
    """Some rows of a sheet.

    Attributes:
        first: index of its first row in the sheet.
        kinds: its distinct texts, and behind them a null for empty cells.
        codes: by row and column, the place of the cell's text in `kinds`.
        stated: by row and column, whether a cell holds more than white space.
        is_number: the same for cells that are stored as numbers; None where none is.
        is_error: the same for Excel errors; None where there is none.
    """

    first: int
    kinds: pl.Series
    codes: Codes
    stated: _Mask
    is_number: _Mask | None = None
    is_error: _Mask | None = None

    @property
    def height(self) -> int:
        """Rows."""
        return int(self.stated.shape[0])

    @property
    def width(self) -> int:
        """Columns."""
        return int(self.stated.shape[1])

    def column(self, column: int) -> list[Cell]:
        """The cells of a column, errors marked."""
        if column >= self.width:
            return [None] * self.height
        cells: list[Cell] = self.kinds.gather(self.codes[:, column]).to_list()
        if self.is_error is None:
            return cells
        return [
            CellError(str(cell)) if wrong else cell for cell, wrong in zip(cells, self.is_error[:, column], strict=True)
        ]


def distinct(kinds: pl.Series, codes: Codes) -> tuple[pl.Series, Codes]:
    """The texts that stand behind some codes, each once, and the place of every code's text among them."""
    used = np.zeros(len(kinds), np.bool_)
    used[codes] = True
    places = np.cumsum(used, dtype=np.uint32) - np.uint32(1)
    return kinds.gather(np.flatnonzero(used)), places[codes]


def blocks(sheet: Sheet, begin: int) -> Iterator[Block]:
    """The rows of a sheet from `begin` on."""
    if isinstance(sheet.rows, DelimitedRows):
        yield from _of_text(sheet.rows, begin)
    else:
        yield from _of_rows(sheet.rows, begin)


def _of_text(rows: DelimitedRows, begin: int) -> Iterator[Block]:
    step = max(1, _CELLS // max(1, rows.width))
    for first, frame in rows.frames():
        for start in range(max(0, begin - first), frame.height, step):
            part = frame.slice(start, step)
            yield _block(first + start, part.unpivot().get_column("value"), part.height)


def _block(first: int, texts: pl.Series, height: int, is_number: _Mask | None = None) -> Block:
    """A block of categorical texts, column after column."""
    places = texts.to_physical().cast(pl.UInt32)
    highest = places.max()
    count = highest + 1 if isinstance(highest, int) else 0
    # (Categories hand out their texts one by one; as a series they come together.)
    kinds = pl.Series(values=np.arange(count, dtype=np.uint32)).cat.to(texts.dtype).cast(pl.String)
    kinds = kinds.append(pl.Series(values=[None], dtype=pl.String))
    places = places.fill_null(count)
    codes = _by_row(places.to_numpy(), height)
    text = pl.col("text")
    looked = pl.DataFrame({"text": kinds}).select(
        is_blank=text.str.contains(_PERHAPS_BLANK).fill_null(value=True),
        is_error=text.is_in(sorted(ERROR_WORDS)).fill_null(value=False),
    )
    blank = looked.get_column("is_blank").to_numpy().copy()
    for place in np.flatnonzero(blank[:-1]).tolist():
        blank[place] = is_blank(kinds[place])
    error = looked.get_column("is_error").to_numpy()
    is_error = error[codes] if error.any() else None
    return Block(first, kinds, codes, ~blank[codes], is_number, is_error)


def _by_row(values: npt.NDArray[_Scalar], height: int) -> npt.NDArray[_Scalar]:
    return values.reshape(-1, height).T


def _of_rows(rows: Sequence[Sequence[Cell]], begin: int) -> Iterator[Block]:
    width = max((len(row) for row in rows), default=0)
    step = max(1, _CELLS // max(1, width))
    for start in range(begin, len(rows), step):
        part = [[*row, *[None] * (width - len(row))] for row in rows[start : start + step]]
        yield _of_cells(start, part)


def _of_cells(first: int, part: Sequence[Sequence[Cell]]) -> Block:
    cells = [cell for column in zip(*part, strict=True) for cell in column]
    texts = pl.Series("", [cell if cell.__class__ is str else _text(cell) for cell in cells], pl.String)
    kinds = np.fromiter((_KINDS.get(cell.__class__, 0) for cell in cells), np.int8, len(cells))
    number = kinds == _NUMBER
    block = _block(
        first,
        texts.cast(pl.Categorical(pl.Categories.random())),
        len(part),
        _by_row(number, len(part)) if number.any() else None,
    )
    # In a workbook, a text that reads like an error is a text.
    error = kinds == _ERROR
    return replace(block, is_error=_by_row(error, len(part)) if error.any() else None)


_NUMBER, _ERROR = 1, 2
_KINDS: dict[type, int] = {int: _NUMBER, float: _NUMBER, CellError: _ERROR}


def _text(cell: Cell) -> str | None:
    return None if cell is None else cell_text(cell)
