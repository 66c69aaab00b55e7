"""The consent register: who may see what of which factory, until when. Only registrars may hand it in."""

from __future__ import annotations

from harmonize.sources.context import Context

__all__ = ["stage"]


def stage(context: Context) -> None:
    """Stage every grant of the register."""
    table, staged = context.recognition.table, context.staged
    if table is None:
        raise TypeError("a grants layout has a table")
    for record in table.records():
        texts = {
            name: record.text(name, staged)
            for name in ("grant_id", "facility_scheme", "facility_value", "instrument", "assessment", "audience", "scope")
        }
        if any(texts[name] is None for name in texts if name != "assessment"):
            context.report_blank_key(record, "complete grant key")
            continue
        forms = context.layout.dates
        staged.tables["grant"].add(
            texts["grant_id"],
            texts["facility_scheme"],
            texts["facility_value"],
            texts["instrument"],
            texts["assessment"] or "*",
            texts["audience"],
            texts["scope"],
            record.day("valid_from", forms, staged),
            record.day("valid_to", forms, staged),
            record.text("purpose", staged),
            record.text("evidence", staged),
            record.day("revoked_on", forms, staged),
            record.locator,
        )
