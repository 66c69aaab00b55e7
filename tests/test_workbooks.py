"""Workbooks of tables: what people see, what they fill in, and that no text becomes a formula."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from harmonize.workbooks import ALARMS, Column, Notes, Sheet, neutral, workbook

COLUMNS = (
    Column("what", "What", 30),
    Column("when", "When", 12),
    Column("done", "Done", 10, True, ("Yes", "Done, to be checked")),
)


def _made(*rows: dict[str, object]) -> bytes:
    return workbook([Sheet("Plan", COLUMNS, rows)], Notes("About", "Title", [("One", "=1"), ("", "two")]), "A & B", "r")


def _sheet(content: bytes, number: int = 1) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(f"xl/worksheets/sheet{number}.xml").decode()


def test_a_sheet_is_ready_to_print_and_to_fill_in() -> None:
    text = _sheet(_made({"what": "a", "when": date(2026, 1, 2), ALARMS: ("what",)}))
    assert 'paperSize="9"' in text
    assert 'orientation="landscape"' in text
    assert 'state="frozen"' in text
    assert "<autoFilter" in text
    assert re.search(r'<dataValidation type="list".*sqref="C2"><formula1>Choices!\$A\$1:\$A\$2</formula1>', text)
    assert "A &amp;&amp; B" in text, "an ampersand is no code of the header"


def test_cells_come_back_as_they_were() -> None:
    book = CalamineWorkbook.from_filelike(
        io.BytesIO(_made({"what": "giấy phép", "when": date(2026, 1, 2)}, {"what": 7}))
    )
    assert book.sheet_names == ["Plan", "About", "Choices"]
    assert book.get_sheet_by_name("Choices").to_python() == [["Yes"], ["Done, to be checked"]], "a comma parts nothing"
    assert [str(sheet.visible).rpartition(".")[2] for sheet in book.sheets_metadata] == ["Visible", "Visible", "Hidden"]
    rows = book.get_sheet_by_name("Plan").to_python()
    assert rows == [["What", "When", "Done"], ["giấy phép", date(2026, 1, 2), ""], [7.0, "", ""]]


def test_an_empty_table_is_a_sheet_too() -> None:
    assert CalamineWorkbook.from_filelike(io.BytesIO(_made())).get_sheet_by_name("Plan").to_python() == [
        ["What", "When", "Done"]
    ]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", " =1", "\t=1", "\r=1"])
def test_no_text_is_a_formula(text: str) -> None:
    assert neutral(text) == f"'{text}"
    assert "<f>" not in _sheet(_made({"what": text}))


@given(st.text(max_size=50))
def test_what_is_neutral_begins_no_formula_and_loses_nothing(text: str) -> None:
    said = neutral(text)
    assert said.removeprefix("'") == text.removeprefix("'")
    assert said.lstrip()[:1] not in {"=", "+", "-", "@"} or not said


def test_a_text_that_no_cell_holds_is_shortened() -> None:
    assert len(neutral("a" * 40_000)) < 32_767


def test_equal_tables_make_equal_bytes() -> None:
    assert _made({"what": "a"}) == _made({"what": "a"})
