"""Delimited text as rows: the encoding, the delimiter, and the cells, read line by line within the limits.

Rule kept: at no time is more in memory than the bytes of the file, one line, and the rows as compactly as the file
holds them; only a text whose encoding must be guessed is decoded as a whole.
"""

from __future__ import annotations

import codecs
import csv
import io
import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TextIO

from harmonize.errors import RefusedFile
from harmonize.reading.delimited import WIDE_COLUMNS, DelimitedRows, split_rows
from harmonize.reading.encoding import Decoded, decode
from harmonize.reading.limits import Limits
from harmonize.reading.packed_rows import ERROR_WORDS, SEPARATOR, PackedRows

__all__ = ["DelimitedText", "read_table"]

_DELIMITERS = (",", ";", "\t", "|")
_SAMPLE_ROWS = 20
_SAMPLE_CHARACTERS = 1 << 18
_BLOCK = 1 << 20
_WIDE = ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_REPLACED = "\ufffd"
_END = [SEPARATOR, SEPARATOR]
"""A row of its own behind the last one: where a quotation never ends, it is swallowed into the last cell."""


@dataclass(frozen=True, slots=True)
class DelimitedText:
    """The rows of a text, how it was decoded (its text only where that was guessed), what splits it and else could."""

    rows: PackedRows | DelimitedRows
    decoded: Decoded
    delimiter: str
    other_delimiters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Source:
    """A text that can be opened more than once."""

    data: bytes
    decoded: Decoded
    mark: int
    counts_replaced: bool

    def open(self) -> TextIO:
        if not self.decoded.certain:
            return io.StringIO(self.decoded.text, newline="")
        stream = io.BytesIO(self.data)
        stream.seek(self.mark)
        return io.TextIOWrapper(stream, encoding=self.decoded.encoding, errors="replace", newline="")


def _is_utf8(data: bytes) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    view = memoryview(data)
    try:
        for start in range(0, len(data), _BLOCK):
            decoder.decode(bytes(view[start : start + _BLOCK]))
        decoder.decode(b"", True)
    except UnicodeDecodeError:
        return False
    return True


def _source(data: bytes, fallback: str, limits: Limits) -> _Source:
    for mark, encoding in _WIDE:
        if data.startswith(mark):
            return _Source(data, Decoded("", encoding, certain=True), len(mark), counts_replaced=True)
    if data.startswith(codecs.BOM_UTF8):
        return _Source(data, Decoded("", "utf-8", certain=True), len(codecs.BOM_UTF8), counts_replaced=True)
    if _is_utf8(data):
        return _Source(data, Decoded("", "utf-8", certain=True), 0, counts_replaced=False)
    if len(data) > limits.text_bytes:
        raise RefusedFile(
            "too_large",
            f"The text is no UTF-8, and with {len(data)} bytes too large to guess its encoding.",
            "Export it as UTF-8, split it, or raise limits.text_bytes in the pipeline.",
        )
    return _Source(data, decode(data, fallback), 0, counts_replaced=False)


def _delimiters(source: _Source, limits: Limits) -> list[str]:
    """Delimiters that give columns, first the one that splits the first rows most evenly."""
    with source.open() as stream:
        sample = stream.read(_SAMPLE_CHARACTERS)
    found: dict[str, float] = {}
    for delimiter in _DELIMITERS:
        if delimiter not in sample:
            continue
        reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
        try:
            widths = [len(row) for row in islice(reader, _SAMPLE_ROWS) if row]
        except csv.Error:
            continue
        counted = Counter(width for width in widths if width > 1)
        for width, rows in counted.items():
            evenness = rows / len(widths) * (1 + math.log(width))
            found[delimiter] = max(evenness, found.get(delimiter, 0))
    return sorted(found, key=lambda delimiter: -found[delimiter]) or [","]


class _Lines:
    """The lines of a text, none too long, with a line of its own behind the last.

    Attributes:
        replaced: characters that could not be decoded, so far.
    """

    def __init__(self, stream: TextIO, delimiter: str, limits: Limits) -> None:
        self._stream = stream
        self._delimiter = delimiter
        self._limits = limits
        self.replaced = 0

    def __iter__(self) -> Iterator[str]:
        most = self._limits.line_characters
        number = 0
        while line := self._stream.readline(most + 1):
            number += 1
            if len(line) > most:
                raise _too_large(f"Line {number} has more than {most} characters", "line_characters")
            if SEPARATOR in line:
                raise RefusedFile(
                    "unknown_format",
                    "The file holds NUL bytes: it is neither text nor a known workbook.",
                    "Export it again.",
                )
            self.replaced += line.count(_REPLACED)
            yield line
        yield self._delimiter.join(_END)


def _too_large(what: str, limit: str) -> RefusedFile:
    return RefusedFile("too_large", f"{what}.", f"Split the export, or raise limits.{limit} in the pipeline.")


def _rows(lines: _Lines, delimiter: str, limits: Limits) -> PackedRows:
    rows = PackedRows()
    reader = csv.reader(iter(lines), delimiter=delimiter)
    row: list[str] = []
    try:
        for row in reader:
            if not row or row == _END:
                continue
            if len(row) > limits.columns:
                raise _too_large(f"The row that ends in line {reader.line_num} has {len(row)} cells", "columns")
            if len(rows) >= limits.table_rows:
                raise _too_large(f"The table has more than {limits.table_rows} rows", "table_rows")
            if row[-1].endswith(SEPARATOR):
                break
            rows.add(row)
    except csv.Error as problem:
        if "field limit" in str(problem):
            what = f"The row that ends behind line {reader.line_num} has a cell of more than {limits.cell_characters}"
            raise _too_large(f"{what} characters", "cell_characters") from problem
        raise RefusedFile(
            "broken_csv",
            f"The table cannot be split into cells in line {reader.line_num}: {problem}.",
            "Export it again.",
        ) from problem
    if row != _END:
        raise RefusedFile(
            "broken_csv",
            "A quoted cell never ends, so the rows after it cannot be told apart.",
            "Export it again, or close the quotation mark.",
        )
    return rows


def read_table(data: bytes, fallback: str, delimiter: str | None, limits: Limits) -> DelimitedText:
    """The rows of a delimited text; entirely empty lines are passed over.

    Args:
        fallback: the encoding of what is no UTF-8 and has no mark.
        delimiter: split at this one; otherwise the one that splits the first rows most evenly.

    Raises:
        RefusedFile: `unknown_format`, `broken_csv`, `too_large`.
    """
    # The csv module knows one limit for the whole process; all files of a run are read under the same.
    csv.field_size_limit(limits.cell_characters)
    source = _source(data, fallback, limits)
    delimiters = _delimiters(source, limits)
    chosen = delimiter or delimiters[0]
    others = tuple(other for other in delimiters if other != chosen)
    wide = _wide_rows(source, chosen, limits)
    if wide is not None:
        return DelimitedText(wide, source.decoded, chosen, others)
    with source.open() as stream:
        lines = _Lines(stream, chosen, limits)
        rows = _rows(lines, chosen, limits)
    decoded = source.decoded
    if source.counts_replaced:
        decoded = Decoded("", decoded.encoding, certain=True, replaced=lines.replaced)
    may_hold_errors = any(word.encode(decoded.encoding, "replace") in data for word in ERROR_WORDS)
    return DelimitedText(PackedRows(rows.packed, may_hold_errors), decoded, chosen, others)


def _wide_rows(source: _Source, delimiter: str, limits: Limits) -> DelimitedRows | None:
    """The rows of UTF-8 text of hundreds of columns, split piece by piece; None where line by line is the way."""
    data, decoded = source.data, source.decoded
    is_plain = decoded.certain and decoded.encoding == "utf-8" and (not source.counts_replaced or _is_utf8(data))
    is_wide = data.count(delimiter.encode(), 0, _SAMPLE_CHARACTERS) >= WIDE_COLUMNS and b"\0" not in data
    if not is_plain or not is_wide:
        return None
    rows = split_rows(data[source.mark :], delimiter, min(limits.cell_characters, limits.line_characters))
    if rows is None or not WIDE_COLUMNS <= rows.width <= limits.columns or len(rows) > limits.table_rows:
        return None
    return rows
