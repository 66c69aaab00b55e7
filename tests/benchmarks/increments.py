"""One more file on a store that stands, and a run with nothing new, beside the full run that made the store.

What any run costs, whatever it reads and continues, is the cost of one row that comes to a store of a row or few:
processes that start, libraries that are imported, pages that are printed. It is the start-up that the goal leaves out.
It is measured by turns with the increments, and the full run before and after them, for a machine is not always as
fast.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, median

from harmonize.demo.full_scale import WideScale
from tests.benchmarks.against_floor import store_folder
from tests.benchmarks.part import Bench, Found, Part, Table, number, write_inbox
from tests.benchmarks.runs import HarmonizeRun, run_harmonize

__all__ = ["INCREMENTAL", "Cost", "Increment", "OneRow", "one_percent_more", "processor", "work"]

Cost = Callable[[HarmonizeRun], float]

NEW_SHARE = 100
"""One row in so many is new: 1 %."""
NEXT_EDITION = "fem2025"
UNKNOWN_FACTORY = 700_001
_TIMES = 3


def work(run: HarmonizeRun) -> float:
    """Seconds of its stages, by the clock: a machine that others use as well makes them more."""
    return run.work


def processor(run: HarmonizeRun) -> float:
    """Seconds of processor time, its start included (which falls out where what any run costs is taken off)."""
    return run.processor


class OneRow:
    """A store of one row, to which row after row comes.

    Attributes:
        full: the run over the first one.
    """

    def __init__(self, folder: Path) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        self._folder = folder
        self._rows = 0
        self.full = self.more()

    def forget(self) -> None:
        """Remove the store."""
        shutil.rmtree(self._folder)

    def more(self) -> HarmonizeRun:
        """The run when one more row comes."""
        factory = UNKNOWN_FACTORY + 1000 * self._rows
        self._rows += 1
        write_inbox(self._folder, WideScale(rows=1, files=1, first_factory=factory, editions=(NEXT_EDITION,)))
        return run_harmonize(self._folder / "inbox", self._folder / "out")


@dataclass(frozen=True, slots=True)
class Increment:
    """What 1 % more costs.

    Attributes:
        runs: the same, some times over.
        any_runs: by turns with them, runs when one row comes to a store of a few rows.
    """

    runs: Sequence[HarmonizeRun]
    any_runs: Sequence[HarmonizeRun]

    @property
    def run(self) -> HarmonizeRun:
        """The run that cost the median."""
        return sorted(self.runs, key=work)[len(self.runs) // 2]

    @property
    def any_run(self) -> float:
        """What one row cost, in seconds of the stages."""
        return median(map(work, self.any_runs))

    def share(self, full: Sequence[HarmonizeRun], any_full: HarmonizeRun, cost: Cost) -> float:
        """Percent of the full run that it costs, both without what any run costs.

        Args:
            full: full runs, of which the mean counts.
            any_full: one over a single row.
            cost: what is compared.
        """
        more = median(map(cost, self.runs)) - median(map(cost, self.any_runs))
        return 100 * more / (mean(map(cost, full)) - cost(any_full))


def one_percent_more(folder: Path, rows: int, one_row: OneRow, first_factory: int = UNKNOWN_FACTORY) -> Increment:
    """Deliver one file with 1 % of `rows` below a folder whose inbox was run, and run again; some times over."""
    more = max(1, rows // NEW_SHARE)
    runs: list[HarmonizeRun] = []
    others: list[HarmonizeRun] = []
    for number_of_run in range(_TIMES):
        first = first_factory + more * number_of_run
        write_inbox(folder, WideScale(rows=more, files=1, first_factory=first, editions=(NEXT_EDITION,)))
        runs.append(run_harmonize(folder / "inbox", folder / "out"))
        others.append(one_row.more())
    return Increment(runs, others)


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
    full = [before, after]
    increments = {"1 % more: known factories": known, "1 % more: new factories": unknown}
    runs = {
        "full, before": before,
        "full, after": after,
        **{name: increment.run for name, increment in increments.items()},
        "nothing new": nothing,
        "rebuild": rebuilt,
    }
    shares, processors = (
        {name: increment.share(full, one_row.full, cost) for name, increment in increments.items()}
        for cost in (work, processor)
    )
    whole = {name: 100 * run.work / mean(map(work, full)) for name, run in runs.items()}
    return Found(
        size=f"a store of {before.answers:,} answers from {bench.rows:,} rows in {bench.files} files; "
        "then one file with 1 % of them, three times (the median) for known and for new factories",
        answers=before.answers,
        figures={
            "increment_share": max(shares.values()),
            "processor_share": max(processors.values()),
            "whole_share": max(whole[name] for name in increments),
            "nothing_share": whole["nothing new"],
        },
        notes=[
            "Seconds are those of the stages without `knowledge`. What any run costs: "
            f"{number(known.any_run)} and {number(unknown.any_run)} s when one row comes to a store of one row, by "
            f"turns with the increments; {number(one_row.full.work)} s when one row is all (the imports of processes "
            "and of Great Expectations, its pages, the contract's empty tables). The first share leaves it out of both "
            "sides, the third of neither; the second counts processor time instead of the clock, which others on the "
            "machine disturb less. The larger of both increments counts; the full run is the mean of both. "
            "*rebuild* makes the store after all increments from nothing, elsewhere; its content is "
            f"{'the same' if rebuilt.logical_hash == nothing.logical_hash else '**not the same**'} as the store's.",
        ],
        tables=[_table(runs, shares, processors, whole)],
    )


def _table(
    runs: dict[str, HarmonizeRun], shares: dict[str, float], processors: dict[str, float], whole: dict[str, float]
) -> Table:
    rows = [
        [
            "**share of the full run, %, start-up excluded**",
            *(number(shares[name], 1) if name in shares else "" for name in runs),
        ],
        [
            "the same of processor time, %",
            *(number(processors[name], 1) if name in processors else "" for name in runs),
        ],
        ["share with what any run costs, %", *(number(whole[name], 1) for name in runs)],
    ]
    stages = [stage for run in list(runs.values())[:1] for stage in run.stages]
    rows += [[stage, *(number(run.stages.get(stage, 0.0)) for run in runs.values())] for stage in stages]
    rows += [
        ["processor", *(number(run.processor) for run in runs.values())],
        ["start-up", *(number(run.start_up) for run in runs.values())],
        ["whole process", *(number(run.seconds) for run in runs.values())],
        ["peak MB", *(number(run.peak_mb, 0) for run in runs.values())],
    ]
    return Table("Seconds by stage", ("", *runs), rows)


INCREMENTAL = Part("incremental", "A little more on a large store", _measure)
