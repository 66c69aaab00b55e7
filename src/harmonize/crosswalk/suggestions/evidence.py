"""What speaks for every indicator in one question, as numbers: the features that the model weighs.

Two steps: what the question itself says, and then what its neighbours are about, for a questionnaire keeps together
what belongs together.
"""

from __future__ import annotations

import re

import numpy as np

from harmonize.crosswalk.suggestions.indicators import IndicatorTexts
from harmonize.crosswalk.suggestions.questions import AskedQuestion
from harmonize.crosswalk.suggestions.similarity import Numbers
from harmonize.crosswalk.suggestions.wording import Wording

__all__ = ["FEATURES", "PARENT_SHARE", "Evidence", "around"]

FEATURES = ("pieces", "terms", "section", "number_agrees", "is_number", "is_overall", "several_matters")
"""Names of the features of a question by itself, in the order in which `Evidence` computes them."""
PARENT_SHARE = 1.2
"""What the question above counts beside the question's own text, found by trying."""
_NUMBERS = frozenset({"=number", "=share", "total", "averag", "quantiti", "volum", "amount"})
_PARTS = re.compile(r"\s/\s|[;•\n]|\s-\s")
_MOST_PARTS = 12
_NEAR = 3
_FAINT = 0.01


class Evidence:
    """Computes the features of questions; what many questions share is worked out once."""

    def __init__(self, known: IndicatorTexts, wording: Wording) -> None:
        """Compare with these indicators, in this wording."""
        self.known = known
        self.wording = wording
        self._nothing = np.zeros(len(known.entries))
        self._of_parents: dict[str, Numbers] = {"": self._nothing}
        self._of_sections: dict[str, Numbers] = {"": self._nothing}

    def of(self, question: AskedQuestion) -> Numbers:
        """A row per indicator, a column per feature."""
        known = self.known
        own = np.max([self._pieces(text) for text in question.texts], axis=0)
        together = np.max([self._terms(text, question.parent, question.section) for text in question.texts], axis=0)
        asks_number = any(
            not _NUMBERS.isdisjoint(term.key for term in self.wording.terms(text)) for text in question.texts
        )
        return np.column_stack(
            [
                own + PARENT_SHARE * self._parent(question.parent),
                together,
                self.section(question.section),
                known.is_number == asks_number,
                known.is_number,
                known.is_overall,
                self._several(question.text),
            ]
        )

    def _terms(self, *texts: str) -> Numbers:
        terms = [term.key for text in texts for term in self.wording.terms(text)]
        found: Numbers = np.max([spoken.terms.compare(terms) for spoken in self.known.spoken.values()], axis=0)
        return found

    def section(self, section: str) -> Numbers:
        """How like the headings are to the topic of every indicator."""
        if section not in self._of_sections:
            pieces = self.wording.pieces(section)
            of_topics = np.max([spoken.topics.compare(pieces) for spoken in self.known.spoken.values()], axis=0)
            self._of_sections[section] = of_topics[self.known.topic_of]
        return self._of_sections[section]

    def _parent(self, text: str) -> Numbers:
        if text not in self._of_parents:
            self._of_parents[text] = self._pieces(text)
        return self._of_parents[text]

    def _pieces(self, text: str) -> Numbers:
        pieces = self.wording.pieces(text)
        found: Numbers = np.max([spoken.pieces.compare(pieces) for spoken in self.known.spoken.values()], axis=0)
        return found

    def _several(self, text: str) -> Numbers:
        """For indicators that sum up a topic: how well the matters that a text strings together all fall under it."""
        parts = [part for part in _PARTS.split(text) if part.strip()][:_MOST_PARTS]
        if len(parts) < 2:
            return self._nothing
        under = np.zeros(len(self.known.topics))
        for part in parts:
            of_topics = np.zeros(len(self.known.topics))
            np.maximum.at(of_topics, self.known.topic_of, self._pieces(part) * (1 - self.known.is_overall))
            under += np.where(self.known.below, of_topics[None, :], 0.0).max(axis=1)
        return self.known.is_overall * (under / len(parts))[self.known.topic_of]


def around(topics: Numbers) -> Numbers:
    """What the questions before and after are about: for every question and topic, 0 where nobody near speaks of it.

    Args:
        topics: probability of every topic (column) for every question (row), in the order of the questionnaire.
    """
    near, weights = np.zeros_like(topics), np.zeros(len(topics))
    for distance in range(1, min(_NEAR, len(topics) - 1) + 1):
        near[distance:] += topics[:-distance] / distance
        near[:-distance] += topics[distance:] / distance
        weights[distance:] += 1 / distance
        weights[:-distance] += 1 / distance
    found: Numbers = np.log1p(near / np.maximum(weights, _FAINT)[:, None] / _FAINT)
    return found
