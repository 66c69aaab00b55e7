"""The word material of questionnaires, as `schemas/demo/questionnaires.yml` and `schemas/demo/slcp_caf.yml` say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from harmonize.demo.entries import Entry

__all__ = ["CafList", "CafStep", "Questionnaire", "SlcpCaf"]

State = Literal["met", "partly_met", "not_met", "not_applicable"]


class Questionnaire(Entry):
    """A questionnaire whose every question has a known good answer; see the comments of the file."""

    edition: str
    answered_by: Literal["facility", "verifier"]
    question: str
    share: float
    not_asked: float
    words: dict[State, tuple[str, ...]]
    parts: dict[str, tuple[str, ...]]
    countries: tuple[str, ...] = ()
    severities: tuple[str, ...] = ("",)
    days_allowed: tuple[int, ...] = ()
    actions: tuple[str, ...] = ()

    def items(self) -> Iterator[tuple[str, str, str]]:
        """Part, item and question id of every question, in order."""
        for part, items in self.parts.items():
            for item in items:
                yield part, item, self.question.format(part=part, item=item)


class CafStep(Entry):
    """Yes/No questions of one Step of the SLCP CAF, by the answer that is the good one."""

    good: tuple[str, ...]
    bad: tuple[str, ...]


class CafList(Entry):
    """A list of tick boxes; `none` is the box for none of them."""

    step: str
    kind: Literal["issues", "provisions", "facts"]
    boxes: tuple[str, ...]
    none: str


class SlcpCaf(Entry):
    """SLCP CAF material: keys by the Step that asks them."""

    versions: tuple[str, ...]
    steps: dict[str, CafStep]
    lists: tuple[CafList, ...]
    passed_over: dict[str, str]
