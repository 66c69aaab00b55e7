"""Which field a header means, by the headers of all profiles and the words of `schemas/header_words.yml`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from harmonize.errors import ConfigurationError
from harmonize.sources.profile import Profile
from harmonize.values.geography import spelling_key
from harmonize.yaml_text import read_yaml

__all__ = ["FACTORY", "HeaderWords", "Meaning", "Sense", "header_key"]

FACTORY = "factory"
"""The identifier by which a brand itself calls a factory; its scheme is named after the brand."""
_OWN_SCHEME = re.compile(r"\w+_(factory|facility|site)")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_SMALL_WORDS = frozenset({"of", "the", "a", "in", "der", "des", "die", "das", "de", "du", "la", "le", "del"})
_LEAST_WORDS = 2


@dataclass(frozen=True, slots=True, order=True)
class Meaning:
    """One of our fields, or an identifier scheme."""

    name: str
    is_identifier: bool = False


@dataclass(frozen=True, slots=True)
class Sense:
    """What a header may mean.

    Attributes:
        is_exact: all its words are those of a known header, in any order; else it has words besides.
        votes: how many sources print such a header for it.
        like: the known header.
    """

    meaning: Meaning
    is_exact: bool
    votes: int
    like: str


class _Document(BaseModel):
    """The content of `header_words.yml`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    fields: dict[str, list[str]]
    identifiers: dict[str, list[str]]


def header_key(title: str) -> frozenset[str]:
    """The words of a header, without case, diacritics, order and small words: `VisitDate` is `Date of visit`."""
    words = spelling_key(_CAMEL.sub(" ", title)).split()
    return frozenset(word for word in words if word not in _SMALL_WORDS) or frozenset(words)


@dataclass(frozen=True, slots=True)
class HeaderWords:
    """All known headers by their words, with the meanings that sources give them."""

    known: Mapping[frozenset[str], Mapping[Meaning, int]]
    spelled: Mapping[frozenset[str], str]

    @classmethod
    def of(cls, profiles: Iterable[Profile], path: Path) -> HeaderWords:
        """The words of these profiles and of `header_words.yml`.

        Raises:
            ConfigurationError: the file is not what it should be.
        """
        known: dict[frozenset[str], Counter[Meaning]] = {}
        spelled: dict[frozenset[str], str] = {}
        for meaning, title in [*_listed(path), *(found for profile in profiles for found in _of_profile(profile))]:
            key = header_key(title)
            known.setdefault(key, Counter())[meaning] += 1
            spelled.setdefault(key, title)
        return cls(known, spelled)

    def is_known(self, title: str) -> bool:
        """Some source prints this header."""
        return header_key(title) in self.known

    def senses(self, title: str) -> Iterator[Sense]:
        """What a header may mean: as known, or as the known headers whose words it has among its own."""
        key = header_key(title)
        for meaning, votes in self.known.get(key, {}).items():
            yield Sense(meaning, True, votes, self.spelled[key])
        for other, meanings in self.known.items():
            if other < key and len(other) >= _LEAST_WORDS:
                for meaning, votes in meanings.items():
                    yield Sense(meaning, False, votes + 10 * len(other), self.spelled[other])


def _listed(path: Path) -> list[tuple[Meaning, str]]:
    try:
        document = _Document.model_validate(read_yaml(path))
    except ValidationError as problem:
        first = problem.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise ConfigurationError(f"{path}: {place}: {first['msg']} (value {first['input']!r}).") from problem
    fields = [(Meaning(name), title) for name, titles in document.fields.items() for title in titles]
    return fields + [(Meaning(name, True), title) for name, titles in document.identifiers.items() for title in titles]


def _of_profile(profile: Profile) -> Iterator[tuple[Meaning, str]]:
    """Headers of tables and labels of blocks; those of JSON documents are paths and no words."""
    for layout in profile.layouts:
        for part in layout.parts() if layout.document is None else ():
            stated = part.columns if hasattr(part, "columns") else part.labels
            for name, titles in stated.items():
                yield from ((Meaning(name), title) for title in _several(name, titles))
            for scheme, titles in part.identifiers.items():
                own = FACTORY if _OWN_SCHEME.fullmatch(scheme) else scheme
                yield from ((Meaning(own, True), title) for title in titles)


def _several(name: str, titles: list[str]) -> list[str]:
    """The headers that mean a field; of those that an address is joined from only the first is one of the address."""
    return titles[:1] if name == "address" else titles
