"""Bring factory names and addresses into a form in which two spellings of one thing can be compared.

Nothing is thrown away that tells two sites apart: unit, plot, building and factory numbers leave the words and stand by
themselves as designators, written one way (`unit 04`, `Unit IV`, `F4` and `nhà máy 4` are all unit 4).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from harmonize.values.designators import (
    POSTAL_CODE,
    UnitsOfName,
    address_designators,
    is_number,
    is_value,
    unit_ranges,
    zones,
)
from harmonize.values.phrases import Phrasebook
from harmonize.values.wordlists import NameEntry, WordLists, plain, split_words

__all__ = ["ComparableAddress", "ComparableName", "NameWords", "TradeWord", "Weight"]

Phrase = tuple[tuple[str, ...], NameEntry | None]
Weight = Literal["distinctive", "place", "trade"]

_MOST_PLACE_WORDS = 3
_NEXT_WORDS = 4
"""A number belongs to the first word of its own among so many behind it: `48, Lane 3, Canal Road`."""
_CAMEL = re.compile(r"(?<=[A-Za-z\d])(?=[A-Z][a-z])")
_BETWEEN_PARTS = re.compile(r"[,;\n]")
_CODE_AFTER_DASH = re.compile(r"(?<=[A-Za-z]{3})\s?-\s?\d{4}\b(?![-/]\d)")


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
        designators: (kind, value) such as (`unit`, `4`) or (`building`, `b`) for the units whose kind is written, and
            (`branch`, `long an`) for a branch that is named after a place.
        is_head_office: whether the name says that it is a head office.
    """

    text: str
    words: tuple[tuple[str, Weight], ...]
    squeezed: str
    core: str
    trade: frozenset[TradeWord]
    units: frozenset[str]
    designators: frozenset[tuple[str, str]]
    is_head_office: bool


@dataclass(frozen=True, slots=True)
class ComparableAddress:
    """An address, ready to be compared.

    Attributes:
        text: all words and numbers but the generic ones: equal texts are equal addresses.
        words: (word, what it is worth) in order, numbers and generic words left out.
        numbers: every number but postal codes.
        designators: (kind, value) such as (`plot`, `b1`) or (`road`, `3`).
        zones: (name, number) of industrial zones, the number empty where there is none: (`bien hoa`, `2`).
        houses: (number, the word that it stands before): (`48`, `canal`) of `No. 48, Canal Road`.
        is_head_office: whether the address is called that of a head or registered office.
    """

    text: str
    words: tuple[tuple[str, Weight], ...]
    numbers: frozenset[str]
    designators: frozenset[tuple[str, str]]
    zones: frozenset[tuple[str, str]]
    houses: frozenset[tuple[str, str]]
    is_head_office: bool


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
        lists = self.lists
        words = split_words(unit_ranges(plain(lists.local_names.replace(text)), lists.ranges))
        words = _in_figures(lists.blanks.put_right(words), lists)
        found = UnitsOfName.read(words, lists.designators, lists.late_figures)
        kept: list[tuple[str, Weight]] = []
        trade: set[TradeWord] = set()
        written: list[str] = []
        phrases = list(lists.names.split(found.rest))
        for phrase, entry in phrases:
            if entry is None:
                written.append(phrase[0])
                kept.append((phrase[0], "distinctive"))
            elif entry.kind in ("place", "country"):
                places = entry.word.split()
                written.extend(places)
                kept.extend((word, "place") for word in places)
            elif entry.kind == "trade":
                written.extend(phrase)
                kept.extend((word, "trade") for word in entry.word.split())
                trade.add(TradeWord(" ".join(phrase), entry.word, entry.translated))
        squeezed = "".join([word for word, _ in kept])
        core = "".join([word for word, weight in kept if weight == "distinctive"])
        core = core or "".join([word for word, weight in kept if weight == "place"])
        return ComparableName(
            text=" ".join([*written, *sorted(found.years), *sorted(found.values)]),
            words=tuple(kept),
            squeezed=squeezed,
            core=core or squeezed,
            trade=frozenset(trade),
            units=frozenset(found.values),
            designators=frozenset(found.designators | _branches(phrases, found.designators)),
            is_head_office=any(entry is not None and entry.kind == "head office" for _, entry in phrases),
        )

    def address(self, text: str) -> ComparableAddress:
        """The comparable form of an address; unreadable or empty text gives an empty form."""
        lists = self.lists
        spaced = _CODE_AFTER_DASH.sub(" ", _CAMEL.sub(" ", lists.local_addresses.replace(text)))
        plain_text = plain(spaced)
        address = self._of_parts(_parts(plain_text, lists))
        if address.is_head_office:
            site = _site_parts(_parts(plain_text.replace(":", ";"), lists), lists)
            return self._of_parts(site) if site else address
        return address

    def _of_parts(self, parts: Sequence[Sequence[str]]) -> ComparableAddress:
        lists = self.lists
        words = [word for part in parts for word in part]
        kept: list[tuple[str, Weight]] = []
        numbers: set[str] = set()
        is_head_office = False
        houses: set[tuple[str, str]] = set()
        waiting: list[tuple[str, int]] = []
        for at, (phrase, entry) in enumerate(lists.address_words.split(words)):
            word, known = phrase[0], len(kept)
            if entry is None:
                if word.isalpha():
                    if len(word) > 1:
                        kept.append((word, "distinctive"))
                elif not is_number(word):
                    kept.append((word, "distinctive"))
                elif not POSTAL_CODE.fullmatch(word):
                    numbers.add(word)
                    waiting.append((word, at))
            elif entry.kind == "place":
                kept.extend([(place, "place") for place in entry.words])
            elif entry.kind == "head office":
                is_head_office = True
            if len(kept) > known:
                houses.update((number, kept[known][0]) for number, since in waiting if at - since <= _NEXT_WORDS)
                waiting.clear()
        designators = frozenset(address_designators(parts, lists.designators))
        letters = sorted(f"{kind} {value}" for kind, value in designators if value.isalpha())
        return ComparableAddress(
            text=" ".join([*[word for word, _ in kept], *sorted(numbers), *letters]),
            words=tuple(kept),
            numbers=frozenset(numbers),
            designators=designators,
            zones=frozenset(_zones(parts, words, lists)),
            houses=frozenset(houses),
            is_head_office=is_head_office,
        )


def _in_figures(words: Sequence[str], lists: WordLists) -> list[str]:
    """Numbers of a name in figures; one in words only where no word of its own follows: not that of `Four Rivers`."""
    if not lists.name_figures.keys().isdisjoint(words):
        following = [*words[1:], ""]
        words = [
            lists.name_figures[word]
            if word in lists.name_figures and (not after or after in lists.names.beginnings)
            else word
            for word, after in zip(words, following, strict=True)
        ]
    return list(map(lists.figures.get, words, words))


def _parts(plain_text: str, lists: WordLists) -> list[list[str]]:
    """The words of plain text between its commas, with numbers in figures."""
    figure = lists.address_figures.get
    parts: list[list[str]] = []
    for part in _BETWEEN_PARTS.split(plain_text):
        spoken = split_words(part)
        parts.append(list(map(figure, spoken, spoken)))
    return parts


def _zones(parts: Sequence[Sequence[str]], words: Sequence[str], lists: WordLists) -> Iterator[tuple[str, str]]:
    """The zones of an address; `words` are those of all its parts."""
    if lists.zones.beginnings.keys().isdisjoint(words) and lists.known_zones.beginnings.keys().isdisjoint(words):
        return iter(())
    return zones(_with_usual_zones(parts, lists.known_zones), lists.zones, lists.no_zone_names)


def _with_usual_zones(parts: Sequence[Sequence[str]], known: Phrasebook[str]) -> Iterator[Sequence[str]]:
    """The parts of an address with the usual names of well-known zones."""
    for part in parts:
        if known.beginnings.keys().isdisjoint(part):
            yield part
        else:
            found = known.split(part)
            yield [word for phrase, usual in found for word in (phrase if usual is None else usual.split())]


def _site_parts(parts: Sequence[Sequence[str]], lists: WordLists) -> list[Sequence[str]]:
    """Where an address names both a head office and a factory, each before its own part, the factory's."""
    site: list[Sequence[str]] = []
    is_site = False
    for part in filter(None, parts):
        phrase, entry = lists.address_words.split(part)[0]
        kind = None if entry is None else entry.kind
        is_label = kind == "unit" and not any(map(is_value, part[len(phrase) : len(phrase) + 1]))
        is_site = kind != "head office" and (is_site or is_label)
        if is_site:
            site.append(part)
    return site


def _branches(phrases: Sequence[Phrase], numbered: Set[tuple[str, str]]) -> set[tuple[str, str]]:
    """(`branch`, place) where a place stands next to a word for branch: `Long An Branch`, `Chi nhánh Long An`.

    The place is empty where none is known, and nothing stands between a legal form and the word for branch; a branch
    that has a number needs no place.
    """
    found: set[tuple[str, str]] = set()
    has_number = any(kind == "branch" for kind, _ in numbered)
    for at, (phrase, entry) in enumerate(phrases):
        if entry is not None and entry.kind == "branch":
            before, after = phrases[:at][::-1], phrases[at + 1 :]
            behind, ahead = _place(before), _place(after)
            place = (behind or ahead) if phrase[0] == "branch" else (ahead or behind)
            place = place or _set_apart(before)
            if place or not has_number:
                found.add(("branch", place))
    return found


def _place(phrases: Sequence[Phrase]) -> str:
    """The place that the phrases begin with, small words passed over; empty where they begin with anything else."""
    for _, entry in phrases:
        if entry is None or entry.kind not in ("place", "left out"):
            return ""
        if entry.kind == "place":
            return entry.word
    return ""


def _set_apart(before: Sequence[Phrase]) -> str:
    """The few words of no list between a legal form and a word for branch: `X Co Ltd Riverside Branch`."""
    words: list[str] = []
    for phrase, entry in before:
        if entry is not None:
            return " ".join(reversed(words)) if entry.kind == "left out" and len(words) <= _MOST_PLACE_WORDS else ""
        words.append(phrase[0])
    return ""
