"""Read the word material of the invented world from `schemas/demo`.

Every list of words, codes, places and planted faults is data; the modules of this package only combine it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from harmonize.yaml_text import parse_yaml

__all__ = [
    "CellFault",
    "ColumnFault",
    "Country",
    "Fact",
    "FaultPlan",
    "HiggFem",
    "Material",
    "Matters",
    "Naming",
    "Programme",
    "Province",
    "Quantity",
    "RowFault",
    "Style",
    "read_material",
]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Wording(_Entry):
    """One word in the language of the country and in English."""

    local: str
    english: str


class Spellings(_Entry):
    """All spellings of one thing in the language of the country and in English."""

    local: tuple[str, ...]
    english: tuple[str, ...]


class Designator(_Entry):
    """How a unit or a branch is written."""

    local: str
    english: tuple[str, ...]


class Naming(_Entry):
    """How companies of one country are named."""

    syllables: tuple[tuple[str | tuple[str, str], ...], ...]
    trades: dict[str, Wording]
    legal_forms: dict[str, Spellings]
    local: str
    english: str = "{stem} {trade} {legal}"
    unit: Designator
    branch: Designator


class Coined(_Entry):
    """Parts of coined company names."""

    starts: tuple[str, ...]
    middles: tuple[str, ...]
    ends: tuple[str, ...]


class Province(_Entry):
    """A province: name in the country's language, English name, name in force since July 2025, middle point."""

    name: str
    english: str
    now: str
    postal: str
    at: tuple[float, float]
    districts: tuple[str, ...]


class Country(_Entry):
    """Address material of one country."""

    spellings: tuple[str, ...]
    streets: tuple[str, ...]
    estates: tuple[str, ...]
    communes: tuple[str, ...]
    plots: tuple[str, ...]
    provinces: tuple[Province, ...]


class Style(_Entry):
    """How one contributor writes names and addresses; `typos` is the share of records with a slip."""

    language: Literal["english", "local"]
    case: Literal["title", "upper"]
    marks: bool
    order: Literal["street_first", "province_first", "one_line"]
    province: Literal["then", "now", "english"]
    country: int
    typos: float
    legal: int | None = None


class Matter(_Entry):
    """Something audits find, and the clause under which each buyer files it."""

    text: str
    pvh: str
    gap: str
    levis: str
    smeta: str
    weight: int


class Matters(_Entry):
    """Audit material: matters, causes, actions, and each buyer's own words for severities and ratings."""

    matters: tuple[Matter, ...]
    root_causes: tuple[str, ...]
    actions: tuple[str, ...]
    severities: dict[str, tuple[str, ...]]
    ratings: dict[str, tuple[str, ...]]


class Scored(_Entry):
    """Scored questions of one compliance point."""

    cluster: str
    point: str
    ids: tuple[str, ...]


class Fact(_Entry):
    """A question for information; `answers` says what it asks for."""

    cluster: str
    point: str
    id: str
    answers: Literal["workers", "words"]


class Programme(_Entry):
    """One country programme of Better Work."""

    country: str
    tool: str
    scored: tuple[Scored, ...]
    facts: tuple[Fact, ...]


class BetterWork(_Entry):
    """Better Work material."""

    programmes: dict[str, Programme]
    words: tuple[str, ...]
    methods: tuple[str, ...]
    actions: tuple[str, ...]


class Quantity(_Entry):
    """A measured source: amounts are drawn in `base` between `low` and `high`; `share` of factories report it."""

    stem: str
    units: tuple[str, ...]
    low: float
    high: float
    base: str
    share: float


class UnitFactor(_Entry):
    """Common unit of a unit, and how many of the common unit it holds."""

    unit: str
    factor: float


class HiggFem(_Entry):
    """Higg FEM material: reference ids by the way their answers read."""

    good: tuple[str, ...]
    partial: tuple[str, ...]
    bad: tuple[str, ...]
    neutral: tuple[str, ...]
    facts: dict[str, tuple[str, ...]]
    blank: tuple[str, ...]
    quantities: tuple[Quantity, ...]
    units: dict[str, UnitFactor]
    sectors: tuple[str, ...]
    types: tuple[str, ...]

    @property
    def judged(self) -> tuple[str, ...]:
        """Every Yes/No question whose polarity is certain."""
        return self.good + self.partial + self.bad


class CellFault(_Entry):
    """A cell to spoil; `times` is per hundred factories, at least once."""

    code: str
    document: str
    columns: Literal["judged", "quantity", "unit"] | tuple[str, ...]
    value: str
    times: int
    sheet: str = ""


class RowFault(_Entry):
    """A row to add that must not be loaded."""

    code: str
    document: str
    row: Literal["copy", "blank_key", "orphan"]
    times: int
    key: str = ""
    value: str = ""
    sheet: str = ""


class ColumnFault(_Entry):
    """A column that no profile knows."""

    code: str
    document: str
    column: str
    values: tuple[str, ...]


class FaultPlan(_Entry):
    """All faults inside files; faults of whole files are made by `harmonize.demo.spoiled_files`."""

    cells: tuple[CellFault, ...]
    rows: tuple[RowFault, ...]
    columns: tuple[ColumnFault, ...]


class Material(_Entry):
    """All word material."""

    coined: Coined
    naming: dict[str, Naming]
    places: dict[str, Country]
    styles: dict[str, Style]
    matters: Matters
    better_work: BetterWork
    higg_fem: HiggFem
    faults: FaultPlan


def read_material(schemas: Path) -> Material:
    """Read `schemas/demo`; raises pydantic's ValidationError where a file says something unknown."""
    names = _load(schemas, "names")
    coined = names.pop("coined")
    return Material.model_validate(
        {
            "coined": coined,
            "naming": names,
            "places": _load(schemas, "places"),
            "styles": _load(schemas, "spelling")["contributors"],
            "matters": _load(schemas, "matters"),
            "better_work": _load(schemas, "better_work"),
            "higg_fem": _load(schemas, "higg_fem"),
            "faults": _load(schemas, "faults"),
        }
    )


def _load(schemas: Path, name: str) -> dict[str, object]:
    content = parse_yaml((schemas / "demo" / f"{name}.yml").read_text(encoding="utf-8"))
    if not isinstance(content, dict):
        raise TypeError(f"schemas/demo/{name}.yml must hold a mapping")
    return content
