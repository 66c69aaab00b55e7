"""Countries and provinces are read in any spelling, and nothing is guessed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from harmonize.errors import ConfigurationError
from harmonize.values.geography import Geography

SCHEMAS = Path(__file__).parents[2] / "schemas"


@pytest.fixture(scope="module")
def geography() -> Geography:
    return Geography.from_folder(SCHEMAS)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Viet Nam", "VN"),
        ("VIETNAM", "VN"),
        ("Việt Nam", "VN"),
        ("VNM", "VN"),
        ("vn", "VN"),
        ("China Mainland", "CN"),
        ("ประเทศไทย", "TH"),
        ("កម្ពុជា", "KH"),
        ("Kampuchea", "KH"),
        ("Turkey", "TR"),
        ("Türkiye", "TR"),
        ("Korea (Republic of)", "KR"),
        ("Moldova (Republic of)", "MD"),
        ("MY", "MY"),
        ("Atlantis", None),
        ("  ", None),
        (None, None),
    ],
)
def test_country_code_reads_any_spelling(geography: Geography, text: str | None, code: str | None) -> None:
    assert geography.country_code(text) == code


@pytest.mark.parametrize(
    ("country", "text", "name"),
    [
        ("VN", "TP. Hồ Chí Minh", "Hồ Chí Minh"),
        ("VN", "HO CHI MINH CITY", "Hồ Chí Minh"),
        ("VN", "Bình Dương", "Hồ Chí Minh"),
        ("VN", "BA RIA-VUNG TAU", "Hồ Chí Minh"),
        ("VN", "Tỉnh Đồng Nai", "Đồng Nai"),
        ("VN", "Hanoi", "Hà Nội"),
        ("VN", "Nam Dinh Province", "Ninh Bình"),
        ("KH", "រាជធានីភ្នំពេញ", "Phnom Penh"),
        ("KH", "Kampong Spueu", "Kampong Speu"),
        pytest.param("KH", "\u1780\u178e\u17d2\u178a\u17b6\u179b", "Kandal", id="subscript da"),
        pytest.param("KH", "\u1780\u178e\u17d2\u178f\u17b6\u179b", "Kandal", id="subscript ta"),
        ("TH", "จังหวัดสมุทรปราการ", "Samut Prakan"),
        ("TH", "Samutprakarn", "Samut Prakan"),
        ("TH", "Dong Nai", None),
        ("FR", "Paris", None),
    ],
)
def test_admin1_is_the_province_of_today(geography: Geography, country: str, text: str, name: str | None) -> None:
    found = geography.admin1(country, text)
    assert (found and found.name) == name


def test_every_merged_province_of_viet_nam_leads_to_one_of_34(geography: Geography) -> None:
    today = {admin1.name for (country, _), admin1 in geography.provinces.items() if country == "VN"}
    assert len(today) == 34


def test_admin1_within_takes_the_last_province_of_an_address(geography: Geography) -> None:
    address = "12 Ho Chi Minh Street, Long Thanh District, DONG NAI PROVINCE, Vietnam"
    found = geography.admin1_within("VN", address)
    assert found is not None
    assert found.name == "Đồng Nai"
    assert geography.admin1_within("VN", "12 Main Street") is None


@pytest.mark.parametrize(
    ("country", "address", "name"),
    [
        ("VN", "Lot 4, Ha Dai Ward, An Lao District", None),
        ("VN", "Lot 2, Xa Phu Yen, Khanh Son", None),
        ("VN", "46 Dat Binh Road, Vinh Long Ward, Tu Son, TinhBac Ninh", None),
        ("VN", "Lot K88, Yen Gia Industrial Park, Quang Binh District", None),
        ("VN", "5 Nguyen Trai, Quang Binh District, Ha Giang Province", "Tuyên Quang"),
        ("VN", "Thai Binh Ward Dong Nai", "Đồng Nai"),
        ("VN", "Dong Nai, Thai Binh Ward", "Đồng Nai"),
        ("VN", "Ho Chi Minh, District 7", "Hồ Chí Minh"),
        ("VN", "Ky Anh, Ha Tinh", "Hà Tĩnh"),
        ("KH", "Street Kampong Speu, Phnom Penh", "Phnom Penh"),
    ],
)
def test_admin1_within_passes_over_names_of_smaller_places(
    geography: Geography, country: str, address: str, name: str | None
) -> None:
    found = geography.admin1_within(country, address)
    assert (found and found.name) == name


def test_a_file_edited_meanwhile_is_read_anew(tmp_path: Path) -> None:
    shutil.copy(SCHEMAS / "countries.yml", tmp_path)
    shutil.copytree(SCHEMAS / "countries", tmp_path / "countries")
    assert Geography.from_folder(tmp_path).country_code("Lotus land") is None
    path = tmp_path / "countries.yml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("spellings:", "spellings:\n  ZW: [Lotus land]", 1), encoding="utf-8")
    assert Geography.from_folder(tmp_path).country_code("Lotus land") == "ZW"
    (tmp_path / "countries/ZM.yml").write_text("spellings: [Land of the falls]\n", encoding="utf-8")
    assert Geography.from_folder(tmp_path).country_code("Land of the falls") == "ZM"


UNITS = "level,name_local,name_short_or_en,merged_into,valid_to,aliases\n"


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"VN.yml": "", "VN.csv": f"{UNITS}province,A,A,B,2025-06-30,\n"}, r"VN\.csv: 'A' belongs to 'B'"),
        ({"VN.yml": "", "VN.csv": "level\nprovince\n"}, r"VN\.csv: the column 'name_local'"),
        ({"VN.csv": UNITS}, r"VN\.csv: VN\.yml is missing"),
        ({"XX.yml": ""}, r"XX\.yml: 'XX' is no country code"),
        ({"vn.yml": ""}, r"vn\.yml: 'vn' is no country code"),
        ({"VN.yml": "spelling: [Vietnam]\n"}, r"VN\.yml: spelling"),
        ({"VN.yml": "spellings: [\n"}, r"VN\.yml: not valid YAML"),
        ({"VN.yml": "spellings: [Kampuchea, Thailand]\n"}, r"VN\.yml: 'Thailand' stands under VN but means TH"),
    ],
)
def test_what_is_impossible_of_a_country_is_a_sentence(tmp_path: Path, files: dict[str, str], said: str) -> None:
    (tmp_path / "countries").mkdir()
    (tmp_path / "countries.yml").write_text("spellings: {}\n", encoding="utf-8")
    for name, content in files.items():
        (tmp_path / "countries" / name).write_text(content, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=said):
        Geography.from_folder(tmp_path)
