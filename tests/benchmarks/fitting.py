"""Fit what the features of suggestions count: a conditional logit over candidates, and a line through log odds."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from harmonize.crosswalk.suggestions.similarity import Numbers

__all__ = ["fit_choice", "fit_line", "log_odds"]

_STEPS = 60


def fit_choice(candidates: Numbers, weights: Numbers, penalty: float = 1.0) -> Numbers:
    """Coefficients under which the first candidate of every question is the likeliest choice, by Newton's method.

    Args:
        candidates: question x candidate x feature; the right candidate stands first.
        weights: what every question counts.
    """
    found = np.zeros(candidates.shape[2])
    loss = _loss(candidates, weights, found, penalty)
    for _ in range(_STEPS):
        step = _step(candidates, weights, found, penalty)
        length = 1.0
        while (after := _loss(candidates, weights, found + length * step, penalty)) > loss and length > 1e-4:
            length /= 2
        found = found + length * step
        if loss - after < 1e-7 * abs(loss):
            break
        loss = after
    return found


def _loss(candidates: Numbers, weights: Numbers, found: Numbers, penalty: float) -> float:
    scores = candidates @ found
    highest = scores.max(axis=1)
    total = np.log(np.exp(scores - highest[:, None]).sum(axis=1)) + highest
    return float((weights * (total - scores[:, 0])).sum() + penalty / 2 * (found @ found))


def _step(candidates: Numbers, weights: Numbers, found: Numbers, penalty: float) -> Numbers:
    scores = candidates @ found
    chances = np.exp(scores - scores.max(axis=1, keepdims=True))
    chances /= chances.sum(axis=1, keepdims=True)
    expected = np.einsum("qc,qcf->qf", chances, candidates)
    gradient = (weights[:, None] * (candidates[:, 0] - expected)).sum(axis=0) - penalty * found
    curvature = penalty * np.eye(len(found)) - (expected * weights[:, None]).T @ expected
    for begin in range(0, len(candidates), 256):
        part = slice(begin, begin + 256)
        spread = candidates[part] * np.sqrt(chances[part] * weights[part, None])[:, :, None]
        flat = spread.reshape(-1, len(found))
        curvature += flat.T @ flat
    step: Numbers = np.linalg.solve(curvature, gradient)
    return step


def log_odds(chances: Numbers) -> Numbers:
    """Log odds of probabilities, kept finite."""
    inner = np.clip(chances, 1e-9, 1 - 1e-9)
    found: Numbers = np.log(inner / (1 - inner))
    return found


def fit_line(chances: Numbers, right: NDArray[np.bool_], weights: Numbers) -> tuple[float, float]:
    """Intercept and slope of the line from log odds to those of being right: a logistic regression."""
    design = np.column_stack([np.ones(len(chances)), log_odds(chances)])
    line = np.array([0.0, 1.0])
    for _ in range(_STEPS):
        said = 1 / (1 + np.exp(-(design @ line)))
        gradient = design.T @ (weights * (right - said))
        curvature = (design * (weights * said * (1 - said))[:, None]).T @ design + 1e-9 * np.eye(2)
        step = np.linalg.solve(curvature, gradient)
        line = line + step
        if float(np.abs(step).max()) < 1e-9:
            break
    return float(line[0]), float(line[1])
