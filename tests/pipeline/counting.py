"""Count the answer-bearing cells of a delivered inbox a second time, from the files alone.

The release is asked only what each file is; how many cells it has is found here. Workbooks are read into the described
form of the fixtures, with error cells found in the sheets' XML, so that the rules per family are written once.
"""

from __future__ import annotations

import gzip
import io
import json
import re
import zipfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from python_calamine import CalamineWorkbook

from harmonize.project import Project
from harmonize.sources.profile import load_profiles
from tests.pipeline.worlds import ROOT, Release
from tests.sources.counting import count

__all__ = ["count_delivered"]

_ERROR_CELL = re.compile(rb'<c r="([A-Z]+)(\d+)"[^>]*t="e"')


def _bytes(inbox: Path, path: str) -> bytes:
    archive, _, member = path.partition("!/")
    data = (inbox / archive).read_bytes()
    if not member:
        return data
    if data[:2] == b"\x1f\x8b":
        return gzip.decompress(data)
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        return opened.read(member)


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _described(data: bytes) -> Mapping[str, list[list[Any]]]:
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
    sheets: dict[str, list[list[Any]]] = {}
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        for number, name in enumerate(workbook.sheet_names, start=1):
            rows = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
            plain = [
                [
                    cell.isoformat()[:10] if isinstance(cell, date) else cell if isinstance(cell, str) else str(cell)
                    for cell in row
                ]
                for row in rows
            ]
            for letters, row in _ERROR_CELL.findall(opened.read(f"xl/worksheets/sheet{number}.xml")):
                plain[int(row) - 1][_column(letters.decode())] = "#N/A"
            sheets[name] = plain
    return sheets


def count_delivered(inbox: Path, release: Release, folder: Path) -> dict[str, tuple[int, int]]:
    """Path -> cells in all and blank ones, for every file that was not refused."""
    profiles = load_profiles(Project.locate(ROOT).files("mappings", "*/source.yml"))
    found: dict[str, tuple[int, int]] = {}
    for number, (path, instrument, layout_name) in enumerate(
        release.query("SELECT path, instrument, layout FROM file WHERE status <> 'refused' ORDER BY path")
    ):
        data = _bytes(inbox, path)
        layout = next(layout for layout in profiles[instrument].layouts if layout.name == layout_name)
        copy = folder / f"{number}.{'xlsx.json' if data[:2] == b'PK' else 'txt'}"
        copy.write_bytes(json.dumps(_described(data)).encode() if data[:2] == b"PK" else data)
        found[path] = count(copy, layout)
    return found
