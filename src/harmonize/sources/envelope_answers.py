"""The answers of a JSON envelope: question nodes with value and correction, and performance values."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from harmonize.model.issues import Issue
from harmonize.sources.answers import StatedAnswer, add_answer
from harmonize.sources.context import Context
from harmonize.sources.headers import edition_of
from harmonize.sources.json_envelopes import Envelope
from harmonize.sources.json_nodes import is_empty, mapping_of, node_is_blank, path_of, printed
from harmonize.sources.numbers import NumberReader
from harmonize.sources.profile import covers
from harmonize.sources.tick_boxes import TickedLists
from harmonize.sources.wide_columns import unit_questions
from harmonize.values.dates import parse_date, why_no_date
from harmonize.values.text import clean, term_key, word_key

__all__ = ["effective", "envelope_edition", "is_quantity", "is_verified_node", "stage_performance", "stage_questions"]

_NONE_OF_THESE = "none_of_these"
_NO_MARK = frozenset({"", "false", "no", "0"})
"""What a workbook says where no mark of a breach of law is set."""


def is_quantity(context: Context, question: str) -> bool:
    """The question asks a quantity, by its suffix."""
    suffix = context.layout.quantity_suffix
    return bool(suffix) and question.endswith(suffix or "")


def envelope_edition(context: Context, envelope: Envelope) -> str | None:
    """The edition of an envelope, as the profile names it."""
    stated = clean(printed(envelope.node.get(context.layout.edition_key)))
    if stated is None:
        # Only a workbook leaves the edition to the profile.
        return edition_of(context, None) if context.recognition.table is not None else None
    prefix = context.layout.edition_prefix
    # (`CAF 1.6` and `v1.6` are 1.6.)
    number = re.sub(rf"^(?:{re.escape(prefix)}\s*)?(?:v(?:ersion)?[.\s]*)?(?=\d)", "", stated, flags=re.IGNORECASE)
    return edition_of(context, f"{prefix}{number if prefix else stated}")


def is_verified_node(node: Any) -> bool:
    """A verifier looked at this answer."""
    selection = word_key(printed(node.get("selection"))) if isinstance(node, dict) else ""
    return selection not in ("", "no response")


def _is_marked(context: Context, mark: Any) -> bool:
    """A breach of law is marked: by any text in an envelope; a workbook's column may say no."""
    if context.recognition.table is None:
        return not is_empty(mark) and mark is not False
    return word_key(printed(mark)) not in _NO_MARK


def _is_corrected(context: Context, node: Mapping[str, Any]) -> bool:
    chosen = word_key(printed(node.get("selection")))
    corrected = {word_key(word) for word in context.profile.corrected_selections}
    return chosen in corrected and not is_empty(node.get("corrected"))


def stage_questions(
    context: Context,
    envelope: Envelope,
    number: int,
    edition: str | None,
    is_verified: bool,
    reader: NumberReader,
    cell_no: int,
) -> int:
    """The facility\'s answers, and the verifier\'s where one corrected; returns the last cell number."""
    staged, profile = context.staged, context.profile
    nodes = mapping_of(envelope.node.get("questions"))
    keys = _question_keys(context, envelope, nodes)
    unit_keys = unit_questions(context.layout, keys)
    boxes = {question: nodes[key] for question, key in keys.items() if question in profile.tick_boxes}
    lists = _ticked_lists(context, boxes, is_verified)
    for question in sorted(lists.contradicted):
        _report_contradiction(context, envelope.place("questions", keys[question]), question)
    for question, key in keys.items():
        node = nodes[key]
        if node_is_blank(node):
            unit_key = unit_keys.get(question)
            staged.counts.ignored += 1 if unit_key and not node_is_blank(nodes[keys[unit_key]]) else 0
            continue
        if question in unit_keys.values():
            continue
        cell_no += 1
        parts = node if isinstance(node, dict) else {"value": node}
        unit_node = nodes[keys[unit_keys[question]]] if question in unit_keys else None
        is_covered = is_verified and is_verified_node(node)
        verification = profile.verification if is_covered and covers(profile, edition, question) else "none"
        sides = [("facility", "value")] + ([("verifier", "corrected")] if _is_corrected(context, parts) else [])
        if all(is_empty(parts.get(side)) for _, side in sides):
            # A correction that the verifier's selection does not claim is no answer.
            staged.counts.ignored += 1 if node_is_blank(unit_node) else 2
            continue
        if question in profile.date_questions:
            sides = _days(context, parts, sides, envelope.place("questions", key))
        comment = clean(printed(parts.get("data")))
        for answered_by, side in sides:
            value = parts.get(side)
            if is_empty(value):
                continue
            numeric, problem = reader.read(value, printed(value))
            answer = StatedAnswer(
                number,
                cell_no,
                question,
                printed(value),
                envelope.place("questions", key),
                answered_by,
                verification,
                numeric,
                problem,
                _unit_of(context, unit_node, side),
                None if node_is_blank(unit_node) else envelope.place("questions", keys[unit_keys[question]]),
                question in unit_keys or is_quantity(context, question),
                scale=lists.scale(question, printed(value)),
                legal_flag=_is_marked(context, parts.get("legal")),
                reason=comment,
                description=comment,
            )
            add_answer(context, answer)
            if side == sides[-1][1]:
                for other, scale in lists.implied(question):
                    implied = replace(
                        answer,
                        question_id=other,
                        scale=scale,
                        legal_flag=False,
                        reason=_NONE_OF_THESE,
                        description=None,
                    )
                    add_answer(context, implied)
        if sides:
            _stage_law(context, number, question, envelope.place("questions", key), parts.get("legal"))
    return cell_no


def _stage_law(context: Context, number: int, question: str, place: str, mark: Any) -> None:
    """Stage the law that is named beside an answer; a finding that is made of the answer refers to it."""
    law = clean(printed(mark))
    if law is None or not _is_marked(context, mark) or term_key(law) in map(term_key, context.profile.legal_marks):
        return
    context.staged.tables["finding"].add(
        number, None, question, None, None, None, None, law, None, None, None, None, None, None, place, place, None,
        "detail",
    )  # fmt: skip


def _days(
    context: Context, parts: Mapping[str, Any], sides: Sequence[tuple[str, str]], place: str
) -> list[tuple[str, str]]:
    """The sides that state a day, or nothing; what is none is withheld."""
    forms = context.layout.dates
    bad = [
        (by, side)
        for by, side in sides
        if not is_empty(parts.get(side)) and parse_date(printed(parts[side]), forms) is None
    ]
    left = [one for one in sides if one not in bad]
    is_lost = all(is_empty(parts.get(side)) for _, side in left)
    for number, (_, side) in enumerate(bad):
        context.staged.report(
            Issue(
                place,
                "unreadable_date",
                printed(parts[side]),
                why_no_date(printed(parts[side]), forms),
                "Correct the date in the export; it was not loaded.",
                withheld=True,
                cells=1 if is_lost and number == 0 else 0,
            )
        )
    return left


def _ticked_lists(context: Context, boxes: Mapping[str, Any], is_verified: bool) -> TickedLists:
    """The lists of the tick boxes; a `null` was not asked."""
    return TickedLists.of(
        context.profile.tick_boxes,
        {question: printed(effective(context, node)) for question, node in boxes.items() if node is not None},
        [question for question, node in boxes.items() if is_verified and is_verified_node(node)],
    )


def _report_contradiction(context: Context, place: str, question: str) -> None:
    context.staged.report(
        Issue(
            place,
            "contradicting_ticks",
            question,
            "None of a list is ticked, and so is another box of it; the other one counts.",
            "Ask the factory which holds, and untick the other.",
        )
    )


def effective(context: Context, node: Any) -> Any:
    """What holds of an answer: the verifier's correction, else the facility's value."""
    parts = node if isinstance(node, dict) else {"value": node}
    return parts.get("corrected" if _is_corrected(context, parts) else "value")


def _question_keys(context: Context, envelope: Envelope, nodes: Mapping[str, Any]) -> dict[str, str]:
    """Question id -> key; of keys that differ in case only the first one counts."""
    keys: dict[str, str] = {}
    for key in nodes:
        if keys.setdefault(key.lower(), key) == key:
            continue
        context.staged.counts.ignored += 0 if node_is_blank(nodes[key]) else 1
        context.staged.report(
            Issue(
                path_of(f"{envelope.locator}.questions", key),
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
            return clean(printed(node.get("corrected")))
        return clean(printed(node.get("value")))
    return clean(printed(node))


def stage_performance(
    context: Context, envelope: Envelope, number: int, is_verified: bool, reader: NumberReader, cell_no: int
) -> int:
    """Performance values stand in common units; they are the facility's, verified where the assessment is."""
    profile = context.profile
    edition = envelope_edition(context, envelope)
    for key, value in mapping_of(envelope.node.get("performance")).items():
        if is_empty(value):
            continue
        cell_no += 1
        question = key.lower()
        numeric, problem = reader.read(value, printed(value))
        add_answer(
            context,
            StatedAnswer(
                number,
                cell_no,
                question,
                printed(value),
                envelope.place("performance", key),
                "facility",
                profile.verification if is_verified and covers(profile, edition, question) else "none",
                numeric,
                problem,
            ),
        )
    return cell_no
