"""The consent register: who may see what of which factory, until when. Only registrars may hand it in."""

from __future__ import annotations

from harmonize.model.issues import Issue
from harmonize.sources.context import Context

__all__ = ["stage"]

_DAYS = ("valid_from", "valid_to", "revoked_on")


def stage(context: Context) -> None:
    """Stage every grant of the register."""
    table, staged = context.recognition.table, context.staged
    if table is None:
        raise TypeError("a grants layout has a table")
    seen: set[tuple[str, ...]] = set()
    for record in context.records(table):
        row = record.printed()
        if row in seen:
            context.report_repeated_row(record, record.raw("grant_id"))
            continue
        seen.add(row)
        texts = {
            name: record.text(name, staged)
            for name in (
                "grant_id",
                "facility_scheme",
                "facility_value",
                "instrument",
                "assessment",
                "audience",
                "scope",
            )
        }
        if any(text is None for text in texts.values()):
            context.report_blank_key(
                record, "complete grant (its key, facility, instrument, assessment, audience, scope)"
            )
            continue
        days = {name: record.day(name, context.layout.dates, staged) for name in _DAYS}
        unreadable = [name for name in _DAYS if days[name] is None and not record.is_blank(name)]
        if unreadable:
            # An end that cannot be read must never become an open end.
            staged.report(
                Issue(
                    record.locator,
                    "unreadable_grant",
                    record.raw(unreadable[0]),
                    f"The grant's {unreadable[0]} cannot be read, so the whole grant is withheld.",
                    "Correct the date in the register.",
                    withheld=True,
                )
            )
            continue
        staged.tables["grant"].add(
            texts["grant_id"],
            texts["facility_scheme"],
            texts["facility_value"],
            texts["instrument"],
            texts["assessment"],
            texts["audience"],
            texts["scope"],
            days["valid_from"],
            days["valid_to"],
            record.text("purpose", staged),
            record.text("evidence", staged),
            days["revoked_on"],
            record.locator,
        )
