"""Words of the queue and of its workbook: `schemas/review_words.yml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import model_validator

from harmonize.errors import ConfigurationError
from harmonize.review.kinds import KINDS
from harmonize.yaml_forms import StrictForm, read_form

__all__ = ["ReviewWords", "Spoken", "load_review_words"]

Texts = Mapping[str, str]
_LANGUAGES = ("en", "vi")
_OF_A_KIND = {"sheet", "many", "asked", "help"}


class ReviewWords(StrictForm):
    """All of the file.

    Attributes:
        status: whether a person has read what is not English.
    """

    status: Literal["machine", "reviewed"]
    kinds: Mapping[str, Mapping[str, Texts]]
    verdicts: Mapping[str, Texts]
    columns: Mapping[str, Texts]
    sides: Mapping[str, Texts]
    book: Mapping[str, Texts]

    @model_validator(mode="after")
    def _are_whole(self) -> ReviewWords:
        lacking = [name for name in KINDS if set(self.kinds.get(name, {})) != _OF_A_KIND]
        if lacking:
            raise ValueError(f"kinds: {lacking[0]!r} needs {', '.join(sorted(_OF_A_KIND))}")
        parts = [*self.kinds.values(), self.verdicts, self.columns, self.sides, self.book]
        for name, texts in ((name, texts) for part in parts for name, texts in part.items()):
            missing = set(_LANGUAGES) - set(texts)
            if missing:
                raise ValueError(f"{name!r} has no word in {', '.join(sorted(missing))}; add it")
        wanted = {word for kind in KINDS.values() for word in kind.verdicts if word != kind.chosen}
        if wanted - set(self.verdicts):
            raise ValueError(f"verdicts: {min(wanted - set(self.verdicts))!r} is missing; add it")
        return self

    def spoken(self, language: str) -> Spoken:
        """The words in one language.

        Raises:
            ConfigurationError: there are none in it.
        """
        if language not in _LANGUAGES:
            raise ConfigurationError(f"There are no words in {language!r}; there are {', '.join(_LANGUAGES)}.")
        return Spoken(self, language)


@dataclass(frozen=True, slots=True)
class Spoken:
    """The words in one language."""

    words: ReviewWords
    language: str

    def of_kind(self, kind: str, part: str, **blanks: object) -> str:
        """A word about a kind: `sheet`, `many`, `asked` or `help`."""
        return _filled(self.words.kinds[kind][part][self.language], blanks)

    def verdict(self, verdict: str) -> str:
        """What a verdict is called; what has no word, an indicator or a meaning, is called by itself."""
        return self.words.verdicts.get(verdict, {}).get(self.language, verdict)

    def column(self, name: str) -> str:
        """The title of a column."""
        return self.words.columns[name][self.language]

    def side(self, name: str) -> str:
        """What a line of the evidence tells; a question by its own name."""
        return self.words.sides.get(name, {}).get(self.language, name)

    def book(self, name: str, **blanks: object) -> str:
        """A sentence of the first sheet."""
        return _filled(self.words.book[name][self.language], blanks)


def _filled(text: str, blanks: Mapping[str, object]) -> str:
    return text.format_map(blanks) if blanks else text


def load_review_words(path: Path) -> ReviewWords:
    """Load the words.

    Raises:
        ConfigurationError: they are not whole; the message names file, place and cure.
    """
    return read_form(path, ReviewWords)
