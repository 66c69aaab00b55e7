"""Rank our indicators for every question of a questionnaire."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from harmonize.crosswalk.suggestions.evidence import Evidence, around
from harmonize.crosswalk.suggestions.indicators import IndicatorTexts
from harmonize.crosswalk.suggestions.model import SuggestionModel
from harmonize.crosswalk.suggestions.questions import AskedQuestion
from harmonize.crosswalk.suggestions.similarity import Numbers

__all__ = ["Ranked", "Ranking", "chances_of", "rank", "topics_of"]


_FAINT = 0.01


@dataclass(frozen=True, slots=True)
class Ranked:
    """An indicator for a question: its number, how sure we are, and how much the neighbours are about its topic."""

    indicator: int
    probability: float
    neighbours: float


@dataclass(frozen=True, slots=True)
class Ranking:
    """The best indicators for a question, the likeliest first; none where nothing in our language is like it."""

    question: AskedQuestion
    candidates: tuple[Ranked, ...]


def rank(questions: Sequence[AskedQuestion], evidence: Evidence, model: SuggestionModel, top: int = 5) -> list[Ranking]:
    """The `top` indicators for each question, in the order of the questionnaire.

    The same questions give the same ranking; equal scores stand in the order of our language.
    """
    if not questions:
        return []
    weights = model.weights()
    alone = np.empty((len(questions), len(evidence.known.topics)))
    together = np.empty((len(questions), len(evidence.known.entries)), dtype=np.float32)
    for at, question in enumerate(questions):
        scores = evidence.of(question) @ weights
        alone[at] = topics_of(chances_of(scores[:, 0]), evidence.known)
        together[at] = scores[:, 1]
    near = around(alone)
    rankings: list[Ranking] = []
    for at, question in enumerate(questions):
        neighbours = near[at, evidence.known.topic_of]
        chances = chances_of(together[at].astype(np.float64) + model.neighbours * neighbours)
        best = np.argsort(-chances, kind="stable")[:top]
        if chances[best[0]] < model.least or not (question.text or question.parent):
            rankings.append(Ranking(question, ()))
            continue
        probabilities = model.calibration.of_ranked(chances[best])
        ranked = (
            Ranked(int(one), float(probability), float(neighbours[one]))
            for one, probability in zip(best, probabilities, strict=True)
        )
        rankings.append(Ranking(question, tuple(one for one in ranked if one.probability >= _FAINT)))
    return rankings


def chances_of(scores: Numbers) -> Numbers:
    """Probabilities that sum to 1."""
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    found: Numbers = powers / powers.sum(axis=-1, keepdims=True)
    return found


def topics_of(chances: Numbers, known: IndicatorTexts) -> Numbers:
    """Probabilities of topics from those of their indicators."""
    found: Numbers = np.bincount(known.topic_of, weights=chances, minlength=len(known.topics)).astype(np.float64)
    return found
