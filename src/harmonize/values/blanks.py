"""Put blanks where a name lacks them, and take out those that stand inside its words.

Lists come out of PDF files and forms with too few or too many: `KunshanFactory`, `XYZ GARMENTLTD`, `Gar ment`,
`m e r c u r y appar e l`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

__all__ = ["Blanks"]

_VOWELS = frozenset("aeiouy")
_SHORTEST_ENDING = 5
_SHORTEST_WHOLE = 6
_SHORTEST_STEM = 3
_FEWEST_LETTERS = 5


@dataclass(frozen=True, slots=True)
class Blanks:
    """Knows the words that are closed up, and those that are cut off what stands before them.

    Attributes:
        known: first words of every phrase that means something in a name; such a word is left as it is.
        whole: words that are closed up where a blank stands inside them.
        endings: legal forms and words for a factory that are cut off, the longest first.
        spaced_endings: the same for a name that is letter-spaced, in which nothing else can be told.
    """

    known: frozenset[str]
    whole: frozenset[str]
    endings: Mapping[str, str]
    spaced_endings: tuple[str, ...]
    lengths: tuple[int, ...]

    @classmethod
    def of(cls, known: Iterable[str], trade: Iterable[str], legal: Iterable[str], sites: Iterable[str]) -> Blanks:
        """Of trade words, legal forms and words for a site, in plain words."""
        legal = set(legal)
        whole = {word for word in (*trade, *legal, *sites) if " " not in word and len(word) >= _SHORTEST_WHOLE}
        joined = {form.replace(" ", ""): form for form in sorted(legal)}
        endings = {word: form for word, form in {**joined, **{site: site for site in sites}}.items() if _ends(word)}
        spaced = sorted((word for word in joined if len(joined[word]) > 2), key=lambda word: (-len(word), word))
        lengths = sorted({len(word) for word in endings}, reverse=True)
        return cls(frozenset(known), frozenset(whole), endings, tuple(spaced), tuple(lengths))

    def put_right(self, words: list[str]) -> list[str]:
        """The words of a name, with blanks where they belong."""
        if self._is_spaced(words):
            return [self._without_ending("".join(words))]
        return [part for word in self._closed_up(words) for part in self._cut(word)]

    def _closed_up(self, words: Sequence[str]) -> Iterator[str]:
        """Two neighbours that are one known word are one: `gar ment`, `knit wear`."""
        at = 0
        while at < len(words):
            both = words[at] + words[at + 1] if at + 1 < len(words) else ""
            yield both if both in self.whole else words[at]
            at += 2 if both in self.whole else 1

    def _cut(self, word: str) -> list[str]:
        if len(word) < _SHORTEST_STEM + self.lengths[-1] or word in self.known:
            return [word]
        for length in self.lengths:
            form = self.endings.get(word[-length:]) if len(word) >= length + _SHORTEST_STEM else None
            if form is not None:
                return [*self._cut(word[:-length]), *form.split()]
        return [word]

    def _is_spaced(self, words: Sequence[str]) -> bool:
        """Whether most words are single letters or pieces of words."""
        if sum(map(len, words)) > 3 * len(words):
            return False
        letters = [word for word in words if word.isalpha() and (len(word) == 1 or word not in self.known)]
        short = sum(len(word) <= 2 for word in letters)
        is_short = short >= 0.6 * len(letters) and sum(map(len, letters)) <= 2.6 * len(letters)
        return len(letters) >= _FEWEST_LETTERS and is_short

    def _without_ending(self, joined: str) -> str:
        for ending in self.spaced_endings:
            if joined.endswith(ending) and len(joined) > len(ending) + _SHORTEST_STEM:
                return joined.removesuffix(ending)
        return joined


def _ends(word: str) -> bool:
    """Whether no word ends so by chance: long, or without a vowel as `ltd`."""
    return len(word) >= _SHORTEST_ENDING or (len(word) >= _SHORTEST_STEM and _VOWELS.isdisjoint(word))
