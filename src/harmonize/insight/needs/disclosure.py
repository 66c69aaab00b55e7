"""What may be told of others: pure functions, every figure passes through here.

A figure is told of at least as many owner groups as the rules say, none of which holds too large a part of it.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from harmonize.insight.needs.rules import BenchmarkRules
from harmonize.values.disclosure import groups_may_be_told

__all__ = ["Quantiles", "Share", "may_be_told", "quantiles_told", "rounded", "share_told"]


@dataclass(frozen=True, slots=True)
class Share:
    """A share of factories, and of how many it is told."""

    share: float
    factories: int
    groups: int


@dataclass(frozen=True, slots=True)
class Quantiles:
    """Quantiles in the order of the rules, and of how many they are told."""

    values: tuple[float, ...]
    factories: int
    groups: int


def may_be_told(groups: Iterable[Hashable], rules: BenchmarkRules) -> bool:
    """Whether anything may be told of factories of these owner groups (one entry per factory)."""
    return groups_may_be_told(groups, rules.least_groups, rules.most_of_one_group)


def share_told(holds: Mapping[str, bool], group_of: Mapping[str, str], rules: BenchmarkRules) -> Share | None:
    """The share of factories of which something holds; None where that may not be told.

    Args:
        holds: by factory.
    """
    groups = [group_of[facility] for facility in holds]
    if not may_be_told(groups, rules):
        return None
    return Share(rounded(sum(holds.values()) / len(holds), rules.digits), len(holds), len(set(groups)))


def quantiles_told(values: Mapping[str, float], group_of: Mapping[str, str], rules: BenchmarkRules) -> Quantiles | None:
    """The quantiles of values by factory; None where they may not be told."""
    groups = [group_of[facility] for facility in values]
    if not may_be_told(groups, rules):
        return None
    ordered = sorted(values.values())
    told = tuple(rounded(_quantile(ordered, share), rules.digits) for share in rules.quantiles)
    return Quantiles(told, len(values), len(set(groups)))


def _quantile(ordered: Sequence[float], share: float) -> float:
    """Between the two values beside it, in proportion."""
    place = share * (len(ordered) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def rounded(value: float, digits: int) -> float:
    """A figure with so many significant digits."""
    return 0.0 if value == 0 else round(value, digits - 1 - math.floor(math.log10(abs(value))))
