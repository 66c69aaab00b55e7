"""Workbooks through calamine, judged before it sees them, and with the error cells that it hides.

Rule kept: calamine reads a copy of the archive that holds only judged parts, with headers that state what was found, so
that no trick with the archive shows it anything else.
"""

from __future__ import annotations

import io
import posixpath
import struct
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from harmonize.collection import without_collector
from harmonize.errors import RefusedFile
from harmonize.reading.error_cells import CellError, error_cells
from harmonize.reading.legacy_workbook import read_legacy_workbook
from harmonize.reading.limits import Limits
from harmonize.reading.merged_cells import MergedCells, merged_cells
from harmonize.reading.shared_strings import referred_characters, string_lengths
from harmonize.reading.worksheet_cost import PartCost, part_cost
from harmonize.reading.worksheet_extent import exact_extent
from harmonize.reading.zip_copy import ZipCopy
from harmonize.reading.zip_directory import BROKEN_ZIP, open_zip, packed_content, unpack

__all__ = ["CellError", "read_workbook"]

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_READ_ENDINGS = (".xml", ".rels")
_PASSED_OVER = ("xl/media/", "xl/drawings/", "xl/charts/", "docprops/", "customxml/")
"""Parts of a workbook that hold no cells."""
_BROKEN = (*BROKEN_ZIP, struct.error, ElementTree.ParseError)
"""What a damaged archive may raise while it is looked into."""
_NAME = "the workbook"
_EXPORT_AGAIN = "Open and save it again, or export it again."

Rows = list[list[Any]]


@dataclass(frozen=True, slots=True)
class _Judged:
    """A workbook whose parts were judged.

    Attributes:
        copy: the archive with its judged parts, as they were packed.
        parts: sheet name -> part.
        errors: part -> error cells.
        merged: part -> merged cells.
        characters: part -> characters of its cells, at most.
    """

    copy: bytes
    parts: Mapping[str, str]
    errors: Mapping[str, list[tuple[int, int, CellError]]]
    merged: Mapping[str, tuple[MergedCells, ...]]
    characters: Mapping[str, int]


class _Parts:
    """The parts of a workbook, unpacked one at a time within the limits of the whole."""

    def __init__(self, data: bytes, archive: zipfile.ZipFile, limits: Limits) -> None:
        self._data = data
        self._archive = archive
        self._limits = limits
        self.entries = [entry for entry in archive.filelist if _is_read(entry.filename)]
        self._left = min(limits.archive_bytes, limits.workbook_bytes)

    def take(self, entry: zipfile.ZipInfo) -> bytes:
        """The content of a part, which the limits of the workbook are charged with."""
        try:
            xml = self.again(entry)
        except OverflowError:
            raise _unpacks_too_far(self._limits) from None
        self._left -= len(xml)
        # No spreadsheet program writes NUL bytes or a document type; both are ways to mean more than is seen.
        if b"\0" in xml or b"<!DOCTYPE" in xml:
            raise _broken(f"its part {entry.filename!r} is no plain XML")
        return xml

    def again(self, entry: zipfile.ZipInfo) -> bytes:
        """The content of a part that was taken before."""
        return unpack(self._data, self._archive, entry, max(self._left, 0))

    def packed(self, entry: zipfile.ZipInfo, xml: bytes) -> tuple[int, bytes]:
        """Method and bytes of a part as the archive holds it."""
        if entry.compress_type != zipfile.ZIP_DEFLATED:
            return zipfile.ZIP_STORED, xml
        return zipfile.ZIP_DEFLATED, packed_content(self._data, entry)

    def sheets(self) -> dict[str, str]:
        """Sheet name -> part; empty where the workbook does not say so plainly, in which case calamine will."""
        found = {entry.filename: entry for entry in self.entries}
        try:
            (workbook,) = (
                target
                for kind, target in _relations(self.again(found["_rels/.rels"]), "").values()
                if kind.endswith("/officeDocument")
            )
            folder, name = posixpath.split(workbook)
            relations = _relations(self.again(found[posixpath.join(folder, "_rels", f"{name}.rels")]), folder)
            return _sheet_parts(self.again(found[workbook]), relations)
        except (KeyError, ValueError, ElementTree.ParseError, OverflowError):
            return {}


def _is_read(part: str) -> bool:
    lower = part.lower()
    return lower.endswith(_READ_ENDINGS) and not lower.startswith(_PASSED_OVER)


def _relations(xml: bytes, folder: str) -> dict[str, tuple[str, str]]:
    """Id -> kind and part.

    Raises:
        ValueError: an id stands twice.
    """
    found: dict[str, tuple[str, str]] = {}
    for relation in ElementTree.fromstring(xml):
        target, key = relation.get("Target", ""), relation.get("Id", "")
        if key in found:
            raise ValueError(key)
        part = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
        found[key] = (relation.get("Type", ""), part)
    return found


def _sheet_parts(workbook: bytes, relations: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    """Sheet name -> part name inside the workbook.

    Raises:
        ValueError: a name stands twice.
    """
    parts: dict[str, str] = {}
    for sheet in ElementTree.fromstring(workbook).iter(f"{_MAIN}sheet"):
        name = sheet.get("name", "")
        if name in parts:
            raise ValueError(name)
        parts[name] = relations.get(sheet.get(_RELATION, ""), ("", ""))[1]
    return parts


def _too_large(message: str, cure: str) -> RefusedFile:
    return RefusedFile("too_large", message, cure)


def _broken(problem: object) -> RefusedFile:
    return RefusedFile("broken_workbook", f"The workbook cannot be opened: {problem}.", _EXPORT_AGAIN)


def _judge(data: bytes, limits: Limits) -> _Judged:
    """The workbook's parts, unpacked once and judged.

    Raises:
        RefusedFile: `archive_bomb`, `too_large`, `unknown_format`, `broken_workbook`.
    """
    costs: dict[str, PartCost] = {}
    sizes: dict[str, int] = {}
    errors: dict[str, list[tuple[int, int, CellError]]] = {}
    merged: dict[str, tuple[MergedCells, ...]] = {}
    copy = ZipCopy()
    with open_zip(data, _NAME, limits) as archive:
        _check_kind(archive)
        parts = _Parts(data, archive, limits)
        sheets = parts.sheets()
        names = {part: name for name, part in sheets.items()}
        for entry in parts.entries:
            part = entry.filename
            xml = parts.take(entry)
            sizes[part] = len(xml)
            costs[part] = cost = part_cost(xml)
            _check_extent(names.get(part, part), xml, cost, limits)
            _check_texts(names.get(part, part), cost, limits)
            if part in names:
                errors[part] = error_cells(xml, cost.may_hold_errors)
                merged[part] = merged_cells(xml)
            copy.add(part, *parts.packed(entry, xml), entry.CRC, len(xml))
        characters = _characters(parts, costs, limits)
    characters = {part: count + sizes[part] for part, count in characters.items()}
    return _Judged(copy.finished(), sheets, errors, merged, characters)


def _check_kind(archive: zipfile.ZipFile) -> None:
    names = [entry.filename.lower() for entry in archive.filelist]
    if not any(name.startswith("xl/") for name in names):
        raise RefusedFile(
            "unknown_format", "The file is an archive but no workbook.", "Deliver it as .zip, or as .xlsx."
        )
    if "xl/workbook.bin" in names:
        raise RefusedFile("unknown_format", "The file is a binary workbook (.xlsb).", "Save it as .xlsx.")
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise _broken(f"its part {twice!r} stands twice")
    locked = next((entry.filename for entry in archive.filelist if entry.flag_bits & 1), None)
    if locked is not None:
        raise _broken(f"its part {locked!r} is protected by a password")


def _unpacks_too_far(limits: Limits) -> RefusedFile:
    return RefusedFile(
        "archive_bomb",
        f"The workbook unpacks to more than {min(limits.archive_bytes, limits.workbook_bytes)} bytes.",
        "Deliver it as CSV, split it, or raise limits.workbook_bytes in the pipeline.",
    )


def _check_extent(name: str, xml: bytes, cost: PartCost, limits: Limits) -> None:
    rows, columns = cost.rows, cost.columns
    if rows * columns <= limits.sheet_cells:
        return
    exact = exact_extent(xml, limits.sheet_cells)
    if exact is not None:
        rows, columns = exact
    if rows * columns > limits.sheet_cells:
        raise _too_large(
            f"The sheet {name!r} spans {rows} x {columns} cells."
            if exact is not None
            else f"The sheet {name!r} may span more than {limits.sheet_cells} cells.",
            "Delete stray cells far from the table, or raise limits.sheet_cells in the pipeline.",
        )


def _check_texts(name: str, cost: PartCost, limits: Limits) -> None:
    if max(cost.longest_text, cost.longest_string) > 4 * limits.cell_characters:
        # A character takes four bytes at most.
        raise _too_large(
            f"{name!r} holds a text of more than {limits.cell_characters} characters.",
            "Shorten the cell, or raise limits.cell_characters in the pipeline.",
        )


def _characters(parts: _Parts, costs: Mapping[str, PartCost], limits: Limits) -> dict[str, int]:
    """Characters that the cells of every part copy from the shared strings, at most."""
    longest = max((cost.longest_string for cost in costs.values()), default=0)
    copied = {part: cost.cells * longest for part, cost in costs.items() if not cost.longest_string}
    holders = [entry for entry in parts.entries if costs[entry.filename].longest_string]
    if len(holders) != 1 or max(copied.values(), default=0) <= limits.workbook_characters:
        return copied
    lengths = string_lengths(parts.again(holders[0]))
    if lengths is None:
        return copied
    return {
        entry.filename: referred_characters(parts.again(entry), lengths)
        if copied[entry.filename] > limits.workbook_characters
        else copied[entry.filename]
        for entry in parts.entries
        if entry.filename in copied
    }


def _open(copy: bytes) -> CalamineWorkbook:
    try:
        return CalamineWorkbook.from_filelike(io.BytesIO(copy))
    except (CalamineError, *_BROKEN) as problem:
        raise _broken(problem) from problem
    except BaseException as problem:
        raise _panic(problem) from problem


def _panic(problem: BaseException) -> BaseException:
    """A panic of the native reader is no `Exception`, but says only that the workbook is damaged."""
    return _broken("its content contradicts itself") if type(problem).__name__ == "PanicException" else problem


def _sheet(workbook: CalamineWorkbook, name: str) -> CalamineSheet:
    try:
        return workbook.get_sheet_by_name(name)
    except (CalamineError, *_BROKEN) as problem:
        raise _broken(problem) from problem
    except BaseException as problem:
        raise _panic(problem) from problem


def _check_total(name: str, cells: int, characters: int, limits: Limits) -> None:
    if cells > limits.sheet_cells or characters > limits.workbook_characters:
        raise _too_large(
            f"The sheets up to {name!r} hold {cells} cells and up to {characters} characters.",
            "Split the workbook, or raise limits.sheet_cells or limits.workbook_characters in the pipeline.",
        )


def read_workbook(data: bytes, limits: Limits) -> list[tuple[str, Rows, tuple[MergedCells, ...]]]:
    """Every worksheet with its rows from row 1, error cells marked, and its merged cells where the format tells them.

    Raises:
        RefusedFile: `broken_workbook` when it cannot be opened, `too_large` or `archive_bomb` beyond the limits,
            `unknown_format` for what is no workbook, or a binary one.
    """
    if data.startswith(_OLE):
        return [(name, rows, ()) for name, rows in read_legacy_workbook(data, limits)]
    try:
        judged = _judge(data, limits)
    except _BROKEN as problem:
        raise _broken(problem) from problem
    workbook = _open(judged.copy)
    worst = max(judged.characters.values(), default=0)
    sheets: list[tuple[str, Rows, tuple[MergedCells, ...]]] = []
    cells = characters = 0
    for name in workbook.sheet_names:
        part = judged.parts.get(name, "")
        # The reader copies the texts as soon as it is asked for the sheet, so they are judged before.
        characters += judged.characters.get(part, worst)
        _check_total(name, cells, characters, limits)
        sheet = _sheet(workbook, name)
        last = sheet.end
        cells += (last[0] + 1) * (last[1] + 1) if last else 0
        _check_total(name, cells, characters, limits)
        with without_collector():
            rows: Rows = sheet.to_python(skip_empty_area=False)
        for row, column, error in judged.errors.get(part, ()):
            if 0 <= row < len(rows) and 0 <= column < len(rows[row]):
                rows[row][column] = error
        sheets.append((name, rows, judged.merged.get(part, ())))
    return sheets
