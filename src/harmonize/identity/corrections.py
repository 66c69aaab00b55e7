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

__all__ = ["Keys", "Verdict", "Word", "decided", "merged", "overruled", "split"]

Verdict = Literal["same", "different", "unsure"]
Keys = Sequence[str]
"""The keys of one record, the strongest first."""


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


def decided(one: Keys, other: Keys, verdict: Verdict, word: Word) -> list[Decision]:
    """The decision on two records.

    Raises:
        InboxError: a key of one leads to the other too, so that the decision would say nothing.
    """
    if verdict == "different":
        return split([one], [other], word)
    if one[0] == other[0]:
        raise _one_key(one[0])
    return [Decision(one[0], other[0], verdict, word.by, word.at, word.why)]


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


def split(chosen: Iterable[Keys], rest: Iterable[Keys], word: Word) -> list[Decision]:
    """The decisions that part some records from the rest of their factory: every key of one side from every other.

    Raises:
        InboxError: a key of one side leads to the other too, or one side has no record.
    """
    ours, theirs = list(chosen), list(rest)
    if not ours or not theirs:
        raise InboxError("Nothing would be left on one side. Name some records of the factory, not all.")
    strongest = [{keys[0] for keys in side} for side in (ours, theirs)]
    for keys, used in ((ours, strongest[1]), (theirs, strongest[0])):
        shared = sorted({key for all_keys in keys for key in all_keys} & used)
        if shared:
            raise _one_key(shared[0])
    return [Decision(a, b, "different", word.by, word.at, word.why) for a, b in product(*map(sorted, strongest))]


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
