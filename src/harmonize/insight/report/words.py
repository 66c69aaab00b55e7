"""Words and rules of the report: `schemas/report_words.yml` and `schemas/report.yml`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import Field, model_validator

from harmonize.spoken_words import SpokenWords, Texts, filled, known_language, refuse_unspoken
from harmonize.yaml_forms import StrictForm, read_form

__all__ = ["ReportRules", "ReportWords", "Spoken", "load_report_rules", "load_report_words"]


class TrendRules(StrictForm):
    """Which quantities are followed, by patterns of indicators."""

    intensities: Sequence[str]
    totals: Sequence[str]


class ReportRules(StrictForm):
    """All of `schemas/report.yml`."""

    printed: int = Field(ge=1)
    shown: int = Field(ge=1)
    matrix: int = Field(ge=2)
    courses: int = Field(ge=1)
    causes: int = Field(ge=1)
    overlap_answers: int = Field(ge=0)
    fall_share: float = Field(gt=0, lt=1)
    trends: TrendRules


class ReportWords(SpokenWords):
    """All of `schemas/report_words.yml`."""

    words: Mapping[str, Texts]
    countries: Mapping[str, Texts]

    @model_validator(mode="after")
    def _are_whole(self) -> ReportWords:
        refuse_unspoken([*self.words.items(), *self.countries.items()])
        return self

    def spoken(self, language: str) -> Spoken:
        """The words in one language.

        Raises:
            ConfigurationError: there are none in it.
        """
        return Spoken(self, known_language(language))


@dataclass(frozen=True, slots=True)
class Spoken:
    """The words in one language."""

    words: ReportWords
    language: str

    def __call__(self, name: str, /, **blanks: object) -> str:
        """A word, its blanks filled."""
        return filled(self.words.words[name][self.language], blanks)

    def country(self, code: str | None) -> str:
        """A country; its code where it has no name here."""
        if code is None:
            return self("unknown")
        return self.words.countries.get(code, {}).get(self.language, code)

    def decimal(self, text: str) -> str:
        """A number with the decimal sign of the language."""
        return text.replace(".", ",") if self.language == "vi" else text

    def percent(self, share: float | None, digits: int = 0) -> str:
        """A share; nothing where there is none."""
        return "" if share is None else self.decimal(f"{share * 100:.{digits}f}") + "\u00a0%"


def load_report_words(path: Path) -> ReportWords:
    """Load the words.

    Raises:
        ConfigurationError: they are not whole; the message names file, place and cure.
    """
    return read_form(path, ReportWords)


def load_report_rules(path: Path) -> ReportRules:
    """Load the rules.

    Raises:
        ConfigurationError: they are impossible; the message names file, place and cure.
    """
    return read_form(path, ReportRules)
