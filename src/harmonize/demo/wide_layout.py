"""Lay out a full-width Higg FEM export: which answer columns it has, and which cells each of them may hold.

The questions of the crosswalk come first, a quantity always with its unit column; invented reference ids follow until
the export is as wide as asked. All cells of all pools stand in one array, and a column is a stretch of it, so that a
row is drawn in one step.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, count
from random import Random

import numpy as np
import numpy.typing as npt

from harmonize.crosswalk.mapping import MappingEntry, load_editions
from harmonize.demo.higg_csv import ENVELOPE
from harmonize.demo.streams import stream
from harmonize.demo.wide_words import FullScale, amount_pool, day_pool, quoted, sentence_pool, weighted_pool
from harmonize.project import Project

__all__ = ["WideLayout", "wide_layout"]

QUANTITY = "quant"
UNIT = "unit"
COUNTED = "kg"
"""Unit of quantities that may also be counted in pieces."""


@dataclass(frozen=True, slots=True)
class WideLayout:
    """The answer columns of an export.

    Attributes:
        columns: their titles.
        cells: every cell that may be printed, pool behind pool.
        begins: where the pool of each column begins in `cells`.
        sizes: how many cells the pool of each column has.
        filled: share of rows in which each column is filled.
        follows: the column whose blank makes each column blank: a unit follows its quantity, others themselves.
    """

    columns: tuple[str, ...]
    cells: npt.NDArray[np.object_]
    begins: npt.NDArray[np.int64]
    sizes: npt.NDArray[np.int64]
    filled: npt.NDArray[np.float64]
    follows: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Column:
    title: str
    pool: str
    quantity: str | None = None


def wide_layout(project: Project, words: FullScale, columns: int, blanks: float, seed: int) -> WideLayout:
    """The layout of an export with `columns` answer columns, of whose cells the share `blanks` is blank.

    The columns depend on their number and the seed only, so that two exports of one seed and width agree.
    """
    rng = stream(seed, "wide-layout")
    pools = _pools(words, rng)
    chosen = list(_columns(_questions(project), words, rng, columns))
    begins: dict[str, int] = {}
    cells: list[str] = []
    for name, pool in pools.items():
        begins[name] = len(cells)
        cells.extend(pool)
    places = {column.title: number for number, column in enumerate(chosen)}
    follows = np.array([places[column.quantity or column.title] for column in chosen])
    spread = min(blanks, 1 - blanks)
    filled = np.array([1 - blanks + rng.uniform(-spread, spread) for _ in chosen])
    return WideLayout(
        tuple(column.title for column in chosen),
        np.array(cells, dtype=object),
        np.array([begins[column.pool] for column in chosen]),
        np.array([len(pools[column.pool]) for column in chosen]),
        filled,
        follows,
    )


def _pools(words: FullScale, rng: Random) -> dict[str, list[str]]:
    return {
        **{scale: weighted_pool(weights) for scale, weights in words.scales.items()},
        **{f"unit {unit}": [quoted(word) for word in spelled] for unit, spelled in words.units.items()},
        "number": amount_pool(words.amounts, rng),
        "count": amount_pool(words.counts, rng),
        "choice": weighted_pool(words.choices),
        "day": day_pool(words.days),
        "short": sentence_pool(words.short, words, rng),
        "long": sentence_pool(words.long, words, rng),
    }


def _questions(project: Project) -> list[MappingEntry]:
    """The questions of FEM 4, without what the envelope says."""
    edition = next(e for e in load_editions(project) if (e.instrument, e.edition) == ("higg_fem", "fem2023"))
    taken = {title.casefold() for title in ENVELOPE}
    return [entry for question, entry in edition.entries.items() if question.isidentifier() and question not in taken]


def _columns(questions: Sequence[MappingEntry], words: FullScale, rng: Random, wanted: int) -> Iterator[_Column]:
    """So many columns; a quantity whose unit column would not fit any more is left out."""
    kinds = weighted_pool(words.informational)
    known = (_known_columns(entry, words, rng.choice(kinds)) for entry in _answers(questions))
    invented = ([_Column(f"{rng.choice(words.stems)}{number:04d}", rng.choice(kinds))] for number in count(1))
    for columns in chain(known, invented):
        if len(columns) <= wanted:
            yield from columns
            wanted -= len(columns)
        if not wanted:
            return


def _answers(questions: Sequence[MappingEntry]) -> Iterator[MappingEntry]:
    """Quantities, then questions with a scale of their own, then the rest; unit columns come with their quantity."""
    quantities = {entry.question for entry in questions if entry.question.endswith(QUANTITY)}
    units = {question.removesuffix(QUANTITY) + ending for question in quantities for ending in (UNIT, f"{UNIT}s")}
    stated = [entry for entry in questions if entry.question not in units]
    yield from sorted(
        stated, key=lambda entry: (entry.question not in quantities, entry.rule("scale") == "information")
    )


def _known_columns(entry: MappingEntry, words: FullScale, kind: str) -> list[_Column]:
    """The column of a question, with its unit column where it is a quantity."""
    scale, unit = entry.rule("scale"), entry.rule("unit")
    if entry.question.endswith(QUANTITY):
        accepted = [name for name in (unit or COUNTED).split("|") if name in words.units]
        partner = entry.question.removesuffix(QUANTITY) + UNIT
        pool = f"unit {accepted[0] if accepted else COUNTED}"
        return [_Column(entry.question, "number"), _Column(partner, pool, entry.question)]
    if unit is not None:
        return [_Column(entry.question, "number")]
    return [_Column(entry.question, scale if scale in words.scales else kind)]
