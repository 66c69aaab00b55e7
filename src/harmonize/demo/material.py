"""Read the word material of the invented world from `schemas/demo`.

Every list of words, codes, places and planted faults is data; the modules of this package only combine it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from harmonize.demo.entries import Entry
from harmonize.demo.fault_plan import FaultPlan
from harmonize.demo.grant_plan import GrantPlan
from harmonize.demo.questionnaires import Questionnaire, SlcpCaf
from harmonize.yaml_text import parse_yaml, read_yaml

__all__ = [
    "Country",
    "Fact",
    "HiggFem",
    "Material",
    "Matters",
    "Naming",
    "Programme",
    "Province",
    "Quantity",
    "Style",
    "read_material",
]


class Wording(Entry):
    """One word in the language of the country and in English."""

    local: str
    english: str


class Spellings(Entry):
    """All spellings of one thing in the language of the country and in English."""

    local: tuple[str, ...]
    english: tuple[str, ...]


class Designator(Entry):
    """How a unit or a branch is written."""

    local: str
    english: tuple[str, ...]


class Naming(Entry):
    """How companies of one country are named."""

    syllables: tuple[tuple[str | tuple[str, str], ...], ...]
    trades: dict[str, Wording]
    legal_forms: dict[str, Spellings]
    local: str
    english: str = "{stem} {trade} {legal}"
    unit: Designator
    branch: Designator


class Coined(Entry):
    """Parts of coined company names."""

    starts: tuple[str, ...]
    middles: tuple[str, ...]
    ends: tuple[str, ...]


class Province(Entry):
    """A province: name in the country's language, English name, name in force since July 2025, middle point."""

    name: str
    english: str
    now: str
    postal: str
    at: tuple[float, float]
    districts: tuple[str, ...]


class Country(Entry):
    """Address material of one country."""

    spellings: tuple[str, ...]
    streets: tuple[str, ...]
    estates: tuple[str, ...]
    communes: tuple[str, ...]
    plots: tuple[str, ...]
    provinces: tuple[Province, ...]


class Style(Entry):
    """How one contributor writes names and addresses; `typos` is the share of records with a slip."""

    language: Literal["english", "local"]
    case: Literal["title", "upper"]
    marks: bool
    order: Literal["street_first", "province_first", "one_line"]
    province: Literal["then", "now", "english"]
    country: int
    typos: float
    legal: int | None = None


class Matter(Entry):
    """Something audits find, and the clause under which each programme files it."""

    text: str
    weight: int
    clauses: dict[str, str]


class Matters(Entry):
    """Audit material: matters, causes, actions, and each buyer's own words for severities and ratings."""

    matters: tuple[Matter, ...]
    root_causes: tuple[str, ...]
    actions: tuple[str, ...]
    severities: dict[str, tuple[str, ...]]
    ratings: dict[str, tuple[str, ...]]


class Scored(Entry):
    """Scored questions of one compliance point."""

    cluster: str
    point: str
    ids: tuple[str, ...]


class Fact(Entry):
    """A question for information; `answers` says what it asks for."""

    cluster: str
    point: str
    id: str
    answers: Literal["workers", "words"]


class Programme(Entry):
    """One country programme of Better Work."""

    country: str
    tool: str
    scored: tuple[Scored, ...]
    facts: tuple[Fact, ...]


class PublicIssue(Entry):
    """What the programmes publish of a compliance point: in compliance if nothing was found there."""

    issue: str
    point: str


class BetterWork(Entry):
    """Better Work material."""

    programmes: dict[str, Programme]
    published: tuple[PublicIssue, ...]
    words: tuple[str, ...]
    methods: tuple[str, ...]
    actions: tuple[str, ...]


class Quantity(Entry):
    """A measured source: amounts are drawn in `base` between `low` and `high`; `share` of factories report it."""

    stem: str
    units: tuple[str, ...]
    low: float
    high: float
    base: str
    share: float


class UnitFactor(Entry):
    """Common unit of a unit, and how many of the common unit it holds."""

    unit: str
    factor: float


class HiggFem(Entry):
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


class Material(Entry):
    """All word material; `tcvn3` holds what a Vietnamese letter looks like in that old encoding, read as Latin-1."""

    coined: Coined
    naming: dict[str, Naming]
    places: dict[str, Country]
    styles: dict[str, Style]
    matters: Matters
    better_work: BetterWork
    higg_fem: HiggFem
    slcp_caf: SlcpCaf
    questionnaires: dict[str, Questionnaire]
    tcvn3: dict[str, str]
    faults: FaultPlan
    grants: GrantPlan


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
            "slcp_caf": _load(schemas, "slcp_caf"),
            "questionnaires": _load(schemas, "questionnaires"),
            "tcvn3": _tcvn3(schemas),
            "faults": _load(schemas, "faults"),
            "grants": _load(schemas, "grants"),
        }
    )


def _load(schemas: Path, name: str) -> dict[str, object]:
    content = parse_yaml((schemas / "demo" / f"{name}.yml").read_text(encoding="utf-8"))
    if not isinstance(content, dict):
        raise TypeError(f"schemas/demo/{name}.yml must hold a mapping")
    return content


def _tcvn3(schemas: Path) -> dict[str, str]:
    content = read_yaml(schemas / "encodings" / "vietnamese.yml")
    return {letter: sign for sign, letter in content["tcvn3"]["letters"].items()}
