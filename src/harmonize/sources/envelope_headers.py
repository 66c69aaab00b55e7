"""What an envelope states of its factory and of the assessment itself: names, places, numbers, status, day.

A field stands in the envelope, or in questions that the profile names (`facts`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from harmonize.model.issues import Issue
from harmonize.sources.context import Context
from harmonize.sources.envelope_answers import effective
from harmonize.sources.headers import MOST_WORKERS, add_identifier
from harmonize.sources.json_envelopes import Envelope
from harmonize.sources.json_nodes import is_empty, mapping_of, printed
from harmonize.values.dates import epoch_date, parse_date, why_no_date
from harmonize.values.numbers import NumberStyle, finite, parse_number
from harmonize.values.text import clean, word_key

__all__ = ["Facts", "assessed_on", "ended_on", "is_published", "moment", "stage_mention", "status_of", "withheld"]

_ID_KEYS = (
    ("oarId", "os_id"),
    ("sacId", "higg_id"),
    ("accountId", "higg_account"),
    ("taxId", "tax_code"),
    ("ffcId", "ffc_id"),
)


@dataclass(frozen=True, slots=True)
class Facts:
    """What an envelope's questions state of the factory and the assessment.

    Attributes:
        nodes: question to its key and node.
    """

    context: Context
    envelope: Envelope
    nodes: Mapping[str, tuple[str, Any]]

    @classmethod
    def of(cls, context: Context, envelope: Envelope) -> Facts:
        """The facts of an envelope; of keys that differ in case only the first one counts."""
        nodes: dict[str, tuple[str, Any]] = {}
        for key, node in mapping_of(envelope.node.get("questions")).items():
            nodes.setdefault(key.lower(), (key, node))
        return cls(context, envelope, nodes)

    def value(self, field: str) -> tuple[Any, str]:
        """The value of a field and its place: of the first question that states one, as a verifier left it."""
        for question in self.context.profile.facts.get(field, ()):
            key, node = self.nodes.get(question, (question, None))
            value = effective(self.context, node)
            if not is_empty(value):
                return value, self.envelope.place("questions", key)
        return None, self.envelope.locator

    def text(self, field: str) -> str | None:
        """The cleaned text of a field."""
        return clean(printed(self.value(field)[0]))

    def joined(self, field: str) -> str | None:
        """The texts of all questions of a field."""
        questions = self.context.profile.facts.get(field, ())
        values = [effective(self.context, self.nodes.get(question, (question, None))[1]) for question in questions]
        return ", ".join(filter(None, (clean(printed(value)) for value in values))) or None


def withheld(context: Context, place: str, code: str, value: Any, message: str, hint: str) -> None:
    """Report a value of the header that was left out."""
    context.staged.report(Issue(place, code, printed(value), message, hint, withheld=True))


def _number(value: Any) -> float | None:
    """A JSON number, or one printed as text with a decimal point."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return finite(value)
    number = parse_number(printed(value), NumberStyle.POINT)
    return number if isinstance(number, float) else None


def status_of(context: Context, envelope: Envelope) -> str | None:
    """The status of the assessment, one of the profile's; an unknown one is reported."""
    text = clean(printed(envelope.node.get("status")))
    if text is None:
        return None
    status = context.statuses.get(word_key(text))
    if status is None:
        withheld(
            context,
            f"{envelope.locator}.status",
            "unknown_status",
            text,
            f"{text!r} is none of {', '.join(context.profile.statuses)}.",
            "Correct it, or add it to the profile; the assessment was loaded without status.",
        )
    return status


def moment(value: Any) -> str | None:
    """Unix seconds or milliseconds as an ISO day and time, sortable."""
    if isinstance(value, bool) or not isinstance(value, int | float | str) or is_empty(value):
        return None
    try:
        number = float(value)
        return (
            datetime.fromtimestamp(number / 1000 if abs(number) > 1e11 else number, tz=UTC)
            .replace(tzinfo=None)
            .isoformat()
        )
    except (ValueError, OverflowError, OSError):
        return None


def ended_on(context: Context, facts: Facts, begun: date | None) -> date | None:
    """The last day on site, where a question states one that is not before the first."""
    stated, _ = facts.value("ended_on")
    found = None if is_empty(stated) else parse_date(printed(stated), context.layout.dates)
    return None if found is not None and begun is not None and found < begun else found


def assessed_on(context: Context, envelope: Envelope, facts: Facts, status: str | None) -> date | None:
    """The day that a question states, else that of the present status, else of the last update."""
    stated, _ = facts.value("assessed_on")
    if not is_empty(stated):
        # (One that is no day is withheld with its answer.)
        return parse_date(printed(stated), context.layout.dates)
    if "assessed_on" in context.profile.facts:
        return None
    history = mapping_of(envelope.node.get("statusHistory"))
    text = clean(printed(history.get(status or "")))
    if text:
        found = parse_date(text, context.layout.dates)
        if found is not None:
            return found
        withheld(
            context,
            f"{envelope.locator}.statusHistory.{status}",
            "unreadable_date",
            text,
            why_no_date(text, context.layout.dates),
            "Correct the date; the assessment was loaded without it.",
        )
        return None
    updated = envelope.node.get("lastUpdated")
    if is_empty(updated):
        return None
    number = _number(updated)
    found = None if number is None else epoch_date(number)
    if found is None:
        withheld(
            context,
            f"{envelope.locator}.lastUpdated",
            "unreadable_date",
            updated,
            f"{printed(updated)!r} is no Unix time.",
            "Correct it; the assessment was loaded without date.",
        )
    return found


def is_published(context: Context, envelope: Envelope, status: str | None) -> bool:
    """The assessment was posted and not deleted."""
    profile = context.profile
    if status in profile.unpublished_statuses:
        return False
    posted = [envelope.node[key] for key in ("selfPosted", "verifiedPosted") if envelope.node.get(key) is not None]
    if posted:
        return any(word_key(printed(value)) not in {"false", "0", "no", ""} for value in posted)
    return status not in profile.unposted_statuses


def _coordinate(context: Context, envelope: Envelope, facts: Facts, key: str, bound: float) -> float | None:
    value, place = mapping_of(envelope.node.get("location")).get(key), f"{envelope.locator}.location.{key}"
    if is_empty(value):
        value, place = facts.value(key)
    if is_empty(value):
        return None
    number = _number(value)
    if number is not None and abs(number) <= bound:
        return number
    withheld(
        context,
        place,
        "bad_coordinate",
        value,
        f"{printed(value)!r} is not a {key} between -{bound:g} and {bound:g}.",
        "Correct it; the record was loaded without it.",
    )
    return None


def _country(context: Context, envelope: Envelope, facts: Facts) -> str | None:
    text, place = clean(printed(envelope.node.get("country"))), f"{envelope.locator}.country"
    if text is None:
        value, place = facts.value("country")
        text = clean(printed(value))
    code = context.vocabulary.geography.country_code(text)
    if text is not None and code is None:
        withheld(
            context,
            place,
            "unknown_country",
            text,
            f"{text!r} is no country name that is known.",
            "Correct it, or add the spelling to schemas/countries.yml or the country's file in schemas/countries/.",
        )
    return code


def _workers(context: Context, facts: Facts, style: NumberStyle) -> int | None:
    value, place = facts.value("workers")
    text = clean(printed(value))
    if not text:
        return None
    number = finite(value) if isinstance(value, int | float) else parse_number(text, style)
    if isinstance(number, float) and 0 <= number <= MOST_WORKERS and number.is_integer():
        return int(number)
    withheld(
        context,
        place,
        "bad_workers",
        value,
        f"{text!r} is not a whole number between 0 and {MOST_WORKERS}.",
        "Correct the value in the export; the record was loaded without it.",
    )
    return None


def stage_mention(
    context: Context, envelope: Envelope, facts: Facts, number: int, style: NumberStyle, extra: str | None
) -> None:
    """Stage the factory as an envelope states it, with its identifiers.

    Args:
        style: how numbers are written in the file.
        extra: what it says under unknown keys.
    """
    node = envelope.node
    country = _country(context, envelope, facts)
    context.staged.tables["mention"].add(
        number,
        envelope.locator,
        clean(printed(node.get("accountName"))) or facts.text("name"),
        facts.text("name_local"),
        clean(printed(mapping_of(node.get("location")).get("address"))) or facts.joined("address"),
        facts.text("city"),
        facts.text("admin1"),
        country,
        _coordinate(context, envelope, facts, "latitude", 90),
        _coordinate(context, envelope, facts, "longitude", 180),
        facts.text("sector"),
        _workers(context, facts, style),
        extra,
    )
    for key, scheme in _ID_KEYS:
        text, place = clean(printed(node.get(key))), f"{envelope.locator}.{key}"
        if text is None:
            value, place = facts.value(scheme)
            text = clean(printed(value))
        if text:
            add_identifier(context, scheme, text, country, envelope.locator, place)
    native_id = clean(printed(node.get("id")))
    if native_id is not None:
        scheme = f"assessment:{context.profile.instrument}"
        add_identifier(context, scheme, native_id, country, envelope.locator, f"{envelope.locator}.id")
