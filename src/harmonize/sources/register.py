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
    keys = set(table.identifiers) & set(context.layout.table.required if context.layout.table else ())
    style = context.number_style(text for record in table.records() for text in [record.raw("workers")] if text)
    for record in context.records(table):
        stated = {scheme for scheme, _, _ in record.identifier_texts(context.staged)}
        if record.is_blank("name") and not stated:
            context.report_blank_key(record, "factory name and no id")
            continue
        if keys - stated:
            context.report_blank_key(record, ", ".join(sorted(keys - stated)))
            continue
        add_mention(context, record, None, style, table.extras(record))
