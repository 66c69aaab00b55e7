"""Wide delimited text as coded cells, a bounded piece at a time.

Rule kept: the cells are exactly those that Python's csv module finds.
Every piece is looked over first: quotation marks must open at the start of a cell and close at its end. Text that is
quoted in any other way is not read here, for libraries differ on it; the csv module is the judge then.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from harmonize.reading.coded_texts import CodedTexts, encode

__all__ = ["WIDE_COLUMNS", "DelimitedRows", "split_rows"]

WIDE_COLUMNS = 200
"""Columns from which on a table is split piece by piece."""

_PIECE = 1 << 23
"""Bytes looked at together."""
_CELLS = 1 << 21
"""Cells looked at together, at most, but for a record that has more."""
_MOST_PLACES = 4 * _CELLS
"""Rows times columns of a piece, at most: short rows below a wide one are not spread over its width."""
_QUOTE, _LINE_FEED, _RETURN = ord('"'), ord("\n"), ord("\r")
_Bytes = npt.NDArray[np.uint8]
_Positions = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Piece:
    """Whole records between two positions of the text; `rows` of them are not empty."""

    begin: int
    end: int
    rows: int


class DelimitedRows(Sequence[list[str | None]]):
    """Rows of a delimited text, each as wide as the widest; cells are split when they are asked for.

    Attributes:
        width: cells of the widest row.
    """

    def __init__(self, data: bytes, delimiter: str, pieces: Sequence[_Piece], width: int) -> None:
        self._data = data
        self._delimiter = ord(delimiter)
        self._pieces = pieces
        self.width = width
        self._begins = [0]
        for piece in pieces:
            self._begins.append(self._begins[-1] + piece.rows)
        self._held: tuple[int, CodedTexts] | None = None

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
        return self._cells(number).row(place - self._begins[number])

    def pieces(self) -> Iterator[tuple[int, CodedTexts]]:
        """The cells of every piece, with the index of its first row."""
        for number, begin in enumerate(self._begins[:-1]):
            yield begin, self._cells(number)

    def _cells(self, number: int) -> CodedTexts:
        if self._held is None or self._held[0] != number:
            self._held = (number, self._split(self._pieces[number]))
        return self._held[1]

    def _split(self, piece: _Piece) -> CodedTexts:
        text = np.frombuffer(self._data, np.uint8, piece.end - piece.begin, piece.begin)
        texts, widths = _cut(text, self._delimiter)
        kinds, flat = encode(texts)
        if len(widths) != piece.rows:
            raise ValueError(f"{piece.rows} rows were found and {len(widths)} were split")
        if (widths == self.width).all():
            return CodedTexts(kinds, flat.reshape(-1, self.width))
        codes = np.full((piece.rows, self.width), len(kinds) - 1, np.uint32)
        codes[np.arange(self.width) < widths[:, None]] = flat
        return CodedTexts(kinds, codes)


def _cut(text: _Bytes, delimiter: int) -> tuple[pa.Array, _Positions]:
    """The cells of whole records one after another, and how many each record has; empty lines are none."""
    quotes = np.flatnonzero(text == _QUOTE)
    ends = _outside(np.flatnonzero((text == delimiter) | (text == _LINE_FEED)), quotes)
    dropped = _dropped(text, quotes)
    kept = np.ones(len(text), np.bool_)
    kept[ends] = False
    kept[dropped] = False
    if not len(ends) or ends[-1] != len(text) - 1 or text[-1] == delimiter:
        ends = np.append(ends, len(text))
    starts = np.concatenate([[0], ends[:-1] + 1])
    offsets = starts - np.arange(len(starts)) - _before(starts, dropped)
    is_last = np.ones(len(ends), np.bool_)
    is_last[:-1] = text[ends[:-1]] == _LINE_FEED
    begins_line = np.concatenate([[True], is_last[:-1]])
    # A line that holds nothing but perhaps a return; `""` holds an empty cell.
    lengths = ends - starts
    is_empty = (
        begins_line
        & is_last
        & ((lengths == 0) | ((lengths == 1) & (text[np.minimum(starts, len(text) - 1)] == _RETURN)))
    )
    values = text[kept]
    bounds = np.append(offsets[~is_empty], len(values))
    texts = pa.LargeStringArray.from_buffers(len(bounds) - 1, pa.py_buffer(bounds), pa.py_buffer(values))
    return texts, np.diff(np.flatnonzero(is_last[~is_empty]), prepend=-1)


def _dropped(text: _Bytes, quotes: _Positions) -> _Positions:
    """Places that belong to no cell besides delimiters and line ends: marks around cells, returns before line feeds."""
    returns = _outside(np.flatnonzero(text == _RETURN), quotes)
    # Of a doubled mark, which closes and opens at once, the second one is a character of the cell.
    is_character = np.zeros(len(quotes), np.bool_)
    is_character[2::2] = quotes[2::2] == quotes[1:-1:2] + 1
    return np.sort(np.concatenate([quotes[~is_character], returns]))


def split_rows(data: bytes, delimiter: str, longest: int) -> DelimitedRows | None:
    """The rows of UTF-8 text without NUL bytes.

    Args:
        longest: bytes of a record, at most.

    Returns:
        None where quotation marks stand in any unusual way, where a record is longer, or where rows are far shorter
        than the widest.
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
    if any(piece.rows * width > _MOST_PLACES for piece in pieces):
        return None
    return DelimitedRows(data, delimiter, pieces, width)


def _look_over(data: bytes, begin: int, delimiter: int, longest: int) -> tuple[_Piece, int] | None:
    """The next piece of whole records and the width of its widest row; None where the csv module must decide."""
    size, may_shrink = _PIECE, True
    while True:
        end = min(begin + size, len(data))
        text = np.frombuffer(data, np.uint8, end - begin, begin)
        if may_shrink and np.count_nonzero((text == delimiter) | (text == _LINE_FEED)) > _CELLS:
            size //= 2
            continue
        quotes = np.flatnonzero(text == _QUOTE)
        lines = _outside(np.flatnonzero(text == _LINE_FEED), quotes)
        if end == len(data) or len(lines):
            break
        if size > longest:
            return None
        size, may_shrink = 2 * size, False
    if end < len(data):
        text = text[: int(lines[-1]) + 1]
        quotes = quotes[quotes < len(text)]
    if not _are_usual(text, quotes, delimiter):
        return None
    returns = _outside(np.flatnonzero(text == _RETURN), quotes)
    if len(returns) and not np.all(text[np.minimum(returns + 1, len(text) - 1)] == _LINE_FEED):
        return None
    if np.diff(lines, prepend=-1, append=len(text)).max(initial=0) > longest:
        return None
    delimiters = _outside(np.flatnonzero(text == delimiter), quotes)
    rows, width = _measure(text, lines, delimiters, has_returns=len(returns) > 0)
    return _Piece(begin, begin + len(text), rows), width


def _outside(places: _Positions, quotes: _Positions) -> _Positions:
    """Places that no quotation marks enclose."""
    return places[_before(places, quotes) % 2 == 0] if len(quotes) else places


def _before(places: _Positions, others: _Positions) -> _Positions:
    """How many of the others stand before each place; both in order."""
    found: _Positions = np.cumsum(np.bincount(np.searchsorted(places, others, side="right"), minlength=len(places) + 1))
    return found[: len(places)]


def _are_usual(text: _Bytes, quotes: _Positions, delimiter: int) -> bool:
    """Marks open behind a delimiter or line end and close before one; doubled ones inside are fine."""
    if len(quotes) % 2:
        return False
    opening, closing = quotes[::2], quotes[1::2]
    before = text[np.maximum(opening - 1, 0)]
    after = text[np.minimum(closing + 1, len(text) - 1)]
    bounds = (delimiter, _LINE_FEED, _RETURN, _QUOTE)
    opens = (opening == 0) | np.isin(before, bounds)
    closes = (closing == len(text) - 1) | np.isin(after, bounds)
    # A mark that opens right behind one that closed is a doubled one; then both must touch.
    return bool(opens.all() and closes.all())


def _measure(text: _Bytes, lines: _Positions, delimiters: _Positions, *, has_returns: bool) -> tuple[int, int]:
    """How many lines are not empty, and how many cells the widest of them has."""
    ends = lines if len(lines) and lines[-1] == len(text) - 1 else np.append(lines, len(text))
    starts = np.concatenate([[0], ends[:-1] + 1])
    lengths = ends - starts
    if has_returns:
        lengths = lengths - ((lengths > 0) & (text[np.maximum(ends - 1, 0)] == _RETURN))
    stated = lengths > 0
    counts = np.searchsorted(delimiters, ends) - np.searchsorted(delimiters, starts)
    return int(stated.sum()), int(counts[stated].max()) + 1 if stated.any() else 0
