"""Identifiers are valid by pattern and check, and say whether they name a site or a company."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harmonize.values.identifiers import (
    CROCKFORD,
    IdentifierRules,
    clean_identifier,
    is_valid,
    os_id_check_character,
)

SCHEMAS = Path(__file__).parents[2] / "schemas"
RULES = IdentifierRules.from_folder(SCHEMAS)


@pytest.mark.parametrize(
    "os_id", ["GB20191431WPT6G", "GE2019098NA09EZ", "HN202002966253V", "TR2020029DMMXKT", "VN20190980KMAQ9"]
)
def test_os_ids_of_the_register_pass_their_check_character(os_id: str) -> None:
    assert os_id_check_character(os_id[:14]) == os_id[14]
    assert is_valid("os_id", os_id)


@given(
    date=st.integers(0, 9_999_999),
    tail=st.text(CROCKFORD, min_size=5, max_size=5),
    at=st.integers(2, 13),
    by=st.data(),
)
def test_one_wrong_character_in_an_os_id_is_noticed(date: int, tail: str, at: int, by: st.DataObject) -> None:
    first14 = f"VN{date:07d}{tail}"
    os_id = first14 + os_id_check_character(first14)
    other = by.draw(st.sampled_from(CROCKFORD.replace(os_id[at], "")))
    assert RULES.is_valid("os_id", os_id)
    assert not RULES.is_valid("os_id", os_id[:at] + other + os_id[at + 1 :])


@pytest.mark.parametrize(
    ("scheme", "value", "country", "valid"),
    [
        ("os_id", "vn-2019-098-0KMAQ9", "VN", True),
        ("os_id", "VN20190980KMAQ8", "VN", False),
        ("os_id", "VN2019098", "VN", False),
        ("tax_code", "0399999879", "VN", True),
        ("tax_code", "0399999879-001", "VN", True),
        ("tax_code", "0399999870", "VN", False),
        ("tax_code", "03999998", "VN", False),
        ("tax_code", "K001-90", "KH", False),
        ("tax_code", "L001901234567", "KH", True),
        ("amfori_site", "156-035945-002", None, True),
        ("amfori_site", "156035945002", None, False),
        ("sedex_site", "ZS1000123", None, True),
        ("higg_id", "138382.0", None, True),
        ("gap_facility", "N/A", None, False),
        ("gap_facility", "0000", None, False),
        ("acme_factory", "F-17", None, True),
        ("assessment:gap", "V-2025-7", None, True),
    ],
)
def test_validity(scheme: str, value: str, country: str | None, valid: bool) -> None:
    assert RULES.is_valid(scheme, value, country) is valid


@pytest.mark.parametrize(
    ("scheme", "value", "country", "level"),
    [
        ("os_id", "VN20190980KMAQ9", "VN", "site"),
        ("tax_code", "0399999879", "VN", "company"),
        ("tax_code", "0399999879-001", "VN", "site"),
        ("tax_code", "0105536000315", "TH", "company"),
        ("higg_account", "5f1b2c3d4e5f6a7b8c9d0e1f", None, "company"),
        ("kh_registration", "00012345", "KH", "company"),
        ("acme_factory", "F-17", None, "site"),
        ("vendor_number", "F-17", None, "company"),
        ("assessment:nike", "A1", None, "assessment"),
    ],
)
def test_level(scheme: str, value: str, country: str | None, level: str) -> None:
    assert RULES.level(scheme, value, country) == level


@given(
    st.sampled_from(["os_id", "tax_code", "higg_account", "gap_facility", "assessment:gap", "anything"]),
    st.text("09aZ -./:_ĐＡ４\u00a0\t"),
)
def test_cleaning_twice_is_cleaning_once(scheme: str, value: str) -> None:
    once = clean_identifier(scheme, value)
    assert clean_identifier(scheme, once) == once


@pytest.mark.parametrize(
    ("value", "country", "expected"),
    [
        ("100109106", "VN", "0100109106"),
        ("100109107", "VN", "100109107"),
        ("0100109106", "VN", "0100109106"),
        ("0100109106-001", "VN", "0100109106001"),
        ("100109106", "KH", "100109106"),
        ("100109106", None, "100109106"),
        ("109106", "VN", "109106"),
    ],
)
def test_a_spreadsheet_s_lost_zero_is_given_back_where_the_check_proves_it(
    value: str, country: str | None, expected: str
) -> None:
    assert RULES.restored("tax_code", value, country) == expected


@given(value=st.text(st.sampled_from("0123456789"), min_size=1, max_size=14))
def test_what_is_valid_as_printed_is_not_restored(value: str) -> None:
    restored = RULES.restored("tax_code", value, "VN")
    assert restored == value or (not is_valid("tax_code", value, "VN") and is_valid("tax_code", restored, "VN"))
