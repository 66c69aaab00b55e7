"""Registers of factories that assess nothing: supplier lists and the Better Work enterprise report."""

from __future__ import annotations

from harmonize.sources.context import Context
from harmonize.sources.headers import add_mention

__all__ = ["stage"]


def stage(context: Context) -> None:
    """Stage one mention per row, even if the factory repeats."""
    table = context.recognition.table
    if table is None:
        raise TypeError("a register layout has a table")
    style = context.number_style(text for record in table.records() for text in [record.raw("workers")] if text)
    for record in context.records(table):
        if record.is_blank("name") and not any(True for _ in record.identifier_texts(context.staged)):
            context.report_blank_key(record, "factory name and no id")
            continue
        add_mention(context, record, None, style, table.extras(record))
