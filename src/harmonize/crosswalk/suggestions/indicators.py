"""What our language says of every indicator, ready to compare questions with: one set of texts per language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from harmonize.crosswalk.language import IndicatorEntry, Language, TopicEntry
from harmonize.crosswalk.suggestions.similarity import Numbers, TextIndex
from harmonize.crosswalk.suggestions.wording import Wording

__all__ = ["IndicatorTexts", "Spoken", "said_of"]


@dataclass(frozen=True, slots=True)
class Spoken:
    """The texts in one language.

    Attributes:
        pieces: labels (and whatever else is said) of indicators, by pieces of words.
        terms: the same with the topics that they stand under, by terms.
        topics: topics with those above them, by pieces of words.
    """

    pieces: TextIndex
    terms: TextIndex
    topics: TextIndex


@dataclass(frozen=True, slots=True)
class IndicatorTexts:
    """Every indicator in a fixed order, with what tells it from the others.

    Attributes:
        topic_of: number of an indicator's topic.
        below: for a topic (row) which topics (columns) are it or stand below it.
        is_number, is_overall: 1.0 or 0.0; `overall` indicators sum up their topic.
    """

    entries: tuple[IndicatorEntry, ...]
    topics: tuple[TopicEntry, ...]
    topic_of: NDArray[np.intp]
    below: NDArray[np.bool_]
    is_number: Numbers
    is_overall: Numbers
    spoken: Mapping[str, Spoken]

    @classmethod
    def of(cls, language: Language, wording: Wording) -> IndicatorTexts:
        """Gather what the language says, in every language in which it says it."""
        entries, topics = tuple(language.indicators.values()), tuple(language.topics.values())
        number = {topic.topic_id: at for at, topic in enumerate(topics)}
        below = np.zeros((len(topics), len(topics)), dtype=np.bool_)
        for topic in topics:
            for above in _lineage(topic, language):
                below[number[above.topic_id], number[topic.topic_id]] = True
        codes = list(dict.fromkeys(code for entry in entries for code in entry.labels))
        return cls(
            entries,
            topics,
            np.array([number[entry.topic_id] for entry in entries], dtype=np.intp),
            below,
            np.array([float(entry.kind == "quantity") for entry in entries]),
            np.array([float(entry.indicator_id.endswith(".overall")) for entry in entries]),
            {code: _spoken(entries, topics, language, code, wording) for code in codes},
        )


def said_of(entry: IndicatorEntry, code: str) -> Iterator[str]:
    """All that is said of an indicator in one language: every part of it that maps languages to texts."""
    for part in fields(entry):
        texts = getattr(entry, part.name)
        if isinstance(texts, Mapping) and texts.get(code):
            yield texts[code]


def _lineage(topic: TopicEntry, language: Language) -> Iterator[TopicEntry]:
    """A topic and those above it, the nearest first."""
    yield topic
    if topic.parent_id is not None:
        yield from _lineage(language.topics[topic.parent_id], language)


def _spoken(
    entries: Sequence[IndicatorEntry],
    topics: Sequence[TopicEntry],
    language: Language,
    code: str,
    wording: Wording,
) -> Spoken:
    headings = {
        topic.topic_id: " . ".join(above.labels.get(code, "") for above in _lineage(topic, language))
        for topic in topics
    }
    said = [(at, text, headings[entry.topic_id]) for at, entry in enumerate(entries) for text in said_of(entry, code)]
    # (Both are counted text by text, for what is found in a text serves both.)
    counted = [
        (at, Counter(wording.pieces(text)), Counter(term.key for term in wording.terms(f"{text} . {heading}")))
        for at, text, heading in said
    ]
    return Spoken(
        TextIndex(((at, pieces) for at, pieces, _ in counted), len(entries)),
        TextIndex(((at, terms) for at, _, terms in counted), len(entries)),
        TextIndex(((at, wording.pieces(heading)) for at, heading in enumerate(headings.values())), len(topics)),
    )
