"""Exports that list what is wrong: brand audits, SMETA CAPR, WRAP.

One row is one finding. The assessment's header stands in the same rows, in a sheet of its own, or in a label/value
block. A missing finding says nothing about compliance.
"""

from __future__ import annotations

from harmonize.model.issues import Issue
from harmonize.reading.sheets import CellError, cell_text, is_blank
from harmonize.sources.context import Context
from harmonize.sources.finding_rows import clause_of, code_in, code_of_row, stage_finding
from harmonize.sources.merged import filled_down
from harmonize.sources.records import Record, TableView, report_excel_error
from harmonize.sources.visits import Visit, Visits, close_visits, names_nobody, open_visit
from harmonize.values.numbers import NumberStyle
from harmonize.values.text import clean, word_key

__all__ = ["count_cells", "stage"]


def stage(context: Context) -> None:
    """Stage every assessment and finding of the file."""
    table = context.recognition.table
    if table is None:
        raise TypeError("a findings layout has a table")
    style = context.number_style(
        text for record in table.records() for text in (record.raw("workers"), record.raw("score")) if text
    )
    if context.recognition.header_block is not None:
        _stage_block(context, context.recognition.header_block, table, style)
    elif context.recognition.header_table is not None:
        _stage_joined(context, context.recognition.header_table, table, style)
    else:
        _stage_inline(context, table, style)


def count_cells(context: Context) -> tuple[int, int]:
    """Answer-bearing cells and blank ones: each finding row is one cell, the row of a clean visit is none."""
    table = context.recognition.table
    if table is None:
        return (0, 0)
    names = context.layout.clean_visit_field
    columns = [column for name in names for column in table.columns.get(name, ())]
    total = blank = 0
    for cells in table.sheet.rows[table.header_row + 1 :]:
        if all(is_blank(cell) for cell in cells):
            # An entry of a list is one even where it says nothing; an empty line is no row.
            is_entry = context.layout.document is not None
            total, blank = total + is_entry, blank + is_entry
            continue
        if columns and all(column >= len(cells) or is_blank(cells[column]) for column in columns):
            continue
        total += 1
    return (total, blank)


def _is_clean_visit(context: Context, record: Record) -> bool:
    names = context.layout.clean_visit_field
    return bool(names) and all(record.is_blank(name) for name in names)


def _cells(context: Context, record: Record) -> int:
    return 0 if _is_clean_visit(context, record) else 1


def _stage_inline(context: Context, table: TableView, style: NumberStyle) -> None:
    table = filled_down(context, table)
    visits = Visits(context, table, style)
    for record in context.records(table, lambda row: _cells(context, row)):
        visit = visits.of(record, _cells(context, record))
        if visit is not None:
            _stage_row(context, table, record, visit)
    visits.close()


def _stage_joined(context: Context, headers: TableView, table: TableView, style: NumberStyle) -> None:
    """Headers and findings in two sheets, joined on the assessment number."""
    visits: dict[str, Visit] = {}
    seen: dict[str, tuple[str, ...]] = {}
    for record in context.records(headers):
        key = clean(record.raw("native_id"))
        row = record.printed()
        if key is None or isinstance(record.cell("native_id"), CellError):
            context.report_blank_key(record, "assessment number")
        elif key in visits and seen[key] == row:
            context.report_repeated_row(record, key)
        elif key in visits:
            context.staged.report(
                Issue(
                    record.locator,
                    "repeated_key",
                    key,
                    f"The assessment {key!r} stands here a second time; the first row counts.",
                    "Remove the repetition in the export.",
                    withheld=True,
                )
            )
        else:
            visits[key] = open_visit(context, record, key, style, headers.extras(record))
            seen[key] = row
    for record in context.records(table, lambda row: _cells(context, row)):
        cell = record.cell("native_id")
        key = clean(cell_text(cell))
        if isinstance(cell, CellError):
            report_excel_error(context.staged, record.at("native_id"), cell, cells=1)
        elif key is None:
            context.report_blank_key(record, "assessment number", cells=1)
        elif key not in visits:
            context.staged.report(
                Issue(
                    record.locator,
                    "finding_without_header",
                    key,
                    f"No assessment {key!r} stands in the header sheet.",
                    "Deliver the assessment's header row too.",
                    withheld=True,
                    cells=1,
                )
            )
        else:
            _stage_row(context, table, record, visits[key])
    close_visits(context, visits.values())


def _stage_block(context: Context, block: Record, table: TableView, style: NumberStyle) -> None:
    """One audit per form: a label/value block, then the table of findings.

    What a form is about is its type of visit, so that the forms of one day stay apart.
    """
    if names_nobody(context, block):
        rows = sum(_cells(context, record) for record in table.records())
        context.report_blank_key(block, "factory, number or day", rows)
        return
    native_id = block.text("native_id", context.staged)
    visit = open_visit(context, block, native_id, style)
    of_form = _code_of_form(context, table)
    if visit.header["assessment_type"] is None:
        visit.header["assessment_type"] = of_form
    for record in context.records(table, lambda row: _cells(context, row)):
        _stage_row(context, table, record, visit, of_form)
    close_visits(context, [visit])


def _code_of_form(context: Context, table: TableView) -> str | None:
    """The code that a form is about: of a title above its table, else of its sheet's name, else of all its rows."""
    if not context.layout.clause_words:
        return None
    above = [[cell_text(cell) for cell in row if not is_blank(cell)] for row in table.sheet.rows[: table.header_row]]
    titles = [cells[0] for cells in above if len(cells) == 1 and ":" not in cells[0]]
    for text in [*titles, table.sheet.name or ""]:
        code = code_in(context, text)
        if code is not None:
            return code
    codes = {code_of_row(context, record) for record in table.records()}
    return codes.pop() if len(codes) == 1 else None


def _stage_row(context: Context, table: TableView, record: Record, visit: Visit, of_form: str | None = None) -> None:
    row = record.printed()
    if row in visit.rows:
        if not _is_clean_visit(context, record):
            context.staged.counts.ignored += 1
        context.report_repeated_row(record, record.raw("clause"))
        return
    visit.rows.add(row)
    if _is_clean_visit(context, record):
        if not record.is_blank("description"):
            said = "The row has a finding text but no clause; rows without clause mean a clean visit."
            _report_without_clause(context, record, said, is_withheld=True)
        return
    kinds = {word_key(kind): is_finding for kind, is_finding in context.layout.finding_kinds.items()}
    is_finding = kinds.get(word_key(record.raw("finding_kind"))) if kinds else True
    if is_finding is None:
        _report_unknown_kind(context, record)
        return
    role = None if is_finding else "remark"
    clause = clause_of(context, record, of_form)
    if is_finding and record.has("clause") and clause is None and record.is_blank("clause"):
        _report_without_clause(context, record, "The finding has no clause; it is kept without an indicator.")
    stage_finding(context, record, visit, clause, table.extras(record), role)


def _report_unknown_kind(context: Context, record: Record) -> None:
    kinds = ", ".join(context.layout.finding_kinds)
    context.staged.report(
        Issue(
            record.at("finding_kind"),
            "unknown_finding_kind",
            record.raw("finding_kind"),
            f"{record.raw('finding_kind')!r} is none of {kinds}: whether the entry is a finding is not known.",
            "Correct the kind in the export, or add it to the profile.",
            withheld=True,
            cells=1,
        )
    )


def _report_without_clause(context: Context, record: Record, message: str, *, is_withheld: bool = False) -> None:
    context.staged.report(
        Issue(
            record.at("description" if is_withheld else "clause"),
            "finding_without_clause",
            clean(record.raw("description")) or "",
            message,
            "Fill in the clause in the export.",
            withheld=is_withheld,
        )
    )
