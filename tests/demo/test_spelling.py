"""Contributors write one factory differently, and no spelling loses what tells siblings apart."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from stdnum.th import moa
from stdnum.vn import mst

from harmonize.demo.higg_csv import european, plain
from harmonize.demo.identifiers import site_identifiers, tax_code
from harmonize.demo.material import Material, read_material
from harmonize.demo.spelling import district_in_english, write_factory
from harmonize.demo.world import Factory, build_world

SCHEMAS = Path(__file__).resolve().parents[2] / "schemas"
DAY = date(2025, 6, 1)


@pytest.fixture(scope="module")
def material() -> Material:
    return read_material(SCHEMAS)


@pytest.fixture(scope="module")
def factories(material: Material) -> tuple[Factory, ...]:
    return build_world(material, 120, 7)


def test_worlds_have_siblings_branches_and_renamed_factories(factories: tuple[Factory, ...]) -> None:
    assert any(factory.unit > 1 for factory in factories)
    assert any(factory.branch for factory in factories)
    assert any(factory.previous for factory in factories)
    assert {factory.country for factory in factories} == {"VN", "KH", "TH", "BD", "ID"}


def test_two_thousand_factories_are_distinct(material: Material) -> None:
    factories = build_world(material, 2000, 1)
    sites = {(factory.name.stem, factory.unit, factory.address.plot, factory.address.district) for factory in factories}
    assert len(sites) == 2000
    assert len({factory.identifiers.os_id for factory in factories}) == 2000
    assert len({factory.identifiers.higg_id for factory in factories}) == 2000


def test_unit_siblings_share_the_address_and_keep_their_number(
    material: Material, factories: tuple[Factory, ...]
) -> None:
    second = next(factory for factory in factories if factory.unit == 2)
    first = next(factory for factory in factories if factory.company == second.company and factory.unit == 1)
    assert first.address == second.address
    for contributor in material.styles:
        assert "1" in write_factory(first, contributor, material, 7, DAY).name
        assert "2" in write_factory(second, contributor, material, 7, DAY).name


def test_contributors_disagree_about_the_name(material: Material, factories: tuple[Factory, ...]) -> None:
    factory = next(factory for factory in factories if factory.country == "VN")
    names = {write_factory(factory, contributor, material, 7, DAY).name for contributor in material.styles}
    assert len(names) >= 4


def test_a_contributor_writes_the_same_way_twice(material: Material, factories: tuple[Factory, ...]) -> None:
    for factory in factories[:20]:
        assert write_factory(factory, "gap", material, 7, DAY) == write_factory(factory, "gap", material, 7, DAY)


def test_renaming_shows_from_its_day_on(material: Material, factories: tuple[Factory, ...]) -> None:
    factory = next(factory for factory in factories if factory.renamed_on is not None)
    assert factory.renamed_on is not None
    steady = replace(factory, previous=None, renamed_on=None)
    after = write_factory(factory, "higg", material, 7, factory.renamed_on)
    before = write_factory(factory, "higg", material, 7, date(2024, 1, 1))
    assert after.name == write_factory(steady, "higg", material, 7, factory.renamed_on).name
    assert before.name != after.name


def test_latin_exports_hold_no_marks(material: Material, factories: tuple[Factory, ...]) -> None:
    for factory in factories:
        written = write_factory(factory, "gap", material, 7, DAY)
        assert written.name.isascii()
        assert written.one_line.isascii()


@pytest.mark.parametrize(
    ("district", "expected"),
    [
        ("Huyện Yên Phong", "Yen Phong District"),
        ("Quận 12", "District 12"),
        ("Thành phố Biên Hòa", "Bien Hoa City"),
        ("Bang Phli", "Bang Phli"),
    ],
)
def test_districts_in_english(district: str, expected: str) -> None:
    assert district_in_english(district) == expected


@pytest.mark.parametrize(
    ("number", "dotted", "commaed"),
    [
        (1234.5, "1234.5", "1.234,5"),
        (12.0, "12", "12,0"),
        (1059150, "1059150", "1.059.150,0"),
        (10.72429, "10.72429", "10,72429"),
    ],
)
def test_numbers_in_both_styles(number: float, dotted: str, commaed: str) -> None:
    assert plain(number) == dotted
    assert european(number) == commaed


def test_tax_codes_pass_their_countries_checks() -> None:
    for company in (*range(1, 400), 769_230, 5_000_000):
        assert mst.is_valid(tax_code("VN", company, 0))
        assert mst.is_valid(tax_code("VN", company, 2))
        assert moa.is_valid(tax_code("TH", company, 0))
    assert tax_code("KH", 1, 0) == ""


def test_sites_of_one_company_share_company_identifiers_only() -> None:
    first = site_identifiers("VN", 10, 4, 0, 7)
    second = site_identifiers("VN", 11, 4, 1, 7)
    assert first.sedex_company == second.sedex_company
    assert first.tax_code == second.tax_code[:10]
    assert first.os_id != second.os_id
    assert first.sedex_site != second.sedex_site
