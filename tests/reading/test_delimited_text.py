"""Delimited text is read line by line, within limits, into rows as compact as the file."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harmonize.errors import RefusedFile
from harmonize.reading.delimited_text import read_table
from harmonize.reading.limits import Limits
from harmonize.reading.packed_rows import PackedRows
from harmonize.reading.sheets import CellError


def _refused(data: bytes, limits: Limits) -> RefusedFile:
    with pytest.raises(RefusedFile) as refused:
        read_table(data, "cp1252", ",", limits)
    return refused.value


@pytest.mark.parametrize(
    ("data", "limits", "named"),
    [
        (b"a,b\n1," + b"x" * 101, Limits(cell_characters=100), "cell_characters"),
        (b'a,b\n1,"' + b"x\n" * 60 + b'"', Limits(cell_characters=100), "cell_characters"),
        (b"a,b\n" + b"," * 10, Limits(columns=10), "columns"),
        (b"a,b\n" * 11, Limits(table_rows=10), "table_rows"),
        (b"a,b\n" + b"x" * 60, Limits(line_characters=50), "line_characters"),
        (b"a,b\n\xe1,x\n", Limits(text_bytes=7), "text_bytes"),
    ],
    ids=["cell", "cell of lines", "columns", "rows", "line", "encoding"],
)
def test_what_is_too_large_is_refused_and_the_limit_is_named(data: bytes, limits: Limits, named: str) -> None:
    refused = _refused(data, limits)
    assert refused.code == "too_large"
    assert f"limits.{named}" in refused.hint


def test_at_the_limits_it_is_read() -> None:
    limits = Limits(cell_characters=3, columns=2, table_rows=2, line_characters=8)
    assert list(read_table(b"aaa,bbb\nccc,ddd\n", "cp1252", ",", limits).rows) == [["aaa", "bbb"], ["ccc", "ddd"]]


def test_a_file_is_read_under_its_own_limit_whatever_was_read_before() -> None:
    _refused(b"a" * 9, Limits(cell_characters=7))
    assert list(read_table(b"a" * 9 + b",b\n", "cp1252", ",", Limits(cell_characters=9)).rows) == [["a" * 9, "b"]]


def test_many_empty_lines_are_no_rows_and_no_cost() -> None:
    table = read_table(b"a,b\n" + b"\n" * 100_000 + b"1,2\n", "cp1252", ",", Limits(table_rows=2))
    assert list(table.rows) == [["a", "b"], ["1", "2"]]


_CELL = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=8)
_TABLE = st.lists(st.lists(_CELL, min_size=1, max_size=4), max_size=6)


@given(_TABLE, st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]), st.booleans())
def test_rows_are_those_of_the_csv_module(table: Sequence[Sequence[str]], encoding: str, is_quoted: bool) -> None:
    stream = io.StringIO(newline="")
    csv.writer(stream, quoting=csv.QUOTE_ALL if is_quoted else csv.QUOTE_MINIMAL).writerows(table)
    expected = [row for row in csv.reader(io.StringIO(stream.getvalue(), newline="")) if row]
    read = read_table(stream.getvalue().encode(encoding), "cp1252", ",", Limits()).rows
    # What a spreadsheet prints for an error is marked as one.
    assert [[cell.name if isinstance(cell, CellError) else cell for cell in row] for row in read] == expected


@given(st.text('",\n\ra b', max_size=12))
def test_a_quotation_that_never_ends_is_noticed_as_the_csv_module_reads(text: str) -> None:
    """Strict reading of a text without stray quotation marks says the same."""
    strict: list[list[str]] | None = None
    try:
        strict = [row for row in csv.reader(io.StringIO(text, newline=""), strict=True) if row]
    except csv.Error as problem:
        if "unexpected end of data" not in str(problem):
            return
    try:
        rows: list[list[object]] | None = [[*row] for row in read_table(text.encode(), "cp1252", ",", Limits()).rows]
    except RefusedFile:
        rows = None
    assert rows == strict


def test_rows_can_be_taken_by_number_and_by_slice() -> None:
    rows = PackedRows()
    for cells in (["a", ""], ["#N/A", "é"], [""]):
        rows.add(cells)
    assert (len(rows), rows[1], list(rows[1:])) == (3, ["#N/A", "é"], [["#N/A", "é"], [""]])
    assert rows[-1] == [""]
    marked = PackedRows(rows.packed, may_hold_errors=True)
    assert marked[1] == [CellError("#N/A"), "é"] == list(marked)[1]
