"""An open item: what is asked, what speaks for either side, what a decision unlocks, and what the ledger would say."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from harmonize.review.kinds import KINDS, Kind

__all__ = ["Item", "Keys", "Side", "Unlocked", "item_id"]

Keys = tuple[str, str]
"""What a decision is about, as the ledger names it: two keys, or one and nothing."""
_HASH_CHARACTERS = 10


@dataclass(frozen=True, slots=True)
class Unlocked:
    """How much hangs on a decision."""

    assessments: int
    answers: int
    audiences: int


@dataclass(frozen=True, slots=True)
class Side:
    """One line of the evidence; what stands on one side only leaves the other empty."""

    name: str
    a: str
    b: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """An open item.

    Attributes:
        item_id: by what it is about, so that the same matter has the same id after a re-export.
        keys: what a decision is written under; the first one names the item.
        verdicts: what may be said of this one.
        choices: what is offered where a choice is needed, the likeliest first.
        asked: in words.
        said: evidence for both sides.
        why: what speaks for it, in one line.
        worth: the figure by which items stand in order.
        cure: what to do besides, such as the command that renews a grant.
    """

    kind: str
    keys: tuple[Keys, ...]
    asked: str
    said: Sequence[Side]
    why: str
    unlocked: Unlocked
    worth: float
    verdicts: tuple[str, ...]
    choices: tuple[str, ...] = ()
    labels: Sequence[str] = field(default=())
    cure: str = ""

    @property
    def item_id(self) -> str:
        """Its id."""
        return item_id(KINDS[self.kind], self.keys[0])

    @property
    def rank(self) -> tuple[float, int, str]:
        """Where it stands: what unlocks most comes first."""
        return (-self.worth, list(KINDS).index(self.kind), self.item_id)


def item_id(kind: Kind, keys: Keys) -> str:
    """The id of the item that is about these keys, in either order."""
    text = "\x1f".join(sorted(keys))
    return kind.letter + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_HASH_CHARACTERS]
