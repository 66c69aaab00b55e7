"""How often a fault is planted, and what stands in its place."""

from __future__ import annotations

from harmonize.demo.identifiers import CROCKFORD

__all__ = ["spoiled_value", "times_planted"]

PER = 100
"""Faults are counted per so many factories."""
SPOIL_LAST = "spoil_last"


def times_planted(times: int, facilities: int) -> int:
    """How often a fault is planted in a document: at least once."""
    return max(1, times * facilities // PER)


def spoiled_value(planned: str, old: object) -> str:
    """What is printed instead: the planned word, or the old identifier with a wrong check character."""
    if planned != SPOIL_LAST:
        return planned
    text = str(old)
    return text[:-1] + CROCKFORD[(CROCKFORD.index(text[-1]) + 5) % len(CROCKFORD)]
