"""Fit the coefficients of the matching model to labelled pairs and measure them on pairs that it has not seen.

Input is CSV with the columns `country, name_a, address_a, name_b, address_b, label` (1 the same factory, 0 not). The
pairs are not shipped, the coefficients are. Pairs that share a factory stay in one fold: otherwise a fold would be
tested on names it has learned.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import yaml
from numpy.typing import NDArray

from harmonize.identity.compare import Comparison
from harmonize.identity.knowledge import Knowledge
from harmonize.identity.model import FEATURES, MatchModel
from harmonize.identity.prepare import Profile, Statements, prepare

__all__ = ["LabelledPairs", "Measure", "cross_validate", "fit", "measure", "read_pairs", "write_model"]

Numbers = NDArray[np.float64]

_HEADER = "# The matching model. Coefficients are written by harmonize.identity.train, the rest by hand.\n"


@dataclass(frozen=True, slots=True)
class LabelledPairs:
    """Features and labels of pairs, and which pairs share a factory's name (`groups`)."""

    values: Numbers
    labels: Numbers
    groups: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Measure:
    """Quality of probabilities: area under the ROC curve, and recall at 98 % precision with its threshold."""

    auc: float
    recall_at_98: float
    threshold: float


def read_pairs(paths: Iterable[Path], knowledge: Knowledge) -> LabelledPairs:
    """Read and compare all pairs of the files."""
    rows: list[dict[str, str]] = []
    for path in paths:
        with path.open(encoding="utf-8", newline="") as lines:
            rows.extend(csv.DictReader(lines))
    statements = Statements(knowledge)
    profiles = [profile for row in rows for profile in _profiles(row, statements)]
    ones = np.arange(0, len(profiles), 2)
    values = Comparison(profiles, knowledge.model.word_weights).features(ones, ones + 1)
    labels = [float(row["label"] in ("1", "match")) for row in rows]
    return LabelledPairs(values, np.array(labels), _groups(rows))


def fit(values: Numbers, labels: Numbers, penalty: float = 1.0) -> tuple[float, Numbers]:
    """Intercept and coefficients of a logistic regression with an L2 penalty, by Newton's method."""
    design = np.hstack([np.ones((len(values), 1)), values])
    ridge = np.diag([1e-6, *[penalty] * values.shape[1]])
    weights = np.zeros(design.shape[1])
    for _ in range(50):
        chance = 1 / (1 + np.exp(-(design @ weights)))
        gradient = design.T @ (labels - chance) - ridge @ weights
        curvature = (design * (chance * (1 - chance))[:, None]).T @ design + ridge
        step = np.linalg.solve(curvature, gradient)
        weights = weights + step
        if float(np.abs(step).max()) < 1e-8:
            break
    return float(weights[0]), weights[1:]


def cross_validate(pairs: LabelledPairs, folds: int = 10, penalty: float = 1.0) -> Numbers:
    """The probability of every pair from a model that has seen no pair of its group."""
    chances = np.zeros(len(pairs.labels))
    fold_of = np.array([group % folds for group in pairs.groups])
    for fold in range(folds):
        seen, unseen = fold_of != fold, fold_of == fold
        intercept, weights = fit(pairs.values[seen], pairs.labels[seen], penalty)
        chances[unseen] = 1 / (1 + np.exp(-(intercept + pairs.values[unseen] @ weights)))
    return chances


def measure(chances: Numbers, labels: Numbers) -> Measure:
    """How well the probabilities part the labels; a tie counts half."""
    same, other = chances[labels == 1], chances[labels == 0]
    wins = (same[:, None] > other[None, :]).sum() + 0.5 * (same[:, None] == other[None, :]).sum()
    recall, threshold = 0.0, 1.0
    for candidate in np.unique(same):
        hits, misses = int((same >= candidate).sum()), int((other >= candidate).sum())
        if hits / (hits + misses) >= 0.98 and hits / len(same) > recall:
            recall, threshold = hits / len(same), float(candidate)
    return Measure(float(wins / (len(same) * len(other))), recall, threshold)


def write_model(path: Path, model: MatchModel, fitted: tuple[float, Numbers], trained_on: str) -> None:
    """Write `model.yml` anew with the fitted coefficients; thresholds and hand-set weights stay."""
    intercept, weights = fitted
    coefficients = {name: round(float(weight), 4) for name, weight in zip(FEATURES, weights, strict=True)}
    content = model.model_dump() | {
        "trained_on": trained_on,
        "intercept": round(intercept, 4),
        "coefficients": coefficients,
    }
    path.write_text(_HEADER + yaml.safe_dump(content, sort_keys=False, width=110, allow_unicode=True), encoding="utf-8")


def _profiles(row: dict[str, str], statements: Statements) -> tuple[Profile, Profile]:
    """The two sides of a labelled pair, prepared like mentions."""
    sides = [
        {
            "mention_id": side,
            "name": row[f"name_{side}"],
            "address": row[f"address_{side}"],
            "country": row["country"],
        }
        for side in ("a", "b")
    ]
    one, other = prepare(sides, (), statements)
    return one.profile, other.profile


def _groups(rows: Sequence[dict[str, str]]) -> tuple[int, ...]:
    """A number per row, the same for rows that are chained by a common name."""
    parent: dict[str, str] = {}

    def root(name: str) -> str:
        while parent.setdefault(name, name) != name:
            name = parent[name]
        return name

    keys = [(row["name_a"].casefold(), row["name_b"].casefold()) for row in rows]
    for one, other in keys:
        parent[root(one)] = root(other)
    order: dict[str, int] = {}
    return tuple(order.setdefault(root(one), len(order)) for one, _ in keys)
