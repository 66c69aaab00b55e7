"""Words of the plan in English and in the language of the factory: `schemas/corrective_actions.yml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Formatter

from pydantic import model_validator

from harmonize.spoken_words import SpokenWords, Texts, filled, known_language, refuse_unspoken
from harmonize.yaml_forms import read_form

__all__ = ["PlanWords", "Spoken", "load_plan_words"]


class PlanWords(SpokenWords):
    """All of the file.

    Attributes:
        languages: the language beside English, by country.
        accepted_by: who may accept a closing, by who may grant the instrument.
    """

    languages: Texts
    accepted_by: Mapping[str, Texts]
    words: Mapping[str, Texts]

    @model_validator(mode="after")
    def _are_whole(self) -> PlanWords:
        if "public" not in self.accepted_by:
            raise ValueError("'public' must stand in accepted_by: it is said where nothing else fits; add it")
        for name, texts in {**self.words, **self.accepted_by}.items():
            refuse_unspoken([(name, texts)], {"en", *self.languages.values()})
            if len({_blanks(text) for text in texts.values()}) > 1:
                raise ValueError(f"{name!r} leaves other blanks in one language than in another; use the same")
        return self

    def language_of(self, country: str | None, wanted: str | None) -> str | None:
        """The language beside English, if there is one.

        Raises:
            ConfigurationError: the wanted one is none of them.
        """
        if wanted is None:
            return self.languages.get(country or "")
        known = ("en", *dict.fromkeys(self.languages.values()))
        return None if known_language(wanted, known) == "en" else wanted

    def spoken(self, language: str | None) -> Spoken:
        """The words in English and one language."""
        return Spoken(self, language)


def _blanks(text: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in Formatter().parse(text) if name)


@dataclass(frozen=True, slots=True)
class Spoken:
    """The words in English and, where there is one, in a language beside it."""

    words: PlanWords
    language: str | None

    def __call__(self, name: str, joint: str = " / ", **blanks: object) -> str:
        """A word in both languages; said alike in both, once."""
        return self.both(self.words.words[name], joint, **blanks)

    def both(self, texts: Texts, joint: str = " / ", **blanks: object) -> str:
        """Texts by language in both languages; what has none in the second stands in English alone."""
        codes = ("en", *([self.language] if self.language else ()))
        return joint.join(dict.fromkeys(filled(texts[code], blanks) for code in codes if code in texts))


def load_plan_words(path: Path) -> PlanWords:
    """Load the words.

    Raises:
        ConfigurationError: they are not whole; the message names file, place and cure.
    """
    return read_form(path, PlanWords)
