"""Read an unseen questionnaire (CSV, TSV, XLSX) into its questions, with what each stands under."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from harmonize.crosswalk.suggestions.columns import Columns, Headers, find_columns, headers_of
from harmonize.crosswalk.suggestions.questions import AskedQuestion
from harmonize.errors import InboxError, RefusedFile
from harmonize.reading.documents import Document, open_document
from harmonize.reading.limits import Limits
from harmonize.reading.sheets import Cell, CellError, Sheet, cell_text
from harmonize.values.text import clean

__all__ = ["MOST_QUESTIONS", "Questionnaire", "read_questionnaire"]

MOST_QUESTIONS = 20_000
_LONGEST_ID = 200
_LONGEST_TEXT = 10_000
_JOINT = re.compile(r"[.\-_/ )]")


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """The questions in their order.

    Attributes:
        columns: field to the header that was taken for it.
        notes: what a person should know of how it was read.
    """

    questions: tuple[AskedQuestion, ...]
    columns: Mapping[str, str]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Row:
    question_id: str
    texts: tuple[str, ...]
    section: str
    parent_id: str
    language: str
    place: str


@dataclass
class _Found:
    """What is gathered row by row."""

    rows: dict[str, _Row] = field(default_factory=dict)
    numbered: int = 0

    def add(self, row: _Row) -> None:
        known = self.rows.get(row.question_id)
        if known is None:
            self.rows[row.question_id] = row
        elif set(row.texts) <= set(known.texts):
            return
        elif row.language and row.language != known.language:
            self.rows[row.question_id] = replace(known, texts=(*known.texts, *row.texts))
        else:
            raise InboxError(
                f"The question {row.question_id!r} stands twice with different texts, at {known.place} and at "
                f"{row.place}. Make the ids unique, or name another column with --columns id=HEADER."
            )
        if len(self.rows) > MOST_QUESTIONS:
            raise InboxError(f"There are more than {MOST_QUESTIONS} questions. Cut the file into questionnaires.")


def read_questionnaire(
    data: bytes, path: str, headers: Headers, named: Mapping[str, str], limits: Limits
) -> Questionnaire:
    """Read a questionnaire.

    Args:
        headers: by which the columns are found.
        named: field to header, as the steward gave them.

    Raises:
        InboxError: it cannot be opened, has no column of texts, or two questions share an id.
    """
    try:
        document = open_document(data, path, limits)
        tables = _tables(document, headers, named, limits)
        for delimiter in () if tables else (other for sheet in document.sheets for other in sheet.other_delimiters):
            tables = tables or _tables(open_document(data, path, limits, delimiter=delimiter), headers, named, limits)
    except RefusedFile as problem:
        raise InboxError(f"{path}: {problem} {problem.hint}") from problem
    if not document.sheets:
        raise InboxError(f"{path}: this is JSON. Save the questionnaire as .csv or .xlsx.")
    try:
        if not tables:
            raise _no_columns(document, named, limits)
        return _questionnaire(tables, len(tables) > 1)
    except InboxError as problem:
        raise InboxError(f"{path}: {problem}") from problem


def _tables(
    document: Document, headers: Headers, named: Mapping[str, str], limits: Limits
) -> list[tuple[Sheet, Columns]]:
    found = ((sheet, find_columns(sheet, headers, named, limits.header_search_rows)) for sheet in document.sheets)
    return [(sheet, columns) for sheet, columns in found if columns is not None]


def _no_columns(document: Document, named: Mapping[str, str], limits: Limits) -> InboxError:
    there = headers_of(document.sheets, limits.header_search_rows)
    if named:
        asked = " and ".join(f"{field}={header}" for field, header in named.items())
        texts = "" if "text" in named else " and one known to hold texts"
        return InboxError(f"no header has {asked}{texts}. There are: {there}. Name these with --columns.")
    return InboxError(
        f"no column is known to hold the texts of questions. There are: {there}. Name it with --columns text=HEADER."
    )


def _questionnaire(tables: list[tuple[Sheet, Columns]], by_sheet: bool) -> Questionnaire:
    found = _Found()
    for sheet, columns in tables:
        for row in _rows(sheet, columns, (sheet.name or "") if by_sheet else "", found):
            found.add(row)
    if not found.rows:
        raise InboxError("there is no question below the header. Give a file with a question per row.")
    first_sheet, first = tables[0]
    printed = first_sheet.rows[first.header_row]
    used = {
        name: ", ".join(clean(cell_text(printed[column])) or "" for column in columns)
        for name, columns in first.of.items()
        if columns
    }
    notes = []
    if found.numbered:
        notes.append(f"{found.numbered} questions have no id and are named by their rows (row-1, ...).")
    if any(sheet.decoded is not None and not sheet.decoded.certain for sheet, _ in tables):
        notes.append("The text is no UTF-8 and was read as it seemed; save it as UTF-8 if letters are wrong.")
    return Questionnaire(tuple(_asked(row, found.rows) for row in found.rows.values()), used, tuple(notes))


def _rows(sheet: Sheet, columns: Columns, sheet_name: str, found: _Found) -> Iterator[_Row]:
    above: list[str] = []
    for at in range(columns.header_row + 1, len(sheet.rows)):
        read = partial(_text, sheet.rows[at])
        above = _headings([read(column) for column in columns.of.get("section", ())], above)
        texts = tuple(dict.fromkeys(text for column in columns.of["text"] if (text := read(column))))
        question_id = read(columns.first("id"))
        if not texts and not question_id:
            continue
        if not question_id or len(question_id) > _LONGEST_ID:
            question_id = f"row-{at - columns.header_row}"
            found.numbered += 1
        section = " / ".join(filter(None, (sheet_name, *above)))
        place = sheet.row_locator(at, columns.header_row)
        yield _Row(question_id, texts, section, read(columns.first("parent")), read(columns.first("language")), place)


def _headings(printed: list[str], above: list[str]) -> list[str]:
    """The headings of a row: a blank one is that of the row above, unless a wider one is new."""
    if len(above) != len(printed):
        return printed
    found: list[str] = []
    is_new = False
    for heading, before in zip(printed, above, strict=True):
        found.append(heading or ("" if is_new else before))
        is_new = is_new or found[-1] != before
    return found


def _text(cells: Sequence[Cell], column: int | None) -> str:
    """A cell as one line of bounded length; errors of formulas are nothing."""
    if column is None or column >= len(cells):
        return ""
    cell = cells[column]
    return "" if isinstance(cell, CellError) else clean(cell_text(cell)[:_LONGEST_TEXT]) or ""


def _asked(row: _Row, rows: Mapping[str, _Row]) -> AskedQuestion:
    parent = rows.get(row.parent_id) or _above(row.question_id, rows)
    above = next(iter(parent.texts), "") if parent is not None and parent is not row else ""
    text, *others = row.texts or ("",)
    return AskedQuestion(row.question_id, text, row.section, above, tuple(others))


def _above(question_id: str, rows: Mapping[str, _Row]) -> _Row | None:
    """The question that this one is numbered under: `1.2` of `1.2.3`."""
    joints = [joint.start() for joint in _JOINT.finditer(question_id)]
    return next((rows[question_id[:at]] for at in reversed(joints) if question_id[:at] in rows), None)
