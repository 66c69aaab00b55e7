"""Units, buildings, branches and zones are the same designators in every language and writing."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harmonize.values.names import NameWords

WORDS = NameWords.from_folder(Path(__file__).parents[2] / "schemas")
DIGITS = {
    "thai": "๐๑๒๓๔๕๖๗๘๙",
    "khmer": "០១២៣៤៥៦៧៨៩",
    "bangla": "০১২৩৪৫৬৭৮৯",
    "devanagari": "०१२३४५६७८९",
    "tamil": "௦௧௨௩௪௫௬௭௮௯",
    "full-width": "０１２３４５６７８９",
}


@pytest.mark.parametrize(
    "text",
    [
        "Unit 04",
        "Unit 4",
        "Unit IV",
        "Unit Ⅳ",
        "UNIT-4",
        "(Unit 4)",
        "Unit No. 4",
        "Unit # 4",
        "Unit Four",
        "U4",
        "U-4",
        "(u-4)",
        "F4",
        "F-04",
        "Fty 4",
        "Factory No. 4",
        "Factory-04",
        "4th Factory",
        "4-th Factory",
        "4 th factory",
        "Fourth Factory",
        "#4 Garment Factory",
        "Plant 4",
        "Workshop IV",
        "Nhà máy 4",
        "Nhà máy số 4",
        "Xí nghiệp 04",
        "XN 4",
        "Xưởng 4",
        "Xưởng may số 4",
        "Phân xưởng 4",
        "โรงงาน 4",
        "โรงงานที่ ๔",
        "โรงงาน๔",
        "រោងចក្រ ៤",
        "រោងចក្រទី៤",
        "4厂",
        "四厂",
        "第四工厂",
        "第４工厂",
        "四分厂",
        "ইউনিট ৪",
        "ইউনিট-৪",
        "यूनिट ४",
        "யூனிட் ௪",
        "Pabrik 4",
        "Unit ４",
    ],
)
def test_a_unit_is_the_same_in_every_writing(text: str) -> None:
    found = WORDS.name(f"Sao Mai {text}")
    assert found.units == {"4"}
    assert ("unit", "4") in found.designators
    assert found.core == "saomai"


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("Factory 15.16.17.18", {"15", "16", "17", "18"}),
        ("(Factory 15, 16, 17, 18)", {"15", "16", "17", "18"}),
        ("Factories 15-18", {"15", "16", "17", "18"}),
        ("Factory 15~18", {"15", "16", "17", "18"}),
        ("Units 1-4", {"1", "2", "3", "4"}),
        ("Unit 1, 2 & 3", {"1", "2", "3"}),
        ("Unit 1 and 2", {"1", "2"}),
        ("Nhà máy 1 và 2", {"1", "2"}),
        ("Unit A", {"a"}),
        ("Xưởng B", {"b"}),
        ("Unit 12", {"12"}),
        ("Unit XII", {"12"}),
        ("Two", {"2"}),
        ("II", {"2"}),
        ("III Co., Ltd", {"3"}),
        ("2nd factory", {"2"}),
        ("2-nd factory", {"2"}),
        ("Second Factory", {"2"}),
        ("第十二工厂", {"12"}),
        ("二十三厂", {"23"}),
        ("(2011) Co., Ltd", set()),
        ("1988", set()),
    ],
)
def test_the_units_of_a_name(text: str, units: set[str]) -> None:
    assert WORDS.name(f"Sao Mai Garment {text}").units == units


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Sao Mai Unit 4", "Sao Mai Unit 14"),
        ("Sao Mai Unit IV", "Sao Mai Unit VI"),
        ("Nhà máy 1 Sao Mai", "Nhà máy 2 Sao Mai"),
        ("ดาวเหนือ โรงงาน ๑", "ดาวเหนือ โรงงาน ๒"),
        ("រោងចក្រ ១", "រោងចក្រ ២"),
        ("三厂", "四厂"),
        ("Sao Mai (1990)", "Sao Mai Unit 1990"),
    ],
)
def test_other_units_stay_other_units(one: str, other: str) -> None:
    assert WORDS.name(one).units.isdisjoint(WORDS.name(other).units)
    assert WORDS.name(one).text != WORDS.name(other).text or "1990" in one


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Sao Mai Building B", {("building", "b")}),
        ("Sao Mai Unit 2 Building 3", {("unit", "2"), ("building", "3")}),
        ("Sao Mai - Branch 2", {("branch", "2")}),
        ("Four Rivers Garment Unit 2", {("unit", "2")}),
        ("3 Rivers Garment Unit 2", {("unit", "2")}),
        ("Sao Mai - Long An Branch", {("branch", "long an")}),
        ("Sao Mai (Viet Nam) - Long An Branch", {("branch", "long an")}),
        ("Sao Mai (Viet Nam) Branch", {("branch", "")}),
        ("Sao Mai Co., Ltd. (Riverside Branch)", {("branch", "riverside")}),
        ("Sao Mai - Facility 2", {("unit", "2")}),
        ("F & D Garment", set()),
        ("Chi nhánh Long An - Công ty Sao Mai", {("branch", "long an")}),
        ("Sao Mai - Chi nhánh Long An", {("branch", "long an")}),
        ("บริษัท ดาวเหนือ จำกัด สาขา สมุทรปราการ", {("branch", "samut prakan")}),
        ("Dao Nuea Co., Ltd. Samut Prakan Branch", {("branch", "samut prakan")}),
        ("រោងចក្រ រំដួល សាខា ភ្នំពេញ", {("branch", "phnom penh")}),
    ],
)
def test_the_kind_of_a_unit_is_told_where_it_is_written(text: str, kinds: set[tuple[str, str]]) -> None:
    assert WORDS.name(text).designators == kinds


@pytest.mark.parametrize(
    ("address", "zones"),
    [
        ("Road 3, Bien Hoa Industry Zone 2, Dong Nai", {("bien hoa", "2")}),
        ("Road 3, Bien Hoa Industrial Zone II, Dong Nai", {("bien hoa", "2")}),
        ("Road 3, Bien Hoa 2 IZ, Dong Nai", {("bien hoa", "2")}),
        ("Đường số 3, KCN Biên Hòa 2, Đồng Nai", {("bien hoa", "2")}),
        ("Khu công nghiệp Biên Hòa II", {("bien hoa", "2")}),
        ("7A Nguyen Trai Road KCN Bien Hoa 2 Bien Hoa", {("bien hoa", "2")}),
        ("Bien Hoa Industry Zone 1", {("bien hoa", "1")}),
        ("Bien Hoa Industry Zone I", {("bien hoa", "1")}),
        ("Lot V 2 My Xuan A2 Industrial Zone", {("my xuan", "a2")}),
        ("My Xuan A2 IZ", {("my xuan", "a2")}),
        ("KCN My Xuan A2", {("my xuan", "a2")}),
        ("VSIP II-A, Tan Uyen", {("vsip", "2a")}),
        ("Vietnam Singapore Industrial Park II-A", {("vsip", "2a")}),
        ("Viet Nam - Singapore II A Industrial Park", {("vsip", "2a")}),
        ("KCN VSIP II-A", {("vsip", "2a")}),
        ("VSIIP-A", {("vsip", "2a")}),
        ("Long Binh Techno Park (LOTECO)", {("loteco", "")}),
        ("Amata Industrial Zone, Bien Hoa", {("amata", "")}),
        ("Plot 5, DEPZ, Savar", {("dhaka epz", "")}),
        ("นิคมอุตสาหกรรม บางปู ถนนสุขุมวิท", {("bangpu", "")}),
        ("12 Green Street, Ward 5", set()),
    ],
)
def test_the_zone_of_an_address_has_a_name_and_a_number(address: str, zones: set[tuple[str, str]]) -> None:
    assert WORDS.address(address).zones == zones


@pytest.mark.parametrize(
    "text",
    [
        "Head Office: 12 Green Street",
        "Registered office, 12 Green Street",
        "Trụ sở chính: 12 Green Street",
        "TRỤ SỞ: 12 Green Street",
        "สำนักงานใหญ่ 12 Green Street",
        "ការិយាល័យកណ្តាល 12 Green Street",
        "总部 12 Green Street",
        "Kantor Pusat 12 Green Street",
    ],
)
def test_a_head_office_is_recognised(text: str) -> None:
    assert WORDS.address(text).is_head_office
    assert WORDS.address(text).text == WORDS.address("12 Green Street").text
    assert not WORDS.address("12 Green Street").is_head_office
    assert WORDS.name(f"Sao Mai {text.split('12')[0]}").is_head_office


@pytest.mark.parametrize(
    "text",
    [
        "Head office: 7 Blue Road, District 1; Factory: 12 Green Street",
        "Factory: 12 Green Street; Head office: 7 Blue Road",
        "Trụ sở: 7 Blue Road, Nhà máy: 12 Green Street",
        "สำนักงานใหญ่ 7 Blue Road, โรงงาน Green Street 12",
    ],
)
def test_of_a_head_office_and_a_factory_the_factory_is_meant(text: str) -> None:
    found = WORDS.address(text)
    assert found.numbers == {"12"}
    assert [word for word, _ in found.words] == ["green"]
    assert not found.is_head_office


@pytest.mark.parametrize("script", DIGITS)
@given(number=st.integers(1, 9999))
def test_digits_of_every_script_are_equal(script: str, number: int) -> None:
    written = "".join(DIGITS[script][int(digit)] for digit in str(number))
    assert WORDS.name(f"Sao Mai Unit {written}") == WORDS.name(f"Sao Mai Unit {number}")
    assert WORDS.address(f"Lot {written}, Green Street") == WORDS.address(f"Lot {number}, Green Street")


@given(
    st.integers(1, 999), st.integers(0, 3), st.sampled_from(["Unit", "Factory No.", "Nhà máy số", "Xưởng", "โรงงาน"])
)
def test_zeros_before_a_number_and_its_designator_do_not_matter(number: int, zeros: int, designator: str) -> None:
    padded = f"{'0' * zeros}{number}"
    assert WORDS.name(f"Sao Mai {designator} {padded}").units == {str(number)}
