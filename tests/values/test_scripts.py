"""Names in any script meet their usual Latin spelling; words of other scripts are known where they stand."""

from __future__ import annotations

import itertools
from pathlib import Path
from statistics import mean

import pytest
from anyascii import anyascii
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz import fuzz

from harmonize.identity.forms import read_address, read_name, write_address, write_name
from harmonize.values.geography import Geography
from harmonize.values.khmer import latin_of_khmer
from harmonize.values.names import ComparableName, NameWords
from harmonize.values.scripts import LocalWords, latin
from harmonize.values.thai import latin_of_thai

SCHEMAS = Path(__file__).parents[2] / "schemas"
WORDS = NameWords.from_folder(SCHEMAS)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # Vietnamese
        ("Công ty Cổ phần May Sao Mai", "Sao Mai Garment Joint Stock Company"),
        ("Cty CP May Sao Mai", "Sao Mai Garment JSC"),
        ("CÔNG TY TNHH MTV GIÀY SAO MAI", "Sao Mai Footwear One Member Co., Ltd"),
        ("Công ty TNHH Dệt Sao Mai", "Sao Mai Textile Co Ltd"),
        ("Công ty TNHH Nhuộm Sao Mai", "Sao Mai Dyeing Limited"),
        ("Công ty TNHH Dệt Kim Sao Mai", "Sao Mai Knitting Co., Ltd."),
        ("Công ty TNHH Giặt Mài Sao Mai", "Sao Mai Washing Ltd"),
        ("Công ty Giấy Sao Mai", "Sao Mai Paper Company"),
        ("Tổng Công ty Cổ phần Dệt May Hạc Vàng", "Hac Vang Textile and Garment Corporation"),
        ("ĐTPT Sao Mai", "Sao Mai Investment and Development JSC"),
        # Khmer
        ("រោងចក្រកាត់ដេរ ឯ.ក", "Garment Factory Co., Ltd."),
        ("ក្រុមហ៊ុន ហេង ស្បែកជើង ឯ.ក", "Heng Footwear Co., Ltd."),
        ("ហេង សែន កាត់ដេរ ភ្នំពេញ", "Heng Saen Garment Phnom Penh"),
        # Thai
        ("บริษัท ดาว การ์เม้นท์ จำกัด (มหาชน)", "Dao Garment PCL"),
        ("บริษัท ดาวทอง รองเท้า จำกัด", "Daothong Footwear Co., Ltd."),
        ("บจก. ดาวทอง เท็กซ์ไทล์", "Daothong Textile"),
        ("ดาวทอง สมุทรปราการ", "Daothong Samutprakan"),
        # Chinese
        ("新星制衣有限公司", "Xin Xing Garment Co., Ltd."),
        ("新星鞋业股份有限公司", "Xinxing Footwear"),
        ("新星針織(集團)公司", "Xinxing Knitting"),
        ("新星服装第四工厂", "Xinxing Garment Factory No. 4"),
        # Bangla and the scripts of India
        ("নদী গার্মেন্টস লিমিটেড", "Nadi Garments Ltd."),
        ("नदी परिधान प्राइवेट लिमिटेड यूनिट २", "Nadi Apparel Pvt. Ltd. Unit-II"),
        ("நதி டெக்ஸ்டைல்ஸ் பிரைவேட் லிமிடெட்", "Nati Textile Private Limited"),
        # Indonesian
        ("PT. Bintang Pagi Garmindo", "Bintang Pagi Garment"),
        ("PT Bintang Pagi Tekstil Tbk", "Bintang Pagi Textile"),
        ("PT Bintang Pagi Sepatu", "Bintang Pagi Shoes"),
        # Places, joined, abbreviated
        ("HaNoi Garment", "Ha Noi Garment"),
        ("SAO MAI VINA CO., LTD", "Sao Mai (Vietnam) Co., Ltd"),
        ("Sao Mai HCMC", "Sao Mai Ho Chi Minh"),
        # Letter by letter
        ("S A O M A I C O . , L T D", "Saomai Co., Ltd"),
    ],
)
def test_two_writings_of_one_name_have_the_same_words(one: str, other: str) -> None:
    ours, theirs = WORDS.name(one), WORDS.name(other)
    assert sorted("".join(word for word, _ in ours.words)) == sorted("".join(word for word, _ in theirs.words))
    assert (ours.core, ours.units) == (theirs.core, theirs.units)
    assert _trades(ours) == _trades(theirs)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Công ty Giày Sao Mai", "Công ty Giấy Sao Mai"),
        ("Công ty May Sao Mai", "Công ty Dệt Sao Mai"),
        ("Sao Mai Apparels Ltd", "Sao Mai Garments Ltd"),
        ("ดาวทอง การ์เม้นท์", "ดาวเงิน การ์เม้นท์"),
        ("ហេង សែន កាត់ដេរ", "ហេង ជ័យ កាត់ដេរ"),
        ("新星制衣", "新兴制衣厂三厂"),
        ("Sao Mai Long An", "Sao Mai Bac Ninh"),
        ("Four Rivers Garment", "Three Rivers Garment"),
        ("নদী গার্মেন্টস", "পাহাড় গার্মেন্টস"),
    ],
)
def test_what_is_another_name_stays_another(one: str, other: str) -> None:
    assert WORDS.name(one).text != WORDS.name(other).text
    assert WORDS.name(one) != WORDS.name(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "99 หมู่ 4 ถนนสุขุมวิท ตำบลบางปู อำเภอเมืองสมุทรปราการ จังหวัดสมุทรปราการ",
            "99 Moo 4, Sukhumwit Rd., T. Bangpu, A. Mueang Samut Prakan, Samut Prakan",
        ),
        ("ផ្លូវ ៤ សង្កាត់ ចោមចៅ ខណ្ឌ ពោធិ៍សែនជ័យ រាជធានីភ្នំពេញ", "St. 4, Sangkat Chaomchau, Khan Pou Saen Chey, Phnom Penh"),
        (
            "Lô A-2, Đ. số 3, KCN Biên Hòa 2, TP. Biên Hòa, T. Đồng Nai",
            "Lot A2, Road No 3, Bien Hoa 2 IZ, Bien Hoa City, Dong Nai Province",
        ),
        ("12 Lê Lợi, P.14, Q.10, TP.HCM", "12 Le Loi Street, Ward 14, District 10, Ho Chi Minh City"),
        ("12 Lê Lợi, P14, Q10, TPHCM", "12 Le Loi, Phường 14, Quận 10, Thành phố Hồ Chí Minh"),
        ("广东省东莞市厚街镇新星路12号", "No. 12 Xinxing Road, Houjie Town, Dongguan City, Guangdong Province"),
    ],
)
def test_two_writings_of_one_address_share_their_words_and_numbers(one: str, other: str) -> None:
    ours, theirs = WORDS.address(one), WORDS.address(other)
    assert ours.numbers == theirs.numbers
    assert fuzz.token_set_ratio(ours.text, theirs.text) >= 90


def test_sounds_are_nearer_to_usual_spellings_than_letters_are() -> None:
    local = Geography.from_folder(SCHEMAS).local_names
    for sounds, first, last, least in ((latin_of_thai, "ก", "๛", 95), (latin_of_khmer, "ក", "៹", 91)):
        pairs = [
            (name.removeprefix("เขต").removeprefix("จังหวัด"), _letters(usual))
            for name, usual in local.items()
            if first <= name[0] <= last
        ]
        by_sound = mean(fuzz.ratio(_letters(sounds(name)), usual) for name, usual in pairs)
        by_letter = mean(fuzz.ratio(_letters(anyascii(name)), usual) for name, usual in pairs)
        assert len(pairs) > 200
        assert by_sound >= least > by_letter + 5


def test_the_longest_local_word_holds_and_accented_words_are_words_of_their_own() -> None:
    words = LocalWords.of([("厂", "mill"), ("工厂", "factory"), ("giấy", "paper")])
    assert words.replace("新工厂").split() == ["新", "factory"]
    assert words.replace("Giấy GIẤY giấyx").split() == ["paper", "paper", "giấyx"]
    assert words.replace("giay 3") == "giay 3"


@given(st.text())
def test_text_of_any_script_becomes_ascii_and_stays_what_it_is(text: str) -> None:
    assert latin(text).isascii()
    assert latin(latin(text)) == latin(text)


@given(
    st.text(
        st.characters(min_codepoint=0x0E00, max_codepoint=0x0E7F)
        | st.characters(min_codepoint=0x1780, max_codepoint=0x17FF)
        | st.characters(min_codepoint=0x0900, max_codepoint=0x0D7F)
        | st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF)
    )
)
def test_any_local_text_has_a_comparable_form_that_can_be_written(text: str) -> None:
    name, address = WORDS.name(text), WORDS.address(text)
    assert name.text.isascii()
    assert read_name(write_name(name)) == name
    assert read_address(write_address(address)) == address


LETTERS = st.text(st.sampled_from("bdfghklmnprstz"), min_size=4, max_size=8)
FORMS = ["Co., Ltd.", "JSC", "Công ty TNHH", "Limited", "PT.", "Pvt. Ltd."]


@given(st.lists(LETTERS, min_size=1, max_size=3), st.lists(st.sampled_from(FORMS), max_size=3), st.data())
def test_where_legal_forms_stand_does_not_matter(words: list[str], forms: list[str], data: st.DataObject) -> None:
    bare = WORDS.name(" ".join(words))
    order = data.draw(st.permutations(forms))
    at = data.draw(st.integers(0, len(order)))
    assert WORDS.name(" ".join([*order[:at], *words, *order[at:]])) == bare


@given(st.text())
def test_blanks_around_a_text_do_not_matter(text: str) -> None:
    assert WORDS.name(f"  {text} ") == WORDS.name(text)
    assert WORDS.address(f"  {text} ") == WORDS.address(text)


@given(
    st.lists(LETTERS, min_size=1, max_size=3),
    st.sampled_from(["Garment", "May", "การ์เม้นท์", "Textile", ""]),
    st.sampled_from(FORMS),
    st.sampled_from(["", "Unit 4", "Nhà máy 12", "โรงงาน ๗", "(Building 5)"]),
)
def test_a_comparable_text_compares_as_what_it_was_made_of(words: list[str], trade: str, form: str, unit: str) -> None:
    once = WORDS.name(f"{' '.join(words)} {trade} {form} {unit}")
    again = WORDS.name(once.text)
    assert (again.text, again.words, again.core) == (once.text, once.words, once.core)


def test_case_does_not_matter() -> None:
    for one, other in itertools.pairwise(
        ["Công Ty May Sao Mai Xưởng IV", "CÔNG TY MAY SAO MAI XƯỞNG IV", "công ty may sao mai xưởng iv"]
    ):
        assert WORDS.name(one) == WORDS.name(other)


def _trades(name: ComparableName) -> set[str]:
    return {word for trade in name.trade for word in trade.english.split()}


def _letters(text: str) -> str:
    return "".join(filter(str.isalpha, text.lower()))
