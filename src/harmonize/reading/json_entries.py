"""Large JSON documents entry by entry: only one entry is ever a Python value.

An entry is an element of the top-level array, or of the array `assessments` of the top-level object (a page of a
platform's API), or one line of a JSON Lines file. Rule kept: a document that is read so gives the entries, at the
places, that it gives when it is read whole, and is refused for what it is refused for then. So every entry is parsed
once when the document is opened, and again whenever it is asked for.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, overload

from harmonize.errors import RefusedFile
from harmonize.reading.json_structure import marks
from harmonize.reading.json_text import check_depth, parse_json
from harmonize.reading.limits import Limits

__all__ = ["PAGE_KEY", "BrokenLine", "JsonEntries", "JsonValue", "read_entries", "read_lines"]

_SPACE = b" \t\r\n"
_BLANK = re.compile(rb"[ \t\r\n]*")
PAGE_KEY = "assessments"
"""The key under which a page of a platform's API lists its entries."""


@dataclass(frozen=True, slots=True)
class JsonValue:
    """One JSON value with the locator of its root: `$`, or `line=3;$`.

    Attributes:
        is_entry: it was taken out of the list it stands in, as documents are that are read entry by entry; an entry
            that is no object has the value None.
    """

    root: str
    value: Any
    is_entry: bool = False


@dataclass(frozen=True, slots=True)
class BrokenLine:
    """A line of a JSON Lines file that is not JSON."""

    locator: str
    text: str
    problem: str


@dataclass(frozen=True, slots=True)
class JsonEntries(Sequence[JsonValue]):
    """The entries of a document, parsed anew whenever they are asked for.

    Attributes:
        data: the document in UTF-8.
        prefix, suffix: what stands before and after the number of an entry in its root.
        starts, ends: where the entries stand.
        numbers: of the entries, as their roots state them.
        around: where the values of the other members of a page stand.
    """

    data: bytes
    prefix: str
    suffix: str
    is_entry: bool
    starts: array[int] = field(default_factory=lambda: array("Q"))
    ends: array[int] = field(default_factory=lambda: array("Q"))
    numbers: array[int] = field(default_factory=lambda: array("Q"))
    around: dict[str, tuple[int, int]] = field(default_factory=dict)

    def beside(self) -> Iterator[tuple[str, Any]]:
        """The other members of a page, parsed."""
        for key, (start, end) in self.around.items():
            yield key, parse_json(self.data[start:end].decode("utf-8", "replace"))

    def add(self, number: int, start: int, end: int) -> None:
        """Add the place of one more entry."""
        self.numbers.append(number)
        self.starts.append(start)
        self.ends.append(end)

    def text(self, index: int) -> str:
        """The text of an entry."""
        return self.data[self.starts[index] : self.ends[index]].decode("utf-8", "replace")

    def __len__(self) -> int:
        return len(self.starts)

    @overload
    def __getitem__(self, index: int) -> JsonValue: ...
    @overload
    def __getitem__(self, index: slice) -> list[JsonValue]: ...
    def __getitem__(self, index: int | slice) -> JsonValue | list[JsonValue]:
        """The entry, or several; parsed."""
        if isinstance(index, slice):
            return [self[at] for at in range(*index.indices(len(self)))]
        value = parse_json(self.text(index))
        if self.is_entry and not isinstance(value, dict):
            value = None
        return JsonValue(f"{self.prefix}{self.numbers[index]}{self.suffix}", value, self.is_entry)

    def __iter__(self) -> Iterator[JsonValue]:
        for index in range(len(self)):
            yield self[index]


def _too_large(limits: Limits) -> RefusedFile:
    return RefusedFile(
        "too_large",
        f"One entry of the JSON has more than {limits.json_whole_bytes} bytes.",
        "Export fewer assessments at once, or raise limits.json_whole_bytes in the pipeline.",
    )


def read_entries(data: bytes, limits: Limits) -> JsonEntries:
    """The entries of one JSON document, every one of them valid.

    Args:
        data: UTF-8 without a mark.

    Raises:
        ValueError: it is no JSON.
        RefusedFile: `too_deep`, `too_large`.
    """
    check_depth(data, limits.json_depth)
    start = len(_BLANK.match(data)[0])  # type: ignore[index]  # it always matches
    end = len(data.rstrip(_SPACE))
    if data[start : start + 1] == b"[":
        entries = JsonEntries(data, "$[", "]", is_entry=True)
        _add_elements(entries, start, end - 1, 1, limits)
        closing = b"]"
    else:
        entries = _page(data, start, end, limits)
        closing = b"}"
    if data[end - 1 : end] != closing:
        raise ValueError("it does not end where it should")
    for index in range(len(entries)):
        parse_json(entries.text(index))
    return entries


def _add_elements(entries: JsonEntries, opened: int, closed: int, depth: int, limits: Limits) -> None:
    """The elements of the array between two brackets, whose commas stand at a depth."""
    first = opened + 1
    for found in marks(entries.data):
        is_inside = (found.places > opened) & (found.places < closed)
        if (found.depths[is_inside] < depth).any():
            raise ValueError("its brackets do not match")
        is_comma = is_inside & (found.characters == ord(",")) & (found.depths == depth)
        for place in found.places[is_comma].tolist():
            _add_element(entries, first, place, limits)
            first = place + 1
    if len(entries) or entries.data[first:closed].strip(_SPACE):
        _add_element(entries, first, closed, limits)


def _add_element(entries: JsonEntries, start: int, end: int, limits: Limits) -> None:
    if end - start > limits.json_whole_bytes:
        raise _too_large(limits)
    if len(entries) >= limits.json_entries:
        raise RefusedFile(
            "too_large",
            f"The JSON lists more than {limits.json_entries} entries.",
            "Split the export, or raise limits.json_entries in the pipeline.",
        )
    entries.add(len(entries), start, end)


def _page(data: bytes, start: int, end: int, limits: Limits) -> JsonEntries:
    """The entries of an object that lists them; its other members are parsed, and their places kept."""
    entries = JsonEntries(data, f"$.{PAGE_KEY}[", "]", is_entry=True)
    keys: set[str] = set()
    has_list = False
    for first, colon, last in _members(data, start, end):
        if colon < 0:
            if keys or data[first:last].strip(_SPACE):
                raise ValueError("a member of the object has no value")
            continue
        key = parse_json(data[first:colon].decode("utf-8", "replace"))
        if not isinstance(key, str) or key in keys:
            raise ValueError(f"the key {key!r} stands twice in one object")
        keys.add(key)
        opened = colon + 1 + len(_BLANK.match(data, colon + 1, last)[0])  # type: ignore[index]  # it always matches
        if key == PAGE_KEY and data[opened : opened + 1] == b"[":
            has_list = True
            closed = data.rindex(b"]", opened, last)
            if data[closed + 1 : last].strip(_SPACE):
                raise ValueError("something stands behind a list")
            _add_elements(entries, opened, closed, 2, limits)
        elif last - colon > limits.json_whole_bytes:
            raise _too_large(limits)
        else:
            parse_json(data[colon + 1 : last].decode("utf-8", "replace"))
            entries.around[key] = (colon + 1, last)
    if not has_list:
        raise _too_large(limits)
    return entries


def _members(data: bytes, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Start, colon (-1 if there is none) and end of every member of the top-level object."""
    first, colon = start + 1, -1
    for found in marks(data):
        is_outer = (found.depths == 1) & ((found.characters == ord(",")) | (found.characters == ord(":")))
        for place in found.places[is_outer].tolist():
            if data[place] == ord(","):
                yield first, colon, place
                first, colon = place + 1, -1
            elif colon < 0:
                colon = place
    yield first, colon, end - 1


def read_lines(data: bytes, limits: Limits) -> tuple[JsonEntries, list[BrokenLine]]:
    """The values of a JSON Lines file by line, and the lines that are no JSON.

    Args:
        data: UTF-8 without a mark.

    Raises:
        RefusedFile: `too_deep`, `too_large`, `broken_json` where too many lines are broken.
    """
    values = JsonEntries(data, "line=", ";$", is_entry=False)
    broken: list[BrokenLine] = []
    start, number = 0, 0
    while start <= len(data):
        end = data.find(b"\n", start)
        end = len(data) if end < 0 else end
        number += 1
        if end - start > limits.json_whole_bytes:
            raise _too_large(limits)
        line = data[start:end]
        if line.strip():
            check_depth(line, limits.json_depth)
            text = line.decode("utf-8", "replace")
            try:
                parse_json(text)
            except ValueError as problem:
                broken.append(BrokenLine(f"line={number}", text, str(problem)))
                _check_broken(broken, limits)
            else:
                _check_count(values, limits)
                values.add(number, start, end)
        start = end + 1
    return values, broken


def _check_count(values: JsonEntries, limits: Limits) -> None:
    if len(values) >= limits.json_entries:
        raise RefusedFile(
            "too_large",
            f"The file has more than {limits.json_entries} lines.",
            "Split the export, or raise limits.json_entries in the pipeline.",
        )


def _check_broken(broken: Sequence[BrokenLine], limits: Limits) -> None:
    if len(broken) > limits.json_broken_lines:
        raise RefusedFile(
            "broken_json",
            f"More than {limits.json_broken_lines} lines are no JSON; the first is {broken[0].locator}: "
            f"{broken[0].problem}.",
            "Export it again.",
            value=broken[0].text[:80],
        )
