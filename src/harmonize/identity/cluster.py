"""Join mentions into factories, and refuse what must not be joined.

Three refusals, the strongest first: a person said that two are different (nothing overrides it, not even by way of a
third record); both sides carry identifiers of one site scheme and none in common; two records name different units or
lie far apart. The result does not depend on the order of the rows: callers join in a fixed order of strength.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

__all__ = ["Clusters", "Refusal"]

Refusal = Literal["decided different", "contradicting identifiers", "distinct records"]


@dataclass(slots=True)
class _Component:
    members: set[int]
    site_ids: dict[str, set[str]]
    sides: set[tuple[int, int]]
    apart_from: set[int]


class Clusters:
    """Union-find over positions 0..n-1 whose components know what they refuse.

    Args:
        site_ids: per position, scheme -> values that name a site.
        sides: per position, (decision, 0 or 1) for every decision `different` in which it takes part.
    """

    def __init__(
        self,
        site_ids: Iterable[Mapping[str, frozenset[str]]],
        sides: Mapping[int, frozenset[tuple[int, int]]],
    ) -> None:
        self._components = [
            _Component(
                {at},
                {scheme: set(values) for scheme, values in stated.items()},
                set(sides.get(at, ())),
                set(),
            )
            for at, stated in enumerate(site_ids)
        ]
        self._parent = list(range(len(self._components)))

    def root(self, at: int) -> int:
        """The position that stands for the component of `at`: its smallest member."""
        while self._parent[at] != at:
            self._parent[at] = self._parent[self._parent[at]]
            at = self._parent[at]
        return at

    def hold_apart(self, one: int, other: int) -> None:
        """Note that the model holds two roots for two factories; joins with `by_model` respect it."""
        self._components[one].apart_from.add(other)
        self._components[other].apart_from.add(one)

    def refusal(self, one: int, other: int, *, by_model: bool = False, by_person: bool = False) -> Refusal | None:
        """Why the components of two positions must not become one, or None."""
        a, b = self.root(one), self.root(other)
        if a == b:
            return None
        ours, theirs = self._components[a], self._components[b]
        if ours.sides and theirs.sides and any((decision, 1 - side) in theirs.sides for decision, side in ours.sides):
            return "decided different"
        if by_person:
            return None
        if ours.site_ids and _contradict(ours.site_ids, theirs.site_ids):
            return "contradicting identifiers"
        if by_model and not (ours.apart_from.isdisjoint(theirs.members) and theirs.apart_from.isdisjoint(ours.members)):
            return "distinct records"
        return None

    def join(self, one: int, other: int, *, by_model: bool = False, by_person: bool = False) -> Refusal | None:
        """Make the components of two positions one, or say why not."""
        refused = self.refusal(one, other, by_model=by_model, by_person=by_person)
        a, b = sorted((self.root(one), self.root(other)))
        if refused is not None or a == b:
            return refused
        kept, gone = self._components[a], self._components[b]
        self._parent[b] = a
        kept.members |= gone.members
        kept.sides |= gone.sides
        kept.apart_from |= gone.apart_from
        for scheme, values in gone.site_ids.items():
            kept.site_ids.setdefault(scheme, set()).update(values)
        return None

    def members(self) -> list[list[int]]:
        """All components, each in order, ordered by their smallest member."""
        return [sorted(self._components[at].members) for at in range(len(self._parent)) if self.root(at) == at]


def _contradict(ours: Mapping[str, set[str]], theirs: Mapping[str, set[str]]) -> bool:
    return any(values.isdisjoint(theirs[scheme]) for scheme, values in ours.items() if scheme in theirs)
