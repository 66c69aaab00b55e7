"""Lists of tick boxes: what a box that is not ticked means hangs on the other boxes of its list.

Where a box of the list is ticked, or a verifier looked, a box that is not was not selected; else nobody touched the
list. A ticked box for "none of these" in a list of issues says of every issue that it is not there; beside a ticked
issue it says nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from harmonize.sources.profile import TickBox
from harmonize.values.text import word_key

__all__ = ["TickedLists"]

_TICKED = frozenset({"x", "true", "yes"})
_UNTICKED = frozenset({"false", "no"})
_UNTOUCHED = "tick_box_of_untouched_list"
_NONE_OF_THESE = "tick_box_none_of_these"
_CONTRADICTED = "tick_box_fact"
_NAMED = frozenset({"issues", "provisions"})
_ISSUE, _NO_ISSUE, _NO_PROVISION = "issues", "none_of_issues", "none_of_provisions"


@dataclass(frozen=True, slots=True)
class TickedLists:
    """The tick boxes of one assessment.

    Attributes:
        boxes: question to the list it belongs to and the kind of box it is.
        asked: the boxes that the assessment asks, also those that say nothing.
        stated: question to what holds of it, for the boxes that say something.
        touched: lists in which a box is ticked, or a verifier looked at one.
        denied: list of issues to the box for none of them, where that one alone is ticked.
        contradicted: boxes for none of a list that are ticked beside another box of it.
    """

    boxes: Mapping[str, TickBox]
    asked: Collection[str]
    stated: Mapping[str, str]
    touched: frozenset[str]
    denied: Mapping[str, str]
    contradicted: frozenset[str] = frozenset()

    @classmethod
    def of(cls, boxes: Mapping[str, TickBox], stated: Mapping[str, str], verified: Collection[str] = ()) -> TickedLists:
        """The lists as an assessment states them.

        Args:
            stated: question to what holds of it, nothing where it was asked and left blank.
            verified: questions that a verifier looked at.
        """
        asked = [question for question in stated if question in boxes]
        said = {question: stated[question] for question in asked if stated[question].strip()}
        ticked = [question for question, text in said.items() if word_key(text) in _TICKED]
        denials = [question for question in ticked if boxes[question].kind in (_NO_ISSUE, _NO_PROVISION)]
        named = {boxes[question].list for question in ticked if boxes[question].kind in _NAMED}
        looked_at = [question for question in verified if question in boxes]
        return cls(
            boxes,
            asked,
            said,
            frozenset(boxes[question].list for question in (*ticked, *looked_at)),
            {
                boxes[question].list: question
                for question in denials
                if boxes[question].kind == _NO_ISSUE and boxes[question].list not in named
            },
            frozenset(question for question in denials if boxes[question].list in named),
        )

    def scale(self, question: str, printed: str) -> str | None:
        """The scale that reads a box otherwise than its crosswalk does; None where that one holds.

        Args:
            printed: what the side says whose answer is read.
        """
        box = self.boxes.get(question)
        if box is not None and box.kind == _NO_ISSUE and question in self.contradicted:
            return _CONTRADICTED
        if box is None or word_key(printed) not in _UNTICKED:
            return None
        if box.kind == _ISSUE and box.list in self.denied:
            return _NONE_OF_THESE
        return None if box.list in self.touched else _UNTOUCHED

    def implied(self, question: str) -> Iterator[tuple[str, str]]:
        """What a ticked box for none of the issues says of the boxes that say nothing themselves: question, scale."""
        box = self.boxes.get(question)
        if box is None or self.denied.get(box.list) != question:
            return
        for other in self.asked:
            found = self.boxes[other]
            if found.list == box.list and found.kind == _ISSUE and other not in self.stated:
                yield other, _NONE_OF_THESE
