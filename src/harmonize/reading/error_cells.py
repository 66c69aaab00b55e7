"""The error cells of a worksheet, which the reader of workbooks returns as empty text.

The XML says `t="e"`; only around such a place is anything looked at closely, and the whole is parsed only where a cell
does not state its place.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree

__all__ = ["CellError", "error_cells"]

_TAG = re.compile(rb"<(?:\w+:)?c\s[^<>]*>")
_ERROR_TYPE = re.compile(rb"""\st\s*=\s*["']e["']""")
_PLACE = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{1,3})(\d{1,7})["']""")
_VALUE = re.compile(rb"\s*(?:<(?:\w+:)?f\b[^<>]*(?:/>|>[^<]*</(?:\w+:)?f>)\s*)?<(?:\w+:)?v[^<>]*>([^<]*)<")
_CELL = re.compile(r"^([A-Za-z]{1,3})(\d+)$")
_LONGEST_TAG = 4096
_UNNAMED = "#N/A"


@dataclass(frozen=True, slots=True)
class CellError:
    """An Excel error such as `#N/A`: missing, with a reason."""

    name: str


def _column(letters: str) -> int:
    index = 0
    for letter in letters.upper():
        index = index * 26 + ord(letter) - 64
    return index - 1


def error_cells(xml: bytes, places: Sequence[int]) -> list[tuple[int, int, CellError]]:
    """Row, column (from 0) and name of every error cell.

    Args:
        xml: a worksheet's part.
        places: where a quoted `e` stands in it.
    """
    if not places:
        return []
    if b"<!" in xml:
        return list(_parsed(xml))
    found: list[tuple[int, int, CellError]] = []
    for place in places:
        opened = xml.rfind(b"<", max(0, place - _LONGEST_TAG), place)
        tag = _TAG.match(xml, opened) if opened >= 0 else None
        if tag is None or tag.end() <= place or not _ERROR_TYPE.search(tag[0]):
            continue
        where = _PLACE.search(tag[0])
        if where is None:
            return list(_parsed(xml))
        value = _VALUE.match(xml, tag.end())
        name = value[1].decode("utf-8", "replace").strip() if value else ""
        found.append((int(where[2]) - 1, _column(where[1].decode()), CellError(name or _UNNAMED)))
    return found


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _parsed(xml: bytes) -> Iterator[tuple[int, int, CellError]]:
    """The same by parsing; rows and cells without a reference follow the one before."""
    row, column = 0, -1
    try:
        for event, element in ElementTree.iterparse(io.BytesIO(xml), events=("start", "end")):
            name = _local(element.tag)
            if name == "row":
                if event == "start":
                    row, column = int(element.get("r", row + 1)) - 1, -1
                else:
                    element.clear()
                    row += 1
            elif name == "c" and event == "end":
                place = _CELL.match(element.get("r", ""))
                column = _column(place[1]) if place else column + 1
                if element.get("t") == "e":
                    value = next((child.text for child in element if _local(child.tag) == "v"), None)
                    yield int(place[2]) - 1 if place else row, column, CellError(value or _UNNAMED)
    except (ElementTree.ParseError, ValueError):
        # What is malformed further on does not unsay the errors before it.
        return
