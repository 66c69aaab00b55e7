"""What a part of a workbook would cost to read, found in one cheap pass over its XML.

The reader of workbooks allocates a dense rectangle up to the last cell with a value, and copies a shared string into
every cell that refers to it; both are judged here before it sees the part. Rule kept: the cheap pass never finds less
than the truth, whatever the order, spelling or nesting of the XML: every attribute `r` counts wherever it stands, and
cells whose place is not written plainly count as if each lay beyond all others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

__all__ = ["PartCost", "part_cost"]

_Bytes = npt.NDArray[np.uint8]
_Mask = npt.NDArray[np.bool_]
_Places = npt.NDArray[np.int64]
_CHUNK: Final = 1 << 18
"""Bytes that are looked at together: they fit into the processor's cache."""
_MARGIN: Final = 24
"""Bytes before and after a chunk that belong to what stands at its edge."""
_REFERENCE: Final = 12
"""Characters of the longest reference, XFD1048576, with its quotation mark, and one more."""
_QUOTES: Final = b"\"'"
_SPACES: Final = b" \t\r\n"
_FAR: Final = 1 << 20
"""What an oddly written place counts for, in rows and columns: it may be anywhere."""


@dataclass(frozen=True, slots=True)
class PartCost:
    """What one part may cost, never less than the truth.

    Attributes:
        rows, columns: extent of the cells, at most.
        cells: cell elements.
        longest_text: bytes of the longest run without a tag; one shorter than some hundred thousand may count as 0.
        may_hold_errors: places of a quoted `e`, the type of error cells.
        longest_string: bytes of the longest shared string; 0 where there are none.
    """

    rows: int
    columns: int
    cells: int
    longest_text: int
    may_hold_errors: tuple[int, ...]
    longest_string: int


@dataclass(slots=True)
class _Tally:
    row: int = 0
    column: int = 0
    cells: int = 0
    unplaced_cells: int = 0
    odd: int = 0
    longest_text: int = 0
    last_tag: int = 0
    longest_string: int = 0
    last_string: int = -1


@dataclass(frozen=True, slots=True)
class _Chunk:
    """Some bytes of a part with a margin of their neighbours.

    Attributes:
        start: where they begin in the part.
    """

    start: int
    padded: _Bytes

    def at(self, offset: int) -> _Bytes:
        """For every byte, the one so many places further on."""
        return self.padded[_MARGIN + offset : len(self.padded) - _MARGIN + offset]

    def taken(self, places: _Places, offset: int) -> _Bytes:
        """For some bytes, the ones so many places further on."""
        return self.padded[places + (_MARGIN + offset)]


def _is(characters: _Bytes, wanted: bytes) -> _Mask:
    found: _Mask = characters == wanted[0]
    for other in wanted[1:]:
        found |= characters == other
    return found


def _ends_name(characters: _Bytes) -> _Mask:
    return _is(characters, b" >/\t\r\n")


def part_cost(xml: bytes) -> PartCost:
    """The cost of a part, from its bytes."""
    tally = _Tally()
    errors: list[int] = []
    whole = np.frombuffer(xml, np.uint8)
    for start in range(0, len(whole), _CHUNK):
        stop = min(start + _CHUNK, len(whole))
        before, after = min(start, _MARGIN), min(len(whole) - stop, _MARGIN)
        padded = np.zeros(stop - start + 2 * _MARGIN, np.uint8)
        padded[_MARGIN - before : _MARGIN + stop - start + after] = whole[start - before : stop + after]
        chunk = _Chunk(start, padded)
        _take_references(chunk, tally)
        _take_tags(chunk, tally)
        errors.extend(_quoted_e(chunk))
    tally.longest_text = max(tally.longest_text, len(whole) - tally.last_tag)
    if tally.last_string >= 0:
        tally.longest_string = max(tally.longest_string, len(whole) - tally.last_string)
    # Rows that are opened or closed move only the cells that do not state their place.
    moving_rows = 1 + xml.count(b"row") if tally.unplaced_cells else 0
    return PartCost(
        tally.row + tally.odd * _FAR + moving_rows,
        tally.column + tally.odd * _FAR + tally.unplaced_cells,
        tally.cells,
        tally.longest_text,
        tuple(errors),
        tally.longest_string,
    )


def _quoted_e(chunk: _Chunk) -> list[int]:
    # No letter stands below a quotation mark in the order of characters.
    letters = np.flatnonzero((chunk.at(0) == ord("e")) & (chunk.at(-1) <= ord("'")))
    found = letters[_is(chunk.taken(letters, -1), _QUOTES) & _is(chunk.taken(letters, 1), _QUOTES)]
    places: list[int] = (found + chunk.start).tolist()
    return places


def _take_references(chunk: _Chunk, tally: _Tally) -> None:
    """Every value of an attribute `r`; whatever is written oddly may lie anywhere."""
    is_equals = chunk.at(0) == ord("=")
    odd = int(np.count_nonzero(is_equals & (chunk.at(-1) <= ord(" "))))
    named = np.flatnonzero(is_equals & (chunk.at(-1) == ord("r")) & (chunk.at(-2) <= ord(" ")))
    plain = named[_is(chunk.taken(named, 1), _QUOTES)]
    row, column, unread = _references(chunk, plain)
    tally.odd += odd + len(named) - len(plain) + unread
    tally.row = max(tally.row, int(row.max(initial=0)))
    tally.column = max(tally.column, int(column.max(initial=0)))
    is_cell = (
        _is(chunk.taken(plain, -2), _SPACES) & (chunk.taken(plain, -3) == ord("c")) & _is(chunk.taken(plain, -4), b"<:")
    )
    # A place without digits or letters is none.
    tally.unplaced_cells -= int(np.count_nonzero(is_cell & (column > 0) & (row > 0)))


def _references(chunk: _Chunk, equals: _Places) -> tuple[_Places, _Places, int]:
    """Row and column (from 1; 0 where it states none) of the references behind places, and how many do not end."""
    row = np.zeros(len(equals), np.int64)
    column = np.zeros(len(equals), np.int64)
    going = np.ones(len(equals), np.bool_)
    for step in range(_REFERENCE):
        character = chunk.taken(equals, 2 + step)
        # Unsigned bytes wrap around, so that one comparison tells a range.
        digit, letter = character - np.uint8(ord("0")), (character | np.uint8(0x20)) - np.uint8(ord("a"))
        is_digit, is_letter = going & (digit < 10), going & (letter < 26)
        if is_letter.any():
            column = np.where(is_letter, column * 26 + letter + 1, column)
        if is_digit.any():
            row = np.where(is_digit, row * 10 + digit, row)
        going = is_digit | is_letter
        if not going.any():
            break
    return row, column, int(np.count_nonzero(going))


def _take_tags(chunk: _Chunk, tally: _Tally) -> None:
    is_tag = chunk.at(0) == ord("<")
    is_name = is_tag | (chunk.at(0) == ord(":"))
    cells = np.flatnonzero(is_name & (chunk.at(1) == ord("c")))
    count = int(np.count_nonzero(_ends_name(chunk.taken(cells, 2))))
    tally.cells += count
    tally.unplaced_cells += count
    _take_strings(chunk, np.flatnonzero(is_name & (chunk.at(1) == ord("s"))), tally)
    first = int(is_tag.argmax())
    if is_tag[first]:
        tally.longest_text = max(tally.longest_text, chunk.start + first - tally.last_tag)
        tally.last_tag = chunk.start + len(is_tag) - 1 - int(is_tag[::-1].argmax())


def _take_strings(chunk: _Chunk, candidates: _Places, tally: _Tally) -> None:
    is_string = (chunk.taken(candidates, 2) == ord("i")) & _ends_name(chunk.taken(candidates, 3))
    places = candidates[is_string] + chunk.start
    if not len(places):
        return
    if tally.last_string >= 0:
        tally.longest_string = max(tally.longest_string, int(places[0]) - tally.last_string)
    if len(places) > 1:
        tally.longest_string = max(tally.longest_string, int(np.diff(places).max()))
    tally.last_string = int(places[-1])
