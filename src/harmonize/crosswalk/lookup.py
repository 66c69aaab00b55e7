"""Look a word up in the common language, in any of its languages."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from anyascii import anyascii

from harmonize.crosswalk.language import Language
from harmonize.crosswalk.mapping import Edition, MappingEntry

__all__ = ["Found", "asking", "find", "parts"]


@dataclass(frozen=True, slots=True)
class Found:
    """A part of the language: its kind, id, and labels and definitions by language."""

    kind: str
    id: str
    labels: Mapping[str, str]
    definitions: Mapping[str, str]


def find(language: Language, text: str) -> list[Found]:
    """Topics, indicators, facets, states and severities whose id, labels or aliases hold a text, the shortest first.

    Case and, in Latin script, accents do not count; several words may stand anywhere in the label.
    """
    words = _plain(text).split()
    return sorted(
        (found for found, said in _said(language) if words and any(all(word in one for word in words) for one in said)),
        key=lambda found: (len(found.labels["en"]), found.kind, found.id),
    )


def _said(language: Language) -> Iterator[tuple[Found, list[str]]]:
    """Every part of the language with the texts by which it is found."""
    for part in parts(language):
        aliases = language.topics[part.id].aliases if part.kind == "topic" else ()
        said = (part.id.replace("_", " "), *part.labels.values(), *aliases)
        yield part, [_plain(text) for text in said]


def parts(language: Language) -> list[Found]:
    """Everything that the language names."""
    lists = {"facet": language.facets, "state": language.states, "severity": language.severities}
    return [
        *(Found("topic", one.topic_id, one.labels, one.definitions) for one in language.topics.values()),
        *(Found("indicator", one.indicator_id, one.labels, one.definitions) for one in language.indicators.values()),
        *(
            Found(kind, name, labels, language.defined[kind][name])
            for kind, named in lists.items()
            for name, labels in named.items()
        ),
    ]


def _plain(text: str) -> str:
    """A text without case and without the accents of Latin letters; other scripts as they are."""
    signs = unicodedata.normalize("NFC", text).casefold()
    return signs if signs.isascii() else "".join(map(_plain_sign, signs))


@lru_cache(maxsize=1 << 12)
def _plain_sign(sign: str) -> str:
    return anyascii(sign) if unicodedata.name(sign, "").startswith("LATIN") else sign


def asking(editions: Iterable[Edition], indicator_id: str) -> list[MappingEntry]:
    """The questions that ask an indicator, by instrument and edition."""
    return [entry for edition in editions for entry in edition.entries.values() if entry.indicator_id == indicator_id]
