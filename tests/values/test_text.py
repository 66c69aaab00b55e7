"""Text comes out in one form, and a second cleaning changes nothing."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harmonize.values.text import answer_word, clean, code_key, label_key, term_key, western_digits, word_key

INVISIBLE = {"\u200b", "\u2060", "\ufeff"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  Sao  Mai\tGarment ", "Sao Mai Garment"),
        ("Label\r\n *", "Label *"),
        ("Công ty", "Công ty"),
        (unicodedata.normalize("NFD", "Công ty Dệt may Nghĩa Hưng"), "Công ty Dệt may Nghĩa Hưng"),
        ("\u00a0Sao\u3000Mai\u2009", "Sao Mai"),
        ("=SUM(A1)", "=SUM(A1)"),
        ("../../etc", "../../etc"),
        ("\u200b Sao Mai \ufeff", "Sao Mai"),
        ("\u200b", None),
        ("", None),
        (" \t\r\n\u00a0", None),
    ],
)
def test_clean_gives_one_form(text: str, expected: str | None) -> None:
    assert clean(text) == expected


@given(st.text())
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    once = clean(text)
    assert once is None or clean(once) == once


@given(st.text())
def test_clean_text_is_composed_and_has_no_blank_at_its_ends(text: str) -> None:
    once = clean(text)
    if once is None:
        assert not text.strip("".join({sign for sign in text if sign.isspace()} | INVISIBLE))
    else:
        assert once == once.strip()
        assert unicodedata.is_normalized("NFC", once)
        assert "  " not in once


@given(st.text())
def test_clean_drops_nothing_but_white_space(text: str) -> None:
    kept = "".join(unicodedata.normalize("NFC", text).split())
    assert "".join((clean(text) or "").split()).strip("".join(INVISIBLE)) == kept.strip("".join(INVISIBLE))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Partial Yes", " partial  YES "),
        ("Tên doanh nghiệp", unicodedata.normalize("NFD", "TÊN DOANH NGHIỆP")),
        ("Creation  Data", "creation data"),
    ],
)
def test_word_key_ignores_case_and_blanks(one: str, other: str) -> None:
    assert word_key(one) == word_key(other)


def test_word_key_keeps_accents_apart() -> None:
    assert word_key("Có") != word_key("Co")


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Paid Leave", "paidleave"),
        ("OSH: Chemicals & Hazardous-Substances", "oshchemicalsandhazardoussubstances"),
        ("Chemicals ＆ Hazardous Substances", "chemicalsandhazardoussubstances"),
        ("ＰＰＥ", "ppe"),
        ("Q.1-2", "q12"),
        ("…", ""),
    ],
)
def test_code_key_keeps_letters_and_digits(text: str, key: str) -> None:
    assert code_key(text) == key


@pytest.mark.parametrize(
    ("label", "plain"),
    [
        ("Emergency exits [2 per floor]", "Emergency exits"),
        ("Emergency [a [b] c] exits *", "Emergency exits"),
        ("Emergency exits]", "Emergency exits"),
        ("16. Emergency exits", "Emergency exits"),
        ("16) Emergency exits", "Emergency exits"),
        ("16 - Emergency exits", "Emergency exits"),
        ("1.9.9 Emergency exits", "Emergency exits"),
    ],
)
def test_label_key_drops_numbers_and_bracketed_parts(label: str, plain: str) -> None:
    assert label_key(label) == label_key(plain)


@pytest.mark.parametrize(
    "label", ["2 exits per floor", "100% of workers", "24-hour shifts", "1.25 times pay", "8 - 10 h"]
)
def test_label_key_keeps_a_number_that_says_something(label: str) -> None:
    assert label_key(label) == code_key(label)


@pytest.mark.parametrize(
    ("text", "western"),
    [
        ("１２３", "123"),
        ("๒๐ พ.ย. ๒๕๖๘", "20 พ.ย. 2568"),
        ("២០២៥", "2025"),
        ("٣٫٥", "3٫5"),
        ("10²", "10²"),
        ("½", "½"),
        ("plain 7", "plain 7"),
    ],
)
def test_western_digits_changes_decimal_digits_only(text: str, western: str) -> None:
    assert western_digits(text) == western


@given(st.text())
def test_western_digits_keeps_length_and_is_idempotent(text: str) -> None:
    once = western_digits(text)
    assert len(once) == len(text)
    assert western_digits(once) == once


def test_an_answer_is_found_beneath_invisible_breaks() -> None:
    assert answer_word("ไม่\u200bสอดคล้อง", {"ไม่สอดคล้อง": 3}) == 3
    assert word_key("ไม่\u200bสอดคล้อง") == "ไม่สอดคล้อง"


@pytest.mark.parametrize(
    "text", ["Critical-Immediate Action", "Critical \u2013 Immediate Action", "critical immediate  action"]
)
def test_a_term_is_one_whatever_dash_stands_in_it(text: str) -> None:
    assert term_key(text) == "critical immediate action"


@pytest.mark.parametrize("text", ["B-", "-", "- B", "A+", "-5"])
def test_a_sign_at_an_end_is_part_of_a_term(text: str) -> None:
    assert term_key(text) == word_key(text)
