"""The overall grade that follows from the points of an audit's areas, where a scheme computes it (domain rule 14)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from pydantic import BaseModel, ConfigDict

__all__ = ["GradeRule", "OverallGrade", "overall_grade"]


class GradeRule(BaseModel):
    """How many areas of a grade an overall grade needs at least, and bears at most."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    grade: str
    at_least: dict[str, int] = {}
    at_most: dict[str, int] = {}


class OverallGrade(BaseModel):
    """How a scheme makes its overall grade.

    Attributes:
        areas: how many areas there are; without all of them nothing can be said.
        bands: grade of an area to its least points.
        rules: the best grade first; the first whose conditions hold is the overall grade.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    areas: int
    bands: dict[str, float]
    rules: Sequence[GradeRule]


def overall_grade(points: Sequence[float], scheme: OverallGrade) -> str | None:
    """The grade that follows from the points of the areas; None where not all are known, or no rule holds."""
    if len(points) != scheme.areas:
        return None
    areas = Counter(_grade(point, scheme.bands) for point in points)
    return next((rule.grade for rule in scheme.rules if _holds(rule, areas)), None)


def _grade(points: float, bands: Mapping[str, float]) -> str | None:
    reached = {least: grade for grade, least in bands.items() if points >= least}
    return reached[max(reached)] if reached else None


def _holds(rule: GradeRule, areas: Mapping[str | None, int]) -> bool:
    return all(areas.get(grade, 0) >= least for grade, least in rule.at_least.items()) and all(
        areas.get(grade, 0) <= most for grade, most in rule.at_most.items()
    )
