"""Look a word up in the common language, in any of its languages."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from anyascii import anyascii

from harmonize.crosswalk.language import Language
from harmonize.crosswalk.mapping import Edition, MappingEntry

__all__ = ["Found", "asking", "find"]


@dataclass(frozen=True, slots=True)
class Found:
    """A part of the language that says a word: its kind, id, and labels by language."""

    kind: str
    id: str
    labels: Mapping[str, str]


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
    parts: Iterable[tuple[str, str, Mapping[str, str], Iterable[str]]] = [
        *(("topic", topic.topic_id, topic.labels, topic.aliases) for topic in language.topics.values()),
        *(("indicator", entry.indicator_id, entry.labels, ()) for entry in language.indicators.values()),
        *(("facet", name, labels, ()) for name, labels in language.facets.items()),
        *(("state", name, labels, ()) for name, labels in language.states.items()),
        *(("severity", name, labels, ()) for name, labels in language.severities.items()),
    ]
    for kind, name, labels, aliases in parts:
        yield Found(kind, name, labels), [_plain(said) for said in (name.replace("_", " "), *labels.values(), *aliases)]


def _plain(text: str) -> str:
    """A text without case and without the accents of Latin letters; other scripts as they are."""
    signs = unicodedata.normalize("NFC", text).casefold()
    return "".join(anyascii(sign) if unicodedata.name(sign, "").startswith("LATIN") else sign for sign in signs)


def asking(editions: Iterable[Edition], indicator_id: str) -> list[MappingEntry]:
    """The questions that ask an indicator, by instrument and edition."""
    return [entry for edition in editions for entry in edition.entries.values() if entry.indicator_id == indicator_id]
