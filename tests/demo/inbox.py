"""Look into the files of the invented inbox without any help of the generator."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

from python_calamine import CalamineWorkbook

__all__ = ["content_of", "csv_rows", "value_at", "workbook_rows"]


def content_of(demo: Path, path: str) -> bytes:
    outer, inside, member = path.partition("!/")
    data = (demo / "inbox" / outer).read_bytes()
    if inside:
        return zipfile.ZipFile(io.BytesIO(data)).read(member)
    return gzip.decompress(data) if path.endswith(".gz") else data


def csv_rows(demo: Path, path: str) -> list[list[str]]:
    """Header and rows; a block of labels above the header is left out."""
    encoding = "latin-1" if path.startswith(("gap/received-2026-0", "northline")) else "utf-8"
    delimiter = ";" if "covc" in path else ","
    text = content_of(demo, path).decode(encoding)
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    return rows[next((at for at, row in enumerate(rows) if row[:1] == ["STT"]), 0) :]


def value_at(demo: Path, path: str, locator: str) -> Any:
    """The cell or row at a place, found without any help of the generator."""
    if locator.startswith("$"):
        value = json.loads(content_of(demo, path))
        for name, number in re.findall(r"\.([\w-]+)|\[(\d+)\]", locator):
            value = value[name or int(number)]
        return value["status"] if isinstance(value, dict) else value
    if locator.startswith("sheet="):
        sheet, _, cell = locator.removeprefix("sheet=").partition(";")
        rows = (
            CalamineWorkbook.from_filelike(io.BytesIO(content_of(demo, path)))
            .get_sheet_by_name(sheet)
            .to_python(skip_empty_area=False)
        )
        if cell.startswith("row="):
            return rows[int(cell.removeprefix("row=")) - 1]
        letters, number = re.fullmatch(r"cell=([A-Z]+)(\d+)", cell).groups()  # type: ignore[union-attr]
        column = 0
        for letter in letters:
            column = column * 26 + ord(letter) - 64
        return rows[int(number) - 1][column - 1]
    header, *lines = csv_rows(demo, path)
    row, _, column_name = locator.removeprefix("row=").partition(";col=")
    line = lines[int(row) - 1]
    return line[header.index(column_name)] if column_name else line


def workbook_rows(demo: Path, path: str) -> list[list[str]]:
    """The rows of a workbook's first sheet below a title and a header."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(content_of(demo, path)))
    return [list(map(str, row)) for row in book.get_sheet_by_index(0).to_python()[2:]]
