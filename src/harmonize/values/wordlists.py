"""Load the word lists that names and addresses are compared with.

The lists stand in `schemas/identity/`, the names of places and what is a country's own in `schemas/countries/`; every
entry is brought into the same plain words as the texts it is looked up in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from harmonize.values.blanks import Blanks
from harmonize.values.countries import Country, load_countries
from harmonize.values.designators import figures
from harmonize.values.geography import Geography
from harmonize.values.phrases import Phrasebook
from harmonize.values.scripts import LocalWords, latin
from harmonize.yaml_text import parse_yaml

__all__ = ["AddressEntry", "NameEntry", "WordLists", "plain", "plain_words", "split_words"]

_DOTTED = re.compile(r"\b[a-z](?:\.[a-z])+\b\.?")
_ORDINAL = re.compile(r"\b(\d{1,3})(?:-?(?:st|nd|rd|th)|\s-?\s?(?:nd|th))\b")
_JOINED_NUMBER = re.compile(r"\b([a-z]{2,})(\d)|(\d)([a-z]{3,})")
_LETTER_AND_NUMBER = re.compile(r"\b([a-z])[\s./-]*-?\s?(?=\d)")
_DIGIT = re.compile(r"\d")
_WORD = re.compile("[a-z0-9]+")
_SHORTEST_COUNTRY_NAME = 4
_SHORTEST_JOINED_PLACE = 6
_SHORTEST_LOCAL_NAME = 4
_MOST_WARDS = 31
_UNIT_KINDS = frozenset({"unit", "building", "branch"})


class _LegalForms(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    words: dict[str, list[str]]
    affixes: dict[str, list[str]]


class _TradeWords(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    english: dict[str, list[str]]
    translations: dict[str, list[str]]
    left_out: dict[str, list[str]]
    affixes: dict[str, list[str]]


class _AddressWords(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    generic: dict[str, list[str]]
    designators: dict[str, list[str]]
    numbers: dict[str, list[str]]
    numbers_in_names: dict[str, list[str]]
    numbers_behind_designators: dict[str, list[str]]
    zones: dict[str, list[str]]
    known_zones: dict[str, list[str]]
    head_office: list[str]
    affixes: dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class NameEntry:
    """What a phrase of a name means: nothing (legal forms, small words), a place, or a trade word in English.

    Attributes:
        word: the trade word in English, or the place as it is written out; empty for what is left out.
    """

    kind: Literal["left out", "place", "country", "trade", "branch", "head office"]
    word: str = ""
    translated: bool = False


@dataclass(frozen=True, slots=True)
class AddressEntry:
    """What a phrase of an address means: a place as it is written out, or the kind of a word that is left out."""

    kind: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WordLists:
    """All lists, ready for look-up.

    Attributes:
        names: what a word of a name means.
        address_words: what a word of an address means; a word that is not in it is distinctive.
        designators: words that stand before the number of a plot, building, unit, block or road.
        figures: ordinals, Roman numerals and numbers with zeros before them -> figures; address_figures: in addresses.
        name_figures: numbers in words; in addresses they are streets and people.
        late_figures: words that are numbers only behind a designator.
        zones: what industrial zones are called -> whether the zone's name stands `before` or `after`, or is `known`.
        no_zone_names: phrases that are no part of a zone's name.
        known_zones: other spellings of well-known zones -> the usual one.
        local_names: what words of other scripts mean in a name; local_addresses: in an address.
        ranges: `units 1-4`.
        blanks: puts blanks in names where they belong.
    """

    names: Phrasebook[NameEntry]
    address_words: Phrasebook[AddressEntry]
    designators: Phrasebook[str]
    figures: Mapping[str, str]
    address_figures: Mapping[str, str]
    name_figures: Mapping[str, str]
    late_figures: Mapping[str, str]
    zones: Phrasebook[str]
    no_zone_names: Mapping[tuple[str, ...], AddressEntry]
    known_zones: Phrasebook[str]
    local_names: LocalWords
    local_addresses: LocalWords
    ranges: re.Pattern[str]
    blanks: Blanks

    @classmethod
    def from_folder(cls, path: Path) -> WordLists:
        """Load the lists from the schemas folder `path`."""
        return _load(path.resolve())


def plain(text: str) -> str:
    """Lower-case Latin text in which dots of abbreviations are closed up, and numbers stand apart from words."""
    plain = latin(text).casefold().replace("'", "").replace("&", " and ")
    if "." in plain:
        plain = _DOTTED.sub(lambda found: found.group().replace(".", ""), plain)
    if _DIGIT.search(plain):
        plain = _ORDINAL.sub(r"\1", plain)
        plain = _LETTER_AND_NUMBER.sub(r"\1", plain)
        plain = _JOINED_NUMBER.sub(r"\1\3 \2\4", plain)
    return plain


def split_words(plain: str) -> list[str]:
    """The words of plain text; all signs are read as blanks."""
    return _WORD.findall(plain)


def plain_words(text: str) -> list[str]:
    """Lower-case Latin words and numbers: dots of abbreviations closed up, other signs read as blanks."""
    return split_words(plain(text))


def _keys(words: Iterable[str]) -> Iterator[str]:
    return (" ".join(plain_words(word)) for word in words)


@cache
def _load(folder: Path) -> WordLists:
    def read(name: str) -> object:
        return parse_yaml((folder / "identity" / name).read_text(encoding="utf-8"))

    legal = _LegalForms.model_validate(read("legal_forms.yml"))
    trade = _TradeWords.model_validate(read("trade_words.yml"))
    address = _AddressWords.model_validate(read("address_words.yml"))
    geography = Geography.from_folder(folder)
    known = list(load_countries(folder).values())
    countries = sorted(name for name in geography.countries if len(name) >= _SHORTEST_COUNTRY_NAME)
    places = dict(_places(geography, known))
    legal_keys = [
        key
        for words in (*legal.words.values(), *(country.legal_forms.words for country in known))
        for key in _keys(words)
    ]
    designators = _kinds(address.designators, *(country.address_words.designators for country in known))
    generic = _kinds(address.generic, *(country.address_words.generic for country in known))
    zones = _kinds(address.zones, *(country.address_words.zones for country in known))
    offices = list(_keys(address.head_office))
    address_words = Phrasebook.of(
        [
            *((key, AddressEntry("head office")) for key in offices),
            *((country, AddressEntry("country")) for country in countries),
            *((place, AddressEntry("place", tuple(full.split()))) for place, full in places.items()),
            *((key, AddressEntry(kind)) for key, kind in (*generic, *designators)),
            *((key, AddressEntry("zone")) for key, _ in zones),
        ]
    )
    ordinals = dict(_kinds(address.numbers))
    wards = {f"{letter}{number}": str(number) for letter in "pq" for number in range(1, _MOST_WARDS)}
    names = Phrasebook.of(
        [
            *((key, NameEntry("head office")) for key in offices),
            *((key, NameEntry("left out")) for key in legal_keys),
            *(
                (key, NameEntry("trade", word))
                for word, words in trade.english.items()
                for key in _keys([word, *words])
            ),
            *(
                (key, NameEntry("trade", word, True))
                for word, words in trade.translations.items()
                for key in _keys(words)
            ),
            *(
                (place, NameEntry("country" if full in geography.countries else "place", full))
                for place, full in places.items()
            ),
            *((country, NameEntry("country", country)) for country in countries),
            *(
                (key, NameEntry("branch" if kind == "branch" else "left out"))
                for kind, words in trade.left_out.items()
                for key in _keys(words)
            ),
        ]
    )
    return WordLists(
        names=names,
        address_words=address_words,
        designators=Phrasebook.of(designators),
        figures=figures(ordinals),
        address_figures=figures(ordinals | wards | {"i": "1"}),
        name_figures=dict(_kinds(address.numbers_in_names)),
        late_figures=dict(_kinds(address.numbers_behind_designators)),
        zones=Phrasebook.of(
            [*zones, *((key, "known") for key in _keys(address.known_zones) if not _DIGIT.search(key))]
        ),
        no_zone_names={
            phrase: entry for phrase, entry in address_words.meanings.items() if entry.kind not in ("place", "country")
        },
        known_zones=Phrasebook.of(_kinds(address.known_zones)),
        local_names=LocalWords.of(_local_names(legal, trade, address, geography, known)),
        local_addresses=LocalWords.of(_local_addresses(address, geography, known)),
        ranges=_ranges(designators),
        blanks=Blanks.of(
            filter(None, names.beginnings),
            [key for word, words in trade.english.items() for key in _keys([word, *words])],
            legal_keys,
            list(_keys(trade.left_out["factory"])),
        ),
    )


def _places(geography: Geography, known: Iterable[Country]) -> Iterator[tuple[str, str]]:
    """Spelling of a place -> the same written out: itself, the one with blanks, or what an abbreviation stands for."""
    provinces = {name for names in geography.province_names.values() for name in names}
    towns = {key for country in known for key in _keys(country.towns)}
    official = {key for country in known for key in _keys(country.abbreviations)}
    for place in sorted(provinces | geography.districts | towns | official):
        yield place, place
        if " " in place and len(place) > _SHORTEST_JOINED_PLACE:
            yield place.replace(" ", ""), place
    for country in known:
        for full, short in country.abbreviations.items():
            yield from ((key, next(_keys([full]))) for key in _keys(short))


def _local_names(
    legal: _LegalForms, trade: _TradeWords, address: _AddressWords, geography: Geography, known: Iterable[Country]
) -> Iterator[tuple[str, str]]:
    """Words of other scripts in a name: legal forms mean nothing, trade words and places what they are in English."""
    yield from ((affix, "") for words in legal.affixes.values() for affix in words)
    yield from ((affix, "") for country in known for affix in country.legal_forms.affixes)
    yield from ((affix, word) for word, words in trade.affixes.items() for affix in words)
    yield from ((affix, word) for word, words in address.affixes.items() for affix in words if word == "head office")
    yield from _local_places(geography, known)


def _local_addresses(
    address: _AddressWords, geography: Geography, known: Iterable[Country]
) -> Iterator[tuple[str, str]]:
    """Words of other scripts in an address: what streets and districts are called, and places."""
    for affixes in (address.affixes, *(country.address_words.affixes for country in known)):
        yield from ((affix, word) for word, words in affixes.items() for affix in words)
    yield from _local_places(geography, known)


def _local_places(geography: Geography, known: Iterable[Country]) -> Iterator[tuple[str, str]]:
    """Names of places in their own script, and the same without the word for province or district."""
    affixes = [
        affix
        for country in known
        for affix in (*country.province_affixes, *country.address_words.affixes.get("district", ()))
    ]
    for local, full in geography.local_names.items():
        bare = next((local.removeprefix(affix) for affix in affixes if local.startswith(affix)), local)
        yield from ((name, full) for name in (local, bare) if len(name) >= _SHORTEST_LOCAL_NAME)


def _ranges(designators: Iterable[tuple[str, str]]) -> re.Pattern[str]:
    words = sorted({key for key, kind in designators if kind in _UNIT_KINDS}, key=lambda key: (-len(key), key))
    return re.compile(
        rf"(?P<before>\b(?:{'|'.join(words)})s?[\s.#(]*(?:nos?\b[\s.:]*)?)(?P<first>\d{{1,2}})\s?[-~]\s?(?P<last>\d{{1,2}})\b"
    )


def _kinds(*lists: Mapping[str, list[str]]) -> list[tuple[str, str]]:
    return [(key, kind) for entries in lists for kind, words in entries.items() for key in _keys(words)]
