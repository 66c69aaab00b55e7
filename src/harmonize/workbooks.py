"""Write tables as a workbook that people print and fill in; no text of it is ever taken for a formula."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_range_abs

__all__ = ["ALARMS", "Column", "Notes", "Sheet", "neutral", "workbook"]

ALARMS = "alarms"
"""Key of a row under which the columns stand that are shown as an alarm."""
_A4 = 9
_MOST_LETTERS = 32_000
"""A cell of a workbook holds 32,767 letters."""
_MOST_NAME, _MOST_HEADER = 31, 120
_MADE = datetime(2026, 1, 1)  # noqa: DTZ001 - the same tables make the same bytes
_CHOICES = "Choices"
"""The hidden sheet."""
_GREY, _ROOM, _LINES, _ALARM = "#d9e2ec", "#fff9e0", "#b0b8c0", "#9c1c1c"

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Column:
    """A column.

    Attributes:
        width: in letters.
        is_room: people fill it in.
        choices: what they may choose from.
    """

    name: str
    title: str
    width: int
    is_room: bool = False
    choices: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table; rows are by column, `frozen` columns stay in sight."""

    name: str
    columns: Sequence[Column]
    rows: Iterable[Row]
    frozen: int = 1


@dataclass(frozen=True, slots=True)
class Notes:
    """The last sheet: a title, and what is said under each heading; a heading may be empty."""

    name: str
    title: str
    lines: Sequence[tuple[str, str]] = field(default=())


def neutral(text: str) -> str:
    """A text that no spreadsheet takes for a formula, and that a cell can hold."""
    said = text if len(text) <= _MOST_LETTERS else text[:_MOST_LETTERS] + " …"
    return f"'{said}" if said.lstrip()[:1] in {"=", "+", "-", "@"} or said[:1] in {"\t", "\r", "\n"} else said


def workbook(sheets: Sequence[Sheet], notes: Notes, header: str, footer: str) -> bytes:
    """The file: titles that stay, filters, choices where people fill in, A4 across when printed.

    Args:
        header, footer: printed on every page.
    """
    stream = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(stream, options) as book:
        book.set_properties({"title": notes.title, "created": _MADE})
        forms = _forms(book)
        pages = [_page(book, sheet.name, header, footer) for sheet in sheets]
        _note(_page(book, notes.name, header, footer), notes, forms)
        places = _choices(book, sheets)
        for page, sheet in zip(pages, sheets, strict=True):
            _write(page, sheet, forms, places)
    return stream.getvalue()


def _forms(book: Any) -> dict[str, Any]:
    cell: dict[str, object] = {"text_wrap": True, "valign": "top", "border": 1, "border_color": _LINES}
    day: dict[str, object] = {"num_format": "yyyy-mm-dd", "align": "left"}
    alarm: dict[str, object] = {"bold": True, "font_color": _ALARM}
    kinds: dict[str, dict[str, object]] = {"text": {}, "room": {"bg_color": _ROOM}, "alarm": alarm}
    return {
        "head": book.add_format({**cell, "bold": True, "bg_color": _GREY, "valign": "vcenter"}),
        "title": book.add_format({"bold": True, "font_size": 14}),
        **{name: book.add_format({**cell, **said}) for name, said in kinds.items()},
        **{f"{name} day": book.add_format({**cell, **day, **said}) for name, said in kinds.items()},
    }


def _page(book: Any, name: str, header: str, footer: str) -> Any:
    page = book.add_worksheet(name[:_MOST_NAME])
    page.set_landscape()
    page.set_paper(_A4)
    page.fit_to_pages(1, 0)
    page.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
    # (An ampersand begins a code.)
    page.set_header(f"&L{header[:_MOST_HEADER].replace('&', '&&')}&R{name[:_MOST_NAME].replace('&', '&&')}")
    page.set_footer(f"&L{footer[:_MOST_HEADER].replace('&', '&&')}&R&P / &N")
    return page


def _choices(book: Any, sheets: Sequence[Sheet]) -> dict[Sequence[str], str]:
    """Write what may be chosen on a hidden sheet, and say where: a list inside a rule is parted by commas and short."""
    wanted = dict.fromkeys(tuple(column.choices) for sheet in sheets for column in sheet.columns if column.choices)
    places: dict[Sequence[str], str] = {}
    if not wanted:
        return places
    page = book.add_worksheet(_CHOICES)
    page.hide()
    for at, choices in enumerate(wanted):
        for row, choice in enumerate(choices):
            page.write_string(row, at, neutral(choice))
        places[choices] = f"={_CHOICES}!{xl_range_abs(0, at, len(choices) - 1, at)}"
    return places


def _write(page: Any, sheet: Sheet, forms: Mapping[str, Any], places: Mapping[Sequence[str], str]) -> None:
    for at, column in enumerate(sheet.columns):
        page.set_column(at, at, column.width)
        page.write_string(0, at, column.title, forms["head"])
    count = 0
    for count, row in enumerate(sheet.rows, start=1):
        for at, column in enumerate(sheet.columns):
            kind = "room" if column.is_room else "alarm" if column.name in row.get(ALARMS, ()) else "text"
            _cell(page, (count, at), row.get(column.name), forms[kind], forms[f"{kind} day"])
    for at, column in enumerate(sheet.columns):
        if column.choices and count:
            page.data_validation(1, at, count, at, {"validate": "list", "source": places[tuple(column.choices)]})
    page.freeze_panes(1, sheet.frozen)
    page.autofilter(0, 0, max(count, 1), len(sheet.columns) - 1)
    page.repeat_rows(0)


def _cell(page: Any, at: tuple[int, int], value: object, form: Any, day: Any) -> None:
    match value:
        case None | "":
            page.write_blank(*at, None, form)
        case date():
            page.write_datetime(*at, value, day)
        case int() | float() if not isinstance(value, bool):
            page.write_number(*at, value, form)
        case _:
            page.write_string(*at, neutral(str(value)), form)


def _note(page: Any, notes: Notes, forms: Mapping[str, Any]) -> None:
    page.set_column(0, 0, 34)
    page.set_column(1, 1, 110)
    page.write_string(0, 0, neutral(notes.title), forms["title"])
    for at, (heading, said) in enumerate(notes.lines, start=2):
        page.write_string(at, 0, neutral(heading), forms["head" if heading else "text"])
        page.write_string(at, 1, neutral(said), forms["text"])
