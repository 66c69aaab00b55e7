"""The run beside the floor: the same files, by turns, every measurement a process of its own."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

from harmonize.demo.full_scale import WideScale
from tests.benchmarks.part import Bench, Found, Part, Table, number, write_inbox
from tests.benchmarks.processes import Spent, python_worker, spend
from tests.benchmarks.runs import HARMONISE, HarmonizeRun, run_harmonize, written

__all__ = ["FLOOR", "LARGE", "store_folder"]

LARGE_FILES = 2
"""One for each reader."""


def store_folder(bench: Bench) -> Path:
    """Where the inbox (`inbox`) and the release (`out`) of this part stay for the parts that follow."""
    return bench.folder / "floor"


def _measure(bench: Bench) -> Found:
    return _compare(bench, store_folder(bench), bench.files, with_pandas=True)


def _measure_large(bench: Bench) -> Found:
    return _compare(bench, bench.folder / "large", LARGE_FILES, with_pandas=False)


def _compare(bench: Bench, folder: Path, files: int, *, with_pandas: bool) -> Found:
    shutil.rmtree(folder, ignore_errors=True)
    made = write_inbox(folder, WideScale(rows=bench.rows, files=files))
    polars: list[Spent] = []
    pandas: list[Spent] = []
    ours: list[HarmonizeRun] = []
    for _ in range(bench.rounds):
        shutil.rmtree(folder / "out", ignore_errors=True)
        polars.append(_floor("polars", made.inbox, folder))
        ours.append(run_harmonize(made.inbox, folder / "out"))
        if with_pandas:
            pandas.append(_floor("pandas", made.inbox, folder))
    (folder / "floor.duckdb").unlink(missing_ok=True)
    floors = [_seconds(spent) for spent in polars]
    melts = [_seconds(spent) for spent in pandas]
    harmonise = [run.harmonise for run in ours]
    whole = [run.seconds for run in ours]
    figures = {
        "harmonise_over_floor": _ratio(harmonise, floors),
        "whole_over_floor": _ratio(whole, floors),
        "peak_mb": max(run.peak_mb for run in ours),
    }
    rows = [_row("floor: polars read, unpivot, drop blanks, DuckDB insert", floors, floors, polars, made.answers)]
    if with_pandas:
        figures["pandas_over_harmonise"] = _ratio(melts, harmonise)
        name = "pandas: read, melt, merge with the crosswalk, DuckDB insert"
        rows.append(_row(name, melts, floors, pandas, made.answers))
    rows += [
        _row(f"ours: {' + '.join(HARMONISE)}", harmonise, floors, ours, made.answers),
        _row("ours: the whole process, start-up to release", whole, floors, ours, made.answers),
    ]
    return Found(
        size=f"{made.rows:,} rows of 4,000 questions in {made.files} files, {made.answers:,} filled cells, "
        f"{made.bytes / 1e6:,.0f} MB",
        answers=made.answers,
        figures=figures,
        notes=[
            f"Median of {bench.rounds} rounds, taken by turns; a ratio is the median of the rounds' ratios. The "
            "seconds of floor and pandas leave out their imports; the whole process has everything in it. Memory is "
            "the most that the process and its children held at once.",
        ],
        tables=[
            Table("Side by side", ("way", "× floor", "seconds", "cells/s", "peak MB"), rows),
            _stages(ours, floors, written(folder / "out")),
        ],
    )


def _floor(way: str, inbox: Path, folder: Path) -> Spent:
    return spend(python_worker("floor", way, inbox, folder / "floor.duckdb"), folder)


def _seconds(spent: Spent) -> float:
    return float(spent.lines[-1]["seconds"])


def _ratio(upper: Sequence[float], lower: Sequence[float]) -> float:
    return median(above / below for above, below in zip(upper, lower, strict=True))


def _row(
    name: str, seconds: Sequence[float], floors: Sequence[float], peaks: Sequence[Spent | HarmonizeRun], cells: int
) -> list[str]:
    middle = median(seconds)
    peak = max(each.peak_mb for each in peaks)
    return [name, number(_ratio(seconds, floors)), number(middle), number(cells / middle, 0), number(peak, 0)]


def _stages(ours: Sequence[HarmonizeRun], floors: Sequence[float], size: int) -> Table:
    def over(value: Callable[[HarmonizeRun], float]) -> list[str]:
        found = [value(run) for run in ours]
        return [number(_ratio(found, floors)), number(median(found))]

    rows = [
        [stage, *over(lambda run, stage=stage: run.stages.get(stage, 0.0)), _peak(ours, stage)]  # type: ignore[misc]
        for stage in ours[0].stages
    ]
    rows.append(["start-up and what is between", *over(lambda run: run.start_up), ""])
    return Table(f"Our stages ({size / 1e6:,.0f} MB written in all)", ("stage", "× floor", "seconds", "peak MB"), rows)


def _peak(ours: Sequence[HarmonizeRun], stage: str) -> str:
    return number(max(run.peak_by_stage.get(stage, 0.0) for run in ours), 0)


FLOOR = Part("floor", "Wide CSV against the bare floor", _measure)
LARGE = Part("large", "The same rows in two files", _measure_large)
