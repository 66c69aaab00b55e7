"""What people decided about pairs of records, and which mentions it concerns.

Of several decisions on the same two keys the latest holds; of two at the same moment, `different` does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

__all__ = ["Decision", "Standing", "latest_decisions", "standing_decisions"]

_CAUTION = ("same", "unsure", "different")


@dataclass(frozen=True, slots=True)
class Decision:
    """One line of the decision ledger.

    Attributes:
        key_a, key_b: decision keys of the two records.
        by: a pseudonym.
        at: ISO 8601 date or time.
    """

    key_a: str
    key_b: str
    verdict: Literal["same", "different", "unsure"]
    by: str = ""
    at: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """The decisions that hold, as positions of mentions.

    Attributes:
        same: groups that are one factory, with the decision.
        sides: position -> (decision, side) for every `different` in which it takes part.
        unsure: pairs that a person could not decide, the smaller position first.
    """

    same: list[tuple[Decision, list[int]]]
    sides: dict[int, frozenset[tuple[int, int]]]
    unsure: frozenset[tuple[int, int]]


def standing_decisions(decisions: Iterable[Decision], positions: Mapping[str, Sequence[int]]) -> Standing:
    """Apply decisions, of each two keys one, to mentions, given the positions that each key leads to."""
    same: list[tuple[Decision, list[int]]] = []
    sides: dict[int, set[tuple[int, int]]] = {}
    unsure: set[tuple[int, int]] = set()
    for number, decision in enumerate(decisions):
        one, other = set(positions.get(decision.key_a, ())), set(positions.get(decision.key_b, ()))
        if not one or not other:
            continue
        if decision.verdict == "same":
            same.append((decision, sorted(one | other)))
        elif decision.verdict == "unsure":
            unsure.update((min(a, b), max(a, b)) for a in one for b in other if a != b)
        else:
            # A record that both keys lead to would be told apart from itself; it takes no side.
            for side, members in enumerate((one - other, other - one)):
                for member in members:
                    sides.setdefault(member, set()).add((number, side))
    return Standing(same, {at: frozenset(taken) for at, taken in sides.items()}, frozenset(unsure))


def latest_decisions(decisions: Iterable[Decision]) -> list[Decision]:
    """Of each two keys the decision that holds, in the order of the keys."""
    latest: dict[tuple[str, str], Decision] = {}
    for decision in sorted(decisions, key=lambda found: _order(found)):
        latest[min(decision.key_a, decision.key_b), max(decision.key_a, decision.key_b)] = decision
    return [latest[keys] for keys in sorted(latest)]


def _order(decision: Decision) -> tuple[object, ...]:
    caution = _CAUTION.index(decision.verdict)
    return (decision.at, caution, decision.by, decision.why, decision.key_a, decision.key_b)
