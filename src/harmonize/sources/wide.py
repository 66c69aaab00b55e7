"""Wide exports: one row per assessment, one column per question (Higg FEM CSV and XLSX).

Every column that is neither envelope nor score is an answer, known or not. An empty cell was not asked; it makes no
row. A quantity column and its unit column make one answer of two cells.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, overload

import numpy as np
import numpy.typing as npt

from harmonize.model.issues import Issue
from harmonize.reading.blocks import Block, blocks
from harmonize.reading.coded_texts import distinct
from harmonize.reading.sheets import Cell, CellError, cell_text, is_blank
from harmonize.sources.context import Context
from harmonize.sources.headers import add_identifier, add_mention, edition_of
from harmonize.sources.records import Record, TableView, report_excel_error
from harmonize.sources.wide_answers import WideAnswers
from harmonize.sources.wide_columns import WideColumns, wide_columns
from harmonize.values.number_columns import proving_texts
from harmonize.values.numbers import NumberStyle, parse_number
from harmonize.values.text import clean, word_key

__all__ = ["report_unknown_edition", "reporting_year", "stage"]

_FALSE_WORDS = frozenset({"false", "no", "0", "n"})


def stage(context: Context) -> None:
    """Stage every assessment of the file, and count its cells.

    How a file writes numbers is told by all its quantities together. It is read as the profile expects it, and once
    more in the rare case that the quantities prove another style.
    """
    table = context.recognition.table
    if table is None:
        raise TypeError("a wide layout has a table")
    columns = wide_columns(context.layout, table)
    _report_columns(context, table, columns)
    forget = context.staged.undo()
    proofs = _stage_in(context.number_style(()), context, table, columns)
    style = context.number_style(proofs)
    if style is not context.number_style(()):
        forget()
        _stage_in(style, context, table, columns)


def _stage_in(style: NumberStyle, context: Context, table: TableView, columns: WideColumns) -> list[str]:
    """Stage everything in one number style; returns the texts that may prove a style."""
    rows = _Rows(context, table, columns, style)
    for block in blocks(table.sheet, table.header_row + 1):
        rows.stage(block)
    return rows.proofs


@dataclass(frozen=True, slots=True)
class _Side:
    """Whose answers a row holds, and whether they were verified."""

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


class _Rows:
    """The rows of one table on their way into the stage, block by block."""

    def __init__(self, context: Context, table: TableView, columns: WideColumns, style: NumberStyle) -> None:
        self._context = context
        self._table = table
        self._columns = columns
        self._style = style
        self._answers = WideAnswers(context, table, columns, style)
        self._answer_cells = np.array(columns.cells, np.int64)
        self._titles = [word_key(title) for title in table.header]
        self._fields = sorted(
            {column for found in (*table.columns.values(), *table.identifiers.values()) for column in found}
            | set(columns.scores)
        )
        self._quantities = np.array([answer.column for answer in columns.answers if answer.unit is not None], np.int64)
        self._rows_by_key: dict[str, list[int]] = {}
        self.proofs: list[str] = []

    def stage(self, block: Block) -> None:
        """Stage the assessments of a block, then all their answers together."""
        filled = block.stated[:, self._answer_cells].sum(axis=1)
        self._count(block, filled)
        self._collect_proofs(block)
        surplus: npt.NDArray[np.bool_] = np.any(block.stated[:, len(self._table.header) :], axis=1)
        fields = block.columns(self._fields)
        numbers: list[int] = []
        rows: list[int] = []
        sides: list[_Side] = []
        for row in np.nonzero(block.stated.any(axis=1))[0].tolist():
            record = self._record(block, fields, row, is_surplus=bool(surplus[row]))
            if self._is_withheld(record, block.first + row, int(filled[row])):
                continue
            number, side = _stage_assessment(self._context, self._columns, record, self._style, int(filled[row]))
            if side is not None:
                numbers.append(number)
                rows.append(row)
                sides.append(side)
        self._answers.stage(block, rows, numbers, sides)

    def _count(self, block: Block, filled: npt.NDArray[np.int64]) -> None:
        """Count answer cells (unit columns included) and blank ones, before anything is decided about them."""
        cells = int(block.stated.any(axis=1).sum()) * len(self._answer_cells)
        self._context.staged.counts.total += cells
        self._context.staged.counts.blank += cells - int(filled.sum())

    def _collect_proofs(self, block: Block) -> None:
        """Keep the texts of quantities that may prove how the file writes numbers."""
        if not len(self._quantities):
            return
        stated = block.stated[:, self._quantities]
        if block.is_number is not None:
            stated &= ~block.is_number[:, self._quantities]
        row, place = np.nonzero(stated)
        texts, _ = distinct(block.kinds, block.codes[row, self._quantities[place]])
        self.proofs += proving_texts(texts)

    def _record(self, block: Block, fields: Mapping[int, list[Cell]], row: int, *, is_surplus: bool) -> Record:
        table, index = self._table, block.first + row
        return Record(
            _Cells({column: cells[row] for column, cells in fields.items()}, block.width),
            table.columns,
            table.identifiers,
            table.sheet.row_locator(index, table.header_row),
            lambda column: table.sheet.cell_locator(index, table.header_row, column, table.header[column]),
            is_surplus,
        )

    def _is_withheld(self, record: Record, index: int, filled: int) -> bool:
        """A row that is no assessment: a repeated header, shifted cells, no key, or a row that stands above already."""
        context, staged = self._context, self._context.staged
        key = record.cell("native_id")
        if self._repeats_header(record, index):
            staged.counts.ignored += filled
            context.report_repeated_row(record, "header")
            return True
        if record.surplus:
            width = len(_trimmed(self._table.sheet.rows[index]))
            context.report_ragged(record, width, len(self._table.header), filled)
            return True
        if isinstance(key, CellError):
            report_excel_error(staged, record.at("native_id"), key, filled)
            return True
        if key is None:
            context.report_blank_key(record, "assessment id", filled)
            return True
        return self._stands_above(record, index, cell_text(key).strip(), filled)

    def _repeats_header(self, record: Record, index: int) -> bool:
        column = self._table.columns["native_id"][0]
        if word_key(cell_text(record.cells[column])) != self._titles[column]:
            return False
        cells = self._table.sheet.rows[index][: len(self._titles)]
        return [word_key(cell_text(cell)) for cell in cells] == self._titles

    def _stands_above(self, record: Record, index: int, native_id: str, filled: int) -> bool:
        earlier = self._rows_by_key.setdefault(native_id, [])
        if earlier:
            printed = self._printed(index)
            if any(self._printed(other) == printed for other in earlier):
                self._context.staged.counts.ignored += filled
                self._context.report_repeated_row(record, cell_text(record.cell("native_id")))
                return True
            self._context.report_repeated_key(record.locator, native_id)
        earlier.append(index)
        return False

    def _printed(self, index: int) -> list[str]:
        return _trimmed([cell_text(cell).strip() for cell in self._table.sheet.rows[index]])


def _trimmed(cells: Sequence[Cell]) -> list[Any]:
    """The cells without blank ones at the end."""
    kept = list(cells)
    while kept and is_blank(kept[-1]):
        kept.pop()
    return kept


class _Cells(Sequence[Cell]):
    """The cells of a row of which only some are of interest."""

    def __init__(self, cells: Mapping[int, Cell], width: int) -> None:
        self._cells = cells
        self._width = width

    def __len__(self) -> int:
        return self._width

    @overload
    def __getitem__(self, index: int) -> Cell: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Cell]: ...
    def __getitem__(self, index: int | slice) -> Cell | Sequence[Cell]:
        if isinstance(index, int):
            return self._cells.get(index)
        return [self._cells.get(place) for place in range(*index.indices(self._width))]


def _is_published(context: Context, record: Record, status: str | None) -> bool:
    profile = context.profile
    if status in profile.unpublished_statuses:
        return False
    posted = word_key(record.raw("posted"))
    if posted:
        return posted not in _FALSE_WORDS
    return status not in profile.unposted_statuses


def _stage_assessment(
    context: Context, columns: WideColumns, record: Record, style: NumberStyle, filled: int
) -> tuple[int, _Side | None]:
    """Stage a row's header; returns its number and whose answers it holds, none where it is not published."""
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
        score=None if total is None else _score(record.cells[total]),
        related_native_id=related,
        account_key=_account_key(record, edition),
        published=published,
    )
    for topic, scope in profile.scope.items():
        staged.tables["scope"].add(number, topic, scope)
    report_unknown_edition(context, edition, record.at("edition"))
    _stage_scores(context, columns, record, number, by_verifier)
    if not published:
        staged.counts.ignored += filled
        context.report_unpublished(record.locator, status)
        return number, None
    return number, _Side("verifier" if by_verifier else "facility", is_verified, edition)


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
        cell = record.cells[column]
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
