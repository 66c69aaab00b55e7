"""Tab-separated tables: what is written is read, and what does not fit is named by its line."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harmonize.crosswalk.tabular import read_rows, rows_of
from harmonize.errors import ConfigurationError

PATH = Path("some.tsv")
CELL = st.text(st.characters(exclude_characters="\t\n\r", exclude_categories=["Cs"]), max_size=8)


@given(st.lists(st.tuples(CELL, CELL, CELL), max_size=6))
def test_rows_come_back(rows: list[tuple[str, str, str]]) -> None:
    text = "\n".join("\t".join(row) for row in [("a", "b", "c"), *rows])
    assert [tuple(row.values()) for row in rows_of(text, PATH, ("a", "b", "c"), only_these=True)] == rows


def test_a_byte_order_mark_and_other_line_ends_are_no_matter(tmp_path: Path) -> None:
    path = tmp_path / "t.tsv"
    path.write_bytes(b"\xef\xbb\xbfa\tb\r\n1\t2\r\n\r\n")
    assert read_rows(path, ("a", "b")) == [{"a": "1", "b": "2"}]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("a\tb\n1\t2\n3\n", "some.tsv:3: 1 cells", id="short"),
        pytest.param("a\tb\n\n1\t2\t3\n", "some.tsv:3: 3 cells", id="long, after an empty line"),
        pytest.param("a\n1\n", "'b' is missing", id="missing"),
        pytest.param("", "'a' is missing", id="empty"),
        pytest.param("a\tb\tb\n", "'b' stands twice", id="twice"),
        pytest.param("a\tb\tc\n", "'c' would be ignored", id="unknown"),
    ],
)
def test_what_does_not_fit_is_named(text: str, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        rows_of(text, PATH, ("a", "b"), only_these=True)


def test_the_first_line_counts_from_the_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"some.tsv:12: "):
        rows_of("a\tb\n1\n", PATH, ("a", "b"), first_line=11)
    (tmp_path / "latin.tsv").write_bytes("a\né\n".encode("latin-1"))
    with pytest.raises(ConfigurationError, match=r"latin.tsv: not UTF-8 at byte 2"):
        read_rows(tmp_path / "latin.tsv", ("a",))
    with pytest.raises(ConfigurationError, match=r"none.tsv: cannot be read"):
        read_rows(tmp_path / "none.tsv", ("a",))
