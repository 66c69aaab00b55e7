"""Turn documents into bytes, the same bytes every time.

Workbooks carry a fixed creation date, archives fixed member dates and gzip no time at all.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date, datetime

import xlsxwriter

from harmonize.demo.sheets import ExcelError, Grid, SheetDocument, Value

__all__ = ["archive", "compressed", "json_bytes", "json_lines", "sheet_bytes"]

FIXED_MOMENT = datetime(2026, 1, 1)  # noqa: DTZ001 - workbooks hold times without a zone
FIXED_ZIP_DATE = (2026, 1, 1, 0, 0, 0)


def sheet_bytes(document: SheetDocument) -> bytes:
    """The file of a document of rows, gzipped where its path says so."""
    content = _csv_bytes(document) if document.container == "csv" else _xlsx_bytes(document.grids)
    return compressed(content) if document.path.endswith(".gz") else content


def compressed(content: bytes) -> bytes:
    """Gzip without a time stamp."""
    return gzip.compress(content, mtime=0)


def archive(members: Mapping[str, bytes]) -> bytes:
    """A zip archive with fixed dates, members in the order given."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members.items():
            entry = zipfile.ZipInfo(name, FIXED_ZIP_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(entry, content)
    return buffer.getvalue()


def json_bytes(payload: object) -> bytes:
    """One JSON document."""
    return (json.dumps(payload, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def json_lines(payloads: Sequence[object]) -> bytes:
    """One JSON document per line."""
    return "".join(json.dumps(payload, ensure_ascii=False) + "\n" for payload in payloads).encode("utf-8")


def _csv_bytes(document: SheetDocument) -> bytes:
    (grid,) = document.grids
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=document.delimiter, lineterminator="\r\n")
    for title in grid.titles:
        writer.writerow(title)
    writer.writerow(grid.header)
    writer.writerows([_as_text(value) for value in row.values] for row in grid.rows)
    content = text.getvalue().encode(document.encoding)
    return b"\xff\xfe" + content if document.encoding == "utf-16-le" else content


def _as_text(value: Value) -> str:
    if value is None:
        return ""
    return value.word if isinstance(value, ExcelError) else str(value)


def _xlsx_bytes(grids: Sequence[Grid]) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": FIXED_MOMENT})
    day_format = book.add_format({"num_format": "yyyy-mm-dd"})
    for grid in grids:
        sheet = book.add_worksheet(grid.name)
        header = (grid.header,) if grid.header_shown else ()
        lines = (*grid.titles, *header, *(row.values for row in grid.rows))
        for at, line in enumerate(lines):
            for column, value in enumerate(line):
                _write_cell(sheet, (at, column), value, day_format)
    book.close()
    return buffer.getvalue()


def _write_cell(
    sheet: xlsxwriter.worksheet.Worksheet,
    at: tuple[int, int],
    value: Value,
    day_format: xlsxwriter.format.Format,
) -> None:
    match value:
        case None | "":
            return
        case ExcelError():
            sheet.write_formula(*at, "=NA()", None, value.word)
        case date():
            sheet.write_datetime(*at, value, day_format)
        case str():
            sheet.write_string(*at, value)
        case _:
            sheet.write_number(*at, value)
