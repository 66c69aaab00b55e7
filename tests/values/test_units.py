"""Every spelling of a unit leads to one common unit, by the factors that the contract names."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import yaml

from harmonize.errors import ConfigurationError
from harmonize.values.units import CommonUnit, UnitTable

UNITS = Path(__file__).parents[2] / "schemas" / "units.yml"
ALIASES = sorted(map(str, yaml.safe_load(UNITS.read_text(encoding="utf-8"))["aliases"]))


@pytest.fixture(scope="module")
def units() -> UnitTable:
    return UnitTable.from_file(UNITS)


@pytest.mark.parametrize(
    ("spelling", "unit", "factor"),
    [
        ("kWh", "MJ", 3.6),
        ("MWh", "MJ", 3600.0),
        ("Kilowatt hour (kWh)", "MJ", 3.6),
        ("cubic metres (m3)", "L", 1000.0),
        ("MJ", "MJ", 1.0),
        ("GJ", "MJ", 1000.0),
        ("therm", "MJ", 105.505585262),
        ("mmBTU", "MJ", 1055.05585262),
        ("L", "L", 1.0),
        ("m3", "L", 1000.0),
        ("m³", "L", 1000.0),
        ("US gal", "L", 3.785411784),
        ("kg", "kg", 1.0),
        ("t", "kg", 1000.0),
        ("lb", "kg", 0.45359237),
        ("kgCO2e", "kgCO2e", 1.0),
        ("tCO2e", "kgCO2e", 1000.0),
        ("  Cubic   METERS ", "L", 1000.0),
    ],
)
def test_unit_of_the_contract(units: UnitTable, spelling: str, unit: str, factor: float) -> None:
    found = units.find(spelling)
    assert found is not None
    assert found.unit == unit
    assert math.isclose(found.factor, factor, rel_tol=1e-12)


@pytest.mark.parametrize("alias", ALIASES)
def test_every_alias_has_a_positive_finite_factor(units: UnitTable, alias: str) -> None:
    found = units.find(alias)
    assert found is not None
    assert math.isfinite(found.factor)
    assert found.factor > 0


@pytest.mark.parametrize("alias", ALIASES)
def test_alias_is_found_in_upper_case_too(units: UnitTable, alias: str) -> None:
    assert units.find(alias.upper()) == units.find(alias)


@pytest.mark.parametrize("spelling", ["", "gal", "ML", "mL", "furlong", "kWh/day", "kg kg"])
def test_unknown_or_ambiguous_spelling_is_not_guessed(units: UnitTable, spelling: str) -> None:
    assert units.find(spelling) is None


def test_emissions_are_no_mass(units: UnitTable) -> None:
    mass, emissions = units.find("t"), units.find("tCO2e")
    assert mass is not None
    assert emissions is not None
    assert mass.unit != emissions.unit


def test_fuels_keep_their_dimension(units: UnitTable) -> None:
    assert {units.find(name) for name in ("L", "kg", "MJ")} == {
        CommonUnit("L", 1.0),
        CommonUnit("kg", 1.0),
        CommonUnit("MJ", 1.0),
    }


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param("definitions: [a = 5 *]\ncanonical: {}\naliases: {}\n", "a = 5 *", id="definition"),
        pytest.param("definitions: []\ncanonical: {x: {unit: y, pint: nope}}\naliases: {}\n", "nope", id="canonical"),
        pytest.param("definitions: []\ncanonical: {x: {unit: y}}\naliases: {}\n", "canonical.x.pint", id="half"),
        pytest.param("definitions: []\ncanonical: {}\n", "aliases", id="no aliases"),
        pytest.param("definitions: [\n", "YAML", id="no YAML"),
        pytest.param(
            "definitions: []\ncanonical: {mass: {unit: kg, pint: kilogram}}\naliases: {T: tonne, t: gram}\n",
            "stands twice",
            id="two meanings",
        ),
    ],
)
def test_units_that_are_wrong_are_a_sentence(content: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "units.yml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"units.yml") as refused:
        UnitTable.from_file(path)
    assert said in str(refused.value)


@pytest.mark.parametrize("expression", ["no_such_unit", "ampere", "2 kilogram"])
def test_alias_that_leads_nowhere_names_itself(tmp_path: Path, expression: str) -> None:
    path = tmp_path / "units.yml"
    path.write_text(
        "definitions: []\ncanonical: {mass: {unit: kg, pint: kilogram}}\n"
        f"aliases: {{kg: kilogram, odd: {expression}}}\n",
        encoding="utf-8",
    )
    with pytest.raises(ConfigurationError, match="odd"):
        UnitTable.from_file(path)


def test_a_name_with_the_symbol_of_another_unit_is_unknown(units: UnitTable) -> None:
    assert units.find("kilowatt hour (kWh)") is not None
    assert units.find("kilowatt hour (MWh)") is None
