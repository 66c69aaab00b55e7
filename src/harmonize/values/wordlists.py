"""Load the word lists that names and addresses are compared with.

The lists stand in `schemas/identity/`, the names of places and what is a country's own in `schemas/countries/`; every
entry is brought into the same plain words as the texts it is looked up in.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from anyascii import anyascii
from pydantic import BaseModel, ConfigDict

from harmonize.values.countries import load_countries
from harmonize.values.geography import Geography
from harmonize.values.phrases import Phrasebook
from harmonize.yaml_text import parse_yaml

__all__ = ["NameEntry", "WordLists", "plain_words"]

_DOTTED = re.compile(r"\b[a-z](?:\.[a-z])+\b\.?")
_JOINED_NUMBER = re.compile(r"\b([a-z]{2,})(\d)|(\d)([a-z]{3,})")
_LETTER_AND_NUMBER = re.compile(r"\b([a-z])[\s./-]*-?\s?(?=\d)")
_DIGIT = re.compile(r"\d")
_BETWEEN_WORDS = re.compile(r"[\W_]+")
_SHORTEST_COUNTRY_NAME = 4


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


@dataclass(frozen=True, slots=True)
class NameEntry:
    """What a phrase of a name means: nothing (legal forms, small words), a place, or a trade word in English."""

    kind: Literal["left out", "place", "trade"]
    word: str = ""
    translated: bool = False


@dataclass(frozen=True, slots=True)
class WordLists:
    """All lists, ready for look-up.

    Attributes:
        names: what a word of a name means.
        address_words: the kind of a word of an address; a word that is not in it is distinctive.
        designators: words that stand before the number of a plot, building, unit, block or road.
        numbers: ordinals as figures.
        affixes: (affix in its own script, the English word or nothing), the longest first.
        legal_endings: legal forms without blanks, the longest first.
    """

    names: Phrasebook[NameEntry]
    address_words: Phrasebook[str]
    designators: Phrasebook[str]
    numbers: Phrasebook[str]
    affixes: tuple[tuple[str, str], ...]
    legal_endings: tuple[str, ...]

    @classmethod
    def from_folder(cls, path: Path) -> WordLists:
        """Load the lists from the schemas folder `path`."""
        return _load(path.resolve())


def plain_words(text: str) -> list[str]:
    """Lower-case Latin words and numbers: dots of abbreviations closed up, other signs read as blanks."""
    latin = text if text.isascii() else anyascii(unicodedata.normalize("NFC", text))
    latin = latin.casefold().replace("'", "").replace("&", " and ")
    if "." in latin:
        latin = _DOTTED.sub(lambda found: found.group().replace(".", ""), latin)
    if _DIGIT.search(latin):
        latin = _LETTER_AND_NUMBER.sub(r"\1", latin)
        latin = _JOINED_NUMBER.sub(r"\1\3 \2\4", latin)
    return _BETWEEN_WORDS.sub(" ", latin).split()


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
    known = load_countries(folder).values()
    countries = sorted(name for name in geography.countries if len(name) >= _SHORTEST_COUNTRY_NAME)
    places = sorted({name for names in geography.province_names.values() for name in names} | geography.districts)
    forms = [*legal.words.values(), *(country.legal_forms.words for country in known)]
    legal_keys = [key for words in forms for key in _keys(words)]
    own_script = [*legal.affixes.values(), *(country.legal_forms.affixes for country in known)]
    affixes = [(affix, "") for words in own_script for affix in words]
    affixes += [(affix, word) for word, words in trade.affixes.items() for affix in words]
    generic = [
        *_kinds(address.generic),
        *(entry for country in known for entry in _kinds(country.address_words.generic)),
    ]
    designators = [
        *_kinds(address.designators),
        *(entry for country in known for entry in _kinds(country.address_words.designators)),
    ]
    return WordLists(
        names=Phrasebook.of(
            [
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
                *((place, NameEntry("place")) for place in [*places, *countries]),
                *((key, NameEntry("left out")) for words in trade.left_out.values() for key in _keys(words)),
            ]
        ),
        address_words=Phrasebook.of(
            [
                *((country, "country") for country in countries),
                *((place, "place") for place in places),
                *generic,
                *designators,
            ]
        ),
        designators=Phrasebook.of(designators),
        numbers=Phrasebook.of(_kinds(address.numbers)),
        affixes=tuple(sorted(affixes, key=lambda pair: (-len(pair[0]), pair))),
        legal_endings=tuple(
            sorted({key.replace(" ", "") for key in legal_keys if len(key) > 2}, key=lambda end: (-len(end), end))
        ),
    )


def _kinds(lists: dict[str, list[str]]) -> Iterator[tuple[str, str]]:
    return ((key, kind) for kind, words in lists.items() for key in _keys(words))
