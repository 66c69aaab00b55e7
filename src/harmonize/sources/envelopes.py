"""JSON envelopes of the assessment platforms: one envelope is one assessment (Higg FEM API).

A question node holds the facility's `value` and, where a verifier corrected it, `corrected`; both are kept. A `null`
node, or one with nothing in it, was not asked.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from harmonize.model.issues import Issue
from harmonize.sources.context import Context
from harmonize.sources.headers import add_identifier, edition_of
from harmonize.sources.recognise import Envelope
from harmonize.sources.wide import report_unknown_edition, reporting_year, unit_questions
from harmonize.values.dates import epoch_date, parse_date
from harmonize.values.numbers import NumberProblem, NumberStyle, finite, looks_numeric, parse_number
from harmonize.values.text import clean, word_key

__all__ = ["count_cells", "stage"]

_PLAIN_KEY = re.compile(r"^[A-Za-z_][A-Za-z0-9_-]*$")
_ID_KEYS = (
    ("oarId", "os_id"),
    ("sacId", "higg_id"),
    ("accountId", "higg_account"),
    ("taxId", "tax_code"),
    ("ffcId", "ffc_id"),
)


def _printed(value: Any) -> str:
    """A JSON value as text; lists joined by `; `."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and math.isfinite(value) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, list):
        return "; ".join(_printed(item) for item in value)
    if isinstance(value, dict):
        return "; ".join(f"{key}: {_printed(item)}" for key, item in value.items())
    return str(value)


def _is_empty(value: Any) -> bool:
    return not _printed(value).strip()


def _path(base: str, key: str) -> str:
    return f"{base}.{key}" if _PLAIN_KEY.match(key) else f"{base}['{key}']"


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _node_is_blank(node: Any) -> bool:
    if node is None:
        return True
    if isinstance(node, dict):
        return _is_empty(node.get("value")) and _is_empty(node.get("corrected"))
    return _is_empty(node)


def count_cells(context: Context) -> tuple[int, int]:
    """Every node of `questions` and every value of `performance`, and the blank ones."""
    total = blank = 0
    for envelope in context.recognition.envelopes:
        nodes = list(_mapping(envelope.node.get("questions")).values())
        values = list(_mapping(envelope.node.get("performance")).values())
        total += len(nodes) + len(values)
        blank += sum(map(_node_is_blank, nodes)) + sum(map(_is_empty, values))
    return (total, blank)


def stage(context: Context) -> None:
    """Stage every envelope of the file."""
    for place in context.recognition.no_objects:
        _withheld(context, place, "not_an_object", "", "The entry is no JSON object.", "Export it again.")
    style = context.number_style(
        node["value"]
        for envelope in context.recognition.envelopes
        for key, node in _mapping(envelope.node.get("questions")).items()
        if _is_quantity(context, key.lower()) and isinstance(node, dict) and isinstance(node.get("value"), str)
    )
    seen: set[str] = set()
    cell_no = 0
    for envelope in context.recognition.envelopes:
        if _is_withheld(context, envelope, seen):
            continue
        cell_no = _stage_envelope(context, envelope, style, cell_no)


def _filled(envelope: Envelope) -> int:
    questions = _mapping(envelope.node.get("questions")).values()
    values = _mapping(envelope.node.get("performance")).values()
    return sum(not _node_is_blank(node) for node in questions) + sum(not _is_empty(value) for value in values)


def _is_withheld(context: Context, envelope: Envelope, seen: set[str]) -> bool:
    if _is_empty(envelope.node.get("id")):
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
    content = repr(envelope.node)
    if content in seen:
        context.staged.counts.ignored += _filled(envelope)
        context.staged.report(
            Issue(
                envelope.locator,
                "repeated_row",
                _printed(envelope.node.get("id")),
                "The same envelope stands above already.",
                "Remove the repetition in the export.",
            )
        )
        return True
    seen.add(content)
    return False


def _withheld(context: Context, place: str, code: str, value: Any, message: str, hint: str) -> None:
    context.staged.report(Issue(place, code, _printed(value), message, hint, withheld=True))


def _number(value: Any) -> float | None:
    """A JSON number, or one printed as text with a decimal point."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return finite(value)
    number = parse_number(_printed(value), NumberStyle.POINT)
    return number if isinstance(number, float) else None


def _status(context: Context, envelope: Envelope) -> str | None:
    text = clean(_printed(envelope.node.get("status")))
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
    if isinstance(value, bool) or not isinstance(value, int | float | str) or _is_empty(value):
        return None
    try:
        number = float(value)
        return datetime.fromtimestamp(number / 1000 if abs(number) > 1e11 else number, tz=UTC).isoformat()
    except (ValueError, OverflowError, OSError):
        return None


def _assessed_on(context: Context, envelope: Envelope, status: str | None) -> date | None:
    """The day of the present status, else of the last update."""
    history = _mapping(envelope.node.get("statusHistory"))
    text = clean(_printed(history.get(status or "")))
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
    if _is_empty(updated):
        return None
    number = _number(updated)
    found = None if number is None else epoch_date(number)
    if found is None:
        _withheld(
            context,
            f"{envelope.locator}.lastUpdated",
            "unreadable_date",
            updated,
            f"{_printed(updated)!r} is no Unix time.",
            "Correct it; the assessment was loaded without date.",
        )
    return found


def _is_published(context: Context, envelope: Envelope, status: str | None) -> bool:
    profile = context.profile
    if status in profile.unpublished_statuses:
        return False
    posted = [envelope.node[key] for key in ("selfPosted", "verifiedPosted") if envelope.node.get(key) is not None]
    if posted:
        return any(word_key(_printed(value)) not in {"false", "0", "no", ""} for value in posted)
    return status not in profile.unposted_statuses


def _coordinate(context: Context, envelope: Envelope, key: str, bound: float) -> float | None:
    value = _mapping(envelope.node.get("location")).get(key)
    if _is_empty(value):
        return None
    number = _number(value)
    if number is not None and abs(number) <= bound:
        return number
    _withheld(
        context,
        f"{envelope.locator}.location.{key}",
        "bad_coordinate",
        value,
        f"{_printed(value)!r} is not a {key} between -{bound:g} and {bound:g}.",
        "Correct it; the record was loaded without it.",
    )
    return None


def _country(context: Context, envelope: Envelope) -> str | None:
    text = clean(_printed(envelope.node.get("country")))
    code = context.vocabulary.geography.country_code(text)
    if text is not None and code is None:
        _withheld(
            context,
            f"{envelope.locator}.country",
            "unknown_country",
            text,
            f"{text!r} is no country name that is known.",
            "Correct it, or add the spelling to schemas/countries.yml.",
        )
    return code


def _question_value(envelope: Envelope, *names: str) -> Any:
    questions = {key.lower(): node for key, node in _mapping(envelope.node.get("questions")).items()}
    for name in names:
        node = questions.get(name)
        value = node.get("value") if isinstance(node, dict) else node
        if not _is_empty(value):
            return value
    return None


def _workers(envelope: Envelope) -> int | None:
    value = _question_value(envelope, "siptotalnumemployees")
    text = clean(_printed(value))
    number = parse_number(text, NumberStyle.POINT) if text else None
    return int(number) if isinstance(number, float) and number >= 0 else None


def _stage_mention(context: Context, envelope: Envelope, number: int) -> None:
    node = envelope.node
    country = _country(context, envelope)
    context.staged.tables["mention"].add(
        number,
        envelope.locator,
        clean(_printed(node.get("accountName"))),
        None,
        clean(_printed(_mapping(node.get("location")).get("address"))),
        clean(_printed(_question_value(envelope, "sitecity"))),
        clean(_printed(_question_value(envelope, "siteprovince"))),
        country,
        _coordinate(context, envelope, "latitude", 90),
        _coordinate(context, envelope, "longitude", 180),
        clean(_printed(_question_value(envelope, "sipindustrysector"))),
        _workers(envelope),
        None,
    )
    for key, scheme in _ID_KEYS:
        text = clean(_printed(node.get(key)))
        if text:
            add_identifier(context, scheme, text, country, envelope.locator, f"{envelope.locator}.{key}")
    native_id = _printed(node.get("id"))
    add_identifier(
        context,
        f"assessment:{context.profile.instrument}",
        native_id,
        country,
        envelope.locator,
        f"{envelope.locator}.id",
    )


def _stage_envelope(context: Context, envelope: Envelope, style: NumberStyle, cell_no: int) -> int:
    staged, profile, node = context.staged, context.profile, envelope.node
    number = staged.next_assessment()
    edition = edition_of(context, clean(_printed(node.get("version"))))
    status = _status(context, envelope)
    is_verified = status in profile.verified_statuses
    published = _is_published(context, envelope, status)
    year = reporting_year(context, edition)
    account = clean(_printed(node.get("accountId")))
    scores = _mapping(node.get("scores"))
    _stage_mention(context, envelope, number)
    staged.tables["assessment"].add_named(
        assessment_no=number,
        locator=envelope.locator,
        instrument=profile.instrument,
        edition=edition,
        native_id=clean(_printed(node.get("id"))),
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
    report_unknown_edition(context, edition, f"{envelope.locator}.version")
    for key in ("questions", "performance"):
        if not isinstance(node.get(key), dict | None):
            place = f"{envelope.locator}.{key}"
            _withheld(context, place, "not_an_object", "", f"{key} is no JSON object.", "Export it again.")
    _stage_scores(context, scores, number)
    if not published:
        staged.counts.ignored += _filled(envelope)
        context.report_unpublished(envelope.locator, status)
        return cell_no
    cell_no = _stage_questions(context, envelope, number, edition, is_verified, style, cell_no)
    return _stage_performance(context, envelope, number, is_verified, cell_no)


def _final_score(scores: Mapping[str, Any], is_verified: bool) -> float | None:
    for side in ("verified", "self") if is_verified else ("self",):
        score = _mapping(scores.get(side)).get("finalScore")
        if isinstance(score, int | float) and not isinstance(score, bool):
            return float(score)
    return None


def _stage_scores(context: Context, scores: Mapping[str, Any], number: int) -> None:
    rows = context.staged.tables["score"]
    for side, answered_by in (("self", "facility"), ("verified", "verifier")):
        for section, content in _mapping(scores.get(side)).items():
            if section == "finalScore" and isinstance(content, int | float):
                rows.add(number, "total", None, float(content), None, answered_by, None)
            if not isinstance(content, dict):
                continue
            total = content.get("total")
            applicability = clean(_printed(content.get("applicability")))
            points = float(total) if isinstance(total, int | float) and not isinstance(total, bool) else None
            rows.add(number, section, None, points, None, answered_by, applicability)
            for level, value in _mapping(content.get("levels")).items():
                reached = float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
                rows.add(number, section, f"level{level}", reached, None, answered_by, None)


def _is_quantity(context: Context, question: str) -> bool:
    suffix = context.layout.quantity_suffix
    return bool(suffix) and question.endswith(suffix or "")


def _read_number(value: Any, style: NumberStyle) -> tuple[float | None, str | None]:
    if isinstance(value, int | float) and not isinstance(value, bool):
        number = finite(value)
        return number, None if number is not None else NumberProblem.UNREADABLE.value
    text = _printed(value)
    if not looks_numeric(text):
        return None, NumberProblem.UNREADABLE.value
    parsed = parse_number(text, style)
    return (parsed, None) if isinstance(parsed, float) else (None, parsed.value)


def _is_corrected(context: Context, node: Mapping[str, Any]) -> bool:
    chosen = word_key(_printed(node.get("selection")))
    corrected = {word_key(word) for word in context.profile.corrected_selections}
    return chosen in corrected and not _is_empty(node.get("corrected"))


def _stage_questions(
    context: Context,
    envelope: Envelope,
    number: int,
    edition: str | None,
    is_verified: bool,
    style: NumberStyle,
    cell_no: int,
) -> int:
    staged, profile = context.staged, context.profile
    base = f"{envelope.locator}.questions"
    nodes = _mapping(envelope.node.get("questions"))
    keys = _question_keys(context, envelope, nodes)
    covered = profile.verified_only.get(edition or "")
    unit_keys = unit_questions(context.layout, keys)
    for question, key in keys.items():
        node = nodes[key]
        if _node_is_blank(node):
            unit_key = unit_keys.get(question)
            staged.counts.ignored += 1 if unit_key and not _node_is_blank(nodes[keys[unit_key]]) else 0
            continue
        if question in unit_keys.values():
            continue
        cell_no += 1
        parts = node if isinstance(node, dict) else {"value": node}
        unit_node = nodes[keys[unit_keys[question]]] if question in unit_keys else None
        is_covered = (
            is_verified
            and not _is_empty(parts.get("selection"))
            and word_key(_printed(parts.get("selection"))) not in {"no response"}
        )
        verification = profile.verification if is_covered and (covered is None or question in covered) else "none"
        sides = [("facility", "value")] + ([("verifier", "corrected")] if _is_corrected(context, parts) else [])
        if all(_is_empty(parts.get(side)) for _, side in sides):
            # A correction that the verifier's selection does not claim is no answer.
            staged.counts.ignored += 1
            continue
        for answered_by, side in sides:
            value = parts.get(side)
            if _is_empty(value):
                continue
            numeric, problem = _read_number(value, style)
            staged.tables["answer"].add(
                number,
                cell_no,
                question,
                None,
                None,
                _printed(value),
                _unit_of(context, unit_node, side),
                numeric,
                problem,
                question in unit_keys or _is_quantity(context, question),
                None,
                answered_by,
                verification,
                not _is_empty(parts.get("legal")),
                clean(_printed(parts.get("data"))),
                base,
                _path("", key),
                None if _node_is_blank(unit_node) else _path(base, keys[unit_keys[question]]),
                None,
                None,
            )
    return cell_no


def _question_keys(context: Context, envelope: Envelope, nodes: Mapping[str, Any]) -> dict[str, str]:
    """Question id -> key; of keys that differ in case only the first one counts."""
    keys: dict[str, str] = {}
    for key in nodes:
        if keys.setdefault(key.lower(), key) == key:
            continue
        context.staged.counts.ignored += 0 if _node_is_blank(nodes[key]) else 1
        context.staged.report(
            Issue(
                _path(f"{envelope.locator}.questions", key),
                "repeated_row",
                key,
                f"The question {keys[key.lower()]!r} stands above already.",
                "Remove the repetition in the export.",
            )
        )
    return keys


def _unit_of(context: Context, node: Any, side: str) -> str | None:
    if isinstance(node, dict):
        if side == "corrected" and _is_corrected(context, node):
            return clean(_printed(node.get("corrected")))
        return clean(_printed(node.get("value")))
    return clean(_printed(node))


def _stage_performance(context: Context, envelope: Envelope, number: int, is_verified: bool, cell_no: int) -> int:
    """Performance values are in the common unit of their indicator already, verified where the assessment is."""
    profile = context.profile
    covers_all = edition_of(context, clean(_printed(envelope.node.get("version")))) not in profile.verified_only
    for key, value in _mapping(envelope.node.get("performance")).items():
        if _is_empty(value):
            continue
        cell_no += 1
        question = key.lower()
        numeric, problem = _read_number(value, NumberStyle.POINT)
        context.staged.tables["answer"].add(
            number,
            cell_no,
            question,
            None,
            None,
            _printed(value),
            None,
            numeric,
            problem,
            False,
            None,
            "verifier" if is_verified else "facility",
            profile.verification if is_verified and covers_all else "none",
            False,
            None,
            f"{envelope.locator}.performance",
            _path("", key),
            None,
            None,
            None,
        )
    return cell_no
