"""Builds of growing stores: whether seconds, memory and files grow with the answers and no faster."""

from __future__ import annotations

import math
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from harmonize.demo.full_scale import WideScale
from tests.benchmarks.increments import Increment, OneRow, one_percent_more, work
from tests.benchmarks.part import Bench, Found, Part, Table, number, write_inbox
from tests.benchmarks.runs import HarmonizeRun, run_harmonize, written

__all__ = ["GROWTH"]

ROWS_A_FILE = 100
ANSWERS_A_ROW = 4_000 * 0.65


@dataclass(frozen=True, slots=True)
class _Built:
    """One size: what was delivered, what the build cost, and megabytes of what it wrote."""

    cells: int
    run: HarmonizeRun
    inbox_mb: float
    database_mb: float
    parquet_mb: float
    stage_mb: float
    more: Increment | None


def _measure(bench: Bench) -> Found:
    sizes = sorted(bench.growth)
    one_row = OneRow(bench.folder / "least")
    built = [_build(bench, size, one_row if size == sizes[-1] else None) for size in sizes]
    one_row.forget()
    per_million = [each.run.work / each.cells * 1e6 for each in built]
    exponent = _slope([math.log(each.cells) for each in built], [math.log(each.run.work) for each in built])
    steps = _marginal(built)
    rows = [
        [
            number(each.cells / 1e6, 1),
            number(cost),
            number(each.run.seconds, 1),
            number(each.cells / each.run.seconds, 0),
            number(each.run.peak_mb, 0),
            number(each.inbox_mb, 0),
            number(each.stage_mb, 0),
            number(each.database_mb, 0),
            number(each.parquet_mb, 0),
        ]
        for each, cost in zip(built, per_million, strict=True)
    ]
    head = (
        "M cells",
        "s / M cells",
        "seconds",
        "cells/s",
        "peak MB",
        "inbox MB",
        "stage MB",
        "DuckDB MB",
        "parquet MB",
    )
    stages = list(built[-1].run.stages)
    by_stage = [
        [stage, *(number(each.run.stages.get(stage, 0.0) / each.cells * 1e6) for each in built)] for stage in stages
    ]
    full, more = built[-1].run, built[-1].more
    shares = {
        "increment_share": more.share([full], one_row.full, work) if more else 0.0,
        "whole_share": 100 * more.run.work / full.work if more else 0.0,
    }
    notes = [
        "Filled cells delivered, files of 100 rows; s / M cells leaves out start-up and knowledge. "
        f"The seconds grow with the power {exponent:.2f} of the cells (least squares on the logarithms; 1 is linear)."
    ]
    if steps:
        notes.append(
            "Seconds per million further cells from size to size: " + ", ".join(number(step) for step in steps) + "."
        )
    return Found(
        size=f"{built[0].cells:,} to {built[-1].cells:,} filled cells",
        answers=built[-1].cells,
        figures={
            "exponent": exponent,
            "peak_mb": built[-1].run.peak_mb,
            **shares,
            **({"marginal_ratio": steps[-1] / steps[0]} if len(steps) > 1 else {}),
        },
        notes=notes,
        tables=[
            Table("Sizes", head, rows),
            Table(
                "Seconds per million cells, by stage",
                ("stage", *(f"{each.cells / 1e6:,.0f} M" for each in built)),
                by_stage,
            ),
            Table(
                "1 % more rows, of new factories, on the largest build",
                ("", "full", "1 % more"),
                _increment(full, more.run, shares) if more else [],
            ),
        ],
    )


def _build(bench: Bench, millions: float, one_row: OneRow | None) -> _Built:
    folder = bench.folder / "growth" / f"{millions:g}M"
    shutil.rmtree(folder, ignore_errors=True)
    rows = max(2, round(millions * 1e6 / ANSWERS_A_ROW))
    made = write_inbox(folder, WideScale(rows=rows, files=max(2, round(rows / ROWS_A_FILE))))
    run = run_harmonize(made.inbox, folder / "out")
    release = folder / "out" / "current"
    sizes = (
        made.bytes / 1e6,
        (release / "harmonized.duckdb").stat().st_size / 1e6,
        written(release.resolve() / "parquet") / 1e6,
        written(folder / "out" / "stage") / 1e6,
    )
    built = _Built(made.answers, run, *sizes, one_percent_more(folder, rows, one_row) if one_row else None)
    # The largest release stays for the buyer's queries.
    shutil.rmtree(made.inbox)
    shutil.rmtree(folder / "out" / "stage", ignore_errors=True)
    if one_row is None:
        shutil.rmtree(folder)
    return built


def _increment(full: HarmonizeRun, more: HarmonizeRun, shares: Mapping[str, float]) -> list[list[str]]:
    rows = [
        ["**share of the full run, %, start-up excluded**", "", number(shares["increment_share"], 1)],
        ["share with what any run costs, %", "", number(shares["whole_share"], 1)],
    ]
    rows += [[stage, number(seconds), number(more.stages.get(stage, 0.0))] for stage, seconds in full.stages.items()]
    return [*rows, ["whole process", number(full.seconds), number(more.seconds)]]


def _marginal(built: Sequence[_Built]) -> list[float]:
    """Seconds per million further cells, from each size to the next."""
    return [
        (after.run.work - before.run.work) / (after.cells - before.cells) * 1e6 for before, after in pairwise(built)
    ]


def _slope(across: Sequence[float], up: Sequence[float]) -> float:
    middle, height = sum(across) / len(across), sum(up) / len(up)
    spread = sum((x - middle) ** 2 for x in across)
    return sum((x - middle) * (y - height) for x, y in zip(across, up, strict=True)) / spread if spread else 1.0


GROWTH = Part("growth", "Growth", _measure)
