"""What a part of the benchmark is asked for and what it hands to the report."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from harmonize.demo.full_scale import WideScale, WideSummary, write_full_scale
from harmonize.project import Project
from tests.benchmarks.processes import ROOT

__all__ = ["Bench", "Found", "Part", "Table", "number", "write_inbox"]


@dataclass(frozen=True, slots=True)
class Bench:
    """What is measured.

    Attributes:
        folder: where inboxes and releases are made.
        rows: assessments of the inbox that is held against the floor; 4,000 questions each.
        files: over how many files they are spread.
        rounds: how often a comparison is repeated; the median counts.
        workbook_rows: rows of the workbook.
        growth: sizes to build, in millions of answers.
        database: the release to put the buyer's queries to; None for the largest below the folder.
        facilities: records of the lists of factories.
        pairs: labelled pairs of factories, if there are any.
        peers: a Python that may have Splink and dedupe.
    """

    folder: Path
    rows: int
    files: int
    rounds: int
    workbook_rows: int
    growth: Sequence[float]
    database: Path | None = None
    facilities: Sequence[int] = (10_000,)
    pairs: Path | None = None
    peers: str = sys.executable


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the report, its cells ready to print."""

    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Found:
    """What a part found.

    Attributes:
        size: of what was measured, in words.
        answers: the size that goals are judged by.
        figures: value by the name that goals.yml knows.
        notes: how it was measured, a paragraph each.
    """

    size: str
    answers: int
    figures: dict[str, float]
    notes: Sequence[str]
    tables: Sequence[Table] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the benchmark."""

    name: str
    title: str
    measure: Callable[[Bench], Found]


def number(value: float, decimals: int = 2) -> str:
    """A figure with thousands separated."""
    return f"{value:,.{decimals}f}"


def write_inbox(folder: Path, scale: WideScale) -> WideSummary:
    """Write a wide inbox below a folder."""
    return write_full_scale(folder, scale, Project.locate(ROOT))
