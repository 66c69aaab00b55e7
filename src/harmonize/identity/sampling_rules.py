"""How pairs are drawn for stewards, and when their decisions are enough: `schemas/identity/sampling.yml`."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, field_validator

from harmonize.yaml_text import read_yaml

__all__ = ["SamplingRules"]


class SamplingRules(BaseModel):
    """The content of `identity/sampling.yml`.

    Attributes:
        bands: inner edges of the bands of the probability, ascending; a band holds its lower edge.
        least_decided: decided pairs of a verdict from which on something is estimated of it.
        confidence: of the intervals.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    bands: tuple[float, ...]
    least_decided: int = Field(gt=0)
    confidence: float = Field(gt=0, lt=1)

    @field_validator("bands")
    @classmethod
    def _ascend(cls, bands: tuple[float, ...]) -> tuple[float, ...]:
        if list(bands) != sorted(set(bands)) or not all(0 < edge < 1 for edge in bands):
            raise ValueError("the edges of the bands must ascend between 0 and 1")
        return bands

    @classmethod
    def from_folder(cls, schemas: Path) -> SamplingRules:
        """Load the rules from the schemas folder."""
        return cls.model_validate(read_yaml(schemas / "identity" / "sampling.yml"))
