"""What others did before a matter turned: in the months before, by enough owners, of the closest circle."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harmonize.insight.needs.before import Course, before_falls, before_turns, falls_of
from harmonize.insight.needs.benchmark import Metric, compare_intensities
from harmonize.insight.needs.disclosure import Quantiles
from harmonize.insight.needs.peers import Peers
from harmonize.insight.needs.rules import load_benchmark_rules
from tests.pipeline.worlds import alone

RULES = load_benchmark_rules(alone().find("schemas/benchmarks.yml"))
MATTER = "labour.osh.welfare_facilities.toilets"
PRACTICE = "environment.energy.level2.targets_set"
TURNED = date(2026, 1, 15)
INTENSITY = "environment.energy.metrics.energy_intensity_final_assembly"


def _peers(groups: Mapping[str, str]) -> Peers:
    return Peers([("country VN", frozenset(groups))], {**groups, "own": "own"})


def _course(**parts: object) -> Course:
    given_parts = {"turns": {}, "practices": {}, "actions": {}, "stayed": {}, **parts}
    return Course(**given_parts)  # type: ignore[arg-type]  # parts by name


SIX = {name: name for name in "abcdef"}


def test_what_enough_owners_did_is_told_with_what_the_others_did() -> None:
    course = _course(
        turns={MATTER: dict.fromkeys("abcdef", TURNED)},
        practices={name: [(PRACTICE, date(2025, 3, 1))] for name in "abcde"},
        stayed={MATTER: dict.fromkeys("uvwxyz", TURNED)},
        actions={MATTER: {name: [("Clean twice a day", date(2025, 2, 1))] for name in "ab"}},
    )
    told = before_turns(MATTER, course, _peers({**SIX, **{name: name for name in "uvwxyz"}}), RULES)
    assert (told.circle, told.turned, told.groups) == ("country VN", 6, 6)
    assert [(one.what, one.factories, one.groups, one.otherwise) for one in told.adopted] == [(PRACTICE, 5, 5, 0.0)]


def test_texts_that_many_print_alike_are_told_once() -> None:
    said = ["Clean twice a day", "clean twice a day", "CLEAN twice a day", "Clean twice a day", "Clean twice a day"]
    course = _course(
        turns={MATTER: dict.fromkeys("abcde", TURNED)},
        actions={MATTER: {name: [(text, date(2025, 2, 1))] for name, text in zip("abcde", said, strict=True)}},
    )
    (done,) = before_turns(MATTER, course, _peers(dict(zip("abcde", "abcde", strict=True))), RULES).adopted
    assert (done.what, done.is_action, done.groups) == ("Clean twice a day", True, 5)


@pytest.mark.parametrize("day", [date(2023, 12, 31), date(2026, 2, 1)])
def test_what_was_done_long_before_or_after_is_not_told(day: date) -> None:
    course = _course(
        turns={MATTER: dict.fromkeys("abcde", TURNED)}, practices={name: [(PRACTICE, day)] for name in "abcde"}
    )
    assert before_turns(MATTER, course, _peers(SIX), RULES).adopted == []


@given(
    st.dictionaries(st.sampled_from("abcdefghijkl"), st.sampled_from("1234567"), max_size=12),
    st.sets(st.sampled_from("abcdefghijkl")),
)
def test_fewer_than_five_owners_are_never_told(groups: dict[str, str], adopters: set[str]) -> None:
    course = _course(
        turns={MATTER: dict.fromkeys(groups, TURNED)},
        practices={name: [(PRACTICE, date(2025, 3, 1))] for name in adopters},
    )
    told = before_turns(MATTER, course, _peers(groups), RULES)
    owners = set(groups.values())
    if told.circle is not None:
        assert told.groups == len(owners) >= 5
    for done in told.adopted:
        assert done.groups == len({groups[name] for name in adopters if name in groups}) >= 5


def _metric(facility: str, year: int, value: float, edition: str = "fem2023") -> Metric:
    return Metric(facility, INTENSITY, year, value, (edition, "MJ/item"), date(year, 12, 31))


def test_an_intensity_falls_only_within_one_series() -> None:
    metrics = [
        *(_metric("fell", year, value) for year, value in ((2023, 10.0), (2024, 9.0))),
        *(_metric("held", year, value) for year, value in ((2023, 10.0), (2024, 9.9))),
        _metric("broke", 2022, 10.0, "fem2022"),
        _metric("broke", 2023, 5.0),
        *(_metric("gap", year, value) for year, value in ((2022, 10.0), (2024, 5.0))),
    ]
    fell, stayed = falls_of(metrics, RULES, "energy")
    assert fell == {"fell": date(2024, 12, 31)}
    assert stayed == {"held": date(2024, 12, 31)}
    assert falls_of(metrics, RULES, "water") == ({}, {})


def test_before_an_intensity_fell_practices_of_its_section_are_told() -> None:
    metrics = [_metric(name, year, 20.0 - year + 2020) for name in "abcde" for year in (2023, 2024)]
    other = "environment.water.level2.targets_set"
    course = _course(practices={name: [(PRACTICE, date(2024, 1, 1)), (other, date(2024, 1, 1))] for name in "abcde"})
    told = before_falls("energy", metrics, course, _peers(SIX), RULES)
    assert [one.what for one in told.adopted] == [PRACTICE]


def test_intensities_are_compared_in_one_edition_only() -> None:
    own = _metric("own", 2024, 7.0)
    old = [_metric(name, 2024, 5.0, "fem2022") for name in "abcdef"]
    same = [_metric(name, 2024, float(at)) for at, name in enumerate("abcdef", start=1)]
    day = date(2026, 6, 30)
    (compared,) = compare_intensities([own, *old], "own", day, _peers(SIX), RULES)
    assert (compared.own, compared.peers) == (7.0, None)
    (compared,) = compare_intensities([own, *old, *same], "own", day, _peers(SIX), RULES)
    assert isinstance(compared.peers, Quantiles)
    assert compared.peers.values == (2.2, 3.5, 4.8)
    assert compare_intensities([own, *same], "own", date(2029, 1, 1), _peers(SIX), RULES) == []
