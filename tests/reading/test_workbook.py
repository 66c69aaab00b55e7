"""Workbooks give typed cells at their places, with the error cells that the reading library hides."""

from __future__ import annotations

import io
import re
import resource
import subprocess
import sys
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from harmonize.errors import RefusedFile
from harmonize.reading.limits import Limits
from harmonize.reading.sheets import CellError, cell_text, is_blank
from harmonize.reading.workbook import read_workbook
from tests.sources.workbooks import build

ERRORS = ["#N/A", "#DIV/0!", "#NAME?", "#REF!", "#VALUE!", "#NUM!", "#NULL!"]


def test_cells_keep_their_types() -> None:
    row: list[Any] = ["text", 3, 3.5, True, False, {"date": "2026-03-07"}, "007", None, "=SUM(A1)"]
    ((name, rows, _),) = read_workbook(build({"S": [row]}), Limits())
    assert name == "S"
    cells = rows[0]
    assert [cell_text(cell) for cell in cells] == [
        "text", "3", "3.5", "TRUE", "FALSE", "2026-03-07", "007", "", "=SUM(A1)",
    ]  # fmt: skip
    assert cells[3] is True
    assert cells[5] == date(2026, 3, 7)
    assert is_blank(cells[7])


def test_error_cells_of_an_old_workbook_are_found() -> None:
    sheets = {
        name: rows
        for name, rows, _ in read_workbook((Path(__file__).parent / "error_cells.xls").read_bytes(), Limits())
    }
    assert sheets["Findings"][1][3] == CellError("#N/A")
    assert sheets["Findings"][1][4] == "XLS err class"


@pytest.mark.parametrize("error", ERRORS)
def test_error_cells_are_marked_at_their_place(error: str) -> None:
    sheets: dict[str, list[list[Any]]] = {
        "First": [["a", "b"], ["ok", {"error": error}]],
        "Second & last": [[None], [None, None, {"error": error}], ["x", "y", "z"]],
    }
    found = {name: rows for name, rows, _ in read_workbook(build(sheets), Limits())}
    assert found["First"][1] == ["ok", CellError(error)]
    assert found["Second & last"][1][2] == CellError(error)
    errors = [cell for rows in found.values() for row in rows for cell in row if isinstance(cell, CellError)]
    assert len(errors) == 2


def _rewritten(data: bytes, pattern: str, replacement: str) -> bytes:
    """The workbook with the text of its sheets changed, as another program would have written it."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(stream, "w") as target:
        for name in source.namelist():
            part = source.read(name)
            if name.startswith("xl/worksheets/"):
                part = re.sub(pattern, replacement, part.decode()).encode()
            target.writestr(name, part)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("pattern", "replacement"),
    [(r'(<(?:c|row)) r="[^"]+"', r"\1"), ('t="e"', "t='e'"), ('t="e"', 't = "e"')],
    ids=["cells without a place", "single quotes", "spaced"],
)
def test_errors_are_found_however_the_sheet_is_written(pattern: str, replacement: str) -> None:
    data = build({"S": [["a", "b"], ["ok", {"error": "#N/A"}]]})
    ((_, rows, _),) = read_workbook(_rewritten(data, pattern, replacement), Limits())
    assert rows[1] == ["ok", CellError("#N/A")]


def test_leading_empty_rows_and_columns_are_kept() -> None:
    ((_, rows, _),) = read_workbook(build({"S": [[], [], [None, None, "C3"]]}), Limits())
    assert rows[2][2] == "C3"
    assert all(is_blank(cell) for row in rows[:2] for cell in row)


def test_sheets_come_in_their_order() -> None:
    assert [name for name, *_ in read_workbook(build({"b": [["1"]], "a": [], "c": [["2"]]}), Limits())] == [
        "b",
        "a",
        "c",
    ]


def test_a_long_text_is_kept_whole() -> None:
    text = "ưở" * 16_000
    ((_, rows, _),) = read_workbook(build({"S": [[text]]}), Limits())
    assert rows[0][0] == text


def test_a_chart_sheet_does_no_harm() -> None:
    stream = io.BytesIO()
    workbook = xlsxwriter.Workbook(stream)
    workbook.add_worksheet("S").write(0, 0, "kept")
    chart = workbook.add_chart({"type": "line"})
    chart.add_series({"values": "=S!$A$1:$A$2"})
    workbook.add_chartsheet("C").set_chart(chart)
    workbook.close()
    assert {name: rows for name, rows, _ in read_workbook(stream.getvalue(), Limits())}["S"][0][0] == "kept"


@pytest.mark.parametrize(
    "data", [b"PK\x03\x04 broken", b"just text", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600]
)
def test_what_is_no_workbook_is_refused(data: bytes) -> None:
    with pytest.raises(RefusedFile) as refused:
        read_workbook(data, Limits())
    assert refused.value.code == "broken_workbook"


@pytest.mark.parametrize("size", [0.2, 0.5, 0.9])
def test_a_cut_workbook_is_refused(size: float) -> None:
    data = build({"S": [["a"] * 20] * 20})
    with pytest.raises(RefusedFile) as refused:
        read_workbook(data[: int(len(data) * size)], Limits())
    assert refused.value.code == "broken_workbook"


def test_a_zip_of_something_else_is_refused() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("a.csv", "x")
    with pytest.raises(RefusedFile) as refused:
        read_workbook(stream.getvalue(), Limits())
    assert refused.value.code in {"broken_workbook", "unknown_format"}


def test_a_workbook_that_unpacks_too_far_is_refused() -> None:
    with pytest.raises(RefusedFile) as refused:
        read_workbook(build({"S": [["a"] * 50] * 200}), Limits(archive_bytes=1000))
    assert refused.value.code == "archive_bomb"


def test_a_sheet_beyond_the_limit_is_refused() -> None:
    with pytest.raises(RefusedFile) as refused:
        read_workbook(build({"S": [["a"] * 20] * 20}), Limits(sheet_cells=399))
    assert refused.value.code == "too_large"


_STRAY = """
import sys
from harmonize.errors import RefusedFile
from harmonize.reading.limits import Limits
from harmonize.reading.workbook import read_workbook
try:
    rows = read_workbook(open(sys.argv[1], "rb").read(), Limits())
except RefusedFile as refused:
    print(refused.code)
"""


def test_a_stray_cell_in_the_last_corner_refuses_the_file_and_not_the_run(tmp_path: Path) -> None:
    """The dense sheet would need half a terabyte: the process must live to say so."""
    path = tmp_path / "stray.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet("S")
        sheet.write(0, 0, "a")
        sheet.write(1_048_575, 16_383, "stray")
    result = subprocess.run(
        [sys.executable, "-c", _STRAY, str(path)],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (8 << 30, 8 << 30)),
    )
    assert (result.returncode, result.stdout.strip()) == (0, "too_large"), result.stderr[:300]
