"""Facility mentions and the header fields that all families share."""

from __future__ import annotations

import re

from harmonize.model.issues import Issue
from harmonize.sources.context import Context
from harmonize.sources.records import Record
from harmonize.values.numbers import NumberStyle
from harmonize.values.text import clean

__all__ = ["MOST_WORKERS", "add_identifier", "add_mention", "edition_of"]

_OBSOLETE = re.compile(r"\s*\((?:obsolete)\)\s*$", re.IGNORECASE)
MOST_WORKERS = 200_000
"""Workers of one factory, at most."""


def add_mention(
    context: Context, record: Record, assessment_no: int | None, style: NumberStyle, extra: str | None = None
) -> str | None:
    """Stage the factory as this record writes it, with its identifiers; returns its country."""
    staged = context.staged
    name, beside_name = _name(context, record)
    address = record.joined("address", staged) or beside_name
    country = _country(context, record, address)
    workers = record.number("workers", style, staged, "bad_workers", (0, MOST_WORKERS), whole=True)
    latitude, longitude = _degrees(context, record, "latitude", 90), _degrees(context, record, "longitude", 180)
    staged.tables["mention"].add(
        assessment_no,
        record.locator,
        _OBSOLETE.sub("", name) if name else None,
        record.text("name_local", staged),
        address,
        record.text("city", staged),
        record.text("admin1", staged),
        country,
        latitude,
        longitude,
        record.text("sector", staged),
        None if workers is None else int(workers),
        extra,
    )
    for scheme, text, place in record.identifier_texts(staged):
        add_identifier(context, scheme, text, country, record.locator, place)
    return country


def _name(context: Context, record: Record) -> tuple[str | None, str | None]:
    """The name, and the address that is printed with it in one cell."""
    name, pattern = record.text("name", context.staged), context.layout.name_pattern
    found = re.fullmatch(pattern, record.raw("name").strip(), re.IGNORECASE | re.DOTALL) if name and pattern else None
    # (Each line of an address is a part of it.)
    return (clean(found["name"]), clean(", ".join(found["address"].splitlines()))) if found else (name, None)


def _degrees(context: Context, record: Record, name: str, bound: float) -> float | None:
    """A coordinate has no thousands: a comma that stands alone separates its decimals, whatever else the file does."""
    text = record.raw(name)
    style = NumberStyle.COMMA if "," in text and "." not in text else NumberStyle.POINT
    return record.number(name, style, context.staged, "bad_coordinate", (-bound, bound))


def _country(context: Context, record: Record, address: str | None) -> str | None:
    text = record.text("country", context.staged)
    if text is None and not record.has("country") and context.profile.country is None:
        # An export without a country at all may end its addresses with it.
        return context.vocabulary.geography.country_code((address or "").rpartition(",")[2])
    if text is None:
        return None if record.has("country") else context.profile.country
    code = context.vocabulary.geography.country_code(text)
    if code is None:
        context.staged.report(
            Issue(
                record.at("country"),
                "unknown_country",
                text,
                f"{text!r} is no country name that is known.",
                "Correct it, or add the spelling to schemas/countries.yml or the country's file in schemas/countries/.",
                withheld=True,
            )
        )
    return code


def add_identifier(context: Context, scheme: str, text: str, country: str | None, mention: str, place: str) -> None:
    """Stage one identifier; one that fails its check is kept, marked, and never links."""
    rules = context.vocabulary.identifiers
    value = rules.restored(scheme, text, country)
    if not value or text.casefold() in rules.placeholders:
        return
    valid = rules.is_valid(scheme, value, country)
    context.staged.tables["identifier"].add(mention, scheme, value, valid)
    if not valid:
        context.staged.report(
            Issue(
                place,
                "bad_identifier",
                text,
                f"{text!r} is no valid {scheme}: its form or check character is wrong.",
                "Correct it with the factory; until then it links nothing.",
            )
        )


def edition_of(context: Context, text: str | None) -> str | None:
    """The edition as printed, in one spelling, else the layout's or the profile's."""
    if text is None:
        return context.layout.edition or context.profile.edition
    return re.sub(r"[^a-z0-9.]+", "_", text.casefold()).strip("_")
