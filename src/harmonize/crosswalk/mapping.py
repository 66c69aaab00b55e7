"""Crosswalk files: pure SSSOM beside the rules that SSSOM cannot say, joined on the question.

`mappings/<instrument>/<edition>.sssom.tsv` and `.rules.tsv`. Both have a row per question; anything else fails the
lint. A `Not` row, and a row to a question of another questionnaire, is knowledge beside it and never maps an answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

from yaml import YAMLError

from harmonize.crosswalk.tabular import read_text, rows_of
from harmonize.errors import ConfigurationError
from harmonize.project import Project
from harmonize.yaml_text import parse_yaml

__all__ = [
    "COUNTRY_CONDITION",
    "INDICATOR_PREFIX",
    "PREDICATES",
    "RULE_COLUMNS",
    "SSSOM_COLUMNS",
    "Aside",
    "Edition",
    "MappingEntry",
    "load_editions",
]

SSSOM_COLUMNS = (
    "subject_id",
    "predicate_id",
    "predicate_modifier",
    "object_id",
    "mapping_justification",
    "confidence",
    "author_id",
    "reviewer_id",
    "mapping_date",
)
RULE_COLUMNS = (
    "question",
    "scale",
    "polarity",
    "unit",
    "level",
    "group",
    "condition",
    "basis",
    "threshold",
    "status",
    "valid_from",
    "valid_to",
    "reason",
    "example_answer",
    "example_state",
)
PREDICATES: Mapping[str, str] = {
    "skos:exactMatch": "exact",
    "skos:closeMatch": "close",
    "skos:broadMatch": "broad",
    "skos:narrowMatch": "narrow",
    "skos:relatedMatch": "related",
}
NO_TERM = "sssom:NoTermFound"
INDICATOR_PREFIX = "hz:"
COUNTRY_CONDITION = "country="
"""The one key that a condition may have: `country=VN|KH`."""
_EVERYWHERE = frozenset[str]()


class Aside(NamedTuple):
    """What a row says of a question without mapping its answers: what is denied, how near a question of others is.

    Attributes:
        object: `hz:<indicator>` or `<instrument>:<question>`, decoded.
    """

    predicate: str
    object: str
    is_denied: bool


@dataclass(frozen=True, slots=True)
class MappingEntry:
    """One question of one edition with its meaning; `indicator_id` is None for an ignored question."""

    instrument: str
    edition: str
    question: str
    predicate: str | None
    indicator_id: str | None
    confidence: float | None
    rules: Mapping[str, str]
    asides: Sequence[Aside] = ()
    provenance: Mapping[str, str] = field(default_factory=dict)

    @property
    def mapping_id(self) -> str:
        """Stable id of this mapping."""
        return f"{self.instrument}:{self.edition}:{self.question}"

    def rule(self, name: str) -> str | None:
        """A rule, None where its cell is empty."""
        return self.rules.get(name) or None

    @property
    def countries(self) -> frozenset[str]:
        """The countries whose factories are asked, where the condition names any; empty for all."""
        condition = self.rule("condition")
        return frozenset(condition.removeprefix(COUNTRY_CONDITION).split("|")) if condition else _EVERYWHERE

    def asks_in(self, country: str | None) -> bool:
        """Whether factories of a country are asked; those of which no country is known are."""
        return country is None or not self.countries or country in self.countries

    @property
    def is_approved(self) -> bool:
        """Only approved rows reach published answers."""
        return self.rules.get("status") == "approved"


@dataclass(frozen=True, slots=True)
class Edition:
    """The crosswalk of one edition."""

    instrument: str
    edition: str
    entries: Mapping[str, MappingEntry]
    sssom_path: Path
    rules_path: Path


def split_header(text: str) -> tuple[str, str]:
    """The `#` header block of an SSSOM file as YAML text, and the table below it."""
    lines = text.splitlines(keepends=True)
    count = next((number for number, line in enumerate(lines) if not line.startswith("#")), len(lines))
    return "".join(line[1:] for line in lines[:count]), "".join(lines[count:])


def _metadata(header: str, path: Path) -> Mapping[str, Any]:
    try:
        metadata = parse_yaml(header) or {}
    except YAMLError as problem:
        raise ConfigurationError(f"{path}: the `#` header is not valid YAML: {problem}. Mend it there.") from problem
    if not isinstance(metadata, Mapping):
        raise ConfigurationError(f"{path}: the `#` header is no mapping; write `# curie_map:` and the rest.")
    return metadata


def _read_sssom(path: Path, instrument: str) -> list[tuple[str, dict[str, str]]]:
    header, body = split_header(read_text(path))
    metadata = _metadata(header, path)
    prefix = f"{instrument}:"
    if instrument not in (metadata.get("curie_map") or {}):
        raise ConfigurationError(f"{path}: curie_map has no prefix {instrument!r}; add it to the header.")
    rows: list[tuple[str, dict[str, str]]] = []
    for row in rows_of(body, path, SSSOM_COLUMNS, only_these=True, first_line=header.count("\n") + 1):
        if not row["subject_id"].startswith(prefix):
            raise ConfigurationError(f"{path}: subject_id {row['subject_id']!r} does not begin with {prefix!r}.")
        if row["predicate_id"] not in PREDICATES:
            raise ConfigurationError(
                f"{path}: predicate_id {row['predicate_id']!r} is none of {', '.join(PREDICATES)}."
            )
        if row["predicate_modifier"] not in ("", "Not"):
            raise ConfigurationError(
                f"{path}: predicate_modifier {row['predicate_modifier']!r} is unknown; leave it empty or write Not."
            )
        if ":" not in row["object_id"]:
            raise ConfigurationError(
                f"{path}: object_id {row['object_id']!r} has no prefix; write {INDICATOR_PREFIX}<indicator>."
            )
        rows.append((unquote(row["subject_id"][len(prefix) :]), row))
    return rows


def _entry(
    instrument: str,
    edition: str,
    question: str,
    rules: Mapping[str, str],
    rows: Sequence[Mapping[str, str]],
    path: Path,
) -> MappingEntry:
    mapped = [row for row in rows if _maps(row)]
    asides = [
        Aside(PREDICATES[row["predicate_id"]], unquote(row["object_id"]), row["predicate_modifier"] == "Not")
        for row in rows
        if not _maps(row)
    ]
    if len(mapped) > 1:
        raise ConfigurationError(f"{path}: the question {question!r} is mapped twice; keep one primary mapping.")
    if not mapped or mapped[0]["object_id"] == NO_TERM:
        return MappingEntry(instrument, edition, question, None, None, None, rules, asides)
    row = mapped[0]
    return MappingEntry(
        instrument,
        edition,
        question,
        PREDICATES[row["predicate_id"]],
        row["object_id"].removeprefix(INDICATOR_PREFIX),
        _confidence(row["confidence"], path, question),
        rules,
        asides,
        row,
    )


def _maps(row: Mapping[str, str]) -> bool:
    """Whether the row says what becomes of answers."""
    is_ours = row["object_id"] == NO_TERM or row["object_id"].startswith(INDICATOR_PREFIX)
    return is_ours and row["predicate_modifier"] != "Not"


def _confidence(text: str, path: Path, question: str) -> float | None:
    try:
        return float(text) if text else None
    except ValueError:
        raise ConfigurationError(
            f"{path}: the confidence {text!r} of {question!r} is no number; write one between 0 and 1."
        ) from None


def load_edition(sssom_path: Path, rules_path: Path) -> Edition:
    """Load the two files of one edition.

    Raises:
        ConfigurationError: columns, prefixes or questions that do not fit together.
    """
    instrument = sssom_path.parent.name
    edition = sssom_path.name.removesuffix(".sssom.tsv")
    by_question: dict[str, list[dict[str, str]]] = {}
    for question, row in _read_sssom(sssom_path, instrument):
        by_question.setdefault(question, []).append(row)
    entries: dict[str, MappingEntry] = {}
    for rules in rows_of(read_text(rules_path), rules_path, RULE_COLUMNS, only_these=True):
        question = rules["question"]
        if question in entries:
            raise ConfigurationError(f"{rules_path}: the question {question!r} stands twice; remove one.")
        rows = by_question.pop(question, [])
        entries[question] = _entry(instrument, edition, question, rules, rows, sssom_path)
    if by_question:
        first = next(iter(by_question))
        raise ConfigurationError(f"{rules_path}: the question {first!r} of {sssom_path.name} has no rules row; add it.")
    return Edition(instrument, edition, entries, sssom_path, rules_path)


def load_editions(project: Project) -> list[Edition]:
    """Every crosswalk of the project, by instrument and edition."""
    rules = {(path.parent.name, path.name): path for path in project.files("mappings", "*/*.rules.tsv")}
    editions = []
    for sssom_path in project.files("mappings", "*/*.sssom.tsv"):
        name = sssom_path.name.replace(".sssom.tsv", ".rules.tsv")
        rules_path = rules.get((sssom_path.parent.name, name))
        if rules_path is None:
            raise ConfigurationError(f"{sssom_path}: {name} is missing beside it; every edition has both files.")
        editions.append(load_edition(sssom_path, rules_path))
    return editions
