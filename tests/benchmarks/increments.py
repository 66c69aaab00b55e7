"""One more file on a store that stands, and a run with nothing new, beside the full run that made the store.

What any run costs, whatever it reads and continues, is the cost of one row that comes to a store of one row: processes
that start, libraries that are imported, pages that are printed. It is the start-up that the goal leaves out.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from harmonize.demo.full_scale import WideScale
from tests.benchmarks.against_floor import store_folder
from tests.benchmarks.part import Bench, Found, Part, Table, number, write_inbox
from tests.benchmarks.runs import HarmonizeRun, run_harmonize

__all__ = ["INCREMENTAL", "Least", "least", "one_percent_more"]

NEW_SHARE = 100
"""One row in so many is new: 1 %."""
NEXT_EDITION = "fem2025"
UNKNOWN_FACTORY = 700_001
_TIMES = 3


@dataclass(frozen=True, slots=True)
class Least:
    """Seconds of the stages of a run over one row, and of one row more (the median of some)."""

    full: float
    more: float

    def share(self, more: HarmonizeRun, full: HarmonizeRun) -> float:
        """Percent of the full run that an increment costs, both without what any run costs."""
        return 100 * (more.work - self.more) / (full.work - self.full)


def least(folder: Path) -> Least:
    """What a run costs in which there is next to nothing to do."""
    shutil.rmtree(folder, ignore_errors=True)
    runs = []
    for number_of_run in range(_TIMES + 1):
        first_factory = UNKNOWN_FACTORY + 1000 * number_of_run
        write_inbox(folder, WideScale(rows=1, files=1, first_factory=first_factory, editions=(NEXT_EDITION,)))
        runs.append(run_harmonize(folder / "inbox", folder / "out").work)
    shutil.rmtree(folder)
    return Least(runs[0], median(runs[1:]))


def one_percent_more(folder: Path, rows: int, first_factory: int = UNKNOWN_FACTORY) -> HarmonizeRun:
    """Deliver one file with 1 % of `rows` below a folder whose inbox was run, and run again; some times over.

    Returns:
        The run that cost the median.
    """
    more = max(1, rows // NEW_SHARE)
    runs = []
    for number_of_run in range(_TIMES):
        first = first_factory + more * number_of_run
        write_inbox(folder, WideScale(rows=more, files=1, first_factory=first, editions=(NEXT_EDITION,)))
        runs.append(run_harmonize(folder / "inbox", folder / "out"))
    return sorted(runs, key=lambda run: run.work)[_TIMES // 2]


def _measure(bench: Bench) -> Found:
    folder = bench.folder / "incremental"
    shutil.rmtree(folder, ignore_errors=True)
    made = store_folder(bench)
    if not (made / "inbox").exists():
        write_inbox(made, WideScale(rows=bench.rows, files=bench.files))
    shutil.copytree(made / "inbox", folder / "inbox")
    any_run = least(bench.folder / "least")
    full = run_harmonize(folder / "inbox", folder / "out")
    known = one_percent_more(folder, bench.rows, first_factory=1)
    unknown = one_percent_more(folder, bench.rows)
    nothing = run_harmonize(folder / "inbox", folder / "out")
    again = run_harmonize(folder / "inbox", _elsewhere(folder))
    shutil.rmtree(folder)
    runs = {
        "full": full,
        "1 % more: known factories": known,
        "1 % more: new factories": unknown,
        "nothing new": nothing,
        "rebuild": again,
    }
    return Found(
        size=f"a store of {full.answers:,} answers from {bench.rows:,} rows in {bench.files} files; "
        "then one file with 1 % of them, three times (the median) for known and for new factories",
        answers=full.answers,
        figures={
            "increment_share": max(any_run.share(known, full), any_run.share(unknown, full)),
            "whole_share": max(100 * known.work / full.work, 100 * unknown.work / full.work),
            "nothing_share": 100 * nothing.work / full.work,
        },
        notes=[
            f"Seconds are those of the stages without `knowledge`. What any run costs: {number(any_run.more)} s when "
            f"one row comes to a store of one row, {number(any_run.full)} s when that one row is all (the imports of "
            "processes and of Great Expectations, its pages, the contract's empty tables); the first share leaves it "
            "out of both sides, the second of neither. The larger of both increments counts. *rebuild* makes the "
            "store after all increments from nothing, elsewhere; its content is "
            f"{'the same' if again.logical_hash == nothing.logical_hash else '**not the same**'} as the store's.",
        ],
        tables=[_table(runs, full, any_run)],
    )


def _elsewhere(folder: Path) -> Path:
    return folder / "rebuilt" / "out"


def _table(runs: dict[str, HarmonizeRun], full: HarmonizeRun, any_run: Least) -> Table:
    stages = list(full.stages)
    more = [run for name, run in runs.items() if name.startswith("1 %")]
    rows = [
        [
            "**share of the full run, %, start-up excluded**",
            *(number(any_run.share(run, full), 1) if run in more else "" for run in runs.values()),
        ],
        ["share with what any run costs, %", *(number(100 * run.work / full.work, 1) for run in runs.values())],
    ]
    rows += [[stage, *(number(run.stages.get(stage, 0.0)) for run in runs.values())] for stage in stages]
    rows += [
        ["start-up", *(number(run.start_up) for run in runs.values())],
        ["whole process", *(number(run.seconds) for run in runs.values())],
        ["peak MB", *(number(run.peak_mb, 0) for run in runs.values())],
    ]
    return Table("Seconds by stage", ("", *runs), rows)


INCREMENTAL = Part("incremental", "A little more on a large store", _measure)
