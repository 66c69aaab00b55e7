"""What the weights of suggestions are fitted by finds what it should, and the model that ships is whole."""

from __future__ import annotations

import numpy as np
import pytest

from harmonize.crosswalk.suggestions.model import Calibration, load_model
from tests.benchmarks.fitting import fit_choice, fit_line, log_odds
from tests.benchmarks.questionnaires import parted
from tests.pipeline.worlds import ROOT


def test_weights_behind_choices_are_found() -> None:
    random = np.random.default_rng(7)
    truth = np.array([2.0, -1.0, 0.0])
    features = random.normal(size=(4_000, 6, 3))
    chosen = (features @ truth + random.gumbel(size=(4_000, 6))).argmax(axis=1)
    right_first = np.stack(
        [np.concatenate([row[[at]], np.delete(row, at, axis=0)]) for row, at in zip(features, chosen, strict=True)]
    )
    assert fit_choice(right_first, np.ones(4_000)) == pytest.approx(truth, abs=0.15)


def test_the_line_of_a_calibration_is_found() -> None:
    random = np.random.default_rng(7)
    stated = random.uniform(0.02, 0.98, 20_000)
    right = random.uniform(size=20_000) < 1 / (1 + np.exp(-(0.5 + 0.6 * log_odds(stated))))
    assert fit_line(stated, right, np.ones(20_000)) == pytest.approx((0.5, 0.6), abs=0.06)


def test_calibrated_probabilities_of_ranked_candidates_share_what_is_left() -> None:
    calibration = Calibration(intercept=0.5, slope=0.6)
    found = calibration.of_ranked(np.array([0.5, 0.3, 0.1]))
    assert found[0] == pytest.approx(1 / (1 + np.exp(-0.5)))
    assert found[1] / found[2] == pytest.approx(3)
    assert found.sum() < 1
    assert calibration.of(np.array([0.0, 1.0])) == pytest.approx([0, 1], abs=1e-4)


def test_the_model_that_ships_says_what_it_was_made_from() -> None:
    model = load_model(ROOT / "schemas/suggestions/model.yml")
    assert "SLCP CAF" in model.made_from
    assert 0 < model.least < model.close < 1


def test_words_that_run_together_are_parted_again() -> None:
    from collections import Counter

    words = Counter({"does": 9, "your": 9, "facility": 9, "track": 5, "water": 5})
    assert parted("Doesyourfacilitytrackwater?", words) == "does your facility track water ?"
