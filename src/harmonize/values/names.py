"""Bring factory names and addresses into a form in which two spellings of one thing can be compared.

Nothing is thrown away that tells two sites apart: unit, plot, building and factory numbers leave the words and stand by
themselves as designators, written one way (`unit 04`, `Unit IV`, `F4` and `nhà máy 4` are all unit 4).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from harmonize.values.phrases import Phrasebook
from harmonize.values.wordlists import WordLists, plain_words

__all__ = ["ComparableAddress", "ComparableName", "NameWords", "TradeWord", "Weight"]

Weight = Literal["distinctive", "place", "trade"]

_CAMEL = re.compile(r"(?<=[A-Za-z\d])(?=[A-Z][a-z])")
_BETWEEN_PARTS = re.compile(r"[,;\n]")
_CODE_AFTER_DASH = re.compile(r"(?<=[A-Za-z]{3})\s?-\s?\d{4}\b(?![-/]\d)")
_UNIT_LETTER = re.compile(r"[fu](\d{1,3})")
_NUMBER = re.compile(r"[a-z]{0,2}\d+[a-z]{0,2}")
_POSTAL_CODE = re.compile(r"0|\d{5,8}")
_ROMAN = {"ii": "2", "iii": "3", "iv": "4", "vi": "6", "vii": "7", "viii": "8", "ix": "9"}
_SHORT_ROMAN = {"i": "1", "v": "5", "x": "10"}


@dataclass(frozen=True, slots=True)
class TradeWord:
    """A trade word as written, in English, and whether it had to be translated."""

    written: str
    english: str
    translated: bool


@dataclass(frozen=True, slots=True)
class ComparableName:
    """A factory's name, ready to be compared.

    Attributes:
        text: the words as written, without legal forms and small words, numbers included: equal texts are equal names.
            (Trade words are not translated here: an `X Apparels` and an `X Garments` at one address are often sisters.)
        words: (word, what it is worth) in order, trade words in English, numbers left out.
        squeezed: the words without blanks; letter-spaced and joined spellings meet here.
        core: the distinctive words without blanks; where there is none the places, and else all words.
        trade: what is done there.
        units: numbers and letters that name one factory among several.
    """

    text: str
    words: tuple[tuple[str, Weight], ...]
    squeezed: str
    core: str
    trade: frozenset[TradeWord]
    units: frozenset[str]


@dataclass(frozen=True, slots=True)
class ComparableAddress:
    """An address, ready to be compared.

    Attributes:
        text: all words and numbers but the generic ones: equal texts are equal addresses.
        words: (word, what it is worth) in order, numbers and generic words left out.
        numbers: every number but postal codes.
        designators: (kind, value) such as (`plot`, `b1`) or (`road`, `3`).
    """

    text: str
    words: tuple[tuple[str, Weight], ...]
    numbers: frozenset[str]
    designators: frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class NameWords:
    """Brings names and addresses into comparable form with the word lists it was loaded with."""

    lists: WordLists

    @classmethod
    def from_folder(cls, path: Path) -> NameWords:
        """Load the lists from the schemas folder `path`."""
        return cls(WordLists.from_folder(path))

    def name(self, text: str) -> ComparableName:
        """The comparable form of a factory's name; unreadable or empty text gives an empty form."""
        words = _with_numbers(
            _join_letters(plain_words(self._without_affixes(text)), self.lists.legal_endings),
            self.lists.numbers,
        )
        units, rest = _take_units(words, self.lists.designators)
        kept: list[tuple[str, Weight]] = []
        trade: set[TradeWord] = set()
        written: list[str] = []
        for phrase, entry in self.lists.names.split(rest):
            if entry is None or entry.kind != "left out":
                written.extend(phrase)
            if entry is None:
                kept.append((phrase[0], "distinctive"))
            elif entry.kind == "place":
                kept.extend((word, "place") for word in phrase)
            elif entry.kind != "left out":
                kept.extend((word, "trade") for word in entry.word.split())
                trade.add(TradeWord(" ".join(phrase), entry.word, entry.translated))
        spoken = [word for word, _ in kept]
        squeezed = "".join(spoken)
        core = "".join(word for word, weight in kept if weight == "distinctive")
        core = core or "".join(word for word, weight in kept if weight == "place")
        return ComparableName(
            text=" ".join([*written, *sorted(units)]),
            words=tuple(kept),
            squeezed=squeezed,
            core=core or squeezed,
            trade=frozenset(trade),
            units=frozenset(units),
        )

    def address(self, text: str) -> ComparableAddress:
        """The comparable form of an address; unreadable or empty text gives an empty form."""
        spaced = _CODE_AFTER_DASH.sub(" ", _CAMEL.sub(" ", text))
        parts = [_with_numbers(plain_words(part), self.lists.numbers) for part in _BETWEEN_PARTS.split(spaced)]
        parts = [["1" if word == "i" else word for word in part] for part in parts]
        words = [word for part in parts for word in part]
        kept: list[tuple[str, Weight]] = []
        numbers: set[str] = set()
        for phrase, kind in self.lists.address_words.split(words):
            if kind == "place":
                kept.extend((word, "place") for word in phrase)
            elif kind is None and _NUMBER.fullmatch(phrase[0]):
                numbers.update(() if _POSTAL_CODE.fullmatch(phrase[0]) else phrase)
            elif kind is None and len(phrase[0]) > 1:
                kept.append((phrase[0], "distinctive"))
        designators = frozenset(_address_designators(parts, self.lists.designators))
        letters = sorted(f"{kind} {value}" for kind, value in designators if value.isalpha())
        return ComparableAddress(
            text=" ".join([*(word for word, _ in kept), *sorted(numbers), *letters]),
            words=tuple(kept),
            numbers=frozenset(numbers),
            designators=designators,
        )

    def _without_affixes(self, text: str) -> str:
        composed = unicodedata.normalize("NFC", text)
        for affix, word in self.lists.affixes:
            if affix in composed:
                composed = composed.replace(affix, f" {word} ")
        return composed


def _join_letters(words: list[str], endings: Sequence[str]) -> list[str]:
    """Close up a letter-spaced name (`m e r c u r y appar e l`) and cut its legal form; leave any other as it is."""
    letters = [word for word in words if word.isalpha()]
    short = sum(len(word) <= 2 for word in letters)
    if len(letters) < 5 or short < 0.6 * len(letters) or sum(map(len, letters)) > 2.6 * len(letters):
        return words
    joined = "".join(words)
    for ending in endings:
        if joined.endswith(ending) and len(joined) > len(ending) + 3:
            return [joined.removesuffix(ending)]
    return [joined]


def _with_numbers(words: Sequence[str], numbers: Phrasebook[str]) -> list[str]:
    """Ordinals and Roman numerals as figures, figures without leading zeros."""
    spelled = (phrase[0] if number is None else number for phrase, number in numbers.split(words))
    return [_ROMAN.get(word, word.lstrip("0") or "0" if word.isdigit() else word) for word in spelled]


def _is_value(word: str) -> bool:
    return _NUMBER.fullmatch(word) is not None or (len(word) == 1 and word.isalpha())


def _take_units(words: Sequence[str], designators: Phrasebook[str]) -> tuple[set[str], list[str]]:
    """The units that a name states, and its other words. Any number in a name counts as a unit."""
    units: set[str] = set()
    rest: list[str] = []
    after_designator = False
    for position, word in enumerate(words):
        last = position == len(words) - 1
        value = _SHORT_ROMAN.get(word, word) if after_designator or last else word
        letter = _UNIT_LETTER.fullmatch(word)
        if letter is not None:
            units.add(letter.group(1).lstrip("0") or "0")
        elif _NUMBER.fullmatch(value) or (after_designator and len(value) == 1):
            units.add(value)
        else:
            rest.append(word)
            after_designator = (word == "no" and after_designator) or (word,) in designators.meanings
    return units, rest


def _address_designators(parts: Iterable[Sequence[str]], designators: Phrasebook[str]) -> Iterator[tuple[str, str]]:
    """(kind, value) for each designator word and the values that follow it: `plot 69 and 107`, `lot 36a, 37a`.

    Values go on after a comma only if nothing else stands there: `building c, 12 green street` has one building.
    """
    kind: str | None = None
    for part in parts:
        kind = kind if all(_is_value(word) for word in part) else None
        for phrase, found in designators.split(part):
            word = phrase[0]
            if found is not None:
                kind = found
            elif kind is not None and _is_value(word) and not _POSTAL_CODE.fullmatch(word):
                yield kind, _SHORT_ROMAN.get(word, word)
            elif word not in ("no", "and"):
                kind = None
