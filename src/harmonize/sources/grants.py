"""The consent register: who may see what of which factory, until when. Only registrars may hand it in."""

from __future__ import annotations

from collections.abc import Collection, Mapping

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
    ids: set[str | None] = set()
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
        refusal = _refusal(context, texts, days["valid_to"] is None, ids)
        if refusal is not None:
            field, message, hint = refusal
            staged.report(Issue(record.at(field), "refused_grant", record.raw(field), message, hint, withheld=True))
            continue
        ids.add(texts["grant_id"])
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


def _refusal(
    context: Context, texts: Mapping[str, str | None], is_open: bool, ids: Collection[str | None]
) -> tuple[str, str, str] | None:
    """Why a grant is not accepted: its field, a sentence and the cure; None when it is."""
    layout = context.layout
    if texts["scope"] not in layout.scopes:
        return "scope", f"The scope {texts['scope']!r} is none of {', '.join(layout.scopes)}.", "Correct the scope."
    if texts["facility_scheme"] not in context.vocabulary.identifiers.schemes:
        known = ", ".join(sorted(context.vocabulary.identifiers.schemes))
        return "facility_scheme", f"The scheme {texts['facility_scheme']!r} is none of {known}.", "Correct the scheme."
    if texts["grant_id"] in ids:
        return "grant_id", f"The grant {texts['grant_id']!r} stands above already.", "Give each grant an id of its own."
    if is_open and texts["assessment"] == "*" and texts["instrument"] in layout.bounded_instruments:
        return "assessment", "A grant of all assessments of this instrument needs an end.", "Fill in valid_to."
    return None
