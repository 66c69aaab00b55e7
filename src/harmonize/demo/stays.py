"""Name the stay of assessors that an assessment belongs to: burden and corroboration count stays."""

from __future__ import annotations

from datetime import date

from harmonize.demo.world import Factory

__all__ = ["on_site"]


def on_site(factory: Factory, day: date) -> str:
    """The stay at a factory on a day: whoever assessed there on that day, it was one visit."""
    return f"{factory.key}|{day.isoformat()}"
