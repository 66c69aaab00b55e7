"""What a person's word about whole factories means for the keys of their records.

`merge` says that two factories are one, `split` that some records are another factory than the rest. Both become
decisions on pairs of keys, as `decide` makes one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal

from harmonize.errors import InboxError
from harmonize.identity.decision_ledger import Act, acts_of
from harmonize.identity.decisions import Decision

__all__ = ["Word", "decided", "merged", "overruled", "split"]

Verdict = Literal["same", "different", "unsure"]


@dataclass(frozen=True, slots=True)
class Word:
    """Who says something, when and why.

    Attributes:
        by: a pseudonym.
        at: ISO 8601, UTC, so exact that of two words of one person one is the later.
    """

    by: str
    at: str
    why: str


def decided(key_a: str, key_b: str, verdict: Verdict, word: Word) -> list[Decision]:
    """The decision on two records.

    Raises:
        InboxError: both have one key.
    """
    if key_a == key_b:
        raise _one_key(key_a)
    return [Decision(key_a, key_b, verdict, word.by, word.at, word.why)]


def merged(ours: Mapping[str, int], theirs: Mapping[str, int], acts: Iterable[Act], word: Word) -> list[Decision]:
    """The decisions that make two factories one: their commonest keys are the same, and so is whatever was parted.

    Args:
        ours, theirs: keys of the factories' records, and how many records have each.
        acts: what was decided before.

    Raises:
        InboxError: no key tells the two apart.
    """
    one, other = _commonest(ours, theirs), _commonest(theirs, ours)
    pairs = {(one, other)}
    for act in overruled(acts, ours, theirs, "same"):
        pairs |= {
            (decision.key_a, decision.key_b)
            for decision in act.decisions
            if decision.verdict == "different" and {decision.key_a, decision.key_b} <= ours.keys() | theirs.keys()
        }
    return [Decision(a, b, "same", word.by, word.at, word.why) for a, b in sorted(pairs)]


def split(chosen: Iterable[str], rest: Iterable[str], word: Word) -> list[Decision]:
    """The decisions that part some records from the rest of their factory: every key of one side from every other.

    Raises:
        InboxError: a key stands on both sides, or one side has none.
    """
    ours, theirs = sorted(set(chosen)), sorted(set(rest))
    if not ours or not theirs:
        raise InboxError("Nothing would be left on one side. Name some records of the factory, not all.")
    shared = sorted(set(ours) & set(theirs))
    if shared:
        raise _one_key(shared[0])
    return [Decision(a, b, "different", word.by, word.at, word.why) for a, b in product(ours, theirs)]


def overruled(acts: Iterable[Act], ours: Iterable[str], theirs: Iterable[str], verdict: Verdict) -> list[Act]:
    """Acts that hold and say the contrary of `verdict` across two sides."""
    return acts_of(acts, ours, theirs, "different" if verdict == "same" else "same")


def _commonest(keys: Mapping[str, int], others: Mapping[str, int]) -> str:
    own: Sequence[str] = [key for key in keys if key not in others]
    if not own:
        raise _one_key(min(keys))
    return min(own, key=lambda key: (-keys[key], key))


def _one_key(key: str) -> InboxError:
    return InboxError(
        f"Both sides have the key {key!r}: they state the same, so no decision can tell them apart. "
        "Ask their contributor for an identifier."
    )
