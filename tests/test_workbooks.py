"""Workbooks of tables: what people see, what they fill in, and that no text becomes a formula."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from harmonize import workbooks
from harmonize.cli.table_file import put_workbook
from harmonize.errors import InboxError, PublicationError
from harmonize.insight.summary import _neutral, write_table
from harmonize.workbooks import ALARMS, ANSWERS, Book, Column, Figure, Notes, Sheet, SheetFull, neutral, write_workbook

COLUMNS = (
    Column("what", "What", 30),
    Column("when", "When", 12),
    Column("done", "Done", 10, True, ("Yes", "Done, to be checked")),
)


def _written(sheet: Sheet, notes: Notes | None = None, header: str = "") -> bytes:
    stream = io.BytesIO()
    write_workbook(stream, Book([sheet], notes, header, "r"))
    return stream.getvalue()


def _made(*rows: dict[str, object]) -> bytes:
    return _written(Sheet("Plan", COLUMNS, rows), Notes("About", "Title", [("One", "=1"), ("", "two")]), "A & B")


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


FORMULAS = (
    *(
        "=1+1",
        "+1+1",
        "-1-1",
        "-",
        "--1",
        "@x",
        " =1",
        "\t=1",
        "\r=1",
        "-2+3",
        "+cmd|'/c'!A1",
        "-5;",
        "＝1",
        "-1e",
        " -5",
    ),
    "-5\n",
)


@pytest.mark.parametrize("text", FORMULAS)
def test_no_text_is_a_formula(text: str) -> None:
    assert neutral(text) == f"'{text}"
    assert "<f>" not in _sheet(_made({"what": text}))


@pytest.mark.parametrize("text", ["-5", "+84", "-1.5", "-1,234.50", "-1e-3", "-7 %", "-7%"])
def test_a_plain_number_stays_one(text: str) -> None:
    assert neutral(text) == text


@given(st.text(alphabet="=+-@\t\r\n 15.,e%'＝＋－＠a", max_size=6))
def test_reports_of_a_run_hold_the_same_law(text: str) -> None:
    """In DuckDB, where the text of a cell is neutralised on its way into a file."""
    found = duckdb.execute(f"SELECT {_neutral('cell')} FROM (SELECT ? AS cell)", [text]).fetchall()
    assert found == [(neutral(text),)]


def test_a_report_of_a_run_keeps_its_rows_whole(tmp_path: Path) -> None:
    texts = ["a\r=1", "b\n=2", 'c"\r\n=3', "d,=4"]
    with duckdb.connect() as connection:
        query = " UNION ALL ".join(f"SELECT '{text}' AS cell" for text in texts)
        write_table(connection, query, tmp_path / "report.csv")
    with (tmp_path / "report.csv").open(encoding="utf-8", newline="") as stream:
        assert [row[0] for row in csv.reader(stream)] == ["cell", *texts]


@given(st.text(max_size=50))
def test_what_is_neutral_begins_no_formula_and_loses_nothing(text: str) -> None:
    said = neutral(text)
    assert said.removeprefix("'") == text.removeprefix("'")
    is_number = re.fullmatch(r"[+-]?[0-9.,]+(?:[eE][+-]?[0-9]+)? ?%?", said)
    assert said.lstrip()[:1] not in {"=", "+", "-", "@", "＝", "＋", "－", "＠"} or not said or is_number


def test_a_text_that_no_cell_holds_is_shortened() -> None:
    said = str(_cells(_written(Sheet("S", COLUMNS, [{"what": "=" + "a" * 40_000}])))[1][0])
    assert said.startswith("'=aaa")
    assert said.endswith(" …")
    assert len(said) < 32_767
    assert len(neutral("a" * 40_000)) == 40_000, "a text file holds all of it"


def test_equal_tables_make_equal_bytes() -> None:
    assert _made({"what": "a"}) == _made({"what": "a"})


FIGURES = (Column("who", "who", 20), Column("share", "share", 10, is_share=True), Column("n", "n", 10, is_summed=True))


def _cells(content: bytes, name: str = "S") -> Sequence[Sequence[object]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name(name).to_python()


def test_figures_are_added_up_by_a_formula_and_shares_are_percent() -> None:
    rows: list[Mapping[str, object]] = [{"who": "a", "share": 0.5, "n": 2}, {"who": "b", "n": 3.5}, {"who": "c"}]
    content = _written(Sheet("S", FIGURES, iter(rows), is_ruled=False))
    assert _cells(content)[1:] == [["a", 0.5, 2.0], ["b", "", 3.5], ["c", "", ""], ["", "", 5.5]]
    text = _sheet(content)
    assert "<f>SUM(C2:C4)</f>" in text
    assert '<autoFilter ref="A1:C4"/>' in text, "the sum is no row to filter"
    (style,) = re.findall(r'<c r="B2" s="(\d+)"', text)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        styles = archive.read("xl/styles.xml").decode()
    number, code = re.search(r'<numFmt numFmtId="(\d+)" formatCode="(0\.0%)"', styles).groups()  # type: ignore[union-attr]
    used = re.findall(r"<xf [^>]*?numFmtId=\"(\d+)\"", styles.partition("<cellXfs")[2])
    assert (code, used[int(style)]) == ("0.0%", number)


def test_without_rows_nothing_is_added_up() -> None:
    assert "<f>" not in _sheet(_written(Sheet("S", FIGURES, [])))


@pytest.mark.parametrize("is_ruled", [True, False])
def test_truth_is_truth_and_a_list_is_a_text(is_ruled: bool) -> None:
    rows: list[Mapping[str, object]] = [{"what": True, "when": ["a", "b"], "done": False}, {"what": ["=1", "2"]}]
    assert _cells(_written(Sheet("S", COLUMNS, rows, is_ruled=is_ruled)))[1:] == [
        [True, "a, b", False],
        ["'=1, 2", "", ""],
    ]


def test_what_is_answered_may_differ_by_row() -> None:
    answers: list[object] = [("Yes", "No"), Figure.NUMBER, Figure.DAY, None, ("Yes", "No")]
    rows: list[Mapping[str, object]] = [{"what": "a", ANSWERS: {"what": answer}} for answer in answers]
    content = _written(Sheet("S", COLUMNS, rows, preface=("=Head", "note")))
    text = _sheet(content)
    assert _cells(content)[:4] == [["'=Head", "", ""], ["note", "", ""], ["", "", ""], ["What", "When", "Done"]]
    rules = dict(re.findall(r'<dataValidation type="(\w+)"[^>]*sqref="(A\d+)"', text)[1:3])
    assert rules == {"decimal": "A6", "date": "A7"}
    assert re.findall(r'sqref="(A\d+)"><formula1>(Choices![^<]*)<', text) == [
        ("A5", "Choices!$A$1:$A$2"),
        ("A9", "Choices!$A$1:$A$2"),
    ]
    assert _cells(content, "Choices") == [["Yes", "Yes"], ["No", "Done, to be checked"]]
    assert 'topLeftCell="B5"' in text, "the titles stay in sight"


def test_more_rows_than_a_sheet_holds_are_refused_with_file_sheet_and_cure(tmp_path: Path) -> None:
    def untouched() -> Iterator[dict[str, object]]:
        pytest.fail("a row was read")
        yield {}

    path = tmp_path / "big.xlsx"
    path.write_bytes(b"before")
    with pytest.raises(InboxError, match=r"big\.xlsx: sheet 'Plan' .* 1048575 rows.* Write \.csv or \.parquet"):
        put_workbook(path, Book([Sheet("Plan", COLUMNS, untouched(), count=1_048_576)]))
    assert [one.name for one in tmp_path.iterdir()] == ["big.xlsx"]
    assert path.read_bytes() == b"before"


@pytest.mark.parametrize(("preface", "columns", "most"), [((), COLUMNS, 9), ((), FIGURES, 8), (("a", "b"), COLUMNS, 6)])
def test_rows_that_nobody_counted_are_counted_as_they_come(
    monkeypatch: pytest.MonkeyPatch, preface: tuple[str, ...], columns: tuple[Column, ...], most: int
) -> None:
    monkeypatch.setattr(workbooks, "_MOST_ROWS", 10)
    kept = _written(Sheet("S", columns, ({} for _ in range(most)), preface=preface))
    assert kept
    with pytest.raises(SheetFull, match=f"more than {most} rows"):
        _written(Sheet("S", columns, ({} for _ in range(most + 1)), preface=preface))


def test_a_workbook_that_cannot_be_written_leaves_what_was_there(tmp_path: Path) -> None:
    def broken() -> Iterator[dict[str, object]]:
        yield {"what": "a"}
        raise OSError(28, "No space left on device")

    path = tmp_path / "p.xlsx"
    path.write_bytes(b"before")
    with pytest.raises(PublicationError, match=r"p\.xlsx: cannot be written: No space left on device\. Check"):
        put_workbook(path, Book([Sheet("S", COLUMNS, broken())]))
    assert [one.name for one in tmp_path.iterdir()] == ["p.xlsx"]
    assert path.read_bytes() == b"before"
    with pytest.raises(PublicationError, match="cannot be written"):
        put_workbook(Path("/proc/none/p.xlsx"), Book([Sheet("S", COLUMNS, [])]))
    path.chmod(0o644)
    put_workbook(path, Book([Sheet("S", COLUMNS, [{"what": "a"}])]))
    assert _cells(path.read_bytes())[1][0] == "a"


def test_a_row_is_as_high_as_its_longest_text() -> None:
    """LibreOffice trusts the file: without a height it draws broken text over the rows below."""
    text = _sheet(_made({"what": "one line"}, {"what": "a\nb\nc"}, {"what": "word " * 40}, {"what": "x " * 20_000}))
    heights = {int(row): float(high) for row, high in re.findall(r'<row r="(\d+)"[^>]* ht="([\d.]+)"', text)}
    assert 2 not in heights
    assert heights[3] == 45
    assert heights[4] >= 7 * 15
    assert 400 < heights[5] <= 409
