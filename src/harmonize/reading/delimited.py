"""Wide delimited text as polars frames, a bounded piece at a time.

Rule kept: the cells are exactly those that Python's csv module finds.
Every piece is looked over first: quotation marks must open at the start of a cell and close at its end. Text that is
quoted in any other way is not read here, for libraries differ on it; the csv module is the judge then.
"""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import overload

import numpy as np
import numpy.typing as npt
import polars as pl

__all__ = ["WIDE_COLUMNS", "DelimitedRows", "split_rows"]

WIDE_COLUMNS = 200
"""Columns from which on a table is split piece by piece."""

_PIECE = 1 << 23
"""Bytes looked at together."""
_QUOTE, _LINE_FEED, _RETURN = ord('"'), ord("\n"), ord("\r")
_Positions = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Piece:
    """Whole records between two positions of the text; `rows` of them are not empty."""

    begin: int
    end: int
    rows: int
    has_empty_lines: bool
    has_returns: bool


class DelimitedRows(Sequence[list[str | None]]):
    """Rows of a delimited text, each as wide as the widest; cells are split when they are asked for.

    Attributes:
        width: cells of the widest row.
    """

    def __init__(self, data: bytes, delimiter: str, pieces: Sequence[_Piece], width: int) -> None:
        self._data = data
        self._delimiter = delimiter
        self._pieces = pieces
        self.width = width
        self._columns = [str(column) for column in range(width)]
        self._begins = [0]
        for piece in pieces:
            self._begins.append(self._begins[-1] + piece.rows)
        self._held: tuple[int, pl.DataFrame] | None = None

    def __len__(self) -> int:
        return self._begins[-1]

    @overload
    def __getitem__(self, index: int) -> list[str | None]: ...
    @overload
    def __getitem__(self, index: slice) -> list[list[str | None]]: ...
    def __getitem__(self, index: int | slice) -> list[str | None] | list[list[str | None]]:
        if isinstance(index, slice):
            return [self[place] for place in range(*index.indices(len(self)))]
        place = index + len(self) if index < 0 else index
        if not 0 <= place < len(self):
            raise IndexError(index)
        number = int(np.searchsorted(self._begins, place, side="right")) - 1
        return list(self._frame(number).row(place - self._begins[number]))

    def frames(self) -> Iterator[tuple[int, pl.DataFrame]]:
        """Every piece as a frame of texts (categorical, of one kind per piece), with the index of its first row."""
        for number, begin in enumerate(self._begins[:-1]):
            yield begin, self._frame(number)

    def _frame(self, number: int) -> pl.DataFrame:
        if self._held is None or self._held[0] != number:
            self._held = (number, self._split(self._pieces[number]))
        return self._held[1]

    def _split(self, piece: _Piece) -> pl.DataFrame:
        text = self._data[piece.begin : piece.end]
        if piece.has_empty_lines or piece.has_returns:
            text = _without_empty_lines(text)
        if text.startswith(BOM_UTF8):
            # Polars takes a mark at the start of what it is given away; inside a file it belongs to the cell.
            text = BOM_UTF8 + text
        frame = pl.read_csv(
            text,
            has_header=False,
            separator=self._delimiter,
            quote_char='"',
            schema=dict.fromkeys(self._columns, pl.Categorical(pl.Categories.random())),
            infer_schema=False,
            missing_columns="insert",
        )
        if frame.height != piece.rows:
            raise ValueError(f"{piece.rows} rows were found and {frame.height} were split")
        return frame


def split_rows(data: bytes, delimiter: str, longest: int) -> DelimitedRows | None:
    """The rows of UTF-8 text without NUL bytes.

    Args:
        longest: bytes of a record, at most.

    Returns:
        None where quotation marks stand in any unusual way, or where a record is longer.
    """
    pieces: list[_Piece] = []
    width = begin = 0
    while begin < len(data):
        found = _look_over(data, begin, ord(delimiter), longest)
        if found is None:
            return None
        piece, most = found
        if piece.rows:
            pieces.append(piece)
        width = max(width, most)
        begin = piece.end
    return DelimitedRows(data, delimiter, pieces, width)


def _look_over(data: bytes, begin: int, delimiter: int, longest: int) -> tuple[_Piece, int] | None:
    """The next piece of whole records and the width of its widest row; None where the csv module must decide."""
    size = _PIECE
    while True:
        end = min(begin + size, len(data))
        text = np.frombuffer(data, np.uint8, end - begin, begin)
        quotes = np.flatnonzero(text == _QUOTE)
        lines = _outside(np.flatnonzero(text == _LINE_FEED), quotes)
        if end == len(data) or len(lines):
            break
        if size > longest:
            return None
        size *= 2
    if end < len(data):
        text = text[: int(lines[-1]) + 1]
        quotes = quotes[quotes < len(text)]
    if len(quotes) % 2 or not _are_usual(text, quotes, delimiter):
        return None
    returns = np.flatnonzero(text == _RETURN)
    outside = _outside(returns, quotes)
    if len(outside) and not np.all(text[np.minimum(outside + 1, len(text) - 1)] == _LINE_FEED):
        return None
    if np.diff(lines[lines < len(text)], prepend=-1, append=len(text)).max(initial=0) > longest:
        return None
    return _measure(text, begin, lines, quotes, delimiter, has_returns=bool(len(outside)))


def _outside(places: _Positions, quotes: _Positions) -> _Positions:
    """Places that no quotation marks enclose."""
    return places[np.searchsorted(quotes, places) % 2 == 0] if len(quotes) else places


def _are_usual(text: npt.NDArray[np.uint8], quotes: _Positions, delimiter: int) -> bool:
    """Marks open behind a delimiter or line end and close before one; doubled ones inside are fine."""
    if not len(quotes):
        return True
    opening, closing = quotes[::2], quotes[1::2]
    before = text[np.maximum(opening - 1, 0)]
    after = text[np.minimum(closing + 1, len(text) - 1)]
    bounds = (delimiter, _LINE_FEED, _RETURN, _QUOTE)
    opens = (opening == 0) | np.isin(before, bounds)
    closes = (closing == len(text) - 1) | np.isin(after, bounds)
    # A mark that opens right behind one that closed is a doubled one; then both must touch.
    return bool(opens.all() and closes.all())


def _measure(
    text: npt.NDArray[np.uint8],
    begin: int,
    lines: _Positions,
    quotes: _Positions,
    delimiter: int,
    *,
    has_returns: bool,
) -> tuple[_Piece, int]:
    ends = lines[lines < len(text)]
    if not len(ends) or ends[-1] != len(text) - 1:
        ends = np.append(ends, len(text))
    starts = np.concatenate([[0], ends[:-1] + 1])
    lengths = ends - starts
    if has_returns:
        lengths = lengths - ((lengths > 0) & (text[np.maximum(ends - 1, 0)] == _RETURN))
    stated = lengths > 0
    delimiters = _outside(np.flatnonzero(text == delimiter), quotes)
    counts = np.searchsorted(delimiters, ends) - np.searchsorted(delimiters, starts)
    width = int(counts[stated].max()) + 1 if stated.any() else 0
    rows = int(stated.sum())
    piece = _Piece(begin, begin + len(text), rows, has_empty_lines=rows < len(stated), has_returns=has_returns)
    return piece, width


def _without_empty_lines(data: bytes) -> bytes:
    """The records without those that hold nothing at all, each ended by a line feed."""
    text = np.frombuffer(data, np.uint8)
    quotes = np.flatnonzero(text == _QUOTE)
    ends = _outside(np.flatnonzero(text == _LINE_FEED), quotes)
    bounds = [0, *(int(end) + 1 for end in ends)]
    if bounds[-1] != len(data):
        bounds.append(len(data))
    lines = (data[start:end] for start, end in pairwise(bounds))
    bodies = (line.removesuffix(b"\n").removesuffix(b"\r") for line in lines)
    return b"".join(body + b"\n" for body in bodies if body)
