"""Wide exports: one row per assessment, one column per question (Higg FEM CSV and XLSX).

Every column that is neither envelope nor score is an answer, known or not. An empty cell was not asked; it makes no
row. A quantity column and its unit column make one answer of two cells.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from harmonize.model.issues import Issue
from harmonize.model.locators import split_place
from harmonize.reading.sheets import Cell, CellError, cell_text, is_blank
from harmonize.sources.context import Context
from harmonize.sources.headers import add_identifier, add_mention, edition_of
from harmonize.sources.profile import Layout
from harmonize.sources.records import Record, TableView, report_excel_error
from harmonize.values.numbers import NumberProblem, NumberStyle, looks_numeric, parse_number
from harmonize.values.text import clean, word_key

__all__ = ["count_cells", "report_unknown_edition", "reporting_year", "stage", "unit_questions"]

_FALSE_WORDS = frozenset({"false", "no", "0", "n"})


@dataclass(frozen=True, slots=True)
class _Columns:
    """Answer columns of a wide table: question id by column, unit column by quantity column.

    Attributes:
        repeated: columns whose question stands further left already; their cells are ignored.
    """

    questions: Mapping[int, str]
    units: Mapping[int, int]
    is_unit: frozenset[int]
    scores: Mapping[int, tuple[str, str | None]]
    repeated: frozenset[int]


def _columns(context: Context, table: TableView) -> _Columns:
    layout = context.layout
    scores: dict[int, tuple[str, str | None]] = {}
    questions: dict[int, str] = {}
    pattern = re.compile(layout.score_pattern or r"(?!)")
    for column in table.extra:
        title = word_key(table.header[column])
        found = pattern.fullmatch(title)
        if title == layout.score_total:
            scores[column] = ("total", None)
        elif found:
            level = found["level"]
            scores[column] = (found["section"], None if level == "score" else level)
        else:
            questions[column] = title
    by_question: dict[str, int] = {}
    for column, question in questions.items():
        by_question.setdefault(question, column)
    repeated = frozenset(column for column, question in questions.items() if by_question[question] != column)
    units = {by_question[question]: by_question[unit] for question, unit in unit_questions(layout, by_question).items()}
    return _Columns(questions, units, frozenset(units.values()), scores, repeated)


def unit_questions(layout: Layout, questions: Collection[str]) -> dict[str, str]:
    """Quantity question -> the question that states its unit, for those that an export has."""
    quantity = layout.quantity_suffix
    if quantity is None:
        return {}
    pairs: dict[str, str] = {}
    for question in questions:
        for suffix in layout.unit_suffixes if question.endswith(quantity) else ():
            partner = question.removesuffix(quantity) + suffix
            if partner in questions and partner != question:
                pairs.setdefault(question, partner)
    return pairs


def count_cells(context: Context) -> tuple[int, int]:
    """Answer cells (unit columns included) and blank ones, counted straight from the sheet."""
    table = context.recognition.table
    if table is None:
        return (0, 0)
    answers = list(_columns(context, table).questions)
    total = blank = 0
    for cells in table.sheet.rows[table.header_row + 1 :]:
        if all(is_blank(cell) for cell in cells):
            continue
        total += len(answers)
        blank += sum(1 for column in answers if column >= len(cells) or is_blank(cells[column]))
    return (total, blank)


def stage(context: Context) -> None:
    """Stage every assessment of the file."""
    table = context.recognition.table
    if table is None:
        raise TypeError("a wide layout has a table")
    columns = _columns(context, table)
    style = context.number_style(
        text
        for record in table.records()
        for column in columns.units
        if isinstance(text := _cell(record, column), str) and text
    )
    seen: set[tuple[str, ...]] = set()
    cell_no = 0
    _report_columns(context, table, columns)
    for record in context.records(table, lambda row: _filled(columns, row)):
        if _is_withheld(context, columns, record, seen):
            continue
        cell_no = _stage_assessment(context, table, columns, record, style, cell_no)


def _report_columns(context: Context, table: TableView, columns: _Columns) -> None:
    """Say which columns stand twice, and which hold cells under no header."""
    for column in sorted(columns.repeated):
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


def _filled(columns: _Columns, record: Record) -> int:
    return sum(1 for column in columns.questions if not is_blank(_cell(record, column)))


def _is_withheld(context: Context, columns: _Columns, record: Record, seen: set[tuple[str, ...]]) -> bool:
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
    context: Context, table: TableView, columns: _Columns, record: Record, style: NumberStyle, cell_no: int
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
    country = add_mention(context, record, number, style)
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
    return _stage_answers(context, table, columns, record, style, number, edition, (by_verifier, is_verified), cell_no)


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
    if edition is not None and known and not any(re.fullmatch(pattern, edition) for pattern in known):
        context.staged.report(
            Issue(
                place,
                "unknown_edition",
                edition,
                f"No crosswalk reads the edition {edition!r}; its answers are loaded raw and unmapped.",
                f"Add a crosswalk under mappings/{context.profile.instrument}/.",
            )
        )


def _score(cell: Cell) -> float | None:
    text = clean(cell_text(cell))
    value = parse_number(text, NumberStyle.POINT) if text else None
    return value if isinstance(value, float) else None


def _stage_scores(context: Context, columns: _Columns, record: Record, number: int, by_verifier: bool) -> None:
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
    context: Context,
    table: TableView,
    columns: _Columns,
    record: Record,
    style: NumberStyle,
    number: int,
    edition: str | None,
    verified: tuple[bool, bool],
    cell_no: int,
) -> int:
    staged, profile = context.staged, context.profile
    by_verifier, is_verified = verified
    answers = staged.tables["answer"]
    covered = profile.verified_only.get(edition or "")
    counted = frozenset(covered) if covered is not None else None
    answered_by = "verifier" if by_verifier else "facility"
    for column, question in columns.questions.items():
        cell = _cell(record, column)
        if column in columns.repeated:
            staged.counts.ignored += 0 if is_blank(cell) else 1
            continue
        if is_blank(cell):
            _pass_over_unit(context, columns, record, column)
            continue
        if column in columns.is_unit:
            continue
        unit_column = columns.units.get(column)
        unit_cell = None if unit_column is None else _cell(record, unit_column)
        cell_no += 1
        if isinstance(cell, CellError):
            report_excel_error(staged, record.place(column), cell, cells=1)
            _pass_over_unit(context, columns, record, column)
            continue
        raw = cell_text(cell)
        value, problem = _read_number(cell, raw, style)
        if isinstance(unit_cell, CellError) and unit_column is not None:
            report_excel_error(staged, record.place(unit_column), unit_cell, cells=1)
            unit_cell = None
            problem = problem or "unit_error"
        base, suffix = split_place(record.locator, record.place(column))
        answers.add(
            number,
            cell_no,
            question,
            None,
            None,
            raw,
            clean(cell_text(unit_cell)) if unit_cell is not None else None,
            value,
            problem,
            unit_column is not None or _is_quantity(context, question),
            None,
            answered_by,
            profile.verification if is_verified and (counted is None or question in counted) else "none",
            False,
            None,
            base,
            suffix,
            None if unit_column is None or is_blank(unit_cell) else record.place(unit_column),
            None,
            None,
        )
    return cell_no


def _pass_over_unit(context: Context, columns: _Columns, record: Record, column: int) -> None:
    """A unit without a quantity says nothing; an Excel error in its cell is withheld all the same."""
    unit_column = columns.units.get(column)
    cell = None if unit_column is None else _cell(record, unit_column)
    if unit_column is None or is_blank(cell):
        return
    if isinstance(cell, CellError):
        report_excel_error(context.staged, record.place(unit_column), cell, cells=1)
    else:
        context.staged.counts.ignored += 1


def _is_quantity(context: Context, question: str) -> bool:
    suffix = context.layout.quantity_suffix
    return bool(suffix) and question.endswith(suffix or "")


def _read_number(cell: Cell, raw: str, style: NumberStyle) -> tuple[float | None, str | None]:
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return float(cell), None
    if not looks_numeric(raw):
        return None, NumberProblem.UNREADABLE.value
    value = parse_number(raw, style)
    return (value, None) if isinstance(value, float) else (None, value.value)
