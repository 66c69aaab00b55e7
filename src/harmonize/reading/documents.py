"""A delivered file as a document: a list of sheets, or JSON values with their places."""

from __future__ import annotations

import codecs
import json
import re
from dataclasses import dataclass
from typing import Any

from harmonize.errors import RefusedFile
from harmonize.reading.encoding import decode
from harmonize.reading.limits import Limits
from harmonize.reading.sheets import Sheet, read_csv, read_sheets

__all__ = ["BrokenLine", "Document", "JsonValue", "open_document", "suffix_of"]

_WORKBOOKS = frozenset({".xlsx", ".xlsm", ".xls"})
_HTML = re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|head|table|meta)", re.IGNORECASE)
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


@dataclass(frozen=True, slots=True)
class JsonValue:
    """One JSON value with the locator of its root: `$`, or `line=3;$`."""

    root: str
    value: Any


@dataclass(frozen=True, slots=True)
class BrokenLine:
    """A line of a JSON Lines file that is not JSON."""

    locator: str
    text: str
    problem: str


@dataclass(frozen=True, slots=True)
class Document:
    """What a file holds: sheets (CSV has one), or JSON values; never both."""

    sheets: tuple[Sheet, ...] = ()
    values: tuple[JsonValue, ...] = ()
    broken_lines: tuple[BrokenLine, ...] = ()


def suffix_of(path: str) -> str:
    """Lower-case ending of a path with its dot; that of the member for archive members and `.gz` files."""
    name = path.rsplit("/", 1)[-1]
    return "." + name.rsplit(".", 1)[-1].lower() if "." in name else ""


def _depth_limited(text: str, limits: Limits) -> Any:
    try:
        value = json.loads(text)
    except RecursionError as problem:
        raise RefusedFile("too_deep", "The JSON is nested too deeply.", "Export it again.") from problem
    _check_depth(value, limits.json_depth)
    return _whole_characters(value) if _SURROGATE.search(text) else value


def _whole_characters(value: Any) -> Any:
    """Halves of characters (lone surrogates), as truncated exports escape them, become U+FFFD."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_whole_characters(item) for item in value]
    if isinstance(value, dict):
        return {_whole_characters(key): _whole_characters(item) for key, item in value.items()}
    return value


def _check_depth(value: Any, limit: int) -> None:
    level = [value]
    depth = 0
    while level:
        depth += 1
        if depth > limit:
            raise RefusedFile("too_deep", f"The JSON is nested deeper than {limit} levels.", "Export it again.")
        level = [
            child
            for node in level
            if isinstance(node, dict | list)
            for child in (node.values() if isinstance(node, dict) else node)
            if isinstance(child, dict | list)
        ]


def _json_lines(text: str, limits: Limits) -> Document:
    values: list[JsonValue] = []
    broken: list[BrokenLine] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            values.append(JsonValue(f"line={number};$", _depth_limited(line, limits)))
        except ValueError as problem:
            broken.append(BrokenLine(f"line={number}", line, str(problem)))
    if not values:
        problem_text = broken[0].problem if broken else "it is empty"
        raise RefusedFile("broken_json", f"No line is valid JSON: {problem_text}.", "Export it again.")
    return Document(values=tuple(values), broken_lines=tuple(broken))


def _json(data: bytes, suffix: str, limits: Limits) -> Document:
    decoded = decode(data, "utf-8")
    if suffix == ".jsonl":
        return _json_lines(decoded.text, limits)
    try:
        return Document(values=(JsonValue("$", _depth_limited(decoded.text, limits)),))
    except ValueError as problem:
        lines = [line for line in decoded.text.split("\n") if line.strip()]
        if len(lines) > 1 and all(line.lstrip().startswith("{") and line.rstrip().endswith("}") for line in lines[:-1]):
            return _json_lines(decoded.text, limits)
        raise RefusedFile(
            "broken_json", f"The JSON breaks off or is malformed: {problem}.", "Export it again, whole."
        ) from problem


def open_document(
    data: bytes, path: str, limits: Limits, fallback_encoding: str = "cp1252", delimiter: str | None = None
) -> Document:
    """Open a file by its content, with the file name's ending only as a hint.

    Raises:
        RefusedFile: `empty_file`, `unknown_format`, `broken_workbook`, `broken_json`, `too_large`, `too_deep`.
    """
    suffix = suffix_of(path)
    if not data.strip():
        raise RefusedFile("empty_file", "The file is empty.", "Export it again.")
    head = data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
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
    if decode(data[:64]).text.lstrip()[:1] in ("{", "[") and data[:2] in (
        codecs.BOM_UTF16_LE,
        codecs.BOM_UTF16_BE,
    ):
        return _json(data, suffix, limits)
    return Document(sheets=(read_csv(data, fallback_encoding, delimiter),))
