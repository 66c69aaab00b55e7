"""One more file on a store that stands, and a run with nothing new, beside the full run that made the store.

What any run costs, whatever it reads and continues, is the cost of one row that comes to a store of a row or few:
processes that start, libraries that are imported, pages that are printed. It is the start-up that the goal leaves out.
It is measured by turns with the increments, and the full run before and after them, for a machine is not always as
fast.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, median

from harmonize.demo.full_scale import WideScale
from tests.benchmarks.against_floor import store_folder
from tests.benchmarks.part import Bench, Found, Part, Table, number, write_inbox
from tests.benchmarks.runs import HarmonizeRun, run_harmonize

__all__ = ["INCREMENTAL", "Increment", "OneRow", "one_percent_more"]

NEW_SHARE = 100
"""One row in so many is new: 1 %."""
NEXT_EDITION = "fem2025"
UNKNOWN_FACTORY = 700_001
_TIMES = 3


class OneRow:
    """A store of one row, to which row after row comes.

    Attributes:
        full: seconds of the stages of the run over the first one.
    """

    def __init__(self, folder: Path) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        self._folder = folder
        self._rows = 0
        self.full = self.more()

    def forget(self) -> None:
        """Remove the store."""
        shutil.rmtree(self._folder)

    def more(self) -> float:
        """Seconds of the stages when one more row comes."""
        factory = UNKNOWN_FACTORY + 1000 * self._rows
        self._rows += 1
        write_inbox(self._folder, WideScale(rows=1, files=1, first_factory=factory, editions=(NEXT_EDITION,)))
        return run_harmonize(self._folder / "inbox", self._folder / "out").work


@dataclass(frozen=True, slots=True)
class Increment:
    """What 1 % more costs.

    Attributes:
        run: the run that cost the median of some.
        any_run: what one row cost that came to a store of a few rows at that time, the median of as many.
    """

    run: HarmonizeRun
    any_run: float

    def share(self, full: float, any_full: float) -> float:
        """Percent of the full run that it costs, both without what any run costs.

        Args:
            full: seconds of the stages of the full run.
            any_full: of one over a single row.
        """
        return 100 * (self.run.work - self.any_run) / (full - any_full)


def one_percent_more(folder: Path, rows: int, one_row: OneRow, first_factory: int = UNKNOWN_FACTORY) -> Increment:
    """Deliver one file with 1 % of `rows` below a folder whose inbox was run, and run again; some times over."""
    more = max(1, rows // NEW_SHARE)
    runs, others = [], []
    for number_of_run in range(_TIMES):
        first = first_factory + more * number_of_run
        write_inbox(folder, WideScale(rows=more, files=1, first_factory=first, editions=(NEXT_EDITION,)))
        runs.append(run_harmonize(folder / "inbox", folder / "out"))
        others.append(one_row.more())
    return Increment(sorted(runs, key=lambda run: run.work)[_TIMES // 2], median(others))


def _measure(bench: Bench) -> Found:
    folder = bench.folder / "incremental"
    shutil.rmtree(folder, ignore_errors=True)
    made = store_folder(bench)
    if not (made / "inbox").exists():
        write_inbox(made, WideScale(rows=bench.rows, files=bench.files))
    shutil.copytree(made / "inbox", folder / "inbox")
    one_row = OneRow(bench.folder / "least")
    before = run_harmonize(folder / "inbox", folder / "out")
    known = one_percent_more(folder, bench.rows, one_row, first_factory=1)
    unknown = one_percent_more(folder, bench.rows, one_row)
    nothing = run_harmonize(folder / "inbox", folder / "out")
    after = run_harmonize(made / "inbox", folder / "again" / "out")
    rebuilt = run_harmonize(folder / "inbox", folder / "rebuilt" / "out")
    shutil.rmtree(folder)
    one_row.forget()
    full = mean([before.work, after.work])
    increments = {"1 % more: known factories": known, "1 % more: new factories": unknown}
    runs = {
        "full, before": before,
        "full, after": after,
        **{name: increment.run for name, increment in increments.items()},
        "nothing new": nothing,
        "rebuild": rebuilt,
    }
    shares = {name: increment.share(full, one_row.full) for name, increment in increments.items()}
    whole = {name: 100 * run.work / full for name, run in runs.items()}
    return Found(
        size=f"a store of {before.answers:,} answers from {bench.rows:,} rows in {bench.files} files; "
        "then one file with 1 % of them, three times (the median) for known and for new factories",
        answers=before.answers,
        figures={
            "increment_share": max(shares.values()),
            "whole_share": max(whole[name] for name in increments),
            "nothing_share": whole["nothing new"],
        },
        notes=[
            "Seconds are those of the stages without `knowledge`. What any run costs: "
            f"{number(known.any_run)} and {number(unknown.any_run)} s when one row comes to a store of one row, by "
            f"turns with the increments; {number(one_row.full)} s when one row is all (the imports of processes and of "
            "Great Expectations, its pages, the contract's empty tables). The first share leaves it out of both "
            "sides, the second of neither. The larger of both increments counts; the full run is the mean of both. "
            "*rebuild* makes the store after all increments from nothing, elsewhere; its content is "
            f"{'the same' if rebuilt.logical_hash == nothing.logical_hash else '**not the same**'} as the store's.",
        ],
        tables=[_table(runs, shares, whole)],
    )


def _table(runs: dict[str, HarmonizeRun], shares: dict[str, float], whole: dict[str, float]) -> Table:
    rows = [
        [
            "**share of the full run, %, start-up excluded**",
            *(number(shares[name], 1) if name in shares else "" for name in runs),
        ],
        ["share with what any run costs, %", *(number(whole[name], 1) for name in runs)],
    ]
    stages = [stage for run in list(runs.values())[:1] for stage in run.stages]
    rows += [[stage, *(number(run.stages.get(stage, 0.0)) for run in runs.values())] for stage in stages]
    rows += [
        ["start-up", *(number(run.start_up) for run in runs.values())],
        ["whole process", *(number(run.seconds) for run in runs.values())],
        ["peak MB", *(number(run.peak_mb, 0) for run in runs.values())],
    ]
    return Table("Seconds by stage", ("", *runs), rows)


INCREMENTAL = Part("incremental", "A little more on a large store", _measure)
