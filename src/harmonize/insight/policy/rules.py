"""What public bodies and lenders are told: `schemas/policy.yml`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from harmonize.insight.group_rules import GroupRules, Share
from harmonize.yaml_forms import StrictForm, read_form

__all__ = ["BestInClass", "Extract", "LenderRules", "PolicyRules", "load_policy_rules"]

Extract = Literal["non_compliance", "fem_practices", "working_time", "best_in_class", "lender"]
Kind = Literal["buyer", "manufacturer", "government", "civil_society", "financier"]
Verification = Literal["none", "desk", "virtual", "onsite"]
_PERSONAL: tuple[Extract, ...] = ("lender",)
"""Extracts that name factories under their own grant: for a lender alone."""


class SizeClass(StrictForm):
    """Factories of up to so many workers; without a number, all that are larger."""

    name: str
    up_to: int | None = Field(default=None, gt=0)


class ProcessClass(StrictForm):
    """What factories do, by words of what they state."""

    name: str
    words: Sequence[str] = Field(min_length=1)


class Compliance(StrictForm):
    """Which topics are compliance points."""

    branches: Sequence[str] = Field(min_length=1)
    depth: int = Field(ge=1)
    besides: Sequence[str] = ()


class Practices(StrictForm):
    """Whose practices are counted."""

    instrument: str
    branches: Sequence[str] = Field(min_length=1)


class WorkingTime(StrictForm):
    """Topics that are told indicator by indicator."""

    topics: Sequence[str] = ()


class BestInClass(StrictForm):
    """The rule of the list; nothing is listed unless it was cleared."""

    cleared: bool = False
    rule: str
    published_at: str | None = None
    contest_at: str | None = None
    contest_days: int = Field(gt=0)
    least_indicators: int = Field(gt=0)
    least_share_met: Share
    least_verification: Verification
    oldest_months: int = Field(gt=0)
    never_with: Sequence[str] = ()

    @model_validator(mode="after")
    def _is_contestable(self) -> BestInClass:
        if self.cleared and not (self.published_at and self.contest_at):
            raise ValueError(
                "`cleared` needs `published_at` and `contest_at`: where the rule stands and who hears complaints"
            )
        return self


class LenderRules(StrictForm):
    """What a lender is told of a factory that granted it its file."""

    least_verification: Verification
    quantities: Mapping[str, Sequence[str]]
    permits: Sequence[str] = ()
    severities: Sequence[str] = ()


class PolicyRules(GroupRules):
    """All of the file."""

    extracts: Mapping[Kind, Sequence[Extract]]
    closed_after_months: int = Field(ge=0)
    size_classes: Sequence[SizeClass] = Field(min_length=1)
    processes: Sequence[ProcessClass]
    compliance: Compliance
    practices: Practices
    working_time: WorkingTime
    best_in_class: BestInClass
    lender: LenderRules

    @model_validator(mode="after")
    def _makes_sense(self) -> PolicyRules:
        bounds = [one.up_to for one in self.size_classes[:-1]]
        if self.size_classes[-1].up_to is not None or None in bounds or sorted(set(bounds)) != bounds:  # type: ignore[type-var]
            raise ValueError("size_classes must grow, and the last one alone has no up_to")
        for kind, names in self.extracts.items():
            wrong = [name for name in names if name in _PERSONAL and kind != "financier"]
            if wrong:
                raise ValueError(f"extracts.{kind}: {wrong[0]} names factories and is for a financier alone")
        return self

    def size_class(self, workers: int | None) -> str:
        """The class of a head count."""
        if workers is None or workers < 1:
            return "not known"
        return next(one.name for one in self.size_classes if one.up_to is None or workers <= one.up_to)

    def process(self, stated: str) -> str:
        """The class of what a factory states that it does."""
        text = stated.casefold()
        return next((one.name for one in self.processes if any(word in text for word in one.words)), "not known")

    def last_closed_year(self, as_of: date) -> int:
        """The last year that is over for long enough."""
        months = as_of.year * 12 + as_of.month - 1 - self.closed_after_months
        return months // 12 - 1


def load_policy_rules(path: Path) -> PolicyRules:
    """Load the rules.

    Raises:
        ConfigurationError: one of them is impossible; the message names file, place, value and cure.
    """
    return read_form(path, PolicyRules)
