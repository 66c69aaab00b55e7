"""Write tables as a workbook that people read, print and fill in; no text of it is ever taken for a formula."""

from __future__ import annotations

import csv
import errno
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from itertools import zip_longest
from math import ceil
from pathlib import Path
from typing import Any, BinaryIO, TextIO

__all__ = [
    "ALARMS",
    "ANSWERS",
    "Book",
    "Column",
    "DelimitedText",
    "Figure",
    "Marked",
    "Notes",
    "Sheet",
    "SheetFull",
    "held",
    "neutral",
    "write_workbook",
]

ALARMS = "alarms"
"""Key of a row under which the columns stand that are shown as an alarm."""
ANSWERS = "answers"
"""Key of a row under which it stands, by column, what may be put there: choices, or a figure."""
_A4 = 9
_MOST_ROWS = 1_048_576
_MOST_LETTERS = 32_000
"""A cell of a workbook holds 32,767 letters."""
_MOST_NAME, _MOST_HEADER = 31, 120
_LINE_HEIGHT, _MOST_HEIGHT = 15, 409
"""In points; no row of a workbook is higher."""
_FILLING = 0.9
"""How much of a line its words fill, as they are not parted."""
_MADE = datetime(2026, 1, 1)  # noqa: DTZ001 - the same tables make the same bytes
_CHOICES = "Choices"
"""The hidden sheet."""
_GREY, _ROOM, _LINES, _ALARM = "#d9e2ec", "#fff9e0", "#b0b8c0", "#9c1c1c"
_UNLOCKED = {
    "autofilter": True, "sort": True, "format_columns": True, "format_rows": True,
}  # fmt: skip
"""What may be done in a locked sheet besides filling in."""
# (Rows are put on disk as they come, so that a large table does not fill memory.)
_OPTIONS = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}


_SIGNS = frozenset({"=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20"})
"""(The wide ones are taken for the others where people write so.)"""
_NUMBER = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)*(?:[eE][+-]?[0-9]+)? ?%?")


class Figure(Enum):
    """What may be put into a cell where it is not chosen from a list."""

    NUMBER = "number"
    """A number, 0 or more."""
    DAY = "day"


Row = Mapping[str, Any]
Answer = tuple[str, ...] | Figure
_RULES: Mapping[Figure, Mapping[str, object]] = {
    Figure.NUMBER: {"validate": "decimal", "criteria": ">=", "value": 0},
    Figure.DAY: {"validate": "date", "criteria": ">=", "value": date(1900, 1, 1), "input_message": "yyyy-mm-dd"},
}


@dataclass(frozen=True, slots=True)
class Marked:
    """A text of which parts stand out: each part, and whether it does."""

    parts: Sequence[tuple[str, bool]]

    def __str__(self) -> str:
        return "".join(text for text, _ in self.parts)


@dataclass(frozen=True, slots=True)
class Column:
    """A column.

    Attributes:
        width: in letters.
        is_room: people fill it in.
        choices: what they may choose from.
        is_share: its numbers are shown as percent.
        is_summed: its numbers are added up beneath, by a formula.
        is_hidden: it is for the program that reads the workbook again.
        is_free: besides the choices, anything may be put there.
    """

    name: str
    title: str
    width: int
    is_room: bool = False
    choices: Sequence[str] = ()
    is_share: bool = False
    is_summed: bool = False
    is_hidden: bool = False
    is_free: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table.

    Attributes:
        rows: by column; read once, as they are written.
        frozen: columns that stay in sight.
        preface: lines above the titles, the first one large.
        is_ruled: cells have lines, and break their text; what is read row by row is, what is filtered need not be.
        count: how many rows there are, where that is known: too many are refused before any is written.
        is_hidden: it is for the program that reads the workbook again.
        is_locked: only the cells that people fill in can be changed (there is no password).
        folded: on a page, rows with the same value in this column are folded under it, one card each.
    """

    name: str
    columns: Sequence[Column]
    rows: Iterable[Row]
    frozen: int = 1
    preface: Sequence[str] = ()
    is_ruled: bool = True
    count: int = 0
    is_hidden: bool = False
    is_locked: bool = False
    folded: str = ""


@dataclass(frozen=True, slots=True)
class Notes:
    """The last sheet: a title, and what is said under each heading; a heading may be empty."""

    name: str
    title: str
    lines: Sequence[tuple[str, str]] = field(default=())


@dataclass(frozen=True, slots=True)
class Book:
    """A workbook; its header and footer are printed on every page."""

    sheets: Sequence[Sheet]
    notes: Notes | None = None
    header: str = ""
    footer: str = ""


class SheetFull(Exception):
    """A table has more rows than a sheet holds."""

    def __init__(self, name: str, most: int) -> None:
        super().__init__(f"sheet {name!r} would have more than {most} rows, the most that a sheet holds")


def neutral(text: str) -> str:
    """A text that no spreadsheet takes for a formula; a plain number such as -5 stays one."""
    is_formula = text.lstrip()[:1] in _SIGNS or text[:1] in {"\t", "\r", "\n"}
    return f"'{text}" if is_formula and not _NUMBER.fullmatch(text) else text


class DelimitedText:
    """Rows as delimited text for a spreadsheet: none of it is a formula there, and no cell breaks its row."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        # (What ends a row of the writer's is quoted inside of a cell, so that a bare CR begins no row of its own.)
        self._writer = csv.writer(self, lineterminator="\r\n")

    def write(self, row: str) -> None:
        """What the writer of the library calls, once a row."""
        self._stream.write(row.removesuffix("\r\n") + "\n")

    def writerow(self, cells: Iterable[object]) -> None:
        """Add a row; its texts are neutral."""
        self._writer.writerow([neutral(cell) if isinstance(cell, str) else cell for cell in cells])


def write_workbook(target: Path | BinaryIO, book: Book) -> None:
    """Write the file: titles that stay, filters, choices where people fill in, A4 across when printed.

    Equal tables make equal bytes.

    Raises:
        SheetFull: a table has more rows than a sheet holds.
        OSError: the file cannot be written.
    """
    import xlsxwriter

    for sheet in book.sheets:
        _check_room(sheet, sheet.count)
    try:
        with xlsxwriter.Workbook(target, _OPTIONS) as file:
            _fill(file, book)
    except xlsxwriter.exceptions.XlsxFileError as problem:
        cause = problem.args[0] if problem.args else None
        raise (cause if isinstance(cause, OSError) else OSError(errno.EFBIG, str(problem))) from problem


def _fill(file: Any, book: Book) -> None:
    notes = book.notes
    file.set_properties({"title": notes.title if notes else book.header, "created": _MADE})
    forms = _forms(file)
    pages = [_page(file, sheet.name, book) for sheet in book.sheets]
    if notes is not None:
        _note(_page(file, notes.name, book), notes, forms)
    places: dict[tuple[str, ...], str] = {}
    for page, sheet in zip(pages, book.sheets, strict=True):
        _write(page, sheet, forms, places)
    _write_choices(file, list(places))


def _check_room(sheet: Sheet, count: int) -> None:
    most = _MOST_ROWS - _top(sheet) - 1 - any(column.is_summed for column in sheet.columns)
    if count > most:
        raise SheetFull(sheet.name, most)


def _top(sheet: Sheet) -> int:
    """The row of the titles: below what is said above, and an empty line."""
    return len(sheet.preface) + 1 if sheet.preface else 0


def _forms(file: Any) -> dict[str, Any]:
    """Formats by kind of cell, and by kind and number format."""
    cell: dict[str, object] = {"text_wrap": True, "valign": "top", "border": 1, "border_color": _LINES}
    kinds: dict[str, dict[str, object]] = {
        "plain": {},
        "text": cell,
        "room": {**cell, "bg_color": _ROOM},
        "alarm": {**cell, "bold": True, "font_color": _ALARM},
        "open room": {**cell, "bg_color": _ROOM, "locked": False},
        "mark": {"bold": True, "font_color": _ALARM},
    }
    day, share = {"num_format": "yyyy-mm-dd", "align": "left"}, {"num_format": "0.0%"}
    forms = {
        "head": {**cell, "bold": True, "bg_color": _GREY, "valign": "vcenter"},
        "title": {"bold": True, "font_size": 14},
        "sum": {"bold": True, "top": 1},
        **kinds,
        **{f"{name} day": {**said, **day} for name, said in kinds.items()},
        **{f"{name} share": {**said, **share} for name, said in kinds.items()},
    }
    return {name: file.add_format(said) for name, said in forms.items()}


def _page(file: Any, name: str, book: Book) -> Any:
    page = file.add_worksheet(name[:_MOST_NAME])
    page.set_landscape()
    page.set_paper(_A4)
    page.fit_to_pages(1, 0)
    page.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
    # (An ampersand begins a code.)
    page.set_header(f"&L{book.header[:_MOST_HEADER].replace('&', '&&')}&R{name[:_MOST_NAME].replace('&', '&&')}")
    page.set_footer(f"&L{book.footer[:_MOST_HEADER].replace('&', '&&')}&R&P / &N")
    return page


def _write(page: Any, sheet: Sheet, forms: Mapping[str, Any], places: dict[tuple[str, ...], str]) -> None:
    from xlsxwriter.utility import xl_range

    top = _top(sheet)
    for at, line in enumerate(sheet.preface):
        page.write_string(at, 0, held(line), forms["title"] if at == 0 else None)
    _give_height(page, top, sheet, {column.name: column.title for column in sheet.columns})
    for at, column in enumerate(sheet.columns):
        page.set_column(at, at, column.width, None, {"hidden": True} if column.is_hidden else {})
        page.write_string(top, at, column.title, forms["head"])
    summed: dict[int, list[Any]] = {at: [] for at, column in enumerate(sheet.columns) if column.is_summed}
    last = top
    for last, row in enumerate(sheet.rows, start=top + 1):
        _check_room(sheet, last - top)
        _write_row(page, last, sheet, row, forms)
        for at, values in summed.items():
            values.append(row.get(sheet.columns[at].name) or 0)
        for at, column in enumerate(sheet.columns):
            if answer := row.get(ANSWERS, {}).get(column.name):
                page.data_validation(last, at, last, at, _rule(answer, places, sheet.columns[at]))
    if last > top:
        for at, values in summed.items():
            page.write_formula(last + 1, at, f"=SUM({xl_range(top + 1, at, last, at)})", forms["sum"], sum(values))
        for at, column in enumerate(sheet.columns):
            if column.choices:
                page.data_validation(top + 1, at, last, at, _rule(tuple(column.choices), places, column))
    if sheet.is_locked:
        page.protect("", _UNLOCKED)
    if sheet.is_hidden:
        page.hide()
    page.freeze_panes(top + 1, sheet.frozen)
    page.autofilter(top, 0, max(last, top + 1), max(len(sheet.columns) - 1, 0))
    page.repeat_rows(top)


def _give_height(page: Any, at: int, sheet: Sheet, row: Row) -> None:
    """Make a row as high as its texts: a program that trusts the file, as LibreOffice does, measures none of them."""
    if sheet.is_ruled:
        shown = (column for column in sheet.columns if not column.is_hidden)
        lines = max((_lines(row.get(column.name), column.width) for column in shown), default=1)
        if lines > 1:
            page.set_row(at, min(lines * _LINE_HEIGHT, _MOST_HEIGHT))


def _lines(value: object, width: int) -> int:
    """How many lines a value takes in a column."""
    if not isinstance(value, str | list | tuple | Marked):
        return 1
    text = ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    return sum(max(1, ceil(len(line) / (width * _FILLING))) for line in text.rstrip().split("\n"))


def _write_row(page: Any, at: int, sheet: Sheet, row: Row, forms: Mapping[str, Any]) -> None:
    _give_height(page, at, sheet, row)
    alarms = row.get(ALARMS, ())
    for place, column in enumerate(sheet.columns):
        if not sheet.is_ruled:
            kind = "plain"
        else:
            room = "open room" if sheet.is_locked else "room"
            kind = room if column.is_room else "alarm" if column.name in alarms else "text"
        _cell(page, (at, place), row.get(column.name), kind, column, forms)


def _cell(page: Any, at: tuple[int, int], value: object, kind: str, column: Column, forms: Mapping[str, Any]) -> None:
    match value:
        case None | "":
            if kind != "plain":
                page.write_blank(*at, None, forms[kind])
        case date():
            page.write_datetime(*at, value, forms[f"{kind} day"])
        case bool():
            page.write_boolean(*at, value, forms[kind])
        case int() | float() | Decimal():
            page.write_number(*at, value, forms[f"{kind} share" if column.is_share else kind])
        case Marked():
            _marked(page, at, value, kind, forms)
        case list() | tuple():
            page.write_string(*at, held(", ".join(map(str, value))), forms[kind])
        case _:
            page.write_string(*at, held(str(value)), forms[kind])


def _marked(page: Any, at: tuple[int, int], value: Marked, kind: str, forms: Mapping[str, Any]) -> None:
    """A text with parts that stand out; one that would not be held, or read as a formula, stands without."""
    text, parts = str(value), [(part, is_marked) for part, is_marked in value.parts if part]
    if held(text) != text or len(parts) < 2:
        whole = forms["alarm"] if kind == "text" and parts and parts[0][1] else forms[kind]
        page.write_string(*at, held(text), whole)
        return
    said = [piece for part, is_marked in parts for piece in ([forms["mark"], part] if is_marked else [part])]
    page.write_rich_string(*at, *said, forms[kind])


def held(text: str) -> str:
    """A neutral text that a cell holds."""
    return neutral(text if len(text) <= _MOST_LETTERS else text[:_MOST_LETTERS] + " …")


def _rule(answer: Answer, places: dict[tuple[str, ...], str], column: Column) -> Mapping[str, object]:
    """What may be put into a cell; choices get a place on the hidden sheet, as a list inside a rule must be short."""
    from xlsxwriter.utility import xl_range_abs

    if isinstance(answer, Figure):
        return _RULES[answer]
    at = len(places)
    source = places.setdefault(answer, f"={_CHOICES}!{xl_range_abs(0, at, len(answer) - 1, at)}")
    return {"validate": "list", "source": source, **({"show_error": False} if column.is_free else {})}


def _write_choices(file: Any, wanted: Sequence[tuple[str, ...]]) -> None:
    """Write the hidden sheet, a column for each list."""
    if not wanted:
        return
    page = file.add_worksheet(_CHOICES)
    page.hide()
    for row, choices in enumerate(zip_longest(*wanted)):
        for at, choice in enumerate(choices):
            if choice is not None:
                page.write_string(row, at, held(choice))


def _note(page: Any, notes: Notes, forms: Mapping[str, Any]) -> None:
    page.set_column(0, 0, 34)
    page.set_column(1, 1, 110)
    page.write_string(0, 0, held(notes.title), forms["title"])
    for at, (heading, said) in enumerate(notes.lines, start=2):
        if (lines := max(_lines(heading, 34), _lines(said, 110))) > 1:
            page.set_row(at, min(lines * _LINE_HEIGHT, _MOST_HEIGHT))
        page.write_string(at, 0, held(heading), forms["head" if heading else "text"])
        page.write_string(at, 1, held(said), forms["text"])
