"""Long exports: one row per question of an assessment (Better Work, ERSA, amfori BSCI, forms of governments)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable

from harmonize.model.issues import Issue
from harmonize.reading.sheets import CellError, cell_text, is_blank
from harmonize.sources.answers import StatedAnswer, add_answer
from harmonize.sources.context import Context
from harmonize.sources.finding_rows import says_more, stage_finding
from harmonize.sources.merged import filled_down
from harmonize.sources.records import Record, TableView, report_excel_error
from harmonize.sources.visits import Visit, Visits, close_visits, names_nobody, open_visit
from harmonize.values.numbers import NumberProblem, NumberStyle, looks_numeric, parse_number
from harmonize.values.text import clean, label_key, western_digits, word_key

__all__ = ["count_cells", "label_hash", "stage"]


def label_hash(label: str) -> str:
    """Fingerprint of a printed question label, which recognises a question without shipping its wording."""
    return hashlib.sha256(label_key(label).encode()).hexdigest()[:16]


def count_cells(context: Context) -> tuple[int, int]:
    """Answer cells and blank ones, counted straight from the sheet."""
    table = context.recognition.table
    if table is None:
        return (0, 0)
    (column,) = table.columns["answer"][:1]
    # An entry of a list is one even where it says nothing; an empty line is no row.
    is_list = context.layout.document is not None
    rows = [
        row for row in table.sheet.rows[table.header_row + 1 :] if is_list or not all(is_blank(cell) for cell in row)
    ]
    blank = sum(1 for row in rows if column >= len(row) or is_blank(row[column]))
    return (len(rows), blank)


def stage(context: Context) -> None:
    """Stage every assessment and answer of the file."""
    table, block = context.recognition.table, context.recognition.header_block
    if table is None:
        raise TypeError("a long layout has a table")
    style = context.number_style(
        text for record in table.records() for text in [record.raw("answer")] if looks_numeric(text)
    )
    if block is not None:
        if names_nobody(context, block):
            filled = sum(_cells(record) for record in table.records())
            context.report_blank_key(block, "factory, number or day", filled)
            return
        visit = open_visit(context, block, block.text("native_id", context.staged), style)
        labels, begun = _labels_above(context), False
        for record in context.records(table, _cells):
            begun = begun or _first_word(record) in labels
            if begun:
                _report_second_form(context, record)
            else:
                _stage_row(context, table, record, style, lambda *_: visit)
        close_visits(context, [visit])
        return
    table = filled_down(context, table)
    visits = Visits(context, table, style)
    for record in context.records(table, _cells):
        _stage_row(context, table, record, style, visits.of)
    visits.close()


def _labels_above(context: Context) -> frozenset[str]:
    """Labels of a block in the sheet of its table: where a line should stand they begin another form."""
    block = context.layout.header_block
    if block is None or block.sheet is not None or context.layout.document is not None:
        return frozenset()
    titles = [title for names in (*block.labels.values(), *block.identifiers.values()) for title in names]
    return frozenset(map(word_key, titles))


def _first_word(record: Record) -> str:
    return word_key(next((text for text in record.printed() if text), "").partition(":")[0])


def _report_second_form(context: Context, record: Record) -> None:
    context.staged.report(
        Issue(
            record.locator,
            "second_form",
            next((text for text in record.printed() if text), ""),
            "A second form begins above or here; its lines belong to another assessment.",
            "Deliver every form in a file or sheet of its own.",
            withheld=True,
            cells=_cells(record),
        )
    )


def _cells(record: Record) -> int:
    return 0 if record.is_blank("answer") else 1


def _stage_row(
    context: Context,
    table: TableView,
    record: Record,
    style: NumberStyle,
    visit_of: Callable[[Record, int], Visit | None],
) -> None:
    cell_no = context.staged.next_cell()
    question = _question(context, record)
    if question is None:
        if _is_heading(context, record):
            return
        context.report_blank_key(record, repr(table.header[table.columns["question"][0]]), _cells(record))
        return
    visit = visit_of(record, _cells(record))
    if visit is None:
        return
    extra = table.extras(record)
    if _stage_answer(context, record, visit, question, (cell_no, extra), style) and says_more(record):
        stage_finding(context, record, visit, question, extra, "detail")


def _is_heading(context: Context, record: Record) -> bool:
    """A line of a form that neither numbers a question nor answers one: the title of the lines below it."""
    return context.layout.header_block is not None and record.is_blank("answer") and not says_more(record)


def _question(context: Context, record: Record) -> str | None:
    """The question's number in western digits, within its part where the parts of an export number their own."""
    cell = record.cell("question")
    question = None if isinstance(cell, CellError) else clean(western_digits(cell_text(cell)))
    pattern = context.layout.clause_pattern
    found = re.match(pattern, question, re.IGNORECASE) if question and pattern else None
    question = found["code"] if found else question
    part = None if isinstance(record.cell("part"), CellError) else clean(record.raw("part"))
    return f"{part}/{question}" if part and question and question.isdecimal() else question


def _stage_answer(
    context: Context,
    record: Record,
    visit: Visit,
    question: str,
    place: tuple[int, str | None],
    style: NumberStyle,
) -> bool:
    """Stage what a row answers; returns whether it does."""
    staged = context.staged
    cell_no, extra = place
    cell = record.cell("answer")
    if is_blank(cell):
        if says_more(record):
            _report_detail_without_answer(context, record, question)
        return False
    if isinstance(cell, CellError):
        report_excel_error(staged, record.at("answer"), cell, cells=1)
        return False
    raw = cell_text(cell)
    earlier = visit.answers.get(question)
    if earlier is not None:
        _repeat(context, record, question, raw, earlier)
        return False
    visit.answers[question] = raw
    number: float | NumberProblem | None = None
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        number = float(cell)
    elif looks_numeric(raw):
        number = parse_number(raw, style)
    label = clean(record.raw("label"))
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
            scale=_scale(context, record),
            context=label_key(record.raw("group")),
            label_hash=None if label is None else label_hash(record.raw("label")),
            description=label or record.text("description", staged),
            extra=extra,
        ),
    )
    return True


def _scale(context: Context, record: Record) -> str | None:
    """The scale of the layout, or of the printed type of the question; None where neither is: the crosswalk says."""
    if not context.layout.scale_by_type:
        return context.layout.scale
    scale = context.layout.scale_by_type.get(word_key(record.raw("question_type")))
    if scale is None:
        context.staged.report(
            Issue(
                record.at("question_type"),
                "unknown_question_type",
                record.raw("question_type"),
                f"The question type {record.raw('question_type')!r} is not in the profile; the answer informs only.",
                "Add it to scale_by_type in the profile.",
            )
        )
    return scale or context.layout.default_scale


def _report_detail_without_answer(context: Context, record: Record, question: str) -> None:
    context.staged.report(
        Issue(
            record.at("answer"),
            "detail_without_answer",
            question,
            "The row says how grave something is or what is done, but answers nothing.",
            "Fill in the answer in the export; what stands beside it was not loaded.",
            withheld=True,
        )
    )


def _repeat(context: Context, record: Record, question: str, raw: str, earlier: str) -> None:
    same = word_key(raw) == word_key(earlier)
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
