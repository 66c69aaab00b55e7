"""Source profiles: how to recognise and read the exports of one instrument (`mappings/<instrument>/source.yml`)."""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from harmonize.errors import ConfigurationError
from harmonize.model.tables import CommonSeverity, FindingStatus
from harmonize.sources.overall_grade import OverallGrade
from harmonize.values.dates import DATE_FORMS
from harmonize.values.numbers import NumberStyle
from harmonize.yaml_text import read_yaml

__all__ = [
    "TICK_BOXES",
    "BlockPart",
    "DocumentPart",
    "Family",
    "Layout",
    "Profile",
    "QuestionFamily",
    "Rights",
    "ScoreList",
    "TablePart",
    "TickBox",
    "load_profiles",
]

TICK_BOXES = "tick_boxes.tsv"
"""Beside a profile: the tick boxes of the instrument, and the list that each belongs to."""

Family = Literal["wide", "envelopes", "long", "findings", "register", "plan", "grants"]

AssessmentKind = Literal["self", "audit", "inspection", "self_inspection", "transparency"]


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


Names = Annotated[list[str], BeforeValidator(_as_list)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _check_required(required: Sequence[str], names: Collection[str]) -> None:
    unknown = [name for name in required if name not in names]
    if unknown:
        raise ValueError(f"required field {unknown[0]!r} is none of {', '.join(sorted(names))}")


class TablePart(_Strict):
    """A table of an export: which sheet, and which of their columns is which of our fields.

    `columns` maps our field to one or more of their headers (the first one present counts); for `address` all that are
    present are joined. `identifiers` maps an identifier scheme to their header. `known` are headers passed over.
    """

    sheet: str | None = None
    columns: dict[str, Names]
    identifiers: dict[str, Names] = Field(default_factory=dict)
    required: list[str]
    known: list[str] = Field(default_factory=list)
    open: bool = Field(default=False, description="Other columns are no drift.")

    @model_validator(mode="after")
    def _names_exist(self) -> TablePart:
        _check_required(self.required, {*self.columns, *self.identifiers})
        return self


class BlockPart(_Strict):
    """A label/value block: our field -> their label in one column, the value in the next."""

    sheet: str | None = None
    labels: dict[str, Names]
    identifiers: dict[str, Names] = Field(default_factory=dict)
    required: list[str]
    key: str | None = Field(default=None, description="Our field without which the block belongs to nothing.")
    known: list[str] = Field(default_factory=list)

    @model_validator(mode="after")
    def _names_exist(self) -> BlockPart:
        _check_required(self.required, {*self.labels, *self.identifiers})
        return self


class ScoreList(_Strict):
    """A list of points: the paths of a section's name, of its points, and how many it could reach."""

    rows: str
    section: str
    score: str
    maximum: float | None = None


class DocumentPart(_Strict):
    """A JSON object that is one assessment: its keys, and the paths of the lists in it.

    `rows` is the list that the layout's table describes, by headers that are paths from the document
    (`areas.questions.number`); what the document says once is described by the layout's `header_block`.
    """

    keys: list[str]
    rows: str
    scores: ScoreList | None = None


class Layout(_Strict):
    """One export layout of an instrument."""

    name: str
    family: Family
    table: TablePart | None = None
    header_table: TablePart | None = Field(
        default=None, description="Headers in a sheet of their own, joined on the id."
    )
    header_block: BlockPart | None = Field(default=None, description="Headers in a label/value block.")
    envelope_keys: list[str] = Field(default_factory=list, description="Keys that a JSON envelope must have.")
    document: DocumentPart | None = Field(default=None, description="Assessments that are JSON objects with a list.")
    page_keys: list[str] = Field(
        default_factory=list, description="Keys beside the list of a page that are passed over."
    )
    known_keys: list[str] = Field(
        default_factory=list, description="Paths of an envelope's keys, `*` for any key; others are drift."
    )
    edition: str | None = Field(default=None, description="Edition of every assessment of this layout.")
    assessment_kind: AssessmentKind | None = Field(default=None, description="Kind of every assessment of this layout.")
    encoding: str = "cp1252"
    dates: list[str] = Field(default_factory=list)
    not_with: list[str] = Field(
        default_factory=list, description="Headers that show that a table is no register after all."
    )
    synonyms: bool = Field(default=False, description="A register recognised by synonyms, after everything else.")
    scale: str | None = Field(default=None, description="The scale of every answer, whatever its question's own.")
    default_scale: str | None = None
    scale_by_type: dict[str, str] = Field(default_factory=dict)
    clean_visit_field: Names = Field(
        default_factory=list, description="A row where these fields are blank is a visit without findings."
    )
    clause_pattern: str | None = Field(
        default=None, description="A pattern whose group `code` is the code of a clause that is printed with its title."
    )
    clause_words: dict[str, str] = Field(
        default_factory=dict,
        description="Code of a clause -> the pattern that finds it in its columns, or in the title of its form.",
    )
    name_pattern: str | None = Field(
        default=None, description="A pattern whose groups `name` and `address` are a name printed with its address."
    )
    severity_flags: dict[str, str] = Field(
        default_factory=dict, description="Fields that say yes or no -> the class they mean, the gravest first."
    )
    finding_kinds: dict[str, bool] = Field(
        default_factory=dict, description="Kind of an entry -> whether it is a finding; without kinds all are."
    )
    due_from_timescale: dict[str, int] = Field(default_factory=dict, description="Timescale word -> days.")
    not_an_assessment_sheet: list[str] = Field(default_factory=list, description="Sheets passed over.")
    scopes: list[str] = Field(default_factory=list, description="Scopes of a grant, the narrowest first.")
    bounded_instruments: list[str] = Field(
        default_factory=list, description="Instruments whose grants of all assessments need an end."
    )
    score_total: str | None = None
    score_pattern: str | None = None
    edition_key: str = Field(default="version", description="The key of an envelope that states the edition.")
    edition_prefix: str = ""
    question_types: list[str] = Field(
        default_factory=list, description="Types of rows that are questions; default: all rows."
    )
    quantity_suffix: str | None = None
    unit_suffixes: list[str] = Field(default_factory=list)

    @model_validator(mode="after")
    def _is_whole(self) -> Layout:
        unknown = [form for form in self.dates if form not in DATE_FORMS]
        if unknown:
            raise ValueError(f"unknown date form {unknown[0]!r}; known: {', '.join(DATE_FORMS)}")
        if self.family == "envelopes" and not self.envelope_keys and self.table is None:
            raise ValueError("a layout of the family envelopes needs envelope_keys, or a table")
        if self.document is not None and (self.table is None or self.header_block is None):
            raise ValueError("a layout of documents needs a table and a header_block")
        if self.family != "envelopes" and self.table is None:
            raise ValueError(f"a layout of the family {self.family} needs a table")
        for name in self.clean_visit_field if self.table else ():
            if self.table and name not in self.table.columns:
                raise ValueError(f"clean_visit_field {name!r} is none of the table's columns")
        return self

    def parts(self) -> Sequence[TablePart | BlockPart]:
        """The parts that recognise this layout."""
        return [part for part in (self.table, self.header_table, self.header_block) if part is not None]


class QuestionFamily(_Strict):
    """Questions of one pattern that share one crosswalk row, such as one permit question per permit."""

    pattern: str
    question: str


class TickBox(_Strict):
    """A question that is one box of a list of tick boxes.

    Attributes:
        kind: every ticked box is an issue, a provision that is in place, or a fact; or it says that none of them is.
    """

    list: str
    kind: Literal["issues", "provisions", "facts", "none_of_issues", "none_of_provisions", "none_of_facts"]


class Rights(_Strict):
    """Who may grant what of this instrument (`domain_rules`: the second key)."""

    who_may_grant: str = "nobody"
    onward_sharing: bool = False
    derived_scores: bool = False
    public_use: bool = False
    terms_version: str | None = None
    cleared: bool = False


class Profile(_Strict):
    """What one instrument's exports look like and mean before any crosswalk."""

    instrument: str
    title: str
    owner: str | None = None
    kind: Literal["assessment", "register", "grants"] = "assessment"
    assessment_kind: AssessmentKind = "audit"
    edition: str | None = Field(default=None, description="Edition of every assessment, where the export prints none.")
    editions: dict[str, str] = Field(
        default_factory=dict, description="Edition pattern -> edition of the crosswalk that reads it."
    )
    edition_pattern: str | None = Field(
        default=None,
        description="What editions look like, those without a crosswalk included; default: `editions`.",
    )
    national_editions: dict[str, str] = Field(
        default_factory=dict,
        description="Country -> edition of the crosswalk that lists its own question ids.",
    )
    keeps_scales: bool = Field(
        default=False, description="A question is read by one scale in every edition, also where nothing maps it."
    )
    country: str | None = Field(default=None, description="Country of every factory, where the export prints none.")
    answered_by: Literal["facility", "verifier"] = "verifier"
    verification: Literal["none", "desk", "virtual", "onsite", "auto_accepted"] = "onsite"
    verification_by_method: dict[str, str] = Field(default_factory=dict)
    verified_only: dict[str, list[str]] = Field(
        default_factory=dict, description="Edition -> patterns of the only questions that its verification covers."
    )
    number_style: NumberStyle = NumberStyle.POINT
    ratings: list[str] = Field(default_factory=list, description="Grades; another word is unknown.")
    severities: dict[str, CommonSeverity | None] = Field(
        default_factory=dict, description="What findings are called -> the common severity; null where it has none."
    )
    finding_statuses: dict[str, FindingStatus | None] = Field(
        default_factory=dict, description="State of a finding -> the common one; null where it has none."
    )
    overall_grade: OverallGrade | None = Field(
        default=None, description="How the overall grade follows from the points of the areas."
    )
    statuses: dict[str, int] = Field(default_factory=dict, description="Status -> rank among deliveries.")
    verified_statuses: list[str] = Field(default_factory=list)
    unpublished_statuses: list[str] = Field(default_factory=list)
    unposted_statuses: list[str] = Field(default_factory=list)
    corrected_selections: list[str] = Field(default_factory=list)
    legal_marks: list[str] = Field(
        default_factory=list, description="Words that mark a breach of law beside an answer and name no law."
    )
    valid_until_basis: Literal["scheme", "certificate", "buyer_policy", "none"] | None = None
    reporting_year_pattern: str | None = Field(default=None, description="Edition -> year of the reporting period.")
    question_families: list[QuestionFamily] = Field(default_factory=list)
    scope: dict[str, Literal["in", "out", "unknown"]] = Field(default_factory=dict)
    rights: Rights = Field(default_factory=Rights)
    facts: dict[str, Names] = Field(
        default_factory=dict,
        description="Our field of a factory or an assessment -> the questions that state it; the first stated counts.",
    )
    date_questions: list[str] = Field(
        default_factory=list, description="Questions that ask a day; an answer that is none is withheld."
    )
    tick_boxes: dict[str, TickBox] = Field(
        default_factory=dict, description="Tick box -> its list; read from `tick_boxes.tsv` beside the profile."
    )
    layouts: list[Layout]


_ALL_QUESTIONS = ("(?s:.*)",)


def covered_questions(profile: Profile, edition: str | None) -> tuple[str, ...]:
    """Patterns of the questions that a verification of this edition looks at; one that is not listed looks at all."""
    return tuple(profile.verified_only.get(edition or "", _ALL_QUESTIONS))


@lru_cache(maxsize=1 << 16)
def is_covered(patterns: tuple[str, ...], question: str) -> bool:
    """Whether a question is one of those that the patterns describe."""
    return any(re.fullmatch(pattern, question) for pattern in patterns)


def covers(profile: Profile, edition: str | None, question: str) -> bool:
    """Whether a verification of this edition looks at a question."""
    return is_covered(covered_questions(profile, edition), question)


def _load(path: Path) -> Profile:
    try:
        stated = read_yaml(path)
        boxes = _tick_boxes(path.with_name(TICK_BOXES))
        if boxes and isinstance(stated, dict):
            stated = {**stated, "tick_boxes": boxes}
        profile = Profile.model_validate(stated)
    except ValidationError as problem:
        first = problem.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise ConfigurationError(f"{path}: {place}: {first['msg']} (value {first['input']!r}).") from problem
    if profile.instrument != path.parent.name:
        raise ConfigurationError(
            f"{path}: instrument is {profile.instrument!r} but the folder is {path.parent.name!r}; use one name."
        )
    return profile


def _tick_boxes(path: Path) -> dict[str, dict[str, str]]:
    """The lists of tick boxes of an instrument, where it has some."""
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        return {row.pop("question"): row for row in csv.DictReader(file, delimiter="\t")}


def load_profiles(paths: Sequence[Path]) -> Mapping[str, Profile]:
    """Profiles by instrument.

    Raises:
        ConfigurationError: a profile that is not valid, with file, place, value and cure.
    """
    return {profile.instrument: profile for profile in map(_load, paths)}
