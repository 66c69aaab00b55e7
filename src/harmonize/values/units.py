"""Units as exports print them, turned into the common units by pint; names and factors live in `schemas/units.yml`.

Fuels stay in their own dimension (litres, kilograms, megajoules): no heating value is invented.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, ValidationError

from harmonize.errors import ConfigurationError
from harmonize.values.text import word_key
from harmonize.values.unit_memory import memory_key, recall, remember
from harmonize.yaml_text import read_yaml

if TYPE_CHECKING:
    from pint import UnitRegistry

__all__ = ["CommonUnit", "UnitTable"]


class _Canonical(BaseModel):
    """What a dimension is converted to: the printed name, and what pint calls it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    unit: str
    pint: str


class _UnitWords(BaseModel):
    """The content of `units.yml`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    definitions: list[str]
    canonical: dict[str, _Canonical]
    aliases: dict[str, str]


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
    def from_file(cls, path: Path, memory: Path | None = None) -> UnitTable:
        """Load `schemas/units.yml` and let pint work out the factors.

        Args:
            memory: a file that keeps the factors for the next time; whatever decides them enters its key, and it may be
                deleted at any time.

        Raises:
            ConfigurationError: an alias that pint does not know, or whose dimension has no common unit.
        """
        # pint takes half a second to import and to read its own definitions, hence the memory.
        key = None if memory is None else memory_key(path, (Path(__file__), Path(__file__).with_name("text.py")))
        known = None if memory is None or key is None else recall(memory, key)
        if known is not None:
            return cls({spelling: CommonUnit(unit, factor) for spelling, (unit, factor) in known.items()})
        spellings = _worked_out(path)
        if memory is not None and key is not None:
            remember(memory, key, {name: (common.unit, common.factor) for name, common in spellings.items()})
        return cls(spellings)

    def find(self, text: str) -> CommonUnit | None:
        """The common unit of a printed one; None when the spelling is unknown."""
        return self.spellings.get(word_key(text))


def _words(path: Path) -> _UnitWords:
    try:
        return _UnitWords.model_validate(read_yaml(path))
    except ValidationError as problem:
        first = problem.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise ConfigurationError(f"{path}: {place}: {first['msg']} (value {first['input']!r}).") from problem


def _registry(path: Path, words: _UnitWords) -> UnitRegistry[Any]:
    from pint import UnitRegistry
    from pint.errors import PintError

    registry: UnitRegistry[Any] = UnitRegistry(on_redefinition="ignore")
    for definition in words.definitions:
        try:
            registry.define(definition)
        except (PintError, ValueError, TypeError) as problem:  # pint has no loader for what it does not understand
            raise ConfigurationError(f"{path}: the definition {definition!r} is wrong: {problem}.") from problem
    return registry


def _worked_out(path: Path) -> dict[str, CommonUnit]:
    """Spelling -> common unit, by pint."""
    words = _words(path)
    registry = _registry(path, words)
    common = _common(path, words, registry)
    spellings: dict[str, CommonUnit] = {}
    for spelling, expression in words.aliases.items():
        found = _common_unit(path, spelling, expression, common, registry)
        if spellings.setdefault(word_key(spelling), found) != found:
            raise ConfigurationError(
                f"{path}: the unit {spelling!r} ({expression!r}) stands twice, with different meanings; remove one."
            )
    return spellings | _with_symbols(spellings)


def _with_symbols(spellings: Mapping[str, CommonUnit]) -> dict[str, CommonUnit]:
    """A name with its symbol in brackets, such as `kilowatt hour (kwh)`, where both are the same unit."""
    return {
        f"{name} ({symbol})": unit
        for name, unit in spellings.items()
        for symbol, other in spellings.items()
        if unit == other and len(symbol) < len(name)
    }


def _common(path: Path, words: _UnitWords, registry: UnitRegistry[Any]) -> dict[Any, _Canonical]:
    """Dimension -> the common unit that it is converted to."""
    from pint.errors import PintError

    try:
        return {registry.Unit(entry.pint).dimensionality: entry for entry in words.canonical.values()}
    except (PintError, ValueError) as problem:
        raise ConfigurationError(f"{path}: canonical: {problem}. Correct it, or add a definition.") from problem


def _common_unit(
    path: Path, spelling: str, expression: str, common: Mapping[Any, _Canonical], registry: UnitRegistry[Any]
) -> CommonUnit:
    from pint.errors import PintError

    try:
        quantity = registry.Quantity(1.0, expression)
        target = common[quantity.dimensionality]
        return CommonUnit(target.unit, float(quantity.to(target.pint).magnitude))
    except (PintError, ValueError, KeyError) as problem:
        raise ConfigurationError(
            f"{path}: the unit {spelling!r} ({expression!r}) leads to no common unit: {problem}."
        ) from problem
