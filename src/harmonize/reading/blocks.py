"""Rows of a sheet in blocks of bounded size, each block's cells as one column of texts.

A cell is as printed, whether it stands in a text file or in a workbook; cells that a workbook stores as numbers are
marked, for how they print does not depend on any number style.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from harmonize.reading.delimited import DelimitedRows
from harmonize.reading.packed_rows import ERROR_WORDS
from harmonize.reading.sheets import Cell, CellError, Sheet, cell_text, is_blank

__all__ = ["Block", "blocks"]

_CELLS = 1 << 20
"""Cells of one block, at most, but for rows that hold more."""
_PERHAPS_BLANK = r"^[\s\x1c-\x1f\u200b\u2060\ufeff]*$"
_Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Block:
    """Some rows of a sheet.

    Attributes:
        first: index of its first row in the sheet.
        texts: the cells, column after column; null where a cell is empty.
        stated: by row and column, whether a cell holds more than white space.
        is_number: the same for cells that are stored as numbers; None where none is.
        is_error: the same for Excel errors; None where there is none.
    """

    first: int
    texts: pl.Series
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
        cells: list[Cell] = self.texts.slice(column * self.height, self.height).to_list()
        if self.is_error is None:
            return cells
        return [
            CellError(str(cell)) if wrong else cell for cell, wrong in zip(cells, self.is_error[:, column], strict=True)
        ]

    def cells(self, rows: npt.NDArray[np.int64], columns: npt.NDArray[np.int64]) -> pl.Series:
        """The texts of cells by their rows (in the block) and columns."""
        return self.texts.gather(columns * self.height + rows)


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


def _block(first: int, texts: pl.Series, height: int) -> Block:
    text = pl.col("text")
    looked = pl.DataFrame({"text": texts}).select(
        text,
        stated=text.is_not_null(),
        perhaps_blank=text.str.contains(_PERHAPS_BLANK).fill_null(value=False),
        perhaps_error=text.str.starts_with("#").fill_null(value=False),
    )
    stated = looked.get_column("stated")
    if looked.get_column("perhaps_blank").any():
        kinds = looked.filter("perhaps_blank").get_column("text").unique()
        stated &= ~texts.is_in([kind for kind in kinds if is_blank(kind)]).fill_null(value=False)
    is_error = looked.get_column("perhaps_error").any()
    error = texts.is_in(sorted(ERROR_WORDS)).fill_null(value=False) if is_error else None
    return Block(
        first,
        texts,
        _by_row(stated, height),
        is_error=None if error is None or not error.any() else _by_row(error, height),
    )


def _by_row(mask: pl.Series, height: int) -> _Mask:
    return mask.to_numpy().reshape(-1, height).T


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
    block = _block(first, texts, len(part))
    number, error = kinds == _NUMBER, kinds == _ERROR
    by_row = (-1, len(part))
    return Block(
        first,
        texts,
        block.stated,
        number.reshape(by_row).T if number.any() else None,
        error.reshape(by_row).T if error.any() else None,
    )


_NUMBER, _ERROR = 1, 2
_KINDS: dict[type, int] = {int: _NUMBER, float: _NUMBER, CellError: _ERROR}


def _text(cell: Cell) -> str | None:
    return None if cell is None else cell_text(cell)
