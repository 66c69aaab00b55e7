"""Tables of the report: real ones, with caption and scope; long ones are cut, and say where the rest is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harmonize.insight.report.markup import Markup, element, joined
from harmonize.insight.report.words import Spoken
from harmonize.pictures import number

__all__ = ["Table", "cell", "table_markup"]

Cell = str | int | None


@dataclass(frozen=True, slots=True)
class Table:
    """Rows for people.

    Attributes:
        head: titles of the columns.
        rows: the first cell names the row; what a row lacks at its end is withheld.
        source: the view or table that has all of it.
        texts: places of columns that hold text, not numbers, besides the first.
        bold: places of rows that sum up others.
        printed: rows that are printed; as the rules say where it is None.
        is_whole: it is never cut.
    """

    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    source: str
    texts: frozenset[int] = frozenset()
    bold: frozenset[int] = frozenset()
    printed: int | None = None
    is_whole: bool = False


def cell(value: Cell) -> str:
    """A cell as text: numbers in groups of three, nothing where nothing is known."""
    return "" if value is None else number(value) if isinstance(value, int) else value


def table_markup(table: Table, spoken: Spoken, printed: int, shown: int, *, is_folded: bool = False) -> Markup:
    """The table, at most so many rows of it shown and printed.

    Args:
        is_folded: closed on a screen, open on paper.
    """
    if not table.rows:
        return element("p", spoken("none"), class_="note")
    most = len(table.rows) if table.is_whole else shown
    limit = len(table.rows) if table.is_whole else table.printed or printed
    columns = len(table.head)

    def line(place: int, row: Sequence[Cell]) -> Markup:
        name = element("th", cell(row[0]), scope="row")
        rest = [
            element("td", cell(value), class_="text" if column in table.texts else None)
            for column, value in enumerate(row[1:], start=1)
        ]
        if len(row) < columns:
            rest.append(element("td", spoken("withheld"), colspan=columns - len(row), class_="withheld"))
        marks = " ".join(filter(None, ["sum" if place in table.bold else "", "more" if place >= limit else ""]))
        return element("tr", name, rest, class_=marks or None)

    head = [
        element("th", title, scope="col", class_="text" if place in table.texts or not place else None)
        for place, title in enumerate(table.head)
    ]
    body = [line(place, row) for place, row in enumerate(table.rows[:most])]
    drawn = element(
        "table",
        element("caption", table.caption, class_="folded" if is_folded else None),
        element("thead", element("tr", head)),
        element("tbody", body),
    )
    notes: list[Markup] = []
    if len(table.rows) > most:
        said = spoken("more", count=number(len(table.rows) - most), view=table.source)
        notes.append(element("p", said, class_="note screen"))
    if len(table.rows) > limit:
        word = "more" if limit >= most else "more_printed"
        said = spoken(word, count=number(len(table.rows) - limit), view=table.source)
        notes.append(element("p", said, class_="note paper"))
    if not is_folded:
        return joined(drawn, notes)
    return element("details", element("summary", spoken("table", caption=table.caption)), drawn, notes)
