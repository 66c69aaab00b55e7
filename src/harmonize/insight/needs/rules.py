"""What may be told of peers, and what counts as a change: `schemas/benchmarks.yml`."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from harmonize.insight.group_rules import GroupRules, Share
from harmonize.yaml_forms import StrictForm, read_form

__all__ = ["BenchmarkRules", "Circle", "load_benchmark_rules"]

Circle = tuple[Literal["process", "country"], ...]
"""What the factories of a circle have in common."""


class OwnerRules(StrictForm):
    """What shows that two factories have one owner."""

    schemes: Sequence[str] = ()
    columns: Sequence[str] = ()
    most_sites: int = Field(gt=1)


class IntensityRules(StrictForm):
    """Which quantities are compared, and when one of them fell."""

    indicators: Sequence[str]
    oldest_years: int = Field(ge=0)
    least_verification: Literal["none", "desk", "virtual", "onsite"]
    fall_share: Share


class BeforeRules(StrictForm):
    """How far is looked back, how much is told, and on what no free text is."""

    months: int = Field(gt=0)
    told: int = Field(gt=0)
    withheld_topics: Sequence[str] = ()
    withheld_facets: Sequence[str] = ()


class BenchmarkRules(GroupRules):
    """All of the file."""

    quantiles: Sequence[Share]
    circles: Sequence[Annotated[Circle, Field(min_length=1)]] = Field(min_length=1)
    owners: OwnerRules
    intensities: IntensityRules
    never: Sequence[str]
    before: BeforeRules

    def may_tell(self, indicator_id: str) -> bool:
        """Whether peers may be told of at all by an indicator."""
        return not any(fnmatchcase(indicator_id, pattern) for pattern in self.never)

    def is_intensity(self, indicator_id: str) -> bool:
        """Whether a quantity may be compared."""
        listed = any(fnmatchcase(indicator_id, pattern) for pattern in self.intensities.indicators)
        return listed and self.may_tell(indicator_id)


def load_benchmark_rules(path: Path) -> BenchmarkRules:
    """Load the rules.

    Raises:
        ConfigurationError: one of them is impossible; the message names file, place, value and cure.
    """
    return read_form(path, BenchmarkRules)
