"""Of how many owner groups anything may be told (domain rule 29)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from harmonize.yaml_forms import StrictForm

__all__ = ["GroupRules", "Share"]

Share = Annotated[float, Field(gt=0, le=1)]
"""A part of a whole that is more than nothing."""


class GroupRules(StrictForm):
    """What every file of rules on groups of factories states.

    Attributes:
        least_groups: owner groups of which anything is told; domain rule 29 forbids fewer than five.
        most_of_one_group: the largest share that one of them may hold.
        digits: significant digits of what is told.
    """

    least_groups: int = Field(ge=5)
    most_of_one_group: Share
    digits: int = Field(ge=1)
