"""Streams of chance: one reproducible generator per purpose.

A stream depends on its parts only, so that a factory is the same however many others are invented beside it.
"""

from __future__ import annotations

from random import Random

__all__ = ["stream"]


def stream(*parts: object) -> Random:
    """The generator for this purpose; parts are the seed and what the numbers are for."""
    return Random("/".join(map(str, parts)))  # noqa: S311 - invention, nothing secret
