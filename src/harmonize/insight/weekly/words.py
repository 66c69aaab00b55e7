"""Words and days of the weekly sheets: `schemas/weekly_words.yml`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from pydantic import Field, model_validator

from harmonize.spoken_words import SpokenWords, Texts, known_language, refuse_unspoken
from harmonize.workbooks import Column
from harmonize.yaml_forms import StrictForm, read_form

__all__ = ["Days", "Spoken", "WeeklyWords", "load_weekly_words"]


class Days(StrictForm):
    """How far is looked back for what is new, and ahead for what ends."""

    new: int = Field(gt=0)
    soon: int = Field(gt=0)
    later: int = Field(gt=0)


class WeeklyWords(SpokenWords):
    """All of the file.

    Attributes:
        severities: of findings that are told as new.
    """

    days: Days
    severities: Sequence[str] = Field(min_length=1)
    sheets: Mapping[str, Texts]
    columns: Mapping[str, Texts]
    words: Mapping[str, Texts]
    notes: Sequence[Texts]

    @model_validator(mode="after")
    def _are_whole(self) -> WeeklyWords:
        named = [(name, texts) for part in (self.sheets, self.columns, self.words) for name, texts in part.items()]
        refuse_unspoken([*named, *((f"note {number}", texts) for number, texts in enumerate(self.notes, 1))])
        if self.days.later < self.days.soon:
            raise ValueError("days: `later` must not come before `soon`")
        return self

    def spoken(self, language: str, values: Mapping[str, str] = MappingProxyType({})) -> Spoken:
        """The words in one language.

        Args:
            values: what states, statuses and verifications are called in it; by their own names without.

        Raises:
            ConfigurationError: there are none in it.
        """
        return Spoken(self, known_language(language), values)


@dataclass(frozen=True, slots=True)
class Spoken:
    """The words in one language."""

    all: WeeklyWords
    language: str
    values: Mapping[str, str]

    def value(self, name: str) -> str:
        """What a value of a table is called."""
        return self.values.get(name, name)

    def sheet(self, name: str) -> str:
        """The name of a sheet."""
        return self.all.sheets[name][self.language]

    def word(self, key: str, **blanks: object) -> str:
        """A word or a sentence with its blanks filled."""
        return self.all.words[key][self.language].format(**blanks)

    def column(self, name: str, width: int) -> Column:
        """A column under its title."""
        return Column(name, self.all.columns[name][self.language], width)

    @property
    def notes(self) -> list[tuple[str, str]]:
        """What is said about the sheets."""
        return [("", texts[self.language]) for texts in self.all.notes]


def load_weekly_words(path: Path) -> WeeklyWords:
    """Load them.

    Raises:
        ConfigurationError: the file is not whole; the message names file, place, value and cure.
    """
    return read_form(path, WeeklyWords)
