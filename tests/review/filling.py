"""Fill in a workbook as a person does: text into cells, and nothing else of the file touched."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

from python_calamine import CalamineWorkbook

__all__ = ["FilledRow", "fill", "rows_of", "sheet_names", "texts_of"]


@dataclass(frozen=True)
class FilledRow:
    """A row of a workbook: its sheet, its number from 1, and its cells by the titles of columns."""

    sheet: str
    number: int
    cells: Mapping[str, str]


def sheet_names(path: Path) -> list[str]:
    """All sheets, hidden ones included."""
    return list(CalamineWorkbook.from_path(str(path)).sheet_names)


def texts_of(path: Path, sheet: str) -> list[list[str]]:
    """A sheet from its first row on."""
    found = CalamineWorkbook.from_path(str(path)).get_sheet_by_name(sheet)
    return [list(map(str, row)) for row in found.to_python(skip_empty_area=False)]


def rows_of(path: Path) -> Iterator[FilledRow]:
    """The rows of items, in the order of sheets."""
    for sheet in sheet_names(path):
        header: Sequence[str] = ()
        for number, texts in enumerate(texts_of(path, sheet), start=1):
            if "payload" in texts:
                header = texts
            elif header:
                yield FilledRow(sheet, number, dict(zip(header, texts, strict=False)))


def fill(path: Path, put: Callable[[FilledRow], Mapping[str, str]], target: Path | None = None) -> int:
    """Put texts into cells by row and title of column; returns how many rows were touched."""
    changes: dict[str, dict[str, str]] = {}
    touched = 0
    for row in rows_of(path):
        wanted = put(row)
        touched += bool(wanted)
        for title, text in wanted.items():
            column = _letters(list(row.cells).index(title))
            changes.setdefault(row.sheet, {})[f"{column}{row.number}"] = text
    parts = {name: f"xl/worksheets/sheet{at}.xml" for at, name in enumerate(sheet_names(path), start=1)}
    stream = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            data = old.read(entry)
            for sheet, cells in changes.items():
                if entry.filename == parts[sheet]:
                    data = _changed(data.decode(), cells).encode()
            new.writestr(entry, data)
    (target or path).write_bytes(stream.getvalue())
    return touched


def _changed(xml: str, cells: Mapping[str, str]) -> str:
    def replaced(found: re.Match[str]) -> str:
        place = found["place"]
        if place not in cells:
            return found[0]
        text = f'<is><t xml:space="preserve">{escape(cells[place])}</t></is>'
        return f'<c r="{place}"{found["style"]} t="inlineStr">{text}</c>'

    pattern = r'<c r="(?P<place>[A-Z]+\d+)"(?P<style>(?: s="\d+")?)(?: t="\w+")?(?:/>|>.*?</c>)'
    changed = re.sub(pattern, replaced, xml, flags=re.DOTALL)
    assert all(f'<c r="{place}"' in changed for place in cells), "a cell that was meant is not there"
    return changed


def _letters(at: int) -> str:
    return chr(ord("A") + at) if at < 26 else chr(ord("A") + at // 26 - 1) + chr(ord("A") + at % 26)
