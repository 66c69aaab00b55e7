"""One more country is data: files of its names, provinces and laws, and its factories are read and linked.

Laos, of which the package knows the name alone. The same inbox is run with and without its files.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from harmonize.project import Project
from harmonize.values.geography import Geography
from harmonize.values.identifiers import IdentifierRules
from harmonize.values.names import NameWords
from tests.pipeline.worlds import Release, alone, deliver, run_inbox
from tests.sources.delivering import table

COUNTRY = r"""
spellings: [Muang Lao, Laos PDR, ສປປ ລາວ, ປະເທດລາວ, 老挝]
province_words: [khoueng, province, prefecture]
province_affixes: [ແຂວງ, ນະຄອນຫຼວງ]
tax_code: {company: '\d{12}'}
legal_forms:
  words: [sole company, sole co, borisat, chamkat, phou diao]
  affixes: [ບໍລິສັດ, ຈຳກັດ]
address_words:
  generic: {district: [muang, meuang], ward: [ban]}
  designators: {plot: [thi din]}
"""
PROVINCES = """\
level,name_local,name_short_or_en,merged_into,valid_to,aliases
province,ນະຄອນຫຼວງວຽງຈັນ,Vientiane Prefecture,,,Vientiane Capital|Vientiane City
province,ແຂວງສະຫວັນນະເຂດ,Savannakhet,,,Savanakhet|Savan
province,ແຂວງຈຳປາສັກ,Champasak,,,Champassak|Pakse
"""
HEAD = ["Factory Name", "Address", "Province", "Country", "Tax Code"]
BRAND = [
    HEAD,
    [
        "Mekhong Dao Garment Sole Co., Ltd",
        "Thi din 12, Ban Phonsa, Muang Xaysetha",
        "Vientiane Capital",
        "Laos PDR",
        "123456789000",
    ],
    ["Savan Weft Textile Ltd", "Road 9, Ban Nakae", "Khoueng Savanakhet", "ສປປ ລາວ", "12345"],
]
PROGRAMME = [
    HEAD,
    ["Borisat Mekhong Dao Garment Chamkat", "12 Phonsa, Xaysetha", "Vientiane City", "Muang Lao", ""],
    ["Savan Weft Textile Sole Company Limited", "Road 9, Nakae", "ແຂວງສະຫວັນນະເຂດ", "ປະເທດລາວ", ""],
]
LAWS = """
43/2013:
  title: Labour Law of 2013
  authority: National Assembly
  year: 2013
  articles:
    "101": [labour.child_labour.child_labourers.minimum_age]
"""
FILES = {
    "schemas/countries/LA.yml": COUNTRY,
    "schemas/countries/LA.csv": PROVINCES,
    "schemas/laws/LA.yml": LAWS,
}
INBOX = {"brand/suppliers.csv": table(BRAND), "programme/members.csv": table(PROGRAMME)}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project folder with nothing but the files of one country."""
    return deliver(tmp_path_factory.mktemp("country"), FILES)


@pytest.fixture(scope="module")
def schemas(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Project.locate(folder).whole("schemas", tmp_path_factory.mktemp("whole"))


@pytest.fixture(scope="module")
def release(folder: Path) -> Release:
    inbox = deliver(folder / "data/inbox", INBOX)
    return run_inbox(inbox, folder / "data", Project.locate(folder))


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Release:
    """The same inbox as the package alone reads it."""
    folder = tmp_path_factory.mktemp("before")
    return run_inbox(deliver(folder / "inbox", INBOX), folder / "out", alone())


def test_the_country_is_known_in_every_spelling(release: Release, before: Release) -> None:
    assert release.column("SELECT DISTINCT country FROM facility_mention") == ["LA"]
    assert release.column("SELECT value FROM issue WHERE code = 'unknown_country'") == []
    assert before.one("SELECT count(*) FROM issue WHERE code = 'unknown_country'") == 4


def test_its_provinces_are_those_of_today(release: Release) -> None:
    assert release.query("SELECT DISTINCT admin1 FROM facility_mention ORDER BY 1") == [
        ("Savannakhet",),
        ("Vientiane Prefecture",),
    ]


def test_its_legal_forms_and_words_of_addresses_part_no_factory(release: Release, before: Release) -> None:
    found = release.query("SELECT mention_count, admin1 FROM facility ORDER BY admin1")
    assert found == [(2, "Savannakhet"), (2, "Vientiane Prefecture")]
    assert set(release.column("SELECT link_method FROM facility_mention")) <= {"exact", "model"}
    assert before.one("SELECT count(*) FROM facility") == 4


def test_its_tax_codes_are_held_against_their_pattern(release: Release) -> None:
    stated = "SELECT value, valid FROM facility_identifier WHERE scheme = 'tax_code' ORDER BY 1"
    assert release.query(stated) == [("12345", False), ("123456789000", True)]
    assert release.column("SELECT value FROM issue WHERE code = 'bad_identifier'") == ["12345"]


def test_its_laws_stand_beside_those_of_others(release: Release, before: Release) -> None:
    stated = "SELECT article, title FROM v_indicator_law WHERE law_id = 'LA:43/2013'"
    assert release.query(stated) == [("101", "Labour Law of 2013")]
    countries = "SELECT DISTINCT country FROM law"
    assert set(release.column(countries)) - set(before.column(countries)) == {"LA"}


def test_names_lose_the_legal_form_in_both_scripts(schemas: Path) -> None:
    with_country, without = NameWords.from_folder(schemas), NameWords.from_folder(Path("schemas"))
    one, other = "Mekhong Dao Garment Sole Co., Ltd", "Borisat Mekhong Dao Garment Chamkat"
    assert with_country.name(one).text == with_country.name(other).text
    assert without.name(one).text != without.name(other).text
    assert with_country.name("ບໍລິສັດ ດາວ ຈຳກັດ").text == with_country.name("ດາວ").text != ""
    assert without.name("ບໍລິສັດ ດາວ ຈຳກັດ").text != without.name("ດາວ").text


def test_what_ships_is_as_before(schemas: Path) -> None:
    shipped, merged = Geography.from_folder(Path("schemas")), Geography.from_folder(schemas)
    assert shipped.countries.items() <= merged.countries.items()
    assert shipped.provinces.items() <= merged.provinces.items()
    more = IdentifierRules.from_folder(schemas).tax_codes
    assert more.keys() - IdentifierRules.from_folder(Path("schemas")).tax_codes.keys() == {"LA"}
