"""Wide delimited text that polars splits has exactly the cells that the csv module finds."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from itertools import chain

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from harmonize.reading import delimited
from harmonize.reading.delimited import DelimitedRows, split_rows

LONGEST = 1 << 20
PIECES = st.sampled_from([3, 7, 20, 100, 1 << 23])
_SCRAPS = st.sampled_from(
    ["a", "b", "é", "ឈ", '"', '""', ",", ",", ",", ";", "\n", "\n", "\r\n", "\r", " ", "x y", '"a"', '"a\nb"', '"c""d"',
     '"\r\n"', '","', "1.5", "\t", "\u2028", "\x0b", "\x1c", "\x85", "\ufeff", "NA", "null", "'", "\\", "#"]
)  # fmt: skip
_TEXT = st.lists(_SCRAPS, max_size=40).map("".join) | st.text(
    st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=30
)
_CELL = st.sampled_from(["", "a", 'b"c', "d\ne", "f,g", "h;i", " ", "é", '"', '""', "x\r\ny", "\r", "\n"]) | st.text(
    st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=5
)
_TABLE = st.lists(st.lists(_CELL, max_size=5), max_size=8)


def _expected(text: str, delimiter: str) -> list[list[str]]:
    """What the csv module finds, every row as wide as the widest."""
    found = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if row]
    width = max(map(len, found), default=0)
    return [row + [""] * (width - len(row)) for row in found]


def _cells(rows: Iterable[Sequence[str | None]]) -> list[list[str]]:
    return [[cell or "" for cell in row] for row in rows]


def _agrees(rows: DelimitedRows, text: str, delimiter: str) -> None:
    expected = _expected(text, delimiter)
    assert len(rows) == len(expected)
    assert rows.width == max(map(len, expected), default=0)
    assert _cells(rows) == expected
    pieces = [[cells.row(row) for row in range(len(cells.codes))] for _, cells in rows.pieces()]
    assert _cells(chain.from_iterable(pieces)) == expected
    heights = [*map(len, pieces)]
    assert [begin for begin, _ in rows.pieces()] == [sum(heights[:number]) for number in range(len(heights))]


def _split(text: str, delimiter: str, piece: int) -> DelimitedRows | None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delimited, "_PIECE", piece)
        return split_rows(text.encode(), delimiter, LONGEST)


@given(_TEXT, st.sampled_from(",;\t|"), PIECES)
def test_any_text_has_the_cells_of_the_csv_module_or_is_left_to_it(text: str, delimiter: str, piece: int) -> None:
    rows = _split(text, delimiter, piece)
    if rows is not None:
        _agrees(rows, text, delimiter)


@given(_TABLE, st.sampled_from(",;"), st.sampled_from(["\n", "\r\n"]), PIECES, st.booleans())
def test_what_a_program_writes_is_split_here(
    table: Sequence[Sequence[str]], delimiter: str, end: str, piece: int, is_quoted: bool
) -> None:
    stream = io.StringIO(newline="")
    dialect = csv.unix_dialect if is_quoted else csv.excel
    csv.writer(stream, dialect, delimiter=delimiter, lineterminator=end).writerows(table)
    # A carriage return by itself is only quoted where lines end in one.
    assume(is_quoted or end == "\r\n" or "\r" not in stream.getvalue())
    rows = _split(stream.getvalue(), delimiter, piece)
    assert rows is not None
    _agrees(rows, stream.getvalue(), delimiter)


@given(_TABLE, PIECES, st.integers(1, 9))
def test_pieces_of_few_cells_hold_the_same_rows(table: Sequence[Sequence[str]], piece: int, cells: int) -> None:
    stream = io.StringIO(newline="")
    csv.writer(stream, csv.unix_dialect).writerows(table)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delimited, "_CELLS", cells)
        rows = _split(stream.getvalue(), ",", piece)
    assert rows is not None
    _agrees(rows, stream.getvalue(), ",")


def test_short_rows_below_a_wide_one_are_left_to_the_csv_module() -> None:
    """They would take the width of the widest: two hundred thousand cells here, billions in a text of 100 kB."""
    assert split_rows(b"," * 999 + b"\n" + b"a\n" * 200, ",", LONGEST) is not None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delimited, "_MOST_PLACES", 100_000)
        assert split_rows(b"," * 999 + b"\n" + b"a\n" * 200, ",", LONGEST) is None


@given(st.lists(st.integers(0, 30), min_size=1, max_size=8), PIECES)
def test_a_record_that_is_too_long_is_left_to_the_csv_module(lengths: Sequence[int], piece: int) -> None:
    text = "".join("x" * length + "\n" for length in lengths)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delimited, "_PIECE", piece)
        rows = split_rows(text.encode(), ",", 20)
    if max(lengths) > 21:
        assert rows is None
    elif max(lengths) < 20:
        assert rows is not None
        assert len(rows) == sum(length > 0 for length in lengths)
