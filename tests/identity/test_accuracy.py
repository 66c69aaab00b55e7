"""What decided pairs say of the machine: exact where all are decided, honest where few are."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harmonize.identity.accuracy import Estimate, Stratum, estimated, wilson
from harmonize.identity.decide import VERDICTS, Verdict
from harmonize.identity.sampling_rules import SamplingRules

RULES = SamplingRules(bands=(0.5,), least_decided=30, confidence=0.95)
Population = dict[tuple[Verdict, float], tuple[int, int]]
"""By verdict and lower edge: pairs of one factory, and of two."""
POPULATIONS: st.SearchStrategy[Population] = st.dictionaries(
    st.tuples(st.sampled_from(VERDICTS), st.sampled_from([0.0, 0.5])),
    st.tuples(st.integers(0, 60), st.integers(0, 60)),
    min_size=1,
)


def _all_decided(population: Population) -> list[Stratum]:
    return [
        Stratum(verdict, low, low + 0.5, same + different, same, different, 0)
        for (verdict, low), (same, different) in sorted(population.items())
    ]


def _is_known(estimate: Estimate, truth: float) -> None:
    assert [estimate.value, estimate.low, estimate.high] == pytest.approx([truth] * 3)


@given(POPULATIONS)
def test_with_all_pairs_decided_the_estimates_are_the_truth(population: Population) -> None:
    found = estimated(_all_decided(population), RULES)
    same = {v: sum(one for (verdict, _), (one, _) in population.items() if verdict == v) for v in VERDICTS}
    pairs = {v: sum(sum(counts) for (verdict, _), counts in population.items() if verdict == v) for v in VERDICTS}
    shares: dict[Verdict, Estimate] = {
        "match": found.precision,
        "review": found.same_in_review,
        "distinct": found.same_in_distinct,
    }
    for verdict, estimate in shares.items():
        if pairs[verdict]:
            _is_known(estimate, same[verdict] / pairs[verdict])
        else:
            assert estimate.value is None
    if sum(same.values()):
        _is_known(found.recall, same["match"] / sum(same.values()))
    else:
        assert found.recall.value is None


@given(POPULATIONS, st.randoms(use_true_random=False), st.integers(0, 60))
def test_an_interval_holds_its_estimate_and_never_leaves_0_to_1(
    population: Population, chance: random.Random, count: int
) -> None:
    strata = [_drawn(one, count, chance) for one in _all_decided(population)]
    found = estimated(strata, RULES)
    for estimate in (found.precision, found.recall, found.same_in_review, found.same_in_distinct):
        if estimate.value is None or estimate.low is None or estimate.high is None:
            assert estimate.note.startswith("no estimate: ")
        else:
            assert 0 <= estimate.low <= estimate.value + 1e-12
            assert estimate.value - 1e-12 <= estimate.high <= 1 + 1e-12


def _drawn(stratum: Stratum, count: int, chance: random.Random) -> Stratum:
    """The stratum with `count` of its pairs decided."""
    pairs = [True] * stratum.same + [False] * stratum.different
    drawn = chance.sample(pairs, min(count, len(pairs)))
    return Stratum(stratum.verdict, stratum.low, stratum.high, stratum.pairs, sum(drawn), len(drawn) - sum(drawn), 0)


def test_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    """Of 400 drawings; the recall's is on the safe side."""
    population: Population = {
        ("match", 0.5): (900, 60),
        ("match", 0.0): (300, 40),
        ("review", 0.5): (80, 120),
        ("review", 0.0): (40, 260),
        ("distinct", 0.0): (30, 1500),
    }
    chance, hits = random.Random(7), {"precision": 0, "recall": 0}
    truth = {"precision": 1200 / 1300, "recall": 1200 / 1350}
    for _ in range(400):
        found = estimated([_drawn(one, 40, chance) for one in _all_decided(population)], RULES)
        for name in hits:
            estimate = getattr(found, name)
            hits[name] += estimate.low <= truth[name] <= estimate.high
    assert hits["precision"] >= 0.92 * 400
    assert hits["recall"] >= 0.94 * 400


def test_bands_are_weighed_by_their_pairs() -> None:
    """Nine in ten of the many are right and one in ten of the few: a plain mean of the decided would say one half."""
    strata = [Stratum("match", 0.5, 1.0, 9000, 36, 4, 0), Stratum("match", 0.0, 0.5, 1000, 4, 36, 0)]
    assert estimated(strata, RULES).precision.value == pytest.approx(0.9 * 0.9 + 0.1 * 0.1)


def test_too_few_decided_pairs_are_said_plainly() -> None:
    found = estimated([Stratum("match", 0.5, 1.0, 500, 2, 1, 40), Stratum("review", 0.5, 1.0, 9, 1, 0, 0)], RULES)
    assert found.precision.note == "no estimate: 3 decided pairs, 30 needed"
    assert found.same_in_review.note == "no estimate: 1 decided pair, 9 needed"
    assert found.same_in_distinct.note == "no estimate: there is no such pair"
    assert found.recall.note == (
        "no estimate: 3 decided pairs, 30 needed among matches; 1 decided pair, 9 needed among pairs for review"
    )


def test_a_band_without_decisions_counts_as_the_others_with_all_doubt() -> None:
    known = Stratum("match", 0.5, 1.0, 500, 40, 0, 0)
    alone = estimated([known], RULES).precision
    beside = estimated([known, Stratum("match", 0.0, 0.5, 500, 0, 0, 0)], RULES).precision
    assert (alone.value, beside.value) == (1.0, 1.0)
    assert alone.low is not None
    assert beside.low is not None
    assert alone.low > 0.9
    assert beside.low < 0.51


@pytest.mark.parametrize(
    ("same", "decided", "low", "high"),
    [(10, 10, 0.7225, 1.0), (0, 10, 0.0, 0.2775), (81, 263, 0.2553, 0.3662), (0, 0, 0.0, 1.0)],
)
def test_wilson(same: int, decided: int, low: float, high: float) -> None:
    """Newcombe (1998), table I: 81 of 263 gives 0.2553 to 0.3662."""
    assert wilson(same, decided, 0.95) == pytest.approx((low, high), abs=5e-5)
