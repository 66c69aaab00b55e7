"""Find the known words and phrases in a sequence of words, the longest first.

A phrasebook never looks inside a word, and every word belongs to exactly one phrase or to none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

__all__ = ["Phrasebook"]

Meaning = TypeVar("Meaning")


@dataclass(frozen=True, slots=True)
class Phrasebook(Generic[Meaning]):
    """What words and phrases mean.

    Attributes:
        meanings: phrase, as a tuple of words -> its meaning.
        beginnings: first word -> second word -> ...; where a phrase ends, it stands under None.
    """

    meanings: Mapping[tuple[str, ...], Meaning]
    beginnings: Mapping[str | None, Any]

    @classmethod
    def of(cls, entries: Iterable[tuple[str, Meaning]]) -> Phrasebook[Meaning]:
        """A phrasebook of (phrase in words separated by blanks, meaning); the first entry of a phrase holds."""
        meanings: dict[tuple[str, ...], Meaning] = {}
        for phrase, meaning in entries:
            words = tuple(phrase.split())
            if words:
                meanings.setdefault(words, meaning)
        beginnings: dict[str | None, Any] = {}
        for words in meanings:
            further = beginnings
            for word in words:
                further = further.setdefault(word, {})
            further[None] = words
        return cls(meanings, beginnings)

    def split(self, words: Sequence[str]) -> list[tuple[tuple[str, ...], Meaning | None]]:
        """The words in order, cut into known phrases with their meaning and single unknown words with None."""
        beginnings, meanings = self.beginnings, self.meanings
        if beginnings.keys().isdisjoint(words):
            return [((word,), None) for word in words]
        found: list[tuple[tuple[str, ...], Meaning | None]] = []
        at, end = 0, len(words)
        while at < end:
            phrase = None
            further, ahead = beginnings.get(words[at]), at + 1
            while further is not None:
                phrase = further.get(None, phrase)
                further = further.get(words[ahead]) if ahead < end else None
                ahead += 1
            found.append(((words[at],), None) if phrase is None else (phrase, meanings[phrase]))
            at += 1 if phrase is None else len(phrase)
        return found
