"""A delivered file as a document: a list of sheets, or JSON values with their places."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

from harmonize.errors import RefusedFile
from harmonize.reading.encoding import decode
from harmonize.reading.json_entries import BrokenLine, JsonValue, read_entries, read_lines
from harmonize.reading.json_text import check_depth, parse_json
from harmonize.reading.limits import Limits
from harmonize.reading.sheets import Sheet, read_csv, read_sheets

__all__ = ["BrokenLine", "Document", "JsonValue", "open_document", "suffix_of"]

_WORKBOOKS = frozenset({".xlsx", ".xlsm", ".xls"})
_HTML = re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|head|table|meta)", re.IGNORECASE)
_BLANK_START = re.compile(rb"[\xef\xbb\xbf \t\r\n]*")
_WIDE_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True, slots=True)
class Document:
    """What a file holds: sheets (CSV has one), or JSON values; never both.

    Attributes:
        values: the document as one value, or its lines; where it is large, its entries, each parsed when it is asked
            for, so that whoever holds on to them all gives up the bound on memory.
    """

    sheets: tuple[Sheet, ...] = ()
    values: Sequence[JsonValue] = ()
    broken_lines: tuple[BrokenLine, ...] = ()


def suffix_of(path: str) -> str:
    """Lower-case ending of a path with its dot; that of the member for archive members and `.gz` files."""
    name = path.rsplit("/", 1)[-1]
    return "." + name.rsplit(".", 1)[-1].lower() if "." in name else ""


def _json_lines(data: bytes, limits: Limits) -> Document:
    """A JSON Lines file; a large one keeps only the places of its lines."""
    found, broken = read_lines(data, limits)
    if not found:
        problem_text = broken[0].problem if broken else "it is empty"
        raise RefusedFile("broken_json", f"No line is valid JSON: {problem_text}.", "Export it again.")
    values = found if len(data) > limits.json_whole_bytes else tuple(found)
    return Document(values=values, broken_lines=tuple(broken))


def _one_value(data: bytes, limits: Limits) -> Sequence[JsonValue]:
    if len(data) > limits.json_whole_bytes:
        return read_entries(data, limits)
    check_depth(data, limits.json_depth)
    return (JsonValue("$", parse_json(data.decode("utf-8", "replace"))),)


def _is_lines(data: bytes) -> bool:
    """Several lines that each look like an object; the last one may break off."""
    shapes = [(line.startswith(b"{"), line.endswith(b"}")) for line in map(bytes.strip, io.BytesIO(data)) if line]
    return len(shapes) > 1 and all(opens and closes for opens, closes in shapes[:-1])


def _json(data: bytes, suffix: str, limits: Limits) -> Document:
    plain = _as_utf8(data)
    if suffix == ".jsonl":
        return _json_lines(plain, limits)
    try:
        return Document(values=_one_value(plain, limits))
    except ValueError as problem:
        if _is_lines(plain):
            return _json_lines(plain, limits)
        raise RefusedFile(
            "broken_json", f"The JSON breaks off or is malformed: {problem}.", "Export it again, whole."
        ) from problem


def _as_utf8(data: bytes) -> bytes:
    if data.startswith(_WIDE_MARKS):
        return decode(data).text.encode("utf-8", "replace")
    return data.removeprefix(codecs.BOM_UTF8)


def open_document(
    data: bytes, path: str, limits: Limits, fallback_encoding: str = "cp1252", delimiter: str | None = None
) -> Document:
    """Open a file by its content, with the file name's ending only as a hint.

    Raises:
        RefusedFile: `empty_file`, `unknown_format`, `broken_workbook`, `broken_json`, `too_large`, `too_deep`.
    """
    suffix = suffix_of(path)
    if not data or data.isspace():
        raise RefusedFile("empty_file", "The file is empty.", "Export it again.")
    start = _BLANK_START.match(data)
    at = start.end() if start else 0
    head = data[at : at + 1]
    if _HTML.match(data[:1024]):
        raise RefusedFile(
            "unknown_format",
            "The file is a web page, whatever its name says.",
            "Open it in a spreadsheet and save as .xlsx.",
        )
    if data[:4] == b"PK\x03\x04" or data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" or suffix in _WORKBOOKS:
        return Document(sheets=tuple(read_sheets(data, limits)))
    if suffix == ".jsonl" or head in (b"{", b"["):
        return _json(data, suffix, limits)
    if data.startswith(_WIDE_MARKS) and decode(data[:64]).text.lstrip()[:1] in ("{", "["):
        return _json(data, suffix, limits)
    return Document(sheets=(read_csv(data, fallback_encoding, delimiter, limits),))
