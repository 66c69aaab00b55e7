"""Persons inside of texts are masked, in four languages; laws, dates, measures and firms are not."""

from __future__ import annotations

import re
import unicodedata

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harmonize.sharing.personal_masks import contact_masker, masker
from harmonize.sharing.withholding_rules import load_withholding_rules
from tests.pipeline.worlds import alone

RULES = load_withholding_rules(alone().find("schemas/sharing.yml")).personal
MASK = masker(RULES)

# Text, and the words of it that must be gone.
HOSTILE = [
    ("Contact lan.nguyen+hr@factory-vn.com.vn for details.", ["lan.nguyen", "factory-vn"]),
    ("mail lan (at) factory (dot) com", ["lan (at)"]),
    ("Write to LAN@FACTORY.VN!", ["LAN@"]),
    ("liên hệ lan＠factory.vn", ["factory.vn"]),
    ("Call 0912345678 at night.", ["0912345678"]),
    ("Gọi 0912 345 678 (chị quản lý)", ["345 678"]),
    ("SĐT: 028.3823.4567", ["3823"]),
    ("Hotline no 0987-654-321", ["654"]),
    ("tel. +84 (0)91 234 56 78 ext", ["234 56"]),
    ("+84912345678", ["912345678"]),
    ("0084 91 234 5678", ["234 5678"]),
    ("ទូរស័ព្ទ ០១២ or 012 345 678", ["345 678"]),
    ("+855 12 345 678", ["345 678"]),
    ("โทร 081-234-5678", ["234-5678"]),
    ("โทรศัพท์: 02 123 4567", ["123 4567"]),
    ("gọi 0912345678 người quản lý", ["0912345678"]),
    ("CCCD 079201012345", ["079201012345"]),
    ("số 079 201 012 345", ["201 012"]),
    ("CMND số: 024123456", ["024123456"]),
    ("ID card no. 123456789", ["123456789"]),
    ("บัตรประชาชน 1-1007-00123-45-6", ["00123"]),
    ("1100700123456 is hers", ["1100700123456"]),
    ("អត្តសញ្ញាណប័ណ្ណ 010123456", ["010123456"]),
    ("passport C1234567", ["C1234567"]),
    ("hộ chiếu số B7654321", ["B7654321"]),
    ("Mr. John Smith shouted at a worker.", ["John", "Smith"]),
    ("Ms Nguyễn Thị Lan said so", ["Nguyễn", "Lan"]),
    ("Mrs. Đặng complained", ["Đặng"]),
    ("MR. TRAN VAN BINH", ["TRAN", "BINH"]),
    ("Dr O’Neill", ["Neill"]),
    ("according to Khun Somchai Jaidee", ["Somchai", "Jaidee"]),
    ("bà Nguyễn Thị Ánh Tuyết và ông Lê Đức", ["Nguyễn", "Tuyết", "Lê", "Đức"]),
    ("Chị Hoa (tổ may 3) bị mắng", ["Hoa"]),
    ("anh Tuấn nghỉ việc", ["Tuấn"]),
    ("Công nhân Nguyễn Văn An bị phạt", ["Văn An"]),
    ("Worker Tran Thi Mai was fined", ["Thi Mai"]),
    ("Họ và tên: Phạm Quỳnh Như", ["Quỳnh", "Như"]),
    ("Lead auditor: Jane Doe", ["Jane", "Doe"]),
    ("Auditor – Somsak Petch", ["Somsak"]),
    ("លោក សុខ វណ្ណា បានស្រែក", ["សុខ", "វណ្ណា"]),
    ("អ្នកស្រី ចាន់ធូ", ["ចាន់ធូ"]),
    ("ឈ្មោះ: សុខ សាន្ត", ["សាន្ត"]),
    ("พบนายสมชาย ใจดี ทำงาน", ["สมชาย", "ใจดี"]),
    ("นางสาวมาลี รักงาน", ["มาลี", "รักงาน"]),
    ("คุณวิภา", ["วิภา"]),
    (unicodedata.normalize("NFD", "bà Nguyễn Thị Lan"), ["Lan"]),
    ("report 45/2019/QH14 by Mr Smith, 0912345678", ["Smith", "0912345678"]),
]
STAY = [
    "Labour Code 45/2019/QH14, Article 105",
    "Circular 17/2018/TT-BLĐTBXH and Decree 145/2020/NĐ-CP",
    "QCVN 40:2025/BTNMT; ISO 45001:2018",
    "Visited on 12.03.2025 and 2025-03-14, 2024-2026",
    "ตรวจเมื่อ 12/03/2568",
    "1,200,000 kWh and 12 345 678 m3 in the year",
    "wages of 4 680 000 VND a month",
    "OS ID VN20200380PKMYE",
    "MST 0301234567",
    "Tax code: 0301234567-001",
    "mã số thuế 0312345678",
    "the permit no. 0123456789 expired",
    "Giấy phép số 0123456789",
    "Exit 3 on floor 2 was blocked for 15 minutes",
    "Bà Rịa - Vũng Tàu",
    "Thành phố Hồ Chí Minh",
    "công ty TNHH Anh Khoa",
    "đường Nguyễn Văn Linh",
    "tiếng Anh",
    "นายจ้างจ่ายค่าจ้างช้า คุณภาพน้ำไม่ผ่าน",
    "ពិភពលោក",
    "Workers over 60 hours: 12 of 40",
    "Overtime 300 h a year and 60 h a month",
    "10.762622, 106.660172",
    "No. 5 Street 271, Phnom Penh 120000",
    "80-90-100 dB",
    "Fire door 12-345",
    "A miss was recorded in the drill; MS Excel was used for the list",
    "",
]


@pytest.mark.parametrize(("text", "gone"), HOSTILE)
def test_persons_are_masked(text: str, gone: list[str]) -> None:
    told = MASK(text)
    assert RULES.mask in told
    assert not [word for word in gone if word in told]


@pytest.mark.parametrize("text", STAY)
def test_what_names_nobody_stays(text: str) -> None:
    assert MASK(text) == text


@pytest.mark.parametrize("text", [text for text, _ in HOSTILE])
def test_the_hint_passes_over_nothing_that_is_masked(text: str) -> None:
    found = duckdb.execute("SELECT regexp_matches(nfc_normalize(?), ?)", [text, RULES.hint]).fetchall()
    assert found == [(True,)]


@given(st.text(max_size=60), st.sampled_from([text for text, _ in HOSTILE]), st.text(max_size=60))
def test_masking_again_changes_nothing(before: str, hostile: str, after: str) -> None:
    told = MASK(f"{before}\n{hostile}\n{after}")
    assert RULES.mask in told
    assert MASK(told) == told


@given(
    st.sampled_from(["", "+84 ", "0"]),
    st.lists(st.integers(0, 9), min_size=8, max_size=8),
    st.sampled_from(["", " ", ".", "-"]),
    st.sampled_from("35789"),
)
def test_no_way_to_write_a_vietnamese_number_passes(prefix: str, digits: list[int], between: str, network: str) -> None:
    number = network + "".join(map(str, digits))
    written = (prefix or "0") + between.join([number[:2], number[2:5], number[5:]])
    assert not re.search(r"\d{3}", MASK(f"phone of the supervisor is {written}, she said"))


def test_an_address_keeps_its_streets_and_loses_its_telephone() -> None:
    mask = contact_masker(RULES)
    assert mask("12 Bà Hạt, Quận 10") == "12 Bà Hạt, Quận 10"
    assert "3823" not in mask("12 Bà Hạt, Quận 10, ĐT: 028 3823 4567")
