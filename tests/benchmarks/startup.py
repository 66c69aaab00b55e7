"""How long the command takes to say what it can do."""

from __future__ import annotations

import sys
from statistics import median

from tests.benchmarks.part import Bench, Found, Part, Table, number
from tests.benchmarks.processes import spend
from tests.benchmarks.runs import harmonize

__all__ = ["STARTUP"]

ROUNDS = 9


def _measure(bench: Bench) -> Found:
    bench.folder.mkdir(parents=True, exist_ok=True)
    commands = {
        "python that does nothing": [sys.executable, "-c", "pass"],
        "`harmonize --help`": [harmonize(), "--help"],
        "`harmonize run --help`": [harmonize(), "run", "--help"],
        "`harmonize --version`": [harmonize(), "--version"],
    }
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(ROUNDS):
        for name, command in commands.items():
            seconds[name].append(spend(command, bench.folder).seconds)
    return Found(
        size="whole processes",
        answers=0,
        figures={"help_seconds": median(seconds["`harmonize --help`"])},
        notes=[f"Median of {ROUNDS}, by turns."],
        tables=[Table("Seconds", ("command", "seconds"), [[name, number(median(seconds[name]))] for name in commands])],
    )


STARTUP = Part("startup", "Start-up", _measure)
