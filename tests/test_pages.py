"""A page says what the sheets say, to eyes and ears, and asks nobody for anything."""

from __future__ import annotations

import re
from datetime import date
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from harmonize.pages import page_text
from harmonize.workbooks import ALARMS, Book, Column, Marked, Notes, Sheet

HOSTILE = '<script src="https://example.invalid/x.js"></script>&amp;"\''


class _Read(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.cells: list[str] = []
        self._cell: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "td":
            self._cell = []

    def handle_endtag(self, tag: str) -> None:
        if tag == "td" and self._cell is not None:
            self.cells.append("".join(self._cell))
            self._cell = None

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)


def _read(text: str) -> _Read:
    read = _Read()
    read.feed(text)
    return read


def _book(value: object) -> Book:
    columns = [Column("a", HOSTILE, 10), Column("b", "B", 10, is_hidden=True)]
    sheet = Sheet(HOSTILE, columns, [{"a": value, "b": "kept back", ALARMS: ("a",)}], preface=(HOSTILE,))
    return Book([sheet, Sheet("away", columns, [{"a": "kept back"}], is_hidden=True)], Notes("n", HOSTILE), HOSTILE)


@given(st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1))
def test_every_text_is_shown_as_it_is(said: str) -> None:
    assert _read(page_text(_book(said), "en")).cells == [said]


def test_no_text_is_taken_for_markup_and_what_is_hidden_stays_away() -> None:
    text = page_text(_book(HOSTILE), "en")
    read = _read(text)
    assert {"script", "link", "img", "iframe"}.isdisjoint(tag for tag, _ in read.tags)
    assert not [value for _, said in read.tags for name, value in said.items() if name in ("src", "href")]
    assert not re.search(r"url\(|@import", text)
    assert "kept back" not in text
    assert read.cells == [HOSTILE]


def test_values_are_shown_as_people_write_them() -> None:
    values = [date(2026, 6, 30), 0.5, None, ["a", "b"], Marked([("a", False), ("<b>", True)])]
    sheet = Sheet("s", [Column("a", "A", 10)], [{"a": value} for value in values])
    text = page_text(Book([sheet]), "vi")
    assert _read(text).cells == ["2026-06-30", "0.5", "", "a, b", "a<b>"]
    assert "<mark>&lt;b&gt;</mark>" in text
    assert '<html lang="vi">' in text


def test_a_table_is_told_to_those_who_hear_it() -> None:
    tags = _read(page_text(_book("x"), "en")).tags
    assert [said.get("scope") for tag, said in tags if tag == "th"] == ["col"]
    assert sum(tag == "caption" for tag, _ in tags) == 1


def test_rows_of_one_name_are_folded_into_a_card_each() -> None:
    columns = [Column("factory", "Factory", 10), Column("a", "A", 10)]
    rows = [{"factory": name, "factory_id": one, "a": one} for name, one in (("X", 1), ("X", 1), ("X", 2), ("Y", 3))]
    text = page_text(Book([Sheet("cards", columns, rows, folded="factory")]), "en")
    assert re.findall(r"<summary>(.*)</summary>", text) == ["X (2)", "X (1)", "Y (1)"]
    assert _read(text).cells == ["1", "1", "2", "3"]
