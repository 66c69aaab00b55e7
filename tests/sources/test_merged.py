"""Cells that are merged over the rows of one visit, as forms print them."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from harmonize.reading.limits import Limits
from harmonize.reading.sheets import read_sheets
from tests.sources.delivering import Reader, Staged
from tests.sources.workbooks import build

TITLES = ["ชื่อสถานประกอบการ", "ที่อยู่", "จังหวัด", "วันที่ตรวจ", "ข้อกำหนด", "ผล", "หมายเหตุ"]


def _inspection(read: Reader, *rows: list[Any]) -> Staged:
    return read(build({"TLS": [TITLES, *rows]}), "contributor/form.xlsx")


def _over(rows: int, *texts: str) -> list[Any]:
    return [{"merged": text, "rows": rows} for text in texts]


def test_what_names_a_visit_stands_in_every_row_that_it_spans(read: Reader) -> None:
    first = [*_over(3, "สยามถัก", "99 หมู่ 5", "ระยอง", "15/01/2569"), "9.1", "สอดคล้อง", ""]
    staged = _inspection(read, first, [None] * 4 + ["9.2", "ไม่สอดคล้อง", ""], [None] * 4 + ["9.3", "สอดคล้อง", ""])
    assert [row["question_id"] for row in staged["answer"]] == ["9.1", "9.2", "9.3"]
    assert len(staged["assessment"]) == 1
    assert [(row["locator"], row["code"]) for row in staged["issue"]] == [("sheet=TLS;cell=A3", "merged_cells")]
    assert staged.unaccounted() == 0


def test_a_blank_that_nothing_is_merged_over_belongs_to_nothing(read: Reader) -> None:
    first = [*_over(2, "สยามถัก", "99 หมู่ 5", "ระยอง", "15/01/2569"), "9.1", "สอดคล้อง", ""]
    staged = _inspection(read, first, [None] * 4 + ["9.2", "สอดคล้อง", ""], [None] * 4 + ["9.3", "สอดคล้อง", ""])
    assert [row["question_id"] for row in staged["answer"]] == ["9.1", "9.2"]
    assert staged.issues() == [("sheet=TLS;row=4", "blank_key")]


def test_an_answer_is_not_given_to_the_rows_below_it(read: Reader) -> None:
    row = ["สยามถัก", "99 หมู่ 5", "ระยอง", "15/01/2569"]
    first = [*row, "9.1", {"merged": "สอดคล้อง", "rows": 2}, ""]
    staged = _inspection(read, first, [*row, "9.2", None, ""])
    assert [answer["question_id"] for answer in staged["answer"]] == ["9.1"]
    assert (staged.counts.total, staged.counts.blank, staged.unaccounted()) == (2, 1, 0)


@given(st.lists(st.integers(1, 4), min_size=1, max_size=6), st.integers(0, 3))
def test_every_range_of_several_rows_is_found(heights: list[int], column: int) -> None:
    rows: list[list[Any]] = []
    for height in heights:
        cell = {"merged": "x", "rows": height} if height > 1 else "x"
        rows += [[*[None] * column, cell], *[[] for _ in range(height - 1)]]
    (sheet,) = read_sheets(build({"S": rows}), Limits())
    starts = [sum(heights[:number]) for number in range(len(heights))]
    assert [(one.first_row, one.last_row, one.first_column) for one in sheet.merged] == [
        (start, start + height - 1, column) for start, height in zip(starts, heights, strict=True) if height > 1
    ]
