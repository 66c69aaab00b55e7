"""Envelopes of the assessment platforms: one is one assessment (Higg FEM, SLCP CAF), as JSON or as a workbook.

A question node holds the facility's `value` and, where a verifier corrected it, `corrected`; both are kept. A `null`
node, or one with nothing in it, was not asked.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from harmonize.model.issues import Issue
from harmonize.sources.context import Context
from harmonize.sources.envelope_answers import (
    effective,
    envelope_edition,
    is_quantity,
    is_verified_node,
    stage_performance,
    stage_questions,
)
from harmonize.sources.headers import MOST_WORKERS, add_identifier
from harmonize.sources.json_envelopes import Envelope
from harmonize.sources.json_nodes import is_empty, mapping_of, node_is_blank, printed
from harmonize.sources.numbers import NumberReader
from harmonize.sources.questionnaire import count_rows, envelopes_of, report_rows
from harmonize.sources.wide import report_unknown_edition, reporting_year
from harmonize.values.dates import epoch_date, parse_date
from harmonize.values.numbers import NumberStyle, finite, parse_number
from harmonize.values.text import clean, word_key

__all__ = ["count_cells", "stage"]

_ID_KEYS = (
    ("oarId", "os_id"),
    ("sacId", "higg_id"),
    ("accountId", "higg_account"),
    ("taxId", "tax_code"),
    ("ffcId", "ffc_id"),
)


def count_cells(context: Context) -> tuple[int, int]:
    """Every node of `questions` and every value of `performance`, and the blank ones."""
    if context.recognition.table is not None:
        return count_rows(context, context.recognition.table)
    total = blank = 0
    for envelope in context.recognition.envelopes:
        nodes = list(mapping_of(envelope.node.get("questions")).values())
        values = list(mapping_of(envelope.node.get("performance")).values())
        total += len(nodes) + len(values)
        blank += sum(map(node_is_blank, nodes)) + sum(map(is_empty, values))
    return (total, blank)


def stage(context: Context) -> None:
    """Stage every envelope of the file."""
    for place in context.recognition.no_objects:
        _withheld(context, place, "not_an_object", "", "The entry is no JSON object.", "Export it again.")
    reader = NumberReader(
        context.number_style(
            node["value"]
            for envelope in envelopes_of(context)
            for key, node in mapping_of(envelope.node.get("questions")).items()
            if is_quantity(context, key.lower()) and isinstance(node, dict) and isinstance(node.get("value"), str)
        )
    )
    if context.recognition.table is not None:
        report_rows(context, context.recognition.table)
    seen: set[str] = set()
    cell_no = context.staged.cells
    for envelope in envelopes_of(context):
        if _is_withheld(context, envelope, seen) or _is_foreign(context, envelope):
            continue
        cell_no = _stage_envelope(context, envelope, reader, cell_no)
    context.staged.cells = cell_no


def _filled(envelope: Envelope) -> int:
    questions = mapping_of(envelope.node.get("questions")).values()
    values = mapping_of(envelope.node.get("performance")).values()
    return sum(not node_is_blank(node) for node in questions) + sum(not is_empty(value) for value in values)


def _is_withheld(context: Context, envelope: Envelope, seen: set[str]) -> bool:
    if is_empty(envelope.node.get("id")) and context.recognition.table is None:
        context.staged.report(
            Issue(
                envelope.locator,
                "blank_key",
                "",
                "The envelope has no id.",
                "Export it again.",
                withheld=True,
                cells=_filled(envelope),
            )
        )
        return True
    # The hash stands for the content: of a large delivery not every text is kept.
    content = hashlib.sha256(repr(envelope.node).encode("utf-8", "surrogatepass")).hexdigest()
    if content in seen:
        context.staged.counts.ignored += _filled(envelope)
        context.staged.report(
            Issue(
                envelope.locator,
                "repeated_row",
                printed(envelope.node.get("id")),
                "The same envelope stands above already.",
                "Remove the repetition in the export.",
            )
        )
        return True
    seen.add(content)
    native_id = printed(envelope.node.get("id"))
    if native_id and f"id:{native_id}" in seen:
        context.report_repeated_key(envelope.locator, native_id)
    seen.add(f"id:{native_id}")
    return False


def _is_foreign(context: Context, envelope: Envelope) -> bool:
    """An envelope of another tool on the same page is withheld: its answers are not this instrument's."""
    version = clean(printed(envelope.node.get("version")))
    pattern = context.profile.edition_pattern
    if version is None or pattern is None or re.fullmatch(pattern, version.lower()):
        return False
    context.staged.report(
        Issue(
            envelope.locator,
            "foreign_envelope",
            version,
            f"The version {version!r} is not one of {context.profile.instrument}.",
            "Deliver it in an export of its own tool.",
            withheld=True,
            cells=_filled(envelope),
        )
    )
    return True


def _withheld(context: Context, place: str, code: str, value: Any, message: str, hint: str) -> None:
    context.staged.report(Issue(place, code, printed(value), message, hint, withheld=True))


def _number(value: Any) -> float | None:
    """A JSON number, or one printed as text with a decimal point."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return finite(value)
    number = parse_number(printed(value), NumberStyle.POINT)
    return number if isinstance(number, float) else None


def _status(context: Context, envelope: Envelope) -> str | None:
    text = clean(printed(envelope.node.get("status")))
    if text is None:
        return None
    status = context.statuses.get(word_key(text))
    if status is None:
        _withheld(
            context,
            f"{envelope.locator}.status",
            "unknown_status",
            text,
            f"{text!r} is none of {', '.join(context.profile.statuses)}.",
            "Correct it, or add it to the profile; the assessment was loaded without status.",
        )
    return status


def _moment(value: Any) -> str | None:
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


def _assessed_on(context: Context, envelope: Envelope, status: str | None) -> date | None:
    """The day that a question states, else that of the present status, else of the last update."""
    stated, place = _Facts.of(context, envelope).value("assessed_on")
    if not is_empty(stated):
        day = parse_date(printed(stated), context.layout.dates)
        if day is None:
            _withheld(
                context,
                place,
                "unreadable_date",
                stated,
                f"{printed(stated)!r} is no date of the form {' or '.join(context.layout.dates) or 'yyyy-mm-dd'}.",
                "Correct the date; the assessment was loaded without it.",
            )
        return day
    if "assessed_on" in context.profile.facts:
        return None
    history = mapping_of(envelope.node.get("statusHistory"))
    text = clean(printed(history.get(status or "")))
    if text:
        found = parse_date(text, context.layout.dates)
        if found is not None:
            return found
        _withheld(
            context,
            f"{envelope.locator}.statusHistory.{status}",
            "unreadable_date",
            text,
            f"{text!r} is no date of the form {' or '.join(context.layout.dates)}.",
            "Correct the date; the assessment was loaded without it.",
        )
        return None
    updated = envelope.node.get("lastUpdated")
    if is_empty(updated):
        return None
    number = _number(updated)
    found = None if number is None else epoch_date(number)
    if found is None:
        _withheld(
            context,
            f"{envelope.locator}.lastUpdated",
            "unreadable_date",
            updated,
            f"{printed(updated)!r} is no Unix time.",
            "Correct it; the assessment was loaded without date.",
        )
    return found


def _is_published(context: Context, envelope: Envelope, status: str | None) -> bool:
    profile = context.profile
    if status in profile.unpublished_statuses:
        return False
    posted = [envelope.node[key] for key in ("selfPosted", "verifiedPosted") if envelope.node.get(key) is not None]
    if posted:
        return any(word_key(printed(value)) not in {"false", "0", "no", ""} for value in posted)
    return status not in profile.unposted_statuses


def _coordinate(context: Context, envelope: Envelope, facts: _Facts, key: str, bound: float) -> float | None:
    value, place = mapping_of(envelope.node.get("location")).get(key), f"{envelope.locator}.location.{key}"
    if is_empty(value):
        value, place = facts.value(key)
    if is_empty(value):
        return None
    number = _number(value)
    if number is not None and abs(number) <= bound:
        return number
    _withheld(
        context,
        place,
        "bad_coordinate",
        value,
        f"{printed(value)!r} is not a {key} between -{bound:g} and {bound:g}.",
        "Correct it; the record was loaded without it.",
    )
    return None


def _country(context: Context, envelope: Envelope, facts: _Facts) -> str | None:
    text, place = clean(printed(envelope.node.get("country"))), f"{envelope.locator}.country"
    if text is None:
        value, place = facts.value("country")
        text = clean(printed(value))
    code = context.vocabulary.geography.country_code(text)
    if text is not None and code is None:
        _withheld(
            context,
            place,
            "unknown_country",
            text,
            f"{text!r} is no country name that is known.",
            "Correct it, or add the spelling to schemas/countries.yml.",
        )
    return code


@dataclass(frozen=True, slots=True)
class _Facts:
    """What an envelope's questions state of the factory and the assessment."""

    context: Context
    envelope: Envelope
    nodes: Mapping[str, tuple[str, Any]]

    @classmethod
    def of(cls, context: Context, envelope: Envelope) -> _Facts:
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
        return clean(printed(self.value(field)[0]))

    def joined(self, field: str) -> str | None:
        """The texts of all questions of a field."""
        questions = self.context.profile.facts.get(field, ())
        values = [effective(self.context, self.nodes.get(question, (question, None))[1]) for question in questions]
        return ", ".join(filter(None, (clean(printed(value)) for value in values))) or None


def _workers(context: Context, facts: _Facts) -> int | None:
    value, place = facts.value("workers")
    text = clean(printed(value))
    if not text:
        return None
    number = parse_number(text, NumberStyle.POINT)
    if isinstance(number, float) and 0 <= number <= MOST_WORKERS and number.is_integer():
        return int(number)
    _withheld(
        context,
        place,
        "bad_workers",
        value,
        f"{text!r} is not a whole number between 0 and {MOST_WORKERS}.",
        "Correct the value in the export; the record was loaded without it.",
    )
    return None


def _stage_mention(context: Context, envelope: Envelope, number: int) -> None:
    node, facts = envelope.node, _Facts.of(context, envelope)
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
        _workers(context, facts),
        None,
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


def _stage_envelope(context: Context, envelope: Envelope, reader: NumberReader, cell_no: int) -> int:
    staged, profile, node = context.staged, context.profile, envelope.node
    number = staged.next_assessment()
    edition = envelope_edition(context, envelope)
    status = _status(context, envelope)
    # A workbook prints no status: a verifier's selections tell.
    is_verified = status in profile.verified_statuses or (
        context.recognition.table is not None and any(map(is_verified_node, mapping_of(node.get("questions")).values()))
    )
    published = _is_published(context, envelope, status)
    year = reporting_year(context, edition)
    account = clean(printed(node.get("accountId")))
    scores = mapping_of(node.get("scores"))
    _stage_mention(context, envelope, number)
    staged.tables["assessment"].add_named(
        assessment_no=number,
        locator=envelope.locator,
        instrument=profile.instrument,
        edition=edition,
        native_id=clean(printed(node.get("id"))),
        kind="verified" if is_verified else profile.assessment_kind,
        status=status,
        status_rank=profile.statuses.get(status or "", 0),
        updated_at=_moment(node.get("lastUpdated")),
        assessed_on=_assessed_on(context, envelope, status),
        period_start=date(year, 1, 1) if year else None,
        period_end=date(year, 12, 31) if year else None,
        verified=is_verified,
        score=_final_score(scores, is_verified),
        account_key=f"{account}|{edition}" if account else None,
        published=published,
    )
    for topic, scope in profile.scope.items():
        staged.tables["scope"].add(number, topic, scope)
    report_unknown_edition(context, edition, f"{envelope.locator}.{context.layout.edition_key}")
    for key in ("questions", "performance"):
        if not isinstance(node.get(key), dict | None):
            place = f"{envelope.locator}.{key}"
            _withheld(context, place, "not_an_object", "", f"{key} is no JSON object.", "Export it again.")
    _stage_scores(context, scores, number)
    if not published:
        staged.counts.ignored += _filled(envelope)
        context.report_unpublished(envelope.locator, status)
        return cell_no
    cell_no = stage_questions(context, envelope, number, edition, is_verified, reader, cell_no)
    return stage_performance(context, envelope, number, is_verified, reader, cell_no)


def _final_score(scores: Mapping[str, Any], is_verified: bool) -> float | None:
    for side in ("verified", "self") if is_verified else ("self",):
        score = mapping_of(scores.get(side)).get("finalScore")
        if isinstance(score, int | float) and not isinstance(score, bool):
            return finite(score)
    return None


def _stage_scores(context: Context, scores: Mapping[str, Any], number: int) -> None:
    rows = context.staged.tables["score"]
    for side, answered_by in (("self", "facility"), ("verified", "verifier")):
        for section, content in mapping_of(scores.get(side)).items():
            if section == "finalScore" and isinstance(content, int | float):
                rows.add(number, "total", None, finite(content), None, answered_by, None)
            if not isinstance(content, dict):
                continue
            total = content.get("total")
            applicability = clean(printed(content.get("applicability")))
            points = finite(total) if isinstance(total, int | float) and not isinstance(total, bool) else None
            rows.add(number, section, None, points, None, answered_by, applicability)
            for level, value in mapping_of(content.get("levels")).items():
                reached = finite(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
                rows.add(number, section, f"level{level}", reached, None, answered_by, None)
