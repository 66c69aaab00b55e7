"""Wide exports: one row per assessment, one column per question (Higg FEM CSV and XLSX).

Every column that is neither envelope nor score is an answer, known or not. An empty cell was not asked; it makes no
row. A quantity column and its unit column make one answer of two cells.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from harmonize.model.issues import Issue
from harmonize.reading.sheets import Cell, CellError, cell_text, is_blank
from harmonize.sources.answers import StatedAnswer, add_answer
from harmonize.sources.context import Context
from harmonize.sources.headers import add_identifier, add_mention, edition_of
from harmonize.sources.numbers import NumberReader
from harmonize.sources.profile import covers
from harmonize.sources.records import Record, TableView, report_excel_error
from harmonize.sources.wide_columns import AnswerPlace, WideColumns, wide_columns
from harmonize.values.numbers import NumberStyle, parse_number
from harmonize.values.text import clean, word_key

__all__ = ["count_cells", "report_unknown_edition", "reporting_year", "stage"]

_FALSE_WORDS = frozenset({"false", "no", "0", "n"})


def count_cells(context: Context) -> tuple[int, int]:
    """Answer cells (unit columns included) and blank ones, counted straight from the sheet."""
    table = context.recognition.table
    if table is None:
        return (0, 0)
    columns = wide_columns(context.layout, table).cells
    total = blank = 0
    for cells in table.sheet.rows[table.header_row + 1 :]:
        if all(is_blank(cell) for cell in cells):
            continue
        total += len(columns)
        blank += sum(1 for column in columns if column >= len(cells) or is_blank(cells[column]))
    return (total, blank)


def stage(context: Context) -> None:
    """Stage every assessment of the file."""
    table = context.recognition.table
    if table is None:
        raise TypeError("a wide layout has a table")
    columns = wide_columns(context.layout, table)
    style = context.number_style(
        text
        for record in table.records()
        for answer in columns.answers
        if answer.unit is not None and isinstance(text := _cell(record, answer.column), str) and text
    )
    reader = NumberReader(style)
    seen: set[tuple[str, ...]] = set()
    cell_no = 0
    _report_columns(context, table, columns)
    for record in context.records(table, lambda row: _filled(columns, row)):
        if _is_withheld(context, columns, record, seen):
            continue
        cell_no = _stage_assessment(context, table, columns, record, reader, cell_no)


@dataclass(frozen=True, slots=True)
class _Side:
    """Whose answers a row holds, and whether they were verified."""

    number: int
    answered_by: str
    is_verified: bool
    edition: str | None


def _report_columns(context: Context, table: TableView, columns: WideColumns) -> None:
    """Say which columns stand twice, and which hold cells under no header."""
    for column in columns.repeated:
        context.staged.report(
            Issue(
                "header",
                "repeated_column",
                table.header[column],
                f"The column {table.header[column]!r} stands twice; the first one counts.",
                "Remove the repetition in the export.",
            )
        )


def _cell(record: Record, column: int) -> Cell:
    return record.cells[column] if column < len(record.cells) else None


def _filled(columns: WideColumns, record: Record) -> int:
    return sum(1 for column in columns.cells if not is_blank(_cell(record, column)))


def _is_withheld(context: Context, columns: WideColumns, record: Record, seen: set[tuple[str, ...]]) -> bool:
    staged = context.staged
    key = record.cell("native_id")
    if isinstance(key, CellError):
        report_excel_error(staged, record.at("native_id"), key, _filled(columns, record))
        return True
    if key is None:
        context.report_blank_key(record, "assessment id", _filled(columns, record))
        return True
    row = record.printed()
    if row in seen:
        staged.counts.ignored += _filled(columns, record)
        context.report_repeated_row(record, cell_text(key))
        return True
    seen.add(row)
    native_id = (cell_text(key).strip(),)
    if native_id in seen:
        context.report_repeated_key(record.locator, native_id[0])
    seen.add(native_id)
    return False


def _is_published(context: Context, record: Record, status: str | None) -> bool:
    profile = context.profile
    if status in profile.unpublished_statuses:
        return False
    posted = word_key(record.raw("posted"))
    if posted:
        return posted not in _FALSE_WORDS
    return status not in profile.unposted_statuses


def _stage_assessment(
    context: Context, table: TableView, columns: WideColumns, record: Record, reader: NumberReader, cell_no: int
) -> int:
    staged, profile = context.staged, context.profile
    number = staged.next_assessment()
    native_id = record.text("native_id", staged)
    edition = edition_of(context, record.text("edition", staged))
    status = record.word("status", context.statuses, "unknown_status", staged)
    status = context.statuses.get(word_key(status)) if status else None
    related = record.text("related_native_id", staged)
    is_verified = status in profile.verified_statuses
    by_verifier = is_verified or related is not None
    published = _is_published(context, record, status)
    assessed_on = record.day("assessed_on", context.layout.dates, staged)
    year = reporting_year(context, edition)
    country = add_mention(context, record, number, reader.style)
    if native_id:
        add_identifier(
            context,
            f"assessment:{profile.instrument}",
            native_id,
            country,
            record.locator,
            record.at("native_id"),
        )
    total = next((column for column, (section, _) in columns.scores.items() if section == "total"), None)
    staged.tables["assessment"].add_named(
        assessment_no=number,
        locator=record.locator,
        instrument=profile.instrument,
        edition=edition,
        native_id=native_id,
        kind="verified" if by_verifier else profile.assessment_kind,
        status=status,
        status_rank=profile.statuses.get(status or "", 0),
        updated_at=assessed_on.isoformat() if assessed_on else None,
        assessed_on=assessed_on,
        period_start=date(year, 1, 1) if year else None,
        period_end=date(year, 12, 31) if year else None,
        verified=is_verified,
        score=None if total is None else _score(_cell(record, total)),
        related_native_id=related,
        account_key=_account_key(record, edition),
        published=published,
    )
    for topic, scope in profile.scope.items():
        staged.tables["scope"].add(number, topic, scope)
    report_unknown_edition(context, edition, record.at("edition"))
    _stage_scores(context, columns, record, number, by_verifier)
    if not published:
        staged.counts.ignored += _filled(columns, record)
        context.report_unpublished(record.locator, status)
        return cell_no
    side = _Side(number, "verifier" if by_verifier else "facility", is_verified, edition)
    return _stage_answers(context, columns, record, reader, side, cell_no)


def _account_key(record: Record, edition: str | None) -> str | None:
    account = clean(record.raw("account"))
    return f"{account}|{edition}" if account else None


def reporting_year(context: Context, edition: str | None) -> int | None:
    """The calendar year that an edition reports on, where the instrument has one."""
    pattern = context.profile.reporting_year_pattern
    found = re.fullmatch(pattern, edition) if pattern and edition else None
    return int(found[1]) if found else None


def report_unknown_edition(context: Context, edition: str | None, place: str) -> None:
    """Answers of an edition without crosswalk stay raw and unmapped; say so once per assessment."""
    known = context.profile.editions
    if known and not (edition is not None and any(re.fullmatch(pattern, edition) for pattern in known)):
        context.staged.report(
            Issue(
                place,
                "unknown_edition",
                edition or "",
                f"No crosswalk reads the edition {edition or ''!r}; its answers are loaded raw and unmapped.",
                f"Add a crosswalk under mappings/{context.profile.instrument}/.",
            )
        )


def _score(cell: Cell) -> float | None:
    text = clean(cell_text(cell))
    value = parse_number(text, NumberStyle.POINT) if text else None
    return value if isinstance(value, float) else None


def _stage_scores(context: Context, columns: WideColumns, record: Record, number: int, by_verifier: bool) -> None:
    for column, (section, level) in columns.scores.items():
        cell = _cell(record, column)
        if is_blank(cell):
            continue
        if isinstance(cell, CellError):
            report_excel_error(context.staged, record.place(column), cell)
            continue
        score = _score(cell)
        context.staged.tables["score"].add(
            number,
            section,
            level,
            score,
            None,
            "verifier" if by_verifier else "facility",
            clean(cell_text(cell)) if score is None else None,
        )


def _stage_answers(
    context: Context, columns: WideColumns, record: Record, reader: NumberReader, side: _Side, cell_no: int
) -> int:
    staged, cells, width = context.staged, record.cells, len(record.cells)
    for column in columns.repeated:
        staged.counts.ignored += 0 if is_blank(_cell(record, column)) else 1
    profile = context.profile
    for answer in columns.answers:
        cell = cells[answer.column] if answer.column < width else None
        if is_blank(cell):
            _pass_over_unit(context, record, answer)
            continue
        cell_no += 1
        if isinstance(cell, CellError):
            report_excel_error(staged, record.place(answer.column), cell, cells=1)
            _pass_over_unit(context, record, answer)
            continue
        raw = cell if isinstance(cell, str) else cell_text(cell)
        value, problem = reader.read(cell, raw)
        unit, unit_place = None, None
        if answer.unit is not None:
            unit, unit_place, unit_problem = _read_unit(context, record, answer.unit)
            problem = problem or unit_problem
        add_answer(
            staged,
            StatedAnswer(
                side.number,
                cell_no,
                answer.question,
                raw,
                record.place(answer.column),
                side.answered_by,
                profile.verification
                if side.is_verified and covers(profile, side.edition, answer.question)
                else "none",
                value,
                problem,
                unit,
                unit_place,
                answer.measured,
            ),
        )
    return cell_no


def _read_unit(context: Context, record: Record, column: int) -> tuple[str | None, str | None, str | None]:
    """Text, place and problem of a unit cell; an Excel error in it is withheld."""
    cell = _cell(record, column)
    if is_blank(cell):
        return None, None, None
    if isinstance(cell, CellError):
        report_excel_error(context.staged, record.place(column), cell, cells=1)
        return None, None, "unit_error"
    return clean(cell_text(cell)), record.place(column), None


def _pass_over_unit(context: Context, record: Record, answer: AnswerPlace) -> None:
    """A unit without a quantity says nothing; an Excel error in its cell is withheld all the same."""
    if answer.unit is None:
        return
    text, _, problem = _read_unit(context, record, answer.unit)
    if text is not None and problem is None:
        context.staged.counts.ignored += 1
