"""One more file on a store that stands, and a run with nothing new, beside the full run that made the store."""

from __future__ import annotations

import shutil
from pathlib import Path

from harmonize.demo.full_scale import WideScale
from tests.benchmarks.against_floor import store_folder
from tests.benchmarks.part import Bench, Found, Part, Table, number, write_inbox
from tests.benchmarks.runs import HarmonizeRun, run_harmonize

__all__ = ["INCREMENTAL"]

NEW_SHARE = 100
"""One row in so many is new: 1 %."""
NEXT_EDITION = "fem2025"
UNKNOWN_FACTORY = 700_001


def _measure(bench: Bench) -> Found:
    folder = bench.folder / "incremental"
    shutil.rmtree(folder, ignore_errors=True)
    made = store_folder(bench)
    if not (made / "inbox").exists():
        write_inbox(made, WideScale(rows=bench.rows, files=bench.files))
    shutil.copytree(made / "inbox", folder / "inbox")
    rows = max(1, bench.rows // NEW_SHARE)
    full = run_harmonize(folder / "inbox", folder / "out")
    write_inbox(folder, WideScale(rows=rows, files=1, editions=(NEXT_EDITION,)))
    known = run_harmonize(folder / "inbox", folder / "out")
    write_inbox(folder, WideScale(rows=rows, files=1, first_factory=UNKNOWN_FACTORY, editions=(NEXT_EDITION,)))
    unknown = run_harmonize(folder / "inbox", folder / "out")
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
    increments = [100 * known.work / full.work, 100 * unknown.work / full.work]
    return Found(
        size=f"a store of {full.answers:,} answers from {bench.rows:,} rows in {bench.files} files; "
        f"then one file of {rows:,} rows",
        answers=full.answers,
        figures={"increment_share": max(increments), "nothing_share": 100 * nothing.work / full.work},
        notes=[
            "The share is that of the stages' seconds without `knowledge`; start-up is the process outside of the "
            "stages. The larger of both increments counts. *rebuild* makes the store after both increments from "
            "nothing, elsewhere; its content is "
            f"{'the same' if again.logical_hash == unknown.logical_hash else '**not the same**'} as the store's.",
        ],
        tables=[_table(runs, full)],
    )


def _elsewhere(folder: Path) -> Path:
    return folder / "rebuilt" / "out"


def _table(runs: dict[str, HarmonizeRun], full: HarmonizeRun) -> Table:
    stages = list(full.stages)
    rows = [["**share of the full run, %**", *(number(100 * run.work / full.work, 1) for run in runs.values())]]
    rows += [[stage, *(number(run.stages.get(stage, 0.0)) for run in runs.values())] for stage in stages]
    rows += [
        ["start-up", *(number(run.start_up) for run in runs.values())],
        ["whole process", *(number(run.seconds) for run in runs.values())],
        ["peak MB", *(number(run.peak_mb, 0) for run in runs.values())],
    ]
    return Table("Seconds by stage", ("", *runs), rows)


INCREMENTAL = Part("incremental", "A little more on a large store", _measure)
