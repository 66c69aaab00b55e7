"""Find the known words and phrases in a sequence of words, the longest first.

A phrasebook never looks inside a word, and every word belongs to exactly one phrase or to none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

__all__ = ["Phrasebook"]

Meaning = TypeVar("Meaning")


@dataclass(frozen=True, slots=True)
class Phrasebook(Generic[Meaning]):
    """What words and phrases mean.

    Attributes:
        meanings: phrase, as a tuple of words -> its meaning.
        longest: first word -> the number of words in the longest phrase that begins with it.
    """

    meanings: Mapping[tuple[str, ...], Meaning]
    longest: Mapping[str, int]

    @classmethod
    def of(cls, entries: Iterable[tuple[str, Meaning]]) -> Phrasebook[Meaning]:
        """A phrasebook of (phrase in words separated by blanks, meaning); the first entry of a phrase holds."""
        meanings: dict[tuple[str, ...], Meaning] = {}
        for phrase, meaning in entries:
            words = tuple(phrase.split())
            if words:
                meanings.setdefault(words, meaning)
        longest: dict[str, int] = {}
        for words in meanings:
            longest[words[0]] = max(longest.get(words[0], 0), len(words))
        return cls(meanings, longest)

    def split(self, words: Sequence[str]) -> list[tuple[tuple[str, ...], Meaning | None]]:
        """The words in order, cut into known phrases with their meaning and single unknown words with None."""
        longest, meanings = self.longest, self.meanings
        if longest.keys().isdisjoint(words):
            return [((word,), None) for word in words]
        found: list[tuple[tuple[str, ...], Meaning | None]] = []
        at, end = 0, len(words)
        while at < end:
            word = words[at]
            if word not in longest:
                found.append(((word,), None))
                at += 1
                continue
            for length in range(min(longest[word], end - at), 0, -1):
                phrase = tuple(words[at : at + length])
                if phrase in meanings:
                    found.append((phrase, meanings[phrase]))
                    at += length
                    break
            else:
                found.append(((word,), None))
                at += 1
        return found
