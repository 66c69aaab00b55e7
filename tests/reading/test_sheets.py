"""Delimited text becomes cells exactly as printed, whatever the dialect."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Sequence
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harmonize.errors import RefusedFile
from harmonize.reading.sheets import CellError, Sheet, cell_text, is_blank, read_csv

HEADER = ["id", "name", "text", "due"]


def _written(rows: Sequence[Sequence[str]], delimiter: str = ",", line_end: str = "\n") -> str:
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=delimiter, lineterminator=line_end).writerows(rows)
    return stream.getvalue()


def _rows(data: bytes, fallback: str = "cp1252") -> list[list[str]]:
    return [[cell_text(cell) for cell in row] for row in read_csv(data, fallback).rows]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"], ids=["comma", "semicolon", "tab"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16"], ids=["utf-8", "utf-8 with mark", "utf-16 with mark"]
)
def test_table_round_trips(delimiter: str, line_end: str, encoding: str) -> None:
    rows = [HEADER, ["1", "Sao Mai", 'a "b", c; d\te', "x"], ["2", "Nghĩa Hưng", "two\nlines\r\nthree", ""]]
    assert _rows(_written(rows, delimiter, line_end).encode(encoding)) == rows


def test_utf16_big_endian_is_read() -> None:
    data = codecs.BOM_UTF16_BE + _written([HEADER, ["1", "Nghĩa", "t", ""]]).encode("utf-16-be")
    assert _rows(data)[1][1] == "Nghĩa"


def test_cp1252_is_read_where_the_profile_says_so() -> None:
    sheet = read_csv(_written([HEADER, ["1", "Fábrica", "t", ""]]).encode("cp1252"), "cp1252")
    assert sheet.rows[1][1] == "Fábrica"
    assert sheet.decoded is not None
    assert not sheet.decoded.certain


def test_ragged_rows_keep_their_own_width() -> None:
    assert _rows(b"a,b,c\n1\n1,2,3,4,5\n") == [["a", "b", "c"], ["1"], ["1", "2", "3", "4", "5"]]


def test_empty_lines_are_no_rows() -> None:
    assert _rows(b"\n\na,b\n\n1,2\n\n") == [["a", "b"], ["1", "2"]]


def test_a_cell_of_several_megabytes_is_kept_whole() -> None:
    text = "Công nhân, " * 400_000
    assert _rows(_written([HEADER, ["1", "n", text, ""]]).encode())[1][2] == text


@pytest.mark.parametrize(
    ("delimiter", "text"),
    [(";", ", ".join("abcdefghijkl")), (",", "; ".join("abcdefghijkl")), ("\t", ", ".join("abcdefghijkl"))],
    ids=["commas in a semicolon file", "semicolons in a comma file", "commas in a tab file"],
)
def test_text_does_not_decide_the_delimiter(delimiter: str, text: str) -> None:
    rows = [HEADER, ["1", "Sao Mai", text, "x"], ["2", "Nghĩa Hưng", "short", "y"]]
    assert _rows(_written(rows, delimiter).encode()) == rows


def test_a_title_row_does_not_decide_the_delimiter() -> None:
    title = b"Visits of 2026, by country, by region, by colour, by kind\n"
    assert _rows(title + b"id;name;text;due\n1;Sao Mai;t;x\n2;Binh An;t;y\n")[1] == HEADER


def test_one_column_is_a_table_too() -> None:
    assert _rows(b"name\nSao Mai\n") == [["name"], ["Sao Mai"]]


@pytest.mark.parametrize(
    "text",
    [
        'id,name\n1,"never ends\n2,b\n3,c\n',
        'id,name\n1,"Sao" Mai\n2,"never ends\n3,c\n',
    ],
    ids=["alone", "after a stray quotation mark"],
)
def test_a_quotation_that_never_ends_refuses_the_file(text: str) -> None:
    with pytest.raises(RefusedFile) as refused:
        read_csv(text.encode(), "cp1252")
    assert refused.value.code == "broken_csv"


def test_an_odd_quotation_mark_inside_a_text_is_text() -> None:
    assert _rows(b'id,name\n1,pipe of 5" width\n2,b\n') == [
        ["id", "name"],
        ["1", 'pipe of 5" width'],
        ["2", "b"],
    ]


def test_nul_bytes_refuse_the_file() -> None:
    with pytest.raises(RefusedFile) as refused:
        read_csv(b"a,b\n1,\x00\n", "cp1252")
    assert refused.value.code == "unknown_format"


_CELLS = st.text(st.characters(exclude_characters="\0\r", exclude_categories=["Cs"]), max_size=20)


@given(
    st.lists(st.lists(_CELLS, min_size=4, max_size=4), max_size=6),
    st.sampled_from([",", ";", "\t"]),
)
def test_any_table_round_trips(rows: list[list[str]], delimiter: str) -> None:
    """Forty more columns stand beside the odd ones, so that the delimiter is never in doubt."""
    wide = [[f"column {number}" for number in range(44)], *([*row, *["-"] * 40] for row in rows)]
    assert _rows(codecs.BOM_UTF8 + _written(wide, delimiter).encode("utf-8")) == wide


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (None, ""),
        ("  as is ", "  as is "),
        (3, "3"),
        (3.0, "3"),
        (3.5, "3.5"),
        (True, "TRUE"),
        (False, "FALSE"),
        (date(2026, 3, 7), "2026-03-07"),
        (datetime(2026, 3, 7), "2026-03-07"),  # noqa: DTZ001  # workbook cells have no zone
        (datetime(2026, 3, 7, 10, 30), "2026-03-07 10:30:00"),  # noqa: DTZ001
        (CellError("#N/A"), "#N/A"),
    ],
)
def test_cell_text_is_what_was_printed(cell: object, text: str) -> None:
    assert cell_text(cell) == text  # type: ignore[arg-type]  # parametrised over every kind of cell


def test_an_error_is_not_blank() -> None:
    assert not is_blank(CellError("#N/A"))
    assert not is_blank(0)
    assert not is_blank(False)
    assert is_blank(" \t\u00a0")
    assert is_blank(None)


def test_csv_locators_count_data_rows_from_one() -> None:
    sheet = Sheet(None, [["Title"], ["a", "b"], ["1", "2"], ["3", "4"]])
    assert sheet.row_locator(3, 1) == "row=2"
    assert sheet.cell_locator(3, 1, 1, "b") == "row=2;col=b"


@pytest.mark.parametrize(("column", "cell"), [(0, "A7"), (25, "Z7"), (26, "AA7"), (701, "ZZ7"), (702, "AAA7")])
def test_workbook_locators_are_cell_names(column: int, cell: str) -> None:
    sheet = Sheet("Findings", [])
    assert sheet.row_locator(6, 1) == "sheet=Findings;row=7"
    assert sheet.cell_locator(6, 1, column, "ignored") == f"sheet=Findings;cell={cell}"
