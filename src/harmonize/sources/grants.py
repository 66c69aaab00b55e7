"""The consent register: who may see what of which factory, until when. Only registrars may hand it in."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from harmonize.model.issues import Issue
from harmonize.sources.context import Context
from harmonize.sources.records import Record

__all__ = ["stage"]

_NEEDED = ("grant_id", "facility_scheme", "facility_value", "instrument", "assessment", "audience", "scope")
_BOUNDING = ("valid_from", "valid_to", "revoked_on", "retention_until", "signatory_role", "onward_use")
"""Fields that bound a grant: one that cannot be read must never become an open one."""


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
        texts = {name: record.text(name, staged) for name in (*_NEEDED, "signatory_role", "onward_use")}
        if any(texts[name] is None for name in _NEEDED):
            context.report_blank_key(
                record, "complete grant (its key, facility, instrument, assessment, audience, scope)"
            )
            continue
        days = {name: record.day(name, context.layout.dates, staged) for name in _BOUNDING[:4]}
        unreadable = [name for name in _BOUNDING if {**texts, **days}[name] is None and not record.is_blank(name)]
        if unreadable:
            _withhold(
                context,
                record,
                "unreadable_grant",
                (unreadable[0], f"The grant's {unreadable[0]} cannot be read, so the whole grant is withheld."),
                "Correct it in the register.",
            )
            continue
        refusal = _refusal(context, texts, days, ids)
        if refusal is not None:
            field, message, hint = refusal
            _withhold(context, record, "refused_grant", (field, message), hint)
            continue
        ids.add(texts["grant_id"])
        staged.tables["grant"].add(
            *(texts[name] for name in _NEEDED),
            days["valid_from"],
            days["valid_to"],
            record.text("purpose", staged),
            record.text("evidence", staged),
            days["revoked_on"],
            record.text("granted_by", staged),
            texts["signatory_role"],
            record.day("granted_on", context.layout.dates, staged),
            record.text("text_version", staged),
            texts["onward_use"],
            days["retention_until"],
            context.vocabulary.identifiers.clean(str(texts["facility_scheme"]), str(texts["facility_value"])),
            record.locator,
        )


def _withhold(context: Context, record: Record, code: str, said: tuple[str, str], hint: str) -> None:
    field, message = said
    place = record.at(field) if record.has(field) else record.locator
    context.staged.report(Issue(place, code, record.raw(field), message, hint, withheld=True))


def _refusal(
    context: Context,
    texts: Mapping[str, str | None],
    days: Mapping[str, date | None],
    ids: Collection[str | None],
) -> tuple[str, str, str] | None:
    """Why a grant is not accepted: its field, a sentence and the cure; None when it is."""
    layout, rules = context.layout, context.vocabulary.identifiers
    scheme, begin, end = str(texts["facility_scheme"]), days["valid_from"], days["valid_to"]
    if texts["scope"] not in layout.scopes:
        return "scope", f"The scope {texts['scope']!r} is none of {', '.join(layout.scopes)}.", "Correct the scope."
    if not rules.is_known(scheme):
        known = ", ".join(sorted(rules.schemes.keys() - {"*"}))
        return "facility_scheme", f"The scheme {scheme!r} is none of {known}.", "Correct the scheme."
    if texts["grant_id"] in ids:
        return "grant_id", f"The grant {texts['grant_id']!r} stands above already.", "Give each grant an id of its own."
    if begin is not None and end is not None and end < begin:
        return "valid_to", f"The grant ends on {end}, before it begins on {begin}.", "Correct valid_from or valid_to."
    if end is None and texts["assessment"] == "*" and str(texts["instrument"]).lower() in layout.bounded_instruments:
        return "assessment", "A grant of all assessments of this instrument needs an end.", "Fill in valid_to."
    return None
