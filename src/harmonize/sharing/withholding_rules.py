"""What is withheld from audiences: `schemas/sharing.yml`, held against its form and resolved against the language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

from pydantic import Field, field_validator, model_validator

from harmonize.yaml_forms import StrictForm, read_form

__all__ = [
    "AUDIENCE_KINDS",
    "Indicator",
    "PersonalRules",
    "SensitiveTexts",
    "SmallCounts",
    "WithheldClass",
    "WithholdingRules",
    "load_withholding_rules",
]

AudienceKind = Literal["buyer", "manufacturer", "government", "civil_society", "financier", "unnamed"]
AUDIENCE_KINDS: tuple[AudienceKind, ...] = (
    "buyer", "manufacturer", "government", "civil_society", "financier", "unnamed",
)  # fmt: skip
"""Kinds that something can be denied to; `unnamed` holds besides an audience's own kind."""
Patterns = Sequence[Annotated[str, Field(min_length=1)]]


class Indicator(NamedTuple):
    """What of an indicator decides whether it is withheld."""

    indicator_id: str
    topic_id: str
    kind: str
    unit: str | None = None
    facets: Sequence[str] = ()


class _Reason(StrictForm):
    """Why something is withheld, and from whom.

    Attributes:
        rule: its number in the domain rules.
    """

    rule: int = Field(ge=1)
    why: str = Field(min_length=1)
    denied_to: Annotated[Sequence[AudienceKind], Field(min_length=1)]


class _Matching(StrictForm):
    """Which indicators are meant: by id or pattern, by topic with all below it, by facet."""

    indicators: Patterns = ()
    topics: Patterns = ()
    facets: Patterns = ()
    kinds: Patterns = ()
    besides: Patterns = ()

    def matches(self, indicator: Indicator) -> bool:
        """Whether an indicator is meant."""
        name, topic = indicator.indicator_id, indicator.topic_id
        if _matches_any(name, self.besides):
            return False
        if _matches_any(name, self.indicators):
            return True
        in_topic = any(topic == one or topic.startswith(f"{one}.") for one in self.topics)
        return (in_topic or bool(set(indicator.facets) & set(self.facets))) and (
            not self.kinds or indicator.kind in self.kinds
        )


class WithheldClass(_Reason, _Matching):
    """A class of rows that leave for nobody of some kinds.

    Attributes:
        unless_right: columns of `instrument_rights` that open it if all of them say true.
    """

    name: str = Field(pattern=r"[a-z_]+")
    questions: Mapping[str, Patterns] = {}
    instruments: Patterns = ()
    states: Patterns = ()
    severities: Patterns = ()
    ratings: Patterns = ()
    columns: Sequence[Literal["score", "rating_raw"]] = ()
    unmapped: bool = False
    unless_right: Sequence[Literal["derived_scores", "public_use", "cleared"]] = ()


class ShareOf(StrictForm):
    """A share in percent, and the count that it is a share of."""

    share: str
    of: str


class Sum(StrictForm):
    """Counts that are parts of another one; `whole` parts are all of it."""

    total: str
    parts: Annotated[Sequence[str], Field(min_length=1)]
    whole: bool = False

    @model_validator(mode="after")
    def _is_a_sum(self) -> Sum:
        if self.total in self.parts or len(set(self.parts)) < len(self.parts):
            raise ValueError(f"{self.total}: a total is no part of itself, and every part stands once")
        if self.whole and len(self.parts) < 2:
            raise ValueError(f"{self.total}: one part cannot be suppressed beside its own total; name the others")
        return self


class SmallCounts(_Reason):
    """Which counts of workers are suppressed, and what adds up to them.

    Attributes:
        least: the smallest count that is told, but for zero.
        always: suppressed whatever they say.
    """

    least: int = Field(ge=2)
    units: Patterns = ()
    indicators: Patterns = ()
    besides: Patterns = ()
    shares: Sequence[ShareOf] = ()
    always: Patterns = ()
    sums: Sequence[Sum] = ()

    @field_validator("sums")
    @classmethod
    def _have_one_whole_each(cls, sums: Sequence[Sum]) -> Sequence[Sum]:
        seen: set[str] = set()
        for one in sums:
            if one.whole and seen & set(one.parts):
                raise ValueError(f"{one.total}: a part stands in one whole only, or two totals give it away")
            seen |= set(one.parts) if one.whole else set()
        return sums

    def counts(self, indicator: Indicator) -> bool:
        """Whether an indicator counts workers."""
        if indicator.kind != "quantity" or _matches_any(indicator.indicator_id, self.besides):
            return False
        return indicator.unit in self.units or _matches_any(indicator.indicator_id, self.indicators)


class SensitiveTexts(_Reason, _Matching):
    """Which free texts need scope `full` and a review.

    Attributes:
        free_from: characters from which an answer to a question that asks for no text is one.
        words: by language; a text with one of them is sensitive whatever it was asked for.
    """

    severities: Patterns = ()
    free_from: int = Field(ge=1)
    words: Mapping[str, Patterns]

    @property
    def all_words(self) -> list[str]:
        """Those of all languages."""
        return [word for words in self.words.values() for word in words]


class PersonalPattern(StrictForm):
    """A form in which a person is named; `is_contact` ones are looked for in addresses too."""

    name: str
    matches: str
    is_contact: bool = False

    @field_validator("matches")
    @classmethod
    def _compiles(cls, matches: str) -> str:
        return _compiled(matches)


class PersonalRules(_Reason):
    """What is masked in texts.

    Attributes:
        besides: indicators whose answers are identifiers of the factory.
        hint: a text without it holds nothing that is masked.
        stays: what is left as it is, matched before anything else.
    """

    mask: str = Field(min_length=1)
    besides: Patterns = ()
    hint: str
    stays: Sequence[str]
    patterns: Annotated[Sequence[PersonalPattern], Field(min_length=1)]

    @field_validator("stays")
    @classmethod
    def _compile(cls, stays: Sequence[str]) -> Sequence[str]:
        return [_compiled(one) for one in stays]

    def is_identifier(self, indicator_id: str) -> bool:
        """Whether answers to an indicator are identifiers of the factory."""
        return _matches_any(indicator_id, self.besides)


class DerivedPair(StrictForm):
    """A total and a quantity per unit made, which give a volume."""

    total: str
    per_unit: str
    gives: str


class Considered(StrictForm):
    """Indicators that sound like antitrust and are not."""

    indicators: Patterns
    because: str = Field(min_length=1)


class WithholdingRules(StrictForm):
    """All of the file.

    Attributes:
        organisations: words of firms; who assessed is told if one of them stands in it.
        unnamed_columns: what an audience that is told no names gets of a mention.
    """

    classes: Annotated[Sequence[WithheldClass], Field(min_length=1)]
    derived_pairs: Sequence[DerivedPair]
    product_units: Patterns
    antitrust_words: Patterns
    antitrust_considered: Sequence[Considered]
    small_counts: SmallCounts
    sensitive_texts: SensitiveTexts
    personal: PersonalRules
    organisations: Patterns
    unnamed_columns: Patterns
    personal_laws: Mapping[str, str]

    @field_validator("classes")
    @classmethod
    def _are_named_once(cls, classes: Sequence[WithheldClass]) -> Sequence[WithheldClass]:
        names = [one.name for one in classes]
        if len(set(names)) < len(names) or set(names) & {name for name, _ in _OWN_CLASSES}:
            raise ValueError("every class has a name of its own, none of small_count, sensitive_text and personal")
        return classes

    def reasons(self) -> Iterator[tuple[str, _Reason]]:
        """Every class with its reason, in the order in which one comes before another."""
        for one in self.classes:
            yield one.name, one
        for name, part in _OWN_CLASSES:
            yield name, getattr(self, part)

    def classes_of(self, indicators: Iterable[Indicator]) -> Iterator[tuple[str, str]]:
        """Indicator and class, for every class that an indicator falls under."""
        for indicator in indicators:
            for one in self.classes:
                if one.matches(indicator):
                    yield indicator.indicator_id, one.name


_OWN_CLASSES = (
    ("small_count", "small_counts"),
    ("sensitive_text", "sensitive_texts"),
    ("personal", "personal"),
)
"""Classes that look at single values: their name, and the part of the file that holds their rules."""


def _matches_any(name: str, patterns: Patterns) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def _compiled(pattern: str) -> str:
    """The pattern as it is used: a flag at its beginning holds for itself alone, `\\p{Lu}` is a capital letter.

    Raises:
        ValueError: it is no pattern.
    """
    whole = f"(?i:{pattern[4:]})" if pattern.startswith("(?i)") else pattern
    whole = whole.replace(r"\p{Lu}", f"[{_CAPITALS}]")
    try:
        re.compile(whole)
    except re.error as problem:
        raise ValueError(f"{pattern!r} is no pattern: {problem}") from problem
    return whole


_CAPITALS = "".join(chr(code) for code in range(0x41, 0x1F00) if chr(code).isupper() and not 0x370 <= code < 0x1E00)
"""Capital letters of the Latin script, those of Vietnamese among them."""


def load_withholding_rules(path: Path) -> WithholdingRules:
    """Load the rules.

    Raises:
        ConfigurationError: one of them is impossible; the message names file, place, value and cure.
    """
    return read_form(path, WithholdingRules)
