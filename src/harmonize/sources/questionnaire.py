"""Questionnaires as workbooks: one row per question, with the facility's answer and the verifier's (SLCP CAF).

A workbook says what an envelope of the platform says, in rows; it is read as one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from harmonize.model.issues import Issue
from harmonize.reading.sheets import CellError, cell_text
from harmonize.sources.context import Context
from harmonize.sources.json_envelopes import Envelope
from harmonize.sources.json_nodes import node_is_blank
from harmonize.sources.records import Record, TableView, report_excel_error
from harmonize.sources.unnamed import Unnamed
from harmonize.values.text import clean, word_key

__all__ = ["count_rows", "envelopes_of", "report_rows"]

_PARTS = {"value": "answer", "corrected": "corrected", "selection": "selection", "data": "comment", "legal": "legal"}
"""Part of a question's node -> our field of its column."""
_ANSWERS = ("answer", "corrected", "selection")


def envelopes_of(context: Context) -> Iterator[Envelope]:
    """The envelopes of a file: as they stand there, or the one that a workbook is."""
    table = context.recognition.table
    if table is None:
        yield from context.recognition.envelopes
        return
    nodes: dict[str, dict[str, Any]] = {}
    places: dict[str, str] = {}
    unnamed: list[Unnamed] = []
    for record in _questions(context, table):
        key = _key(record)
        if key is None or _error(record) is not None or (key in nodes and not node_is_blank(nodes[key])):
            continue
        nodes[key] = {part: _text(record, field) for part, field in _PARTS.items()}
        places[key] = record.at("answer")
        unnamed += [
            Unnamed(
                table.header[column], record.place(column), text, f"{key}.{table.header[column]}", is_of_header=False
            )
            for column, text in table.unnamed_cells(record).items()
        ]
    yield Envelope(
        table.sheet.row_locator(table.header_row + 1, table.header_row), {"questions": nodes}, places, unnamed
    )


def _key(record: Record) -> str | None:
    cell = record.cell("question")
    text = None if isinstance(cell, CellError) else clean(cell_text(cell))
    return None if text is None else text.lower()


def _error(record: Record) -> str | None:
    """The field whose cell is an error, so that what the row answers is not known."""
    return next((field for field in _ANSWERS if isinstance(record.cell(field), CellError)), None)


def _questions(context: Context, table: TableView) -> Iterator[Record]:
    kinds = {word_key(kind) for kind in context.layout.question_types}
    for record in table.records():
        if not kinds or word_key(record.raw("question_type")) in kinds:
            yield record


def _text(record: Record, field: str) -> str | None:
    cell = record.cell(field)
    return None if isinstance(cell, CellError) else cell_text(cell) or None


def count_rows(context: Context, table: TableView) -> tuple[int, int]:
    """Rows that are questions, and those that neither the facility nor the verifier answered."""
    rows = list(_questions(context, table))
    return len(rows), sum(record.is_blank("answer") and record.is_blank("corrected") for record in rows)


def report_rows(context: Context, table: TableView) -> None:
    """Report what of a workbook makes no answer: rows without a key, repeated ones, and error cells."""
    seen: dict[str, tuple[str, ...]] = {}
    for record in _questions(context, table):
        cells = 0 if record.is_blank("answer") and record.is_blank("corrected") else 1
        key, error = _key(record), _error(record)
        if key is None:
            context.report_blank_key(record, repr(table.header[table.columns["question"][0]]), cells)
        elif error is not None:
            cell = record.cell(error)
            if isinstance(cell, CellError):
                report_excel_error(context.staged, record.at(error), cell, cells)
        elif key not in seen:
            seen.update({key: _said(record)} if cells else {})
        elif seen[key] == _said(record):
            context.staged.counts.ignored += cells
            context.report_repeated_row(record, key)
        elif cells:
            _report_contradiction(context, record, key, cells)


def _said(record: Record) -> tuple[str, ...]:
    return tuple(record.raw(field) for field in _PARTS.values())


def _report_contradiction(context: Context, record: Record, key: str, cells: int) -> None:
    context.staged.report(
        Issue(
            record.at("answer"),
            "contradicting_row",
            record.raw("answer"),
            f"The question {key!r} stands above already with another answer; that one counts.",
            "Remove the repetition in the export.",
            withheld=True,
            cells=cells,
        )
    )
