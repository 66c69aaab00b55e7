"""Read the words of the full-scale export from `schemas/demo/full_scale.yml`, and spread them out for drawing.

A pool is a list of cells as they stand in the file, quotes included; a word with weight 3 stands in it three times, so
that an even draw from the pool is a weighted draw of words.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import product
from pathlib import Path
from random import Random

from pydantic import BaseModel, ConfigDict

from harmonize.yaml_text import parse_yaml

__all__ = ["FullScale", "amount_pool", "day_pool", "quoted", "read_full_scale", "sentence_pool", "weighted_pool"]

POOLED_AMOUNTS = 20_000
"""Distinct amounts in a pool: enough that a column hardly repeats one."""
SENTENCE_NUMBERS = 40


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Contributors(_Entry):
    """Who delivers; see the comments of the file."""

    first: str
    second: str
    second_every: int
    shared: float
    amended: float


class FullScale(_Entry):
    """Everything that the full-scale export prints."""

    countries: dict[str, int]
    postings: dict[str, date]
    contributors: Contributors
    verified: float
    changed_by_year: float
    os_id: float
    scales: dict[str, dict[str, int]]
    units: dict[str, tuple[str, ...]]
    amounts: tuple[float, float, int]
    informational: dict[str, int]
    choices: dict[str, int]
    counts: tuple[float, float, int]
    days: tuple[date, date]
    short: tuple[str, ...]
    long: tuple[str, ...]
    things: tuple[str, ...]
    places: tuple[str, ...]
    stems: tuple[str, ...]


def read_full_scale(schemas: Path) -> FullScale:
    """Read `schemas/demo/full_scale.yml`; raises pydantic's ValidationError where it says something unknown."""
    return FullScale.model_validate(parse_yaml((schemas / "demo" / "full_scale.yml").read_text(encoding="utf-8")))


def quoted(text: str) -> str:
    """The text as a CSV cell: quoted where it holds a comma, a quote or a line break."""
    if any(letter in text for letter in ',"\r\n'):
        return '"' + text.replace('"', '""') + '"'
    return text


def weighted_pool(words: Mapping[str, int]) -> list[str]:
    """Every word as often as its weight says."""
    return [quoted(word) for word, weight in words.items() for _ in range(weight)]


def amount_pool(limits: tuple[float, float, int], rng: Random) -> list[str]:
    """Amounts between low and high with so many decimals, evenly spread over the orders of magnitude."""
    low, high, decimals = limits
    bottom, top = math.log10(low + 1), math.log10(high + 1)
    return [f"{10 ** rng.uniform(bottom, top) - 1:.{decimals}f}" for _ in range(POOLED_AMOUNTS)]


def day_pool(span: tuple[date, date]) -> list[str]:
    """Every day of the span, both ends included."""
    first, last = span
    return [(first + timedelta(days=step)).isoformat() for step in range((last - first).days + 1)]


def sentence_pool(patterns: Sequence[str], words: FullScale, rng: Random) -> list[str]:
    """Every pattern with every thing and place, each with a few numbers."""
    texts = {
        pattern.format(thing=thing, place=place, n=rng.randint(2, 400))
        for pattern, thing, place in product(patterns, words.things, words.places)
        for _ in range(SENTENCE_NUMBERS if "{n}" in pattern else 1)
    }
    return [quoted(text) for text in sorted(texts)]
