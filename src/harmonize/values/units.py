"""Units as exports print them, turned into the common units by pint; names and factors live in `schemas/units.yml`.

Fuels stay in their own dimension (litres, kilograms, megajoules): no heating value is invented.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pint import UnitRegistry
from pint.errors import PintError

from harmonize.errors import ConfigurationError
from harmonize.values.text import word_key
from harmonize.yaml_text import parse_yaml

__all__ = ["CommonUnit", "UnitTable"]


@dataclass(frozen=True, slots=True)
class CommonUnit:
    """A printed unit in terms of a common one: value in `unit` = printed value x `factor`."""

    unit: str
    factor: float


@dataclass(frozen=True, slots=True)
class UnitTable:
    """Every known spelling of a unit."""

    spellings: dict[str, CommonUnit]

    @classmethod
    def from_file(cls, path: Path) -> UnitTable:
        """Load `schemas/units.yml` and let pint work out the factors.

        Raises:
            ConfigurationError: an alias that pint does not know, or whose dimension has no common unit.
        """
        content: dict[str, Any] = parse_yaml(path.read_text(encoding="utf-8"))
        registry: UnitRegistry[Any] = UnitRegistry(on_redefinition="ignore")
        for definition in content["definitions"]:
            registry.define(definition)
        common = {
            registry.Unit(entry["pint"]).dimensionality: (entry["unit"], entry["pint"])
            for entry in content["canonical"].values()
        }
        spellings: dict[str, CommonUnit] = {}
        for spelling, expression in content["aliases"].items():
            try:
                quantity = registry.Quantity(1.0, expression)
                unit, target = common[quantity.dimensionality]
                factor = float(quantity.to(target).magnitude)
            except (PintError, KeyError) as problem:
                raise ConfigurationError(
                    f"{path}: the unit {spelling!r} ({expression!r}) leads to no common unit: {problem}."
                ) from problem
            spellings[word_key(str(spelling))] = CommonUnit(unit, factor)
        return cls(spellings)

    def find(self, text: str) -> CommonUnit | None:
        """The common unit of a printed one; None when the spelling is unknown."""
        return self.spellings.get(word_key(text))
