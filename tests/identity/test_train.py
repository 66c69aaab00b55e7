"""The fit finds what parts the labels, folds do not share factories, and the shipped model fits its features."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from harmonize.identity.knowledge import Knowledge
from harmonize.identity.model import FEATURES, MatchModel
from harmonize.identity.train import LabelledPairs, cross_validate, fit, measure, read_pairs, write_model

SCHEMAS = Path(__file__).parents[2] / "schemas"
COLUMNS = ("country", "name_a", "address_a", "name_b", "address_b", "label")


def test_the_shipped_model_names_every_feature_and_its_training() -> None:
    model = MatchModel.from_folder(SCHEMAS)
    assert set(model.coefficients) == set(FEATURES)
    assert model.thresholds.floor < model.thresholds.review < model.thresholds.match
    assert model.trained_on


def test_speaking_against_never_counts_in_favour() -> None:
    model = MatchModel.from_folder(SCHEMAS)
    against = [name for name in FEATURES if name.endswith(("differ", "differs"))]
    assert against
    assert all(model.coefficients[name] < 0 for name in against)


def test_fit_finds_the_feature_that_parts_the_labels() -> None:
    random = np.random.default_rng(5)
    values = random.random((400, 3))
    labels = (values[:, 1] > 0.5).astype(np.float64)
    intercept, weights = fit(values, labels)
    assert intercept < 0
    assert weights[1] > 5 * max(abs(weights[0]), abs(weights[2]))


def test_measure_of_a_perfect_and_of_a_blind_score() -> None:
    labels = np.array([1.0, 1.0, 0.0, 0.0])
    perfect = measure(np.array([0.9, 0.8, 0.2, 0.1]), labels)
    assert (perfect.auc, perfect.recall_at_98, perfect.threshold) == (1.0, 1.0, 0.8)
    assert measure(np.full(4, 0.5), labels).auc == 0.5


def test_a_group_is_never_seen_by_the_model_that_judges_it() -> None:
    values = np.array([[1.0], [1.0], [0.0], [0.0]])
    labels = np.array([1.0, 1.0, 0.0, 0.0])
    pairs = LabelledPairs(values, labels, (0, 0, 1, 1))
    chances = cross_validate(pairs, folds=2)
    assert chances[0] == chances[1] < 0.5, "learned from the other group alone, which holds only the label 0"


def test_pairs_are_read_and_a_model_is_written_back(tmp_path: Path) -> None:
    rows = [
        ("VN", "Sao Mai Ltd", "1 Green Street", "SAO MAI", "No 1 Green St", "1"),
        ("VN", "Sao Mai", "1 Green Street", "Lotus", "9 Red Street", "0"),
        ("VN", "Pine", "4 Blue Street", "Maple", "9 Blue Street", "0"),
    ]
    path = tmp_path / "pairs.csv"
    with path.open("w", encoding="utf-8", newline="") as lines:
        csv.writer(lines).writerows([COLUMNS, *rows])
    knowledge = Knowledge.from_folder(SCHEMAS)
    pairs = read_pairs([path], knowledge)
    assert pairs.labels.tolist() == [1, 0, 0]
    assert len({pairs.groups[0], pairs.groups[2]}) == 2
    target = tmp_path / "identity" / "model.yml"
    target.parent.mkdir()
    write_model(target, knowledge.model, fit(pairs.values, pairs.labels), "three pairs")
    written = MatchModel.from_folder(tmp_path)
    assert written.trained_on == "three pairs"
    assert written.thresholds == knowledge.model.thresholds
    assert written.weights() == pytest.approx(fit(pairs.values, pairs.labels)[1].tolist(), abs=1e-4)
