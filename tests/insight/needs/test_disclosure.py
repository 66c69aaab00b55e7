"""What may be told of others: never of fewer owner groups than the rules say, never of one that dominates."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harmonize.insight.needs.disclosure import may_be_told, quantiles_told, rounded, share_told
from harmonize.insight.needs.rules import BenchmarkRules, load_benchmark_rules
from tests.pipeline.worlds import alone

RULES = load_benchmark_rules(alone().find("schemas/benchmarks.yml"))
FACILITIES = st.dictionaries(st.text("abcdef", min_size=1, max_size=3), st.integers(0, 8).map(str), max_size=40)


def _oracle(groups: list[str], rules: BenchmarkRules) -> bool:
    """By brute force: every group named and counted."""
    named = set(groups)
    if len(named) < rules.least_groups:
        return False
    return all(groups.count(one) / len(groups) <= rules.most_of_one_group + 1e-12 for one in named)


@given(FACILITIES)
def test_nothing_is_told_of_few_or_of_one_that_dominates(group_of: Mapping[str, str]) -> None:
    groups = list(group_of.values())
    assert may_be_told(groups, RULES) == _oracle(groups, RULES)


@given(FACILITIES, st.data())
def test_no_figure_passes_the_rules(group_of: Mapping[str, str], data: st.DataObject) -> None:
    holds = {name: data.draw(st.booleans()) for name in group_of}
    values = {name: data.draw(st.floats(0.001, 1e6)) for name in group_of}
    share, quantiles = share_told(holds, group_of, RULES), quantiles_told(values, group_of, RULES)
    allowed = _oracle(list(group_of.values()), RULES)
    assert (share is not None) == (quantiles is not None) == allowed
    if share is None or quantiles is None:
        return
    assert share.groups == quantiles.groups == len(set(group_of.values())) >= 5
    assert share.share == pytest.approx(sum(holds.values()) / len(holds), rel=0.06)
    assert list(quantiles.values) == sorted(quantiles.values)
    low, high = min(values.values()), max(values.values())
    assert all(low * 0.94 <= value <= high * 1.06 for value in quantiles.values)


def test_five_groups_are_enough_and_four_are_not() -> None:
    assert may_be_told("abcde", RULES)
    assert not may_be_told("abcdabcd", RULES)
    assert not may_be_told("aaaabcde", RULES), "one of them holds half"
    assert not may_be_told("", RULES)


@given(st.floats(1e-9, 1e12), st.integers(1, 6))
def test_a_rounded_figure_is_near_and_short(value: float, digits: int) -> None:
    told = rounded(value, digits)
    assert math.isclose(told, value, rel_tol=0.6 * 10 ** (1 - digits))
    assert len(Counter(f"{told:e}".split("e")[0].replace(".", "").rstrip("0"))) <= digits


def test_zero_is_zero() -> None:
    assert rounded(0, 2) == 0
