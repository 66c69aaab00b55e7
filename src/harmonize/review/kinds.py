"""The kinds of open items: what may be said of each, and which ledger takes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["COPIES", "FACILITIES", "KINDS", "LEDGERS", "MAPPINGS", "SEEN", "TEXTS", "Kind"]

FACILITIES, COPIES, TEXTS = "facility_decisions.jsonl", "assessment_decisions.jsonl", "reviewed_texts.jsonl"
MAPPINGS, SEEN = "mapping_decisions.jsonl", "seen_items.jsonl"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of item.

    Attributes:
        letter: what ids of its items begin with.
        verdicts: what may be said of an item.
        ledger: the file under the decisions folder that takes it.
        chosen: the verdict that needs a choice besides, such as the indicator of a question; None where none does.
        is_open: a choice may be another one than those that are offered.
    """

    name: str
    letter: str
    verdicts: tuple[str, ...]
    ledger: str
    chosen: str | None = None
    is_open: bool = False


_ALL = (
    Kind("facility_pair", "F", ("same", "different", "unsure"), FACILITIES),
    Kind("copy_pair", "A", ("same", "different"), COPIES),
    Kind("question", "Q", ("map", "ignore"), MAPPINGS, "map", is_open=True),
    Kind("value", "V", ("means", "mistake"), MAPPINGS, "means"),
    Kind("text", "T", ("approved", "refused"), TEXTS),
    Kind("grant", "G", ("seen",), SEEN),
    Kind("conflict", "C", ("seen",), SEEN),
    Kind("quarantine", "X", ("seen",), SEEN),
)
KINDS: Mapping[str, Kind] = {kind.name: kind for kind in _ALL}
"""Every kind by its name, in the order in which kinds of equal worth stand."""
LEDGERS = tuple(dict.fromkeys(kind.ledger for kind in _ALL))
"""The ledgers that decisions on items go to."""
