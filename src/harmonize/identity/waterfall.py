"""Why two records have the probability that they have: every piece of evidence in the order in which it is added up.

The evidence is what the model weighs, feature by feature; what the verdict knows besides (doubts, identifiers) follows
from `score`. Contributions are logits: the probability that one factory was meant is 1 / (1 + e^-sum).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from harmonize.errors import ConfigurationError
from harmonize.identity.compare import Comparison, distance_km
from harmonize.identity.decide import judge
from harmonize.identity.model import FEATURES, MatchModel
from harmonize.identity.prepare import Profile
from harmonize.identity.profiles import Profiles
from harmonize.yaml_text import read_yaml

__all__ = ["Step", "Waterfall", "feature_words", "waterfall"]

_ROUNDING = 0.005
"""Logits by which the sum of the steps may miss the judgement: its probability has six digits."""
_EXTREME = 6.0
"""Logits beyond which six digits of a probability tell no more."""


@dataclass(frozen=True, slots=True)
class Step:
    """One piece of evidence.

    Attributes:
        name: a feature of the model, `start`, or evidence outside of the features.
        value: how far it holds, 0 to 1.
        weight: logits where it holds fully.
        logits: what it adds.
        probability: after it and everything before it.
    """

    name: str
    value: float
    weight: float
    logits: float
    probability: float


@dataclass(frozen=True, slots=True)
class Waterfall:
    """All evidence on two records.

    Attributes:
        steps: `start`, then the features, then the rest; what adds nothing is left out.
        probability: the model's judgement.
    """

    steps: tuple[Step, ...]
    probability: float


def waterfall(one: Profile, other: Profile, model: MatchModel) -> Waterfall:
    """The evidence on two profiles of one country."""
    sides = (np.array([0]), np.array([1]))
    values = dict(
        zip(
            FEATURES,
            Comparison(Profiles.of([one, other]), model).features(*sides)[0].tolist(),
            strict=True,
        )
    )
    probability = float(judge([one, other], *sides, model).probability[0])
    evidence = [("start", 1.0, model.intercept)]
    evidence += [(name, values[name], weight) for name, weight in zip(FEATURES, model.weights(), strict=True)]
    evidence += _outside(one, other, values, model)
    left = _logit(probability) - sum(value * weight for _, value, weight in evidence)
    if abs(left) > _ROUNDING and abs(_logit(probability)) < _EXTREME:
        evidence.append(("other evidence", 1.0, left))
    return Waterfall(tuple(_steps(evidence)), probability)


def feature_words(schemas: Path) -> Mapping[str, str]:
    """What each feature means, in words.

    Raises:
        ConfigurationError: the file does not list them.
    """
    path = schemas / "identity" / "explanations.yml"
    document = read_yaml(path)
    listed = document.get("features") if isinstance(document, dict) else None
    if not isinstance(listed, dict):
        raise ConfigurationError(f"{path}: features: say what each feature means.")
    return {str(name): str(words) for name, words in listed.items()}


def _steps(evidence: list[tuple[str, float, float]]) -> list[Step]:
    total, steps = 0.0, []
    for name, value, weight in evidence:
        logits = value * weight
        total += logits
        if logits or name == "start":
            steps.append(Step(name, value, weight, logits, 1 / (1 + math.exp(-total))))
    return steps


def _outside(
    one: Profile, other: Profile, values: Mapping[str, float], model: MatchModel
) -> list[tuple[str, float, float]]:
    """Evidence that is no feature: an identifier of the company, nearness."""
    found = []
    agreement = min(values["name_containment"], values["address_containment"])
    if not one.company_ids.isdisjoint(other.company_ids) and agreement >= model.thresholds.agreement:
        found.append(("same company identifier", 1.0, model.outside.company_id_shared))
    if one.place is not None and other.place is not None:
        away = float(distance_km(np.array([one.place]), np.array([other.place]))[0])
        if away <= model.outside.near_km:
            found.append((f"{away:.1f} km apart", 1.0, model.outside.near))
    return found


def _logit(probability: float) -> float:
    bounded = min(max(probability, 1e-9), 1 - 1e-9)
    return math.log(bounded / (1 - bounded))
