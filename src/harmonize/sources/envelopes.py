"""Envelopes of the assessment platforms: one is one assessment (Higg FEM, SLCP CAF), as JSON or as a workbook.

A question node holds the facility's `value` and, where a verifier corrected it, `corrected`; both are kept. A `null`
node, or one with nothing in it, was not asked.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from harmonize.model.issues import Issue
from harmonize.sources.context import Context
from harmonize.sources.envelope_answers import (
    envelope_edition,
    is_quantity,
    is_verified_node,
    stage_performance,
    stage_questions,
)
from harmonize.sources.envelope_headers import (
    Facts,
    assessed_on,
    ended_on,
    is_published,
    moment,
    stage_mention,
    status_of,
    withheld,
)
from harmonize.sources.json_envelopes import Envelope
from harmonize.sources.json_nodes import is_empty, mapping_of, node_is_blank, printed
from harmonize.sources.numbers import NumberReader
from harmonize.sources.questionnaire import count_rows, envelopes_of, report_rows
from harmonize.sources.unnamed import KnownKeys, Unnamed, unnamed_keys
from harmonize.sources.wide import report_unknown_edition, reporting_year
from harmonize.values.numbers import finite
from harmonize.values.text import clean

__all__ = ["count_cells", "stage"]


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
    reader = NumberReader(context.number_style(_printed_numbers(context)))
    if context.recognition.table is not None:
        report_rows(context, context.recognition.table)
    known = KnownKeys.of(context.layout.known_keys, exact=True)
    seen: set[str] = set()
    cell_no = context.staged.cells
    for envelope in envelopes_of(context):
        if _iswithheld(context, envelope, seen) or _is_foreign(context, envelope):
            continue
        cell_no = _stage_envelope(context, envelope, reader, known, cell_no)
    context.staged.cells = cell_no


def _printed_numbers(context: Context) -> Iterator[str]:
    """Texts that may show how numbers are written: of quantities, or of all questions where none is told."""
    asks_quantities = bool(context.layout.quantity_suffix)
    coordinates = {*context.profile.facts.get("latitude", ()), *context.profile.facts.get("longitude", ())}
    for envelope in envelopes_of(context):
        for key, node in mapping_of(envelope.node.get("questions")).items():
            question = key.lower()
            told = is_quantity(context, question) if asks_quantities else question not in coordinates
            if told and isinstance(node, dict):
                yield from (text for side in ("value", "corrected") if isinstance(text := node.get(side), str))


def _filled(envelope: Envelope) -> int:
    questions = mapping_of(envelope.node.get("questions")).values()
    values = mapping_of(envelope.node.get("performance")).values()
    return sum(not node_is_blank(node) for node in questions) + sum(not is_empty(value) for value in values)


def _iswithheld(context: Context, envelope: Envelope, seen: set[str]) -> bool:
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


def _stage_envelope(context: Context, envelope: Envelope, reader: NumberReader, known: KnownKeys, cell_no: int) -> int:
    staged, profile, node = context.staged, context.profile, envelope.node
    number = staged.next_assessment()
    edition = envelope_edition(context, envelope)
    status = status_of(context, envelope)
    # A workbook prints no status: a verifier's selections tell.
    is_verified = status in profile.verified_statuses or (
        context.recognition.table is not None and any(map(is_verified_node, mapping_of(node.get("questions")).values()))
    )
    published = is_published(context, envelope, status)
    year = reporting_year(context, edition)
    account = clean(printed(node.get("accountId")))
    scores = mapping_of(node.get("scores"))
    facts = Facts.of(context, envelope)
    begun = assessed_on(context, envelope, facts, status)
    extra, of_header = context.kept_of(_unnamed(context, envelope, known))
    stage_mention(context, envelope, facts, number, reader.style, of_header)
    staged.tables["assessment"].add_named(
        assessment_no=number,
        locator=envelope.locator,
        instrument=profile.instrument,
        edition=edition,
        native_id=clean(printed(node.get("id"))),
        kind="verified" if is_verified else profile.assessment_kind,
        status=status,
        status_rank=profile.statuses.get(status or "", 0),
        updated_at=moment(node.get("lastUpdated")),
        assessed_on=begun,
        ended_on=ended_on(context, facts, begun),
        period_start=date(year, 1, 1) if year else None,
        period_end=date(year, 12, 31) if year else None,
        verified=is_verified,
        score=_final_score(scores, is_verified),
        account_key=f"{account}|{edition}" if account else None,
        published=published,
        extra=extra,
    )
    for topic, scope in profile.scope.items():
        staged.tables["scope"].add(number, topic, scope)
    report_unknown_edition(context, edition, f"{envelope.locator}.{context.layout.edition_key}")
    for key in ("questions", "performance"):
        if not isinstance(node.get(key), dict | None):
            place = f"{envelope.locator}.{key}"
            withheld(context, place, "not_an_object", "", f"{key} is no JSON object.", "Export it again.")
    _stage_scores(context, scores, number)
    if not published:
        staged.counts.ignored += _filled(envelope)
        context.report_unpublished(envelope.locator, status)
        return cell_no
    cell_no = stage_questions(context, envelope, number, edition, is_verified, reader, cell_no)
    return stage_performance(context, envelope, number, is_verified, reader, cell_no)


def _unnamed(context: Context, envelope: Envelope, known: KnownKeys) -> Sequence[Unnamed]:
    """What an envelope says under keys that the profile does not name, which is reported; a workbook's columns are."""
    if context.recognition.table is not None:
        return envelope.unnamed
    found = list(unnamed_keys(envelope.node, envelope.locator, known, ("questions",)))
    for one in found:
        context.report_unnamed("key", one)
    return found


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
