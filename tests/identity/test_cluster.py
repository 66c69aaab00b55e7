"""Clusters are connected components, minus what must not be joined."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harmonize.identity.cluster import Clusters

EDGES = st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=20)


def _plain(count: int) -> Clusters:
    return Clusters([{} for _ in range(count)], {})


@given(EDGES)
def test_without_refusals_clusters_are_connected_components(edges: list[tuple[int, int]]) -> None:
    clusters = _plain(12)
    for one, other in edges:
        assert clusters.join(one, other) is None
    expected = {at: {at} for at in range(12)}
    for one, other in edges:
        merged = expected[one] | expected[other]
        for at in merged:
            expected[at] = merged
    assert clusters.members() == [sorted(group) for at, group in expected.items() if min(group) == at]


@pytest.mark.parametrize("order", list(permutations([(0, 1), (1, 2), (2, 3)])))
def test_a_decision_holds_across_any_chain(order: tuple[tuple[int, int], ...]) -> None:
    clusters = Clusters([{} for _ in range(4)], {0: frozenset({(0, 0)}), 3: frozenset({(0, 1)})})
    refused = [clusters.join(one, other, by_person=True) for one, other in order]
    assert clusters.root(0) != clusters.root(3)
    assert [found for found in refused if found] == ["decided different"]


def test_contradicting_site_identifiers_refuse_all_but_a_person() -> None:
    stated = [{"os_id": frozenset({"A"})}, {}, {"os_id": frozenset({"B"})}]
    clusters = Clusters(stated, {})
    assert clusters.join(0, 1) is None
    assert clusters.join(1, 2) == "contradicting identifiers"
    assert clusters.join(1, 2, by_person=True) is None
    assert clusters.members() == [[0, 1, 2]]


def test_records_held_apart_are_not_chained_by_the_model() -> None:
    clusters = _plain(3)
    clusters.hold_apart(0, 2)
    assert clusters.join(0, 1, by_model=True) is None
    assert clusters.join(1, 2, by_model=True) == "distinct records"
    assert clusters.join(1, 2) is None
