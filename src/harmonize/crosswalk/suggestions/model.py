"""The ranking model: what each feature counts, and how sure a score makes us (`schemas/suggestions/model.yml`).

The numbers come from `tests.benchmarks.suggestions`; nothing else of the questionnaires they were fitted on is here.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from harmonize.crosswalk.suggestions.evidence import FEATURES
from harmonize.crosswalk.suggestions.similarity import Numbers
from harmonize.errors import ConfigurationError
from harmonize.yaml_text import read_yaml

__all__ = ["Calibration", "SuggestionModel", "load_model"]

_ALMOST = 1e-9


class Calibration(BaseModel):
    """From the model's own probability of the best candidate to how often it is right: a line between log odds."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    intercept: float
    slope: float = Field(gt=0)

    def of(self, chances: Numbers) -> Numbers:
        """Calibrated probabilities of best candidates."""
        inner = np.clip(chances, _ALMOST, 1 - _ALMOST)
        found: Numbers = 1 / (1 + np.exp(-(self.intercept + self.slope * np.log(inner / (1 - inner)))))
        return found

    def of_ranked(self, chances: Numbers) -> Numbers:
        """Probabilities of candidates, the likeliest first: what the best one leaves is shared among the others."""
        (first,) = self.of(chances[:1])
        left = (1 - first) / max(1 - chances[0], _ALMOST)
        found: Numbers = np.minimum(first, np.concatenate([[first], chances[1:] * left]))
        return found


class SuggestionModel(BaseModel):
    """Weights by feature: `alone` before the neighbours are known, `together` with them.

    Attributes:
        neighbours: weight of what the neighbours are about.
        least: where the best candidate is below this own probability of the model, there is none.
        close: from here on a draft says closeMatch, below it relatedMatch.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: int
    made_from: str
    alone: dict[str, float]
    together: dict[str, float]
    neighbours: float
    calibration: Calibration
    least: float = Field(gt=0, lt=1)
    close: float = Field(gt=0, lt=1)

    def weights(self) -> Numbers:
        """Columns `alone` and `together`, a row per feature."""
        return np.array([[self.alone[name], self.together[name]] for name in FEATURES])


def load_model(path: Path) -> SuggestionModel:
    """Load the model.

    Raises:
        ConfigurationError: it is not whole, or not for these features.
    """
    try:
        model = SuggestionModel.model_validate(read_yaml(path))
    except ValidationError as problem:
        raise ConfigurationError(f"{path}: {problem}. Mend it there.") from problem
    for name in ("alone", "together"):
        odd = set(FEATURES).symmetric_difference(getattr(model, name))
        if odd:
            raise ConfigurationError(f"{path}: {name}: the features are {', '.join(FEATURES)}; mend {min(odd)!r}.")
    return model
