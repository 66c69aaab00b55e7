"""Words of the queue and of its workbook: `schemas/review_words.yml`.

What other stages say of an item, reasons and messages, comes in English: the file has its clauses
in the other language, and of an issue the catalogue has cause and cure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import model_validator

from harmonize.phrasebook import Phrasebook
from harmonize.review.kinds import KINDS
from harmonize.spoken_words import LANGUAGES, SpokenWords, Texts, filled, known_language, refuse_unspoken
from harmonize.yaml_forms import read_form

__all__ = ["Glossary", "ReviewWords", "Spoken", "load_review_words"]

_OF_A_KIND = {"sheet", "many", "asked", "help"}


class ReviewWords(SpokenWords):
    """All of the file."""

    kinds: Mapping[str, Mapping[str, Texts]]
    verdicts: Mapping[str, Texts]
    columns: Mapping[str, Texts]
    sides: Mapping[str, Texts]
    book: Mapping[str, Texts]
    evidence: Mapping[str, Texts]
    values: Mapping[str, Texts]
    clauses: Sequence[Texts]

    @model_validator(mode="after")
    def _are_whole(self) -> ReviewWords:
        lacking = [name for name in KINDS if set(self.kinds.get(name, {})) != _OF_A_KIND]
        if lacking:
            raise ValueError(f"kinds: {lacking[0]!r} needs {', '.join(sorted(_OF_A_KIND))}")
        parts = [*self.kinds.values(), self.verdicts, self.columns, self.sides, self.book, self.evidence, self.values]
        parts.append({texts.get("en", "a clause"): texts for texts in self.clauses})
        refuse_unspoken(word for part in parts for word in part.items())
        wanted = {word for kind in KINDS.values() for word in kind.verdicts if word != kind.chosen}
        if wanted - set(self.verdicts):
            raise ValueError(f"verdicts: {min(wanted - set(self.verdicts))!r} is missing; add it")
        return self

    def spoken(self, language: str, glossary: Glossary | None = None) -> Spoken:
        """The words in one language.

        Args:
            glossary: in that language.

        Raises:
            ConfigurationError: there are none in it.
        """
        known_language(language)
        clauses = [("part", texts["en"], texts[language]) for texts in self.clauses if language != LANGUAGES[0]]
        return Spoken(self, language, glossary or Glossary(), Phrasebook(clauses))


@dataclass(frozen=True, slots=True)
class Glossary:
    """What other files of the common language call things, in one language.

    Attributes:
        values: names of states, by id.
        issues: cause and cure of every code; empty where their own messages are spoken.
    """

    values: Mapping[str, str] = field(default_factory=dict)
    issues: Mapping[str, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Spoken:
    """The words in one language."""

    words: ReviewWords
    language: str
    glossary: Glossary
    phrases: Phrasebook

    def of_kind(self, kind: str, part: str, **blanks: object) -> str:
        """A word about a kind: `sheet`, `many`, `asked` or `help`."""
        return filled(self.words.kinds[kind][part][self.language], blanks)

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
        return filled(self.words.book[name][self.language], blanks)

    def told(self, name: str, **blanks: object) -> str:
        """A clause of what speaks for an item."""
        return filled(self.words.evidence[name][self.language], blanks)

    def clauses(self, text: str) -> str:
        """What another stage says, clause by clause; a clause that is not known stays as it is."""
        return "; ".join(self.phrases.speak(clause, "part") for clause in text.split("; "))

    def noticed(self, code: str, message: str) -> str:
        """What is wrong: the message of an issue, or in another language the cause of its code."""
        return self.glossary.issues.get(code, (message, ""))[0]

    def cure(self, code: str, hint: str) -> str:
        """What to do about it."""
        return self.glossary.issues.get(code, ("", hint))[1]

    def value(self, name: str) -> str:
        """What a state, or a kind of verification, is called; everything else by itself."""
        return self.glossary.values.get(name) or self.words.values.get(name, {}).get(self.language, name)


def load_review_words(path: Path) -> ReviewWords:
    """Load the words.

    Raises:
        ConfigurationError: they are not whole; the message names file, place and cure.
    """
    return read_form(path, ReviewWords)
