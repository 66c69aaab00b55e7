"""Workbooks of the old binary format (.xls), read in a process of their own.

Their records may claim any extent, and nothing short of reading them tells; the native reader would abort the run. So
it works in a child process with bounded memory and time, and a file that takes it down is refused. Error cells, which
that reader leaves blank, are found by a second one; where it cannot open the workbook they stay blank.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
from typing import Any

from harmonize.errors import RefusedFile
from harmonize.reading.error_cells import CellError
from harmonize.reading.limits import Limits

__all__ = ["read_legacy_workbook"]

_BYTES_PER_CELL = 96
"""Memory that one cell takes in the native reader, as a Python value and pickled."""
_START_BYTES = 512 * 1024**2
_READER = """
import io, pickle, resource, sys
cells, memory = int(sys.argv[1]), int(sys.argv[2])
resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
from python_calamine import CalamineWorkbook
data = sys.stdin.buffer.read()
workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
sheets = []
for name in workbook.sheet_names:
    sheet = workbook.get_sheet_by_name(name)
    last = sheet.end or (-1, -1)
    cells -= (last[0] + 1) * (last[1] + 1)
    if cells < 0:
        sys.exit(3)
    sheets.append((name, sheet.to_python(skip_empty_area=False)))
errors = []
try:
    import os, xlrd
    with open(os.devnull, "w") as nowhere:
        book = xlrd.open_workbook(file_contents=data, logfile=nowhere, ragged_rows=True)
    for sheet in book.sheets():
        for row in range(sheet.nrows):
            for column, kind in enumerate(sheet.row_types(row)):
                if kind == xlrd.XL_CELL_ERROR:
                    name = xlrd.error_text_from_code.get(sheet.cell_value(row, column), "#N/A")
                    errors.append((sheet.name, row, column, name))
except Exception:
    pass
pickle.dump((sheets, errors), sys.stdout.buffer, protocol=pickle.HIGHEST_PROTOCOL)
"""
_TOO_MANY = 3
_SAVE_AS_XLSX = "Open it in a spreadsheet program and save it as .xlsx."


def read_legacy_workbook(data: bytes, limits: Limits) -> list[tuple[str, list[list[Any]]]]:
    """Every worksheet with its rows from row 1, error cells marked.

    Raises:
        RefusedFile: `broken_workbook` when it cannot be opened, `too_large` beyond the limits.
    """
    memory = _START_BYTES + len(data) * 4 + limits.sheet_cells * _BYTES_PER_CELL
    try:
        done = subprocess.run(  # noqa: S603  # our own interpreter, our own words
            [sys.executable, "-I", "-c", _READER, str(limits.sheet_cells), str(memory)],
            input=data,
            capture_output=True,
            check=False,
            timeout=limits.legacy_workbook_seconds,
        )
    except subprocess.TimeoutExpired as problem:
        raise RefusedFile(
            "too_large",
            f"The workbook takes more than {limits.legacy_workbook_seconds} seconds to read.",
            _SAVE_AS_XLSX,
        ) from problem
    if done.returncode == _TOO_MANY:
        raise RefusedFile(
            "too_large",
            f"The sheets hold more than {limits.sheet_cells} cells.",
            "Delete stray cells far from the table, or raise limits.sheet_cells in the pipeline.",
        )
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        reason = said[-1].rpartition(": ")[2].rstrip(".") if said else "its content contradicts itself"
        raise RefusedFile("broken_workbook", f"The workbook cannot be opened: {reason}.", _SAVE_AS_XLSX)
    sheets: list[tuple[str, list[list[Any]]]]
    sheets, errors = pickle.loads(done.stdout)  # noqa: S301  # written by our own child
    rows_of = dict(sheets)
    for name, row, column, error in errors:
        rows = rows_of.get(name, [])
        if row < len(rows) and column < len(rows[row]):
            rows[row][column] = CellError(error)
    return sheets
