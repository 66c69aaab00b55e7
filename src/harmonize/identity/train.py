"""Fit the coefficients of the matching model to labelled pairs and measure them on pairs that it has not seen.

The pairs are not shipped, the coefficients are. Pairs that share a factory's name stay in one fold: otherwise a fold
would be tested on names it has learned.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import yaml
from numpy.typing import NDArray

from harmonize.identity.model import AGAINST, DOUBTS, EITHER_WAY, FEATURES, MatchModel
from harmonize.identity.training_sets import TrainingSet

__all__ = ["Fitted", "Measure", "Unseen", "fit", "fit_sets", "measure", "trained", "unseen", "write_model"]

Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]

_FEWEST = 100
_SIGNS = np.array([0 if name in EITHER_WAY else -1 if name in AGAINST else 1 for name in FEATURES])
_HEADER = "# The matching model. Coefficients are written by `harmonize facilities train`, the rest by hand.\n"


@dataclass(frozen=True, slots=True)
class Fitted:
    """Intercept and coefficients in the order of the features."""

    intercept: float
    weights: Numbers

    def chances(self, values: Numbers) -> Numbers:
        """The probabilities of rows of features."""
        found: Numbers = 1 / (1 + np.exp(-(self.intercept + values @ self.weights)))
        return found


@dataclass(frozen=True, slots=True)
class Measure:
    """Quality of probabilities: area under the ROC curve, and recall at 98 % precision with its threshold."""

    auc: float
    recall_at_98: float
    threshold: float


@dataclass(frozen=True, slots=True)
class Unseen:
    """Probabilities of the pairs of a set, each from a model that has seen no pair of a factory of that name.

    Attributes:
        is_doubted: whether something leaves the pair to a person, so that it is never joined by likeness.
    """

    source: str
    chances: Numbers
    labels: Numbers
    is_doubted: Flags

    @property
    def is_measured(self) -> bool:
        """Whether it has enough pairs of either label to measure a model on."""
        same = int(self.labels.sum())
        return min(same, len(self.labels) - same) >= _FEWEST

    def threshold(self, precision: float) -> float:
        """The lowest probability from which on so large a part of what is joined is one factory; 1 if there is none."""
        joined = ~self.is_doubted
        return _at_precision(self.chances[joined], self.labels[joined], precision)[0]

    def joined(self, threshold: float) -> Flags:
        """Which pairs are joined from that probability on."""
        found: Flags = (self.chances >= threshold) & ~self.is_doubted
        return found

    def measure(self) -> Measure:
        """How well they part the labels."""
        return measure(self.chances, self.labels)

    def interval(self, of: str, samples: int = 1000, seed: int = 1) -> tuple[float, float]:
        """The middle 95 % of an attribute of `Measure` over pairs drawn again."""
        random = np.random.default_rng(seed)
        drawn = []
        for _ in range(samples):
            at = random.integers(0, len(self.labels), len(self.labels))
            if 0 < self.labels[at].sum() < len(at):
                drawn.append(float(getattr(measure(self.chances[at], self.labels[at]), of)))
        low, high = np.percentile(drawn, [2.5, 97.5])
        return float(low), float(high)


def fit(values: Numbers, labels: Numbers, penalty: float = 1.0, weights: Numbers | None = None) -> Fitted:
    """A logistic regression with an L2 penalty, by Newton's method.

    Args:
        weights: how often each row counts; once if left out.
    """
    design = np.hstack([np.ones((len(values), 1)), values])
    counts = np.ones(len(values)) if weights is None else weights
    ridge = np.diag([1e-6, *[penalty] * values.shape[1]])
    found = np.zeros(design.shape[1])
    for _ in range(50):
        chance = 1 / (1 + np.exp(-(design @ found)))
        gradient = design.T @ (counts * (labels - chance)) - ridge @ found
        curvature = (design * (counts * chance * (1 - chance))[:, None]).T @ design + ridge
        step = np.linalg.solve(curvature, gradient)
        found = found + step
        if float(np.abs(step).max()) < 1e-8:
            break
    return Fitted(float(found[0]), found[1:])


def fit_signed(values: Numbers, labels: Numbers, penalty: float, weights: Numbers) -> Fitted:
    """The same with what is known beforehand: a feature that would count the wrong way counts nothing.

    Few hundred pairs tell of some rare feature the opposite of what it means; on other pairs that is wrong.
    """
    used = np.ones(len(FEATURES), bool)
    while True:
        fitted = fit(values[:, used], labels, penalty, weights)
        found = np.zeros(len(FEATURES))
        found[used] = fitted.weights
        wrong = found * _SIGNS < 0
        if not wrong.any():
            return Fitted(fitted.intercept, found)
        used &= ~wrong


def fit_sets(sets: Sequence[TrainingSet], penalty: float = 1.0) -> Fitted:
    """The model that all sets teach."""
    values, labels, weights = _together(sets)
    return fit_signed(values, labels, penalty, weights)


def unseen(sets: Sequence[TrainingSet], folds: int = 10, penalty: float = 1.0) -> list[Unseen]:
    """Cross-validate: the probabilities of the pairs of every set."""
    values, labels, weights = _together(sets)
    fold_of = _groups([pair for found in sets for pair in found.names]) % folds
    chances = np.zeros(len(labels))
    for fold in np.unique(fold_of).tolist():
        seen = fold_of != fold
        fitted = fit_signed(values[seen], labels[seen], penalty, weights[seen])
        chances[~seen] = fitted.chances(values[~seen])
    is_doubted = (values[:, [FEATURES.index(name) for name in DOUBTS]] > 0).any(axis=1)
    ends = np.cumsum([len(found.labels) for found in sets])
    parts = zip(sets, *(np.split(column, ends[:-1]) for column in (chances, labels, is_doubted)), strict=True)
    return [Unseen(found.source, *columns) for found, *columns in parts]


def measure(chances: Numbers, labels: Numbers) -> Measure:
    """How well probabilities part the labels; a tie counts half."""
    same, other = chances[labels == 1], chances[labels == 0]
    lower = np.searchsorted(np.sort(other), same, side="left")
    equal = np.searchsorted(np.sort(other), same, side="right") - lower
    wins = float((lower + 0.5 * equal).sum())
    threshold, recall = _at_precision(chances, labels, 0.98)
    return Measure(wins / (len(same) * len(other)), recall, threshold)


def trained(model: MatchModel, fitted: Fitted, threshold: float, trained_on: str) -> MatchModel:
    """The model with new coefficients, and a new threshold from which on two records are one factory."""
    coefficients = {name: round(float(weight), 4) for name, weight in zip(FEATURES, fitted.weights, strict=True)}
    thresholds = model.thresholds.model_copy(update={"match": round(max(threshold, model.thresholds.review, 0.51), 3)})
    return model.model_copy(
        update={
            "trained_on": trained_on,
            "intercept": round(fitted.intercept, 4),
            "coefficients": coefficients,
            "thresholds": thresholds,
        }
    )


def write_model(path: Path, model: MatchModel) -> None:
    """Write `model.yml`."""
    text = yaml.safe_dump(model.model_dump(), sort_keys=False, width=110, allow_unicode=True)
    path.write_text(_HEADER + text, encoding="utf-8")


def _at_precision(chances: Numbers, labels: Numbers, precision: float) -> tuple[float, float]:
    """The lowest threshold with that precision, and its recall; (1, 0) if there is none."""
    order = np.argsort(-chances, kind="stable")
    hits = np.cumsum(labels[order])
    is_last = np.diff(chances[order], append=-1) != 0
    enough = np.flatnonzero(is_last & (hits / np.arange(1, len(order) + 1) >= precision) & (hits > 0))
    if not len(enough):
        return 1.0, 0.0
    return float(chances[order][enough[-1]]), float(hits[enough[-1]] / labels.sum())


def _together(sets: Sequence[TrainingSet]) -> tuple[Numbers, Numbers, Numbers]:
    """Values, labels and weights of all pairs."""
    return (
        np.concatenate([found.values for found in sets]),
        np.concatenate([found.labels for found in sets]),
        np.concatenate([np.full(len(found.labels), found.weight) for found in sets]),
    )


def _groups(pairs: Iterable[tuple[str, str]]) -> NDArray[np.int64]:
    """A number per pair, the same for pairs that are chained by a common name."""
    parent: dict[str, str] = {}

    def root(name: str) -> str:
        while parent.setdefault(name, name) != name:
            parent[name] = parent.setdefault(parent[name], parent[name])
            name = parent[name]
        return name

    listed = list(pairs)
    for one, other in listed:
        parent[root(one)] = root(other)
    order: dict[str, int] = {}
    return np.array([order.setdefault(root(one), len(order)) for one, _ in listed], np.int64)
