"""Rows of a sheet in blocks of bounded size; what a block says stands once, its cells are numbers of it.

Exports repeat themselves: a million cells hold some ten thousand texts. Whatever is asked of texts (is it blank, a
number, an answer word) is asked of every text once. A cell is as printed, whether it stands in a text file or in a
workbook; cells that a workbook stores as numbers are marked, for how they print does not depend on any number style.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, repeat

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from harmonize.reading.coded_texts import Codes, encode
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
        kinds: its distinct texts, and behind them a null for cells that are not there.
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

    def columns(self, columns: Sequence[int]) -> dict[int, list[Cell]]:
        """The cells of some columns, errors marked."""
        present = [column for column in columns if column < self.width]
        cells: list[Cell] = self.kinds.gather(self.codes[:, present].T.reshape(-1)).to_list()
        if self.is_error is not None:
            for place in np.flatnonzero(self.is_error[:, present].T.reshape(-1)).tolist():
                cells[place] = CellError(str(cells[place]))
        found = {column: cells[at * self.height : (at + 1) * self.height] for at, column in enumerate(present)}
        return {column: found[column] if column in found else [None] * self.height for column in columns}


def blocks(sheet: Sheet, begin: int) -> Iterator[Block]:
    """The rows of a sheet from `begin` on."""
    if isinstance(sheet.rows, DelimitedRows):
        yield from _of_text(sheet.rows, begin)
    else:
        yield from _of_rows(sheet.rows, begin)


def _of_text(rows: DelimitedRows, begin: int) -> Iterator[Block]:
    step = max(1, _CELLS // max(1, rows.width))
    for first, cells in rows.pieces():
        blank, error = _look(cells.kinds)
        for start in range(max(0, begin - first), len(cells.codes), step):
            codes = cells.codes[start : start + step]
            yield Block(
                first + start, cells.kinds, codes, ~blank[codes], is_error=error[codes] if error.any() else None
            )


def _look(kinds: pl.Series) -> tuple[_Mask, _Mask]:
    """Which texts are blank, and which read like an Excel error."""
    text = pl.col("text")
    looked = pl.DataFrame({"text": kinds}).select(
        is_blank=text.str.contains(_PERHAPS_BLANK).fill_null(value=True),
        is_error=text.is_in(sorted(ERROR_WORDS)).fill_null(value=False),
    )
    blank = looked.get_column("is_blank").to_numpy().copy()
    for place in np.flatnonzero(blank[:-1]).tolist():
        blank[place] = is_blank(kinds[place])
    return blank, looked.get_column("is_error").to_numpy()


def _of_rows(rows: Sequence[Sequence[Cell]], begin: int) -> Iterator[Block]:
    width = max((len(row) for row in rows), default=0)
    step = max(1, _CELLS // max(1, width))
    for start in range(begin, len(rows), step):
        part = [[*row, *[None] * (width - len(row))] for row in rows[start : start + step]]
        yield _of_cells(start, part)


def _of_cells(first: int, part: Sequence[Sequence[Cell]]) -> Block:
    cells = [*chain.from_iterable(part)]
    texts = [cell if cell.__class__ is str else _text(cell) for cell in cells]
    kinds, codes = encode(pa.array(texts, pa.large_string()))
    stored = np.fromiter(map(_KINDS.get, map(type, cells), repeat(0)), np.int8, len(cells)).reshape(len(part), -1)
    codes = codes.reshape(len(part), -1)
    # In a workbook, a text that reads like an error is a text.
    blank, _ = _look(kinds)
    number, error = stored == _NUMBER, stored == _ERROR
    return Block(first, kinds, codes, ~blank[codes], number if number.any() else None, error if error.any() else None)


_NUMBER, _ERROR = 1, 2
_KINDS: dict[type, int] = {int: _NUMBER, float: _NUMBER, CellError: _ERROR}


def _text(cell: Cell) -> str | None:
    return None if cell is None else cell_text(cell)
