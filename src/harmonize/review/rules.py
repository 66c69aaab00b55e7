"""In which order items stand, and which decisions need two people: `pipelines/review.yml`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from pydantic import Field, model_validator

from harmonize.review.kinds import KINDS
from harmonize.yaml_forms import StrictForm, read_form

__all__ = ["KindRule", "ReviewRules", "load_review_rules"]


class _Weights(StrictForm):
    audiences: float = Field(ge=0)
    assessments: float = Field(ge=0)
    answers: float = Field(ge=0)


class KindRule(StrictForm):
    """How much a decision of a kind weighs.

    Attributes:
        factor: what the sum is multiplied by.
        least: no item counts less.
        unknown: assessments that stand in for those of a file that could not be read.
    """

    factor: float = Field(gt=0)
    least: float = Field(ge=0)
    unknown: float = Field(default=0, ge=0)


class ReviewRules(StrictForm):
    """All of the file."""

    weights: _Weights
    kinds: Mapping[str, KindRule]
    grants_end_within: tuple[int, int]
    second_person: Sequence[str]
    values: Mapping[str, Sequence[str]]
    conflicting_issues: Sequence[str]

    @model_validator(mode="after")
    def _are_whole(self) -> ReviewRules:
        if set(self.kinds) != set(KINDS):
            raise ValueError(f"kinds must be {', '.join(KINDS)}; add what is missing and remove the rest")
        strange = [name for name in self.second_person if name not in KINDS]
        if strange:
            raise ValueError(f"second_person: {strange[0]!r} is no kind; there are {', '.join(KINDS)}")
        if not 0 < self.grants_end_within[0] <= self.grants_end_within[1]:
            raise ValueError("grants_end_within: write two numbers of days, the smaller one first")
        return self

    def worth(self, kind: str, assessments: float, answers: float, audiences: float) -> float:
        """What a decision unlocks, as one figure."""
        rule, weights = self.kinds[kind], self.weights
        total = audiences * weights.audiences + assessments * weights.assessments + answers * weights.answers
        return round(max(rule.factor * total, rule.least), 3)


def load_review_rules(path: Path) -> ReviewRules:
    """Load the rules.

    Raises:
        ConfigurationError: a rule is missing, unknown or not whole; the message names the place.
    """
    return read_form(path, ReviewRules)
