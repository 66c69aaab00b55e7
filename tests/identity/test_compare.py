"""Features lie between 0 and 1, are the same in both directions, and say what they are called."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harmonize.identity.block import Candidates, CommonKey, candidate_pairs
from harmonize.identity.compare import Comparison, distance_km
from harmonize.identity.decide import judge
from harmonize.identity.forms import read_address, read_name, write_address, write_name
from harmonize.identity.knowledge import Knowledge
from harmonize.identity.model import FEATURES, Blocking
from harmonize.identity.prepare import Profile, Statements, prepare

KNOWLEDGE = Knowledge.from_folder(Path(__file__).parents[2] / "schemas")


def _profile(name: str, address: str, country: str = "VN") -> Profile:
    row = {"mention_id": "m", "name": name, "address": address, "country": country}
    return prepare([row], [], Statements(KNOWLEDGE))[0].profile


def _named(one: Profile, other: Profile) -> dict[str, float]:
    pair = Comparison([one, other], KNOWLEDGE.model).features(np.array([0]), np.array([1]))
    return dict(zip(FEATURES, pair[0].tolist(), strict=True))


def _probability(one: Profile, other: Profile) -> float:
    return float(judge([one, other], np.array([0]), np.array([1]), KNOWLEDGE.model).probability[0])


def _candidates(profiles: list[Profile], limits: Blocking, at_once: int = 1_000_000) -> Candidates:
    countries = pa.array([profile.country for profile in profiles], pa.large_string())
    keys = pa.array([profile.lookup_keys for profile in profiles], pa.large_string())
    return candidate_pairs(countries, keys, limits, at_once)


def _pairs(found: Candidates) -> list[tuple[int, int]]:
    return list(zip(found.ones.tolist(), found.others.tolist(), strict=True))


TEXT = st.text(st.sampled_from("abcdeiv 0123#,-/.ăđạ"), max_size=30)


@given(TEXT, TEXT, TEXT, TEXT)
def test_features_are_symmetric_and_between_0_and_1(name_a: str, address_a: str, name_b: str, address_b: str) -> None:
    one, other = _profile(name_a, address_a), _profile(name_b, address_b)
    there, back = _named(one, other), _named(other, one)
    assert there == pytest.approx(back)
    assert all(-1e-9 <= value <= 1 + 1e-9 for value in there.values())


@pytest.mark.parametrize(
    ("feature", "one", "other"),
    [
        ("name_equal", ("Sao Mai Ltd", ""), ("SAO MAI LIMITED", "")),
        ("units_agree", ("Sao Mai Unit 2", ""), ("Sao Mai Factory II", "")),
        ("units_differ", ("Sao Mai Unit 2", ""), ("Sao Mai Unit 3", "")),
        ("unit_on_one_side", ("Sao Mai Unit 2", ""), ("Sao Mai", "")),
        ("trade_differs", ("Sao Mai Garments", ""), ("Sao Mai Apparels", "")),
        ("numbers_agree", ("", "12 Green Street"), ("", "No. 12, Green St")),
        ("numbers_differ", ("", "12 Green Street"), ("", "14 Green Street")),
        ("designators_differ", ("", "Plot 36, Sector 4, Manesar"), ("", "Plot 9, Sector 4, Manesar")),
        ("designators_differ", ("", "4 Park Road, Unit B"), ("", "4 Park Road, Unit C")),
        ("provinces_differ", ("", "Long Thanh, Dong Nai"), ("", "Ky Anh, Ha Tinh")),
        ("core_contained", ("Sao Mai", ""), ("Sao Mai Lotus", "")),
        ("place_in_one_name", ("Sao Mai Long An", ""), ("Sao Mai", "")),
        ("numbers_on_one_side", ("", "48 Green Street"), ("", "Green Street")),
        ("house_agrees", ("", "48, Phu Dong Thien Vuong"), ("", "No. 48 Phu Dong Thienvuong")),
        ("designators_apart", ("", "Lot 3, Road 6, Bien Hoa"), ("", "Lot 9, Plot 3, Road 7, Bien Hoa")),
    ],
)
def test_a_feature_is_seen(feature: str, one: tuple[str, str], other: tuple[str, str]) -> None:
    assert _named(_profile(*one), _profile(*other))[feature] == 1
    assert _named(_profile(*one), _profile(*one))[feature] == (1 if "agree" in feature or "equal" in feature else 0)


def test_a_may_garment_and_a_garment_are_the_same_trade() -> None:
    assert _named(_profile("Công ty May Sao Mai", ""), _profile("Sao Mai Apparel Co", ""))["trade_differs"] == 0


def test_words_joined_or_misspelt_still_overlap() -> None:
    found = _named(_profile("Sao Mai Embroideries", ""), _profile("SAOMAI EMBORIDERIES", ""))
    assert found["name_containment"] == pytest.approx(1)


def test_a_company_identifier_counts_only_where_name_and_address_agree() -> None:
    def stated(mention_id: str, address: str) -> Profile:
        row = {"mention_id": mention_id, "name": "Sao Mai Garment", "address": address, "country": "VN"}
        identifier: dict[str, str | float | int | None] = {
            "mention_id": mention_id,
            "scheme": "tax_code",
            "value": "0399999879",
            "valid": True,
        }
        return prepare([row], [identifier], Statements(KNOWLEDGE))[0].profile

    here, near, far = (
        "Lot A2, Hoa Sen Park, Dong Nai",
        "A2 Hoa Sen IP, Long Thanh",
        "Harbour Road, Ky Anh, Ha Tinh",
    )
    without = _probability(_profile("Sao Mai Garment", here), _profile("Sao Mai Garment", near))
    assert _probability(stated("a", here), stated("b", near)) > without
    away = _probability(_profile("Sao Mai Garment", here), _profile("Sao Mai Garment", far))
    assert _probability(stated("a", here), stated("b", far)) == away


def test_pairs_meet_inside_one_country_only() -> None:
    profiles = [_profile("Sao Mai", "12 Green Street", country) for country in ("VN", "VN", "KH", "")]
    assert _pairs(_candidates(profiles, KNOWLEDGE.model.blocking)) == [(0, 1)]
    assert _pairs(_candidates([], KNOWLEDGE.model.blocking)) == []


def test_a_word_that_everybody_has_brings_nobody_together() -> None:
    limits = KNOWLEDGE.model.blocking.model_copy(update={"largest_block": 3})
    profiles = [_profile(f"Lotus {name}", "") for name in ("Alpha", "Bravo", "Carlo", "Delta")]
    found = _candidates(profiles, limits)
    assert _pairs(found) == []
    assert CommonKey("VN", "word lotus", 4) in found.passed_over
    assert found.alone == [], "each has a key of its own, which nobody shares"


def test_who_has_only_words_that_everybody_has_is_told() -> None:
    limits = KNOWLEDGE.model.blocking.model_copy(update={"largest_block": 2})
    profiles = [_profile("Lotus", f"{street} Street") for street in ("Red", "Green", "Blue")]
    found = _candidates(profiles, limits)
    assert _pairs(found) == []
    assert found.alone == [0, 1, 2]


def test_a_pair_that_shares_rarer_keys_is_the_first_candidate() -> None:
    limits = KNOWLEDGE.model.blocking.model_copy(update={"candidates": 1})
    profiles = [
        _profile(name, address)
        for name, address in (("Lotus Oak", "9 Harbour"), ("Lotus Pine", "7 Canal"), ("Lotus Pine", "7 Canal Road"))
    ]
    assert _pairs(_candidates(profiles, limits)) == [(0, 1), (1, 2)]


WORDS = st.sampled_from(
    ["lotus", "pine", "oak", "garment", "dong", "guan", "dongguan", "dongguang", "ha noi", "2", "plot 7"]
)
PROFILES = st.lists(
    st.tuples(st.lists(WORDS, max_size=4).map(" ".join), st.lists(WORDS, max_size=5).map(" ".join)),
    min_size=2,
    max_size=9,
).map(lambda texts: [_profile(name, address) for name, address in texts])


@settings(deadline=None)
@given(PROFILES, st.integers(2, 4), st.integers(1, 3), st.integers(1, 5))
def test_stretches_find_what_all_at_once_finds(profiles: list[Profile], largest: int, most: int, at_once: int) -> None:
    limits = KNOWLEDGE.model.blocking.model_copy(update={"largest_block": largest, "candidates": most})
    assert _pairs(_candidates(profiles, limits, at_once)) == _pairs(_candidates(profiles, limits))


@settings(deadline=None)
@given(PROFILES)
@pytest.mark.slow
def test_what_a_pair_gives_does_not_depend_on_the_pairs_beside_it(profiles: list[Profile]) -> None:
    ones, others = np.triu_indices(len(profiles), 1)
    together = judge(profiles, ones, others, KNOWLEDGE.model)
    for at, (one, other) in enumerate(zip(ones.tolist(), others.tolist(), strict=True)):
        alone = judge([profiles[one], profiles[other]], np.array([0]), np.array([1]), KNOWLEDGE.model)
        assert alone.probability[0] == together.probability[at]
        assert (alone.verdict[0], alone.apart[0]) == (together.verdict[at], together.apart[at])
        assert alone.reasons[0] == together.reasons[at]


def test_of_several_names_the_two_that_agree_best_are_compared() -> None:
    row = {"mention_id": "m", "name": "Sao Mai", "name_local": "Pine Lotus", "address": "", "country": "VN"}
    two = prepare([row], [], Statements(KNOWLEDGE))[0].profile
    assert _named(two, _profile("Lotus Pine", "")) == _named(_profile("Pine Lotus", ""), _profile("Lotus Pine", ""))
    assert _named(two, _profile("Sao Mai", ""))["name_equal"] == 1


def test_a_word_with_two_meanings_counts_at_each_of_its_places() -> None:
    """`tam` stands once for itself and once in `tam ky`, a place that the other side writes in one word."""
    one = _profile("Lotus", "Tam Thang, Tamky, Qung Nam")
    other = _profile("Pine", "Tam Thang, Tam Thang, Tam Ky, Quang Nam")
    assert _named(one, other)["address_overlap"] == pytest.approx(0.5975744211686879)


@given(st.text(max_size=40))
def test_forms_are_read_as_they_were_written(text: str) -> None:
    name, address = KNOWLEDGE.words.name(text), KNOWLEDGE.words.address(text)
    assert read_name(write_name(name)) == name
    assert read_address(write_address(address)) == address


def test_distance_of_a_degree_of_latitude() -> None:
    (distance,) = distance_km(np.array([[10.0, 106.0]]), np.array([[11.0, 106.0]]))
    assert distance == pytest.approx(111.2, abs=0.1)
