"""Names and addresses in different spellings meet; what tells sites apart stays."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harmonize.values.names import NameWords
from harmonize.values.phrases import Phrasebook
from harmonize.values.wordlists import plain_words

WORDS = NameWords.from_folder(Path(__file__).parents[2] / "schemas")


@pytest.mark.parametrize(
    "text",
    [
        "unit 04",
        "Unit 4",
        "UNIT IV",
        "Unit No. 4",
        "F4",
        "nhà máy 4",
        "Xí nghiệp 04",
        "(Fty 4)",
        "4th Factory",
    ],
)
def test_a_unit_is_read_in_every_writing(text: str) -> None:
    assert WORDS.name(f"Sao Mai Garment {text}").units == {"4"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("SAO MAI GARMENT CO., LTD", "Sao Mai Garment Company Limited"),
        ("Công ty TNHH Sao Mai", "SAO MAI CO LTD"),
        ("Công ty Cổ phần Sao Mai", "Sao Mai Joint Stock Company"),
        ("PT. Bintang Pagi Tbk", "Bintang Pagi"),
        ("Yıldız Tekstil San. ve Tic. A.Ş.", "YILDIZ TEKSTIL SAN VE TIC AS"),
        ("Confecciones Alba, S.A. de C.V.", "CONFECCIONES ALBA SA DE CV"),
        ("บริษัท ดาวเหนือ จำกัด", "ดาวเหนือ"),
        ("Sao Mai Garment (Unit 02)", "Sao Mai Garment - Unit II"),
    ],
)
def test_legal_forms_case_and_diacritics_do_not_matter(one: str, other: str) -> None:
    assert WORDS.name(one).text == WORDS.name(other).text != ""


def test_trade_words_are_translated_for_comparison_but_not_for_equality() -> None:
    vietnamese, english = WORDS.name("Công ty Cổ phần May Sao Mai"), WORDS.name("Sao Mai Garment JSC")
    assert set(vietnamese.words) == set(english.words)
    assert vietnamese.core == english.core == "saomai"
    assert WORDS.name("Sao Mai Apparels Ltd").text != WORDS.name("Sao Mai Garments Ltd").text


def test_a_letter_spaced_name_is_closed_up() -> None:
    assert WORDS.name("s a o m a i appar e l li m i te d").squeezed == "saomaiapparel"


@pytest.mark.parametrize(
    ("address", "designators"),
    [
        ("Lot A2, Road No. 3, Bien Hoa 2 IZ", {("plot", "a2"), ("road", "3")}),
        ("Lô A-2, đường số 3, KCN Biên Hòa 2", {("plot", "a2"), ("road", "3")}),
        ("Plot# 69 & 107 Nishat Nagar", {("plot", "69"), ("plot", "107")}),
        ("Building C, 12 Green Street", {("building", "c")}),
        ("Lot 36A,37A, Long Giang IP", {("plot", "36a"), ("plot", "37a")}),
        ("245 Hoa Binh Street", set()),
    ],
)
def test_designators_of_an_address(address: str, designators: set[tuple[str, str]]) -> None:
    assert WORDS.address(address).designators == designators


def test_an_address_keeps_numbers_but_not_postal_codes_or_generic_words() -> None:
    found = WORDS.address("No. 245 Hoa Binh Street, Hiep Tan Ward, Dhaka - 1216, 700000 Vietnam")
    assert found.numbers == {"245"}
    assert [word for word, _ in found.words] == ["hoa", "binh", "hiep", "tan", "dhaka"]


@given(st.text())
def test_any_text_has_a_comparable_form(text: str) -> None:
    name, address = WORDS.name(text), WORDS.address(text)
    assert name.text == name.text.casefold()
    assert all(number.strip() for number in address.numbers)


@given(st.text())
def test_plain_words_are_latin_letters_and_digits(text: str) -> None:
    assert all(word.isascii() and word.isalnum() and word == word.lower() for word in plain_words(text))


def test_a_phrasebook_takes_the_longest_phrase() -> None:
    book = Phrasebook.of([("joint stock", "half"), ("joint stock company", "whole")])
    assert list(book.split(["x", "joint", "stock", "company", "joint"])) == [
        (("x",), None),
        (("joint", "stock", "company"), "whole"),
        (("joint",), None),
    ]
