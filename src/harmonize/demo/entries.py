"""What every entry of the word material is: frozen, and without fields that nobody reads."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

__all__ = ["Entry"]


class Entry(BaseModel):
    """An entry of a file of `schemas/demo`."""

    model_config = ConfigDict(extra="forbid", frozen=True)
