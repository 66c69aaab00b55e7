"""Long exports: one row per factory, assessment and question (Better Work and Better Factories Cambodia)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

from harmonize.model.issues import Issue
from harmonize.reading.sheets import CellError, cell_text, is_blank
from harmonize.sources.answers import StatedAnswer, add_answer
from harmonize.sources.context import Context
from harmonize.sources.headers import add_identifier, add_mention, edition_of
from harmonize.sources.records import Record, TableView, report_excel_error
from harmonize.values.numbers import NumberProblem, NumberStyle, looks_numeric, parse_number
from harmonize.values.text import clean, code_key, label_key, word_key

__all__ = ["count_cells", "label_hash", "stage"]


@dataclass(slots=True)
class _Open:
    """One assessment while its rows are read; its header is staged when all rows were seen."""

    number: int
    header: dict[str, Any]
    date_text: str
    verification: str | None
    identifiers: dict[str, str]
    answers: dict[str, str] = field(default_factory=dict)


def label_hash(label: str) -> str:
    """Fingerprint of a printed question label, which recognises a question without shipping its wording."""
    return hashlib.sha256(label_key(label).encode()).hexdigest()[:16]


def count_cells(context: Context) -> tuple[int, int]:
    """Answer cells and blank ones, counted straight from the sheet."""
    table = context.recognition.table
    if table is None:
        return (0, 0)
    (column,) = table.columns["answer"][:1]
    rows = [row for row in table.sheet.rows[table.header_row + 1 :] if not all(is_blank(cell) for cell in row)]
    blank = sum(1 for row in rows if column >= len(row) or is_blank(row[column]))
    return (len(rows), blank)


def stage(context: Context) -> None:
    """Stage every assessment and answer of the file."""
    table = context.recognition.table
    if table is None:
        raise TypeError("a long layout has a table")
    style = context.number_style(
        text for record in table.records() for text in [record.raw("answer")] if looks_numeric(text)
    )
    visits: dict[str, _Open] = {}
    for cell_no, record in enumerate(context.records(table, _cells)):
        _stage_row(context, table, record, cell_no, style, visits)
    for visit in visits.values():
        context.staged.tables["assessment"].add_named(**visit.header)


def _cells(record: Record) -> int:
    return 0 if record.is_blank("answer") else 1


def _stage_row(
    context: Context,
    table: TableView,
    record: Record,
    cell_no: int,
    style: NumberStyle,
    visits: dict[str, _Open],
) -> None:
    native_id, question = clean(record.raw("native_id")), clean(record.raw("question"))
    for name in ("native_id", "question"):
        cell = record.cell(name)
        if cell is None or isinstance(cell, CellError):
            context.report_blank_key(record, table.header[table.columns[name][0]], _cells(record))
            return
    if native_id is None or question is None:
        raise AssertionError("blank keys were withheld")
    visit = visits.get(native_id)
    if visit is None:
        visit = visits[native_id] = _open(context, record, native_id, style, table.extras(record))
    elif context.is_of_another_factory(record, visit.identifiers, _cells(record)):
        return
    else:
        _compare_date(context, record, visit)
    _stage_answer(context, record, visit, question, (cell_no, table.extras(record)), style)


def _compare_date(context: Context, record: Record, visit: _Open) -> None:
    text = record.raw("assessed_on")
    if not text or (visit.header["assessed_on"] is not None and text == visit.date_text):
        return
    found = record.day("assessed_on", context.layout.dates, context.staged)
    if found is None:
        return
    if visit.header["assessed_on"] is None:
        # The first rows left it blank or unreadable: what a later row says stands.
        visit.header["assessed_on"] = found
        visit.date_text = text
    else:
        context.staged.report(
            Issue(
                record.at("assessed_on"),
                "inconsistent_header",
                text,
                f"The first row of this assessment says {visit.date_text!r}; that one counts.",
                "Ask the programme which one is right.",
            )
        )


def _open(context: Context, record: Record, native_id: str, style: NumberStyle, extra: str | None) -> _Open:
    staged, profile = context.staged, context.profile
    number = staged.next_assessment()
    assessed_on = record.day("assessed_on", context.layout.dates, staged)
    method = word_key(record.raw("method"))
    country = add_mention(context, record, number, style, extra)
    scheme = f"assessment:{profile.instrument}"
    add_identifier(context, scheme, native_id, country, record.locator, record.at("native_id"))
    header = {
        "assessment_no": number,
        "locator": record.locator,
        "instrument": profile.instrument,
        "edition": edition_of(context, record.text("edition", staged)),
        "native_id": native_id,
        "kind": profile.assessment_kind,
        "assessment_type": record.text("method", staged),
        "status_rank": 0,
        "assessed_on": assessed_on,
        "verified": True,
        "cycle": record.text("cycle", staged),
        "published": True,
        "extra": extra,
    }
    for topic, scope in profile.scope.items():
        staged.tables["scope"].add(number, topic, scope)
    identifiers = {scheme: text for scheme, text, _ in record.identifier_texts(staged)}
    return _Open(number, header, record.raw("assessed_on"), _verification(context, record, method), identifiers)


def _verification(context: Context, record: Record, method: str) -> str | None:
    """How an assessment made this way verifies; None where the export does not say, `none` for an unknown word."""
    profile = context.profile
    if not method or method in profile.verification_by_method:
        return profile.verification_by_method.get(method)
    context.staged.report(
        Issue(
            record.at("method"),
            "unknown_method",
            record.raw("method"),
            f"{record.raw('method')!r} is none of {', '.join(profile.verification_by_method)}; "
            "the answers count as not verified.",
            "Correct it, or add it to verification_by_method in the profile.",
        )
    )
    return "none"


def _stage_answer(
    context: Context,
    record: Record,
    visit: _Open,
    question: str,
    place: tuple[int, str | None],
    style: NumberStyle,
) -> None:
    staged = context.staged
    cell_no, extra = place
    cell = record.cell("answer")
    if is_blank(cell):
        return
    if isinstance(cell, CellError):
        report_excel_error(staged, record.at("answer"), cell, cells=1)
        return
    raw = cell_text(cell)
    group = code_key(record.raw("group"))
    earlier = visit.answers.get(question)
    if earlier is not None:
        _repeat(context, record, question, raw, earlier)
        return
    visit.answers[question] = raw
    number: float | NumberProblem | None = None
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        number = float(cell)
    elif looks_numeric(raw):
        number = parse_number(raw, style)
    kind = word_key(record.raw("question_type"))
    scale = context.layout.scale_by_type.get(kind)
    if scale is None:
        staged.report(
            Issue(
                record.at("question_type"),
                "unknown_question_type",
                record.raw("question_type"),
                f"The question type {record.raw('question_type')!r} is not in the profile; the answer informs only.",
                "Add it to scale_by_type in the profile.",
            )
        )
    add_answer(
        context,
        StatedAnswer(
            visit.number,
            cell_no,
            question,
            raw,
            record.at("answer"),
            context.profile.answered_by,
            visit.verification,
            number if isinstance(number, float) else None,
            number.value if isinstance(number, NumberProblem) else None,
            scale=scale or context.layout.default_scale,
            context=group,
            label_hash=label_hash(record.raw("label")) if not record.is_blank("label") else None,
            description=clean(record.raw("label")),
            extra=extra,
        ),
    )


def _repeat(context: Context, record: Record, question: str, raw: str, earlier: str) -> None:
    same = raw.strip() == earlier.strip()
    if same:
        context.staged.counts.ignored += 1
    context.staged.report(
        Issue(
            record.locator if same else record.at("answer"),
            "repeated_row" if same else "contradicting_row",
            raw,
            f"The question {question!r} stands above already"
            + ("." if same else f" with the answer {earlier!r}; that one counts."),
            "Remove the repetition in the export.",
            withheld=not same,
            cells=0 if same else 1,
        )
    )
