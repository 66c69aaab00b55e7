"""What one person says of one open item, held against what may be said of it."""

from __future__ import annotations

from collections.abc import Callable

from harmonize.review.book import CLOSENESS
from harmonize.review.filled import understood
from harmonize.review.items import Item
from harmonize.review.saying import Said
from harmonize.review.words import Spoken

__all__ = ["said_of"]


def said_of(
    item: Item,
    decision: str,
    closeness: str,
    why: str,
    signed: tuple[str, str],
    words: Spoken,
    is_indicator: Callable[[str], bool],
) -> Said | str:
    """A decision on an item, or what is wrong with it, with the cure.

    Args:
        decision: a verdict, an indicator, a meaning, or the number of a suggestion.
        closeness: of a question; ignored for everything else.
        signed: who says it, and when.
    """
    if closeness not in CLOSENESS:
        return f"{closeness!r} is no closeness. Write {', '.join(CLOSENESS)}."
    meant = understood(item.kind, decision, item.verdicts, item.choices, words, is_indicator)
    if isinstance(meant, str):
        return meant
    verdict, to = meant
    if item.kind == "question" and verdict == "ignore" and not why.strip():
        return "a question is ignored with a reason only. Give one."
    return Said(item.kind, item.keys, verdict, to, closeness if item.kind == "question" and to else "", *signed, why)
