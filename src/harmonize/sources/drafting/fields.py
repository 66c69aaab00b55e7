"""Which fields each kind of export has, and what a column must hold to be one of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from harmonize.sources.drafting.columns import Column
from harmonize.sources.drafting.dates import is_date
from harmonize.sources.drafting.words import Meaning
from harmonize.sources.profile import Profile
from harmonize.sources.vocabulary import Vocabulary
from harmonize.values.geography import Geography
from harmonize.values.identifiers import IdentifierRules
from harmonize.values.numbers import looks_numeric
from harmonize.values.text import word_key

__all__ = ["DATES", "FIELDS", "REQUIRED", "ROWS", "VISIT", "Contents", "Kind"]

Kind = Literal["findings", "long", "register"]

DATES = ("assessed_on", "valid_until", "due_on", "closed_on")
_FACTORY = (
    "name", "name_local", "address", "city", "admin1", "country", "latitude", "longitude", "sector", "workers",
)  # fmt: skip
VISIT = ("native_id", *_FACTORY, "assessed_on", "assessment_type", "announcement", "assessor", "rating", "valid_until")
"""What is said of a visit once."""
_FINDING = (
    "severity", "description", "root_cause", "legal_reference", "action", "responsible", "due_on", "closed_on",
    "status",
)  # fmt: skip
ROWS: Mapping[Kind, tuple[str, ...]] = {
    "findings": ("finding_no", "clause", "clause_label", *_FINDING),
    "long": ("question", "label_text", "answer", *_FINDING),
    "register": (),
}
"""What is said of each finding or answer; `clause_label` and `label_text` are passed over under these names."""
FIELDS: Mapping[Kind, tuple[str, ...]] = {
    "findings": (*VISIT, *ROWS["findings"]),
    "long": (*VISIT, *ROWS["long"]),
    "register": _FACTORY,
}
"""What one table of a kind may hold."""
REQUIRED: Mapping[Kind, tuple[str, ...]] = {
    "findings": ("native_id", "name", "country", "assessed_on", "clause", "severity", "description"),
    "long": ("native_id", "name", "country", "assessed_on", "question", "answer"),
    "register": _FACTORY,
}
"""By what an export is recognised, where the sample has it."""
_MOSTLY = 0.6
_NEARLY_ALL = 0.8
_LONGEST_CODE = 64
_LEAST_LETTERS = 4


@dataclass(frozen=True, slots=True)
class Contents:
    """What is known of words and values, whatever stands above them.

    Attributes:
        severities, statuses, ratings, answers: words of any source or scale, case-folded.
    """

    geography: Geography
    identifiers: IdentifierRules
    severities: frozenset[str]
    statuses: frozenset[str]
    ratings: frozenset[str]
    answers: frozenset[str]

    @classmethod
    def of(cls, profiles: Iterable[Profile], vocabulary: Vocabulary) -> Contents:
        """The words of these profiles and of all scales."""
        known = list(profiles)
        return cls(
            vocabulary.geography,
            vocabulary.identifiers,
            frozenset(word_key(word) for profile in known for word in profile.severities),
            frozenset(word_key(word) for profile in known for word in profile.finding_statuses),
            frozenset(word_key(word) for profile in known for word in profile.ratings),
            frozenset(word for word in vocabulary.answer_words if not looks_numeric(word)),
        )

    def fits(self, meaning: Meaning, column: Column) -> bool:
        """Whether a column may hold this; one that holds nothing may hold anything."""
        if not column.stated:
            return True
        if meaning.is_identifier or meaning.name in ("native_id", "finding_no"):
            return not column.has_dates and all(len(text) <= _LONGEST_CODE for text in column.texts)
        if meaning.name in DATES:
            return column.has_dates or _share(column, is_date) >= _MOSTLY
        if meaning.name == "country":
            return _share(column, self._is_country) >= _MOSTLY
        if meaning.name in ("workers", "latitude", "longitude", "score"):
            return _share(column, looks_numeric) >= _MOSTLY
        if meaning.name in ("severity", "status", "rating", "announcement"):
            return column.is_closed_list and not column.has_dates
        return not column.has_dates

    def evident(self, column: Column, countries: Iterable[str]) -> tuple[str, str] | None:
        """The field that the values alone show, and how; None where they show none.

        Args:
            countries: those that the sample names.
        """
        if not column.texts or column.has_dates:
            return None
        checks: list[tuple[str, Callable[[str], bool], str]] = [
            ("os_id", lambda text: self.identifiers.is_valid("os_id", text), "its check characters are right"),
            ("country", lambda text: len(text) >= _LEAST_LETTERS and self._is_country(text), "it holds countries"),
            ("severity", lambda text: word_key(text) in self.severities, "other sources call findings so"),
            ("status", lambda text: word_key(text) in self.statuses, "other sources call states of findings so"),
            ("rating", lambda text: word_key(text) in self.ratings, "other sources grade so"),
            ("answer", lambda text: word_key(text) in self.answers, "questions are answered so"),
            ("admin1", lambda text: any(self.geography.admin1(code, text) for code in countries), "it holds provinces"),
        ]
        enough = _NEARLY_ALL * len(column.words)
        return next(((name, why) for name, check, why in checks if sum(map(check, column.words)) >= enough), None)

    def _is_country(self, text: str) -> bool:
        return self.geography.country_code(text) is not None


def _share(column: Column, check: Callable[[str], bool]) -> float:
    return sum(map(check, column.texts)) / len(column.texts) if column.texts else 0.0
