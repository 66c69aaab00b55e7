"""Features lie between 0 and 1, are the same in both directions, and say what they are called."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harmonize.identity.block import candidate_pairs
from harmonize.identity.compare import distance_km, features
from harmonize.identity.decide import judge
from harmonize.identity.knowledge import Knowledge
from harmonize.identity.model import FEATURES
from harmonize.identity.prepare import Profile, prepare

KNOWLEDGE = Knowledge.from_folder(Path(__file__).parents[2] / "schemas")


def _profile(name: str, address: str, country: str = "VN") -> Profile:
    row = {"mention_id": "m", "name": name, "address": address, "country": country}
    return prepare([row], [], KNOWLEDGE)[0].profile


def _named(one: Profile, other: Profile) -> dict[str, float]:
    return dict(zip(FEATURES, features(one, other, KNOWLEDGE.model.word_weights), strict=True))


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
        return prepare([row], [identifier], KNOWLEDGE)[0].profile

    here, near, far = (
        "Lot A2, Hoa Sen Park, Dong Nai",
        "A2 Hoa Sen IP, Long Thanh",
        "Harbour Road, Ky Anh, Ha Tinh",
    )
    with_id = judge(stated("a", here), stated("b", near), KNOWLEDGE.model).probability
    without = judge(_profile("Sao Mai Garment", here), _profile("Sao Mai Garment", near), KNOWLEDGE.model).probability
    assert with_id > without
    away_with = judge(stated("a", here), stated("b", far), KNOWLEDGE.model).probability
    away = judge(_profile("Sao Mai Garment", here), _profile("Sao Mai Garment", far), KNOWLEDGE.model).probability
    assert away_with == away


def test_pairs_meet_inside_one_country_only() -> None:
    profiles = [_profile("Sao Mai", "12 Green Street", country) for country in ("VN", "VN", "KH", "")]
    assert candidate_pairs(profiles, KNOWLEDGE.model.blocking) == [(0, 1)]
    assert candidate_pairs([], KNOWLEDGE.model.blocking) == []


def test_a_word_that_everybody_has_brings_nobody_together() -> None:
    limits = KNOWLEDGE.model.blocking.model_copy(update={"largest_block": 3})
    profiles = [_profile(f"Lotus {name}", "") for name in ("Alpha", "Bravo", "Carlo", "Delta")]
    assert candidate_pairs(profiles, limits) == []


def test_distance_of_a_degree_of_latitude() -> None:
    assert distance_km((10.0, 106.0), (11.0, 106.0)) == pytest.approx(111.2, abs=0.1)
