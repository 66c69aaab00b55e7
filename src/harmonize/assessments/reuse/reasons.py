"""Why evidence does not stand: one bit each, in the order in which they are told."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["ENDS", "REASONS", "UNGRANTED", "Reason"]


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason.

    Attributes:
        ends: it ended the reuse of what would stand without it.
    """

    bit: int
    words: str
    ends: bool = False


REASONS = (
    Reason(1, "the question was left without an answer"),
    Reason(2, "silence of a findings list is not accepted"),
    Reason(4, "the instrument is not accepted"),
    Reason(8, "the basis is not accepted"),
    Reason(16, "not verified as required"),
    Reason(32, "without a date"),
    Reason(64, "too old"),
    Reason(128, "its certificate has expired"),
    Reason(256, "disputed or invalidated", ends=True),
    Reason(512, "ended by an event", ends=True),
    Reason(1024, "the law changed since", ends=True),
    Reason(2048, "the requirement changed since", ends=True),
    Reason(4096, "a later assessment or one of the same visit found it not met", ends=True),
    Reason(8192, "a later assessment or one of the same visit, not granted, found it not met", ends=True),
    Reason(16384, "its verification answers it", ends=True),
    Reason(32768, "not granted"),
    Reason(65536, "found and closed, closing not assessed"),
)
"""The bits of `failed` in judged.sql."""
ENDS = sum(reason.bit for reason in REASONS if reason.ends)
UNGRANTED = 32768
