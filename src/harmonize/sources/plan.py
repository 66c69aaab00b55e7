"""Improvement plans: actions per factory, cycle and compliance point, without the assessment they answer."""

from __future__ import annotations

from harmonize.reading.sheets import is_blank
from harmonize.sources.context import Context
from harmonize.sources.long import label_hash
from harmonize.values.text import label_key, term_key

__all__ = ["count_cells", "stage"]


def count_cells(context: Context) -> tuple[int, int]:
    """Each plan row is one cell."""
    table = context.recognition.table
    if table is None:
        return (0, 0)
    rows = table.sheet.rows[table.header_row + 1 :]
    return (sum(1 for row in rows if not all(is_blank(cell) for cell in row)), 0)


def stage(context: Context) -> None:
    """Stage every action of the plan."""
    table, staged = context.recognition.table, context.staged
    if table is None:
        raise TypeError("a plan layout has a table")
    statuses = context.finding_statuses
    seen: set[tuple[str, ...]] = set()
    for record in context.records(table, lambda _: 1):
        identifiers = list(record.identifier_texts(staged))
        if not identifiers:
            context.report_blank_key(record, "factory id", cells=1)
            continue
        row = record.printed()
        if row in seen:
            staged.counts.ignored += 1
            context.report_repeated_row(record, record.raw("issue"))
            continue
        seen.add(row)
        scheme, text, _ = identifiers[0]
        status_raw = record.word("status", {word: word for word in statuses}, "unknown_status", staged)
        staged.tables["plan"].add(
            scheme,
            context.vocabulary.identifiers.clean(scheme, text),
            record.text("cycle", staged),
            label_key(record.raw("group")),
            None if record.is_blank("issue") else label_hash(record.raw("issue")),
            record.text("issue", staged),
            record.text("action", staged),
            record.day("due_on", context.layout.dates, staged),
            statuses.get(term_key(status_raw)) if status_raw else None,
            status_raw,
            record.locator,
            table.extras(record),
        )
