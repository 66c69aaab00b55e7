"""What audits cost, as a file of assumptions says (`pipelines/assumptions/audits.yml`); each has its reason."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

from pydantic import Field, NonNegativeFloat, PositiveFloat, PositiveInt, model_validator

from harmonize.yaml_forms import StrictForm, read_form

__all__ = ["Assumptions", "load_assumptions"]


class _Reasoned(StrictForm):
    reason: str = Field(min_length=1)


class _Word(_Reasoned):
    value: str = Field(min_length=1)


class _Amount(_Reasoned):
    value: NonNegativeFloat


class _Positive(_Reasoned):
    value: PositiveFloat


class _Step(StrictForm):
    up_to_workers: PositiveInt | None
    days: PositiveFloat


class _Steps(_Reasoned):
    steps: Sequence[_Step] = Field(min_length=1)

    @model_validator(mode="after")
    def _rises(self) -> _Steps:
        bounds = [math.inf if step.up_to_workers is None else step.up_to_workers for step in self.steps]
        if bounds != sorted(set(bounds)) or bounds[-1] != math.inf:
            raise ValueError("up_to_workers must rise, and the last step must have null")
        return self


class Assumptions(StrictForm):
    """All of the file; amounts of money are in `currency`."""

    currency: _Word
    day_rate: _Amount
    visit_cost: _Amount
    desk_cost_per_indicator: _Amount
    full_audit_days: _Steps
    days_where_workers_are_unknown: _Positive
    fixed_overhead_days: _Amount
    rounding_days: _Positive
    least_saving_days: _Positive
    visit_lately_days: _Positive

    def rows(self) -> list[tuple[str, str, str]]:
        """Every assumption: its name, its value, its reason."""
        found = []
        for name, one in self:
            if isinstance(one, _Steps):
                for step in one.steps:
                    upto = "more" if step.up_to_workers is None else f"up to {step.up_to_workers}"
                    found.append((f"{name}: {upto} workers", f"{step.days:g}", one.reason))
            else:
                value = one.value if isinstance(one, _Word) else f"{one.value:g}"
                found.append((name, value, one.reason))
        return found


def load_assumptions(path: Path) -> Assumptions:
    """The assumptions.

    Raises:
        ConfigurationError: they cannot be read, or one is missing or has no reason.
    """
    return read_form(path, Assumptions)
