"""Workbooks through calamine, with the error cells that calamine hides.

python-calamine returns an empty string for an Excel error; the sheet's XML says `t="e"`, so that is looked at too.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

from python_calamine import CalamineError, CalamineWorkbook

from harmonize.errors import RefusedFile
from harmonize.reading.limits import Limits

__all__ = ["CellError", "read_workbook"]

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_CELL = re.compile(r"^([A-Z]{1,3})(\d+)$")
_ERROR_TYPE = re.compile(rb"""\bt\s*=\s*["']e["']""")
_ROW = re.compile(rb'<row [^>]*?r="(\d{1,9})"')
_TWO_LETTERS = re.compile(rb' r="([A-Z]{2})\d')
_THREE_LETTERS = re.compile(rb' r="([A-Z]{3})\d')


_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    KeyError,
    ElementTree.ParseError,
    EOFError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
)
"""What a damaged archive may raise while it is looked into."""


@dataclass(frozen=True, slots=True)
class CellError:
    """An Excel error such as `#N/A`: missing, with a reason."""

    name: str


def _column(letters: str) -> int:
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1


def _sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Sheet name -> part name inside the workbook."""
    relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    targets = {relation.get("Id"): relation.get("Target", "") for relation in relations}
    workbook = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    parts: dict[str, str] = {}
    for sheet in workbook.iter(f"{_MAIN}sheet"):
        target = targets.get(sheet.get(_RELATION), "")
        part = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))
        parts[sheet.get("name", "")] = part
    return parts


def _errors_of(stream: Any) -> Iterator[tuple[int, int, CellError]]:
    """Row, column and name of every error cell; rows and cells without a reference follow the one before."""
    row = column = -1
    for event, element in ElementTree.iterparse(stream, events=("start", "end")):
        if element.tag == f"{_MAIN}row":
            if event == "start":
                row, column = int(element.get("r", row + 2)) - 1, -1
            else:
                element.clear()
        elif element.tag == f"{_MAIN}c" and event == "end":
            place = _CELL.match(element.get("r", ""))
            column = _column(place[1]) if place else column + 1
            if element.get("t") == "e":
                value = element.find(f"{_MAIN}v")
                yield row, column, CellError(value.text if value is not None and value.text else "#N/A")


def _error_cells(data: bytes) -> dict[str, list[tuple[int, int, CellError]]]:
    """Error cells by sheet; empty for workbooks that are not Office Open XML."""
    found: dict[str, list[tuple[int, int, CellError]]] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name, part in _sheet_parts(archive).items():
                if part in archive.NameToInfo and _ERROR_TYPE.search(archive.read(part)):
                    with archive.open(part) as stream:
                        found[name] = list(_errors_of(stream))
    except _BROKEN:
        return found
    return found


def _check_size(data: bytes, limits: Limits) -> None:
    """Refuse what would exhaust the memory before calamine allocates the dense range of a sheet."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
            if unpacked > limits.archive_bytes or unpacked > len(data) * limits.archive_expansion * 10:
                raise RefusedFile(
                    "archive_bomb",
                    f"The workbook unpacks to {unpacked} bytes.",
                    "Deliver it as CSV, or split it.",
                )
            if not any(name.startswith("xl/") for name in archive.namelist()):
                raise RefusedFile(
                    "unknown_format",
                    "The file is an archive but no workbook.",
                    "Deliver it as .zip, or as .xlsx.",
                )
            for name, part in _sheet_parts(archive).items():
                if part in archive.NameToInfo:
                    _check_extent(name, archive.read(part), limits)
    except _BROKEN:
        # calamine, which reads what it can, says whether the workbook is beyond reading.
        return


def _check_extent(name: str, xml: bytes, limits: Limits) -> None:
    rows = max((int(number) for number in _ROW.findall(xml)), default=0)
    columns = next(
        (most for pattern, most in ((_THREE_LETTERS, 16_384), (_TWO_LETTERS, 702)) if pattern.search(xml)), 26
    )
    if rows * columns > limits.sheet_cells and columns > 26:
        pattern = _THREE_LETTERS if columns > 702 else _TWO_LETTERS
        columns = 1 + max(_column(letters.decode()) for letters in set(pattern.findall(xml)))
    if rows * columns > limits.sheet_cells:
        raise RefusedFile(
            "too_large",
            f"The sheet {name!r} spans {rows} x {columns} cells.",
            "Delete stray cells far from the table, or raise limits.sheet_cells in the pipeline.",
        )


def read_workbook(data: bytes, limits: Limits) -> list[tuple[str, list[list[Any]]]]:
    """Every worksheet with its rows from row 1, error cells marked.

    Raises:
        RefusedFile: `broken_workbook` when it cannot be opened, `too_large` or `archive_bomb` beyond the limits.
    """
    _check_size(data, limits)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets: list[tuple[str, list[list[Any]]]] = [
            (name, workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)) for name in workbook.sheet_names
        ]
    except (CalamineError, *_BROKEN) as problem:
        raise RefusedFile(
            "broken_workbook",
            f"The workbook cannot be opened: {problem}.",
            "Open and save it again, or export it again.",
        ) from problem
    errors = _error_cells(data)
    for name, rows in sheets:
        for row, column, error in errors.get(name, ()):
            if row < len(rows) and column < len(rows[row]):
                rows[row][column] = error
    return sheets
