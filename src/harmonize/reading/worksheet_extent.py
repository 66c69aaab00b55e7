"""The exact extent of a worksheet, by parsing its XML; only asked for where a cheap judgement is not enough."""

from __future__ import annotations

import re
from typing import Final
from xml.parsers import expat

__all__ = ["exact_extent"]

_PLACE = re.compile(r"([A-Za-z]*)([0-9]+)")
_REFERENCE: Final = 12
"""Characters of a reference that are looked at; more of them are beyond any limit."""


class _TooMuch(Exception):
    """The extent is beyond the limit: there is no need to read on."""


class _Extent:
    """The extent of the cells with a value, as the reader of workbooks places them."""

    def __init__(self, limit: int) -> None:
        self.rows = self.columns = 0
        self._limit = limit
        self._row = self._column = 0
        self._place: tuple[int, int] | None = None

    def open(self, tag: str, attributes: dict[str, str]) -> None:
        """A start tag."""
        name = tag.rpartition(":")[2]
        if name == "row":
            if (stated := attributes.get("r", "")).isdigit():
                self._row = _number(stated) - 1
        elif name == "c":
            stated_place = _PLACE.fullmatch(attributes.get("r", ""))
            if stated_place:
                self._place = (_number(stated_place[2]) - 1, _column(stated_place[1][:_REFERENCE]))
                self._column = self._place[1]
            else:
                self._place = (self._row, self._column)
            self._column += 1
        elif name in {"v", "is"} and self._place is not None:
            self.rows, self.columns = max(self.rows, self._place[0] + 1), max(self.columns, self._place[1] + 1)
            if self.rows * self.columns > self._limit:
                raise _TooMuch

    def close(self, tag: str) -> None:
        """An end tag."""
        name = tag.rpartition(":")[2]
        if name == "row":
            self._row, self._column = self._row + 1, 0
        elif name == "c":
            self._place = None


def _number(digits: str) -> int:
    """A number, or one beyond any limit where it has more digits than any row."""
    return int(digits.lstrip("0")[:_REFERENCE] or "0")


def _column(letters: str) -> int:
    index = 0
    for letter in letters.upper():
        index = index * 26 + ord(letter) - 64
    return index - 1


def exact_extent(xml: bytes, limit: int) -> tuple[int, int] | None:
    """Rows and columns up to the last cell with a value, read until they exceed `limit` cells.

    Returns:
        None where the XML is malformed, so that nothing can be told for certain.
    """
    extent = _Extent(limit)
    parser = expat.ParserCreate()
    parser.StartElementHandler = extent.open
    parser.EndElementHandler = extent.close
    try:
        parser.Parse(xml, True)
    except _TooMuch:
        return extent.rows, extent.columns
    except expat.ExpatError:
        return None
    return extent.rows, extent.columns
