"""`make bench`: what a run costs beside the bare floor, on inboxes made here and now.

`python -m tests.benchmarks` takes about ten minutes; `--full` measures at the sizes that the goals are stated for, and
takes much longer. `--parts` measures some parts only; the others keep their last figures in the report. Nothing is
asserted.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks.against_floor import FLOOR, LARGE
from tests.benchmarks.buyer_queries import QUERIES
from tests.benchmarks.copies import COPIES
from tests.benchmarks.facilities import FACILITIES
from tests.benchmarks.growth import GROWTH
from tests.benchmarks.increments import INCREMENTAL
from tests.benchmarks.part import Bench, Part
from tests.benchmarks.report import keep, write_report
from tests.benchmarks.startup import STARTUP
from tests.benchmarks.workbooks import WORKBOOK

HERE = Path(__file__).parent
PARTS = (FLOOR, LARGE, WORKBOOK, INCREMENTAL, GROWTH, QUERIES, STARTUP, FACILITIES, COPIES)
FULL_GROWTH = (1.0, 3.0, 10.0, 30.0, 100.0)
FULL_LISTS = (100_000, 1_000_000)


def _sizes(text: str) -> tuple[float, ...]:
    return tuple(float(size) for size in text.split(","))


def _names(text: str) -> list[str]:
    known = [part.name for part in PARTS]
    names = text.split(",")
    unknown = [name for name in names if name not in known]
    if unknown:
        raise argparse.ArgumentTypeError(f"{unknown[0]!r} is none of {', '.join(known)}")
    return names


def _arguments(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--parts", type=_names, default=[part.name for part in PARTS], help="names divided by commas")
    parser.add_argument("--full", action="store_true", help="the sizes of the goals")
    parser.add_argument("--rows", type=int, help="rows against the floor (1,000; --full: 5,000)")
    parser.add_argument("--files", type=int, help="files of these rows (20; --full: 100)")
    parser.add_argument("--rounds", type=int, default=3, help="how often each comparison is repeated (3)")
    parser.add_argument("--workbook-rows", type=int, help="rows of the workbook (100; --full: 500)")
    parser.add_argument("--growth", type=_sizes, help="millions of answers (1,3,10; --full: 1,3,10,30,100)")
    parser.add_argument("--database", type=Path, help="put the buyer's queries to this release")
    parser.add_argument("--facilities", type=_sizes, help="records of the lists (100000; --full: 100000,1000000)")
    parser.add_argument("--pairs", type=Path, help="labelled pairs of factories, to measure on them too")
    parser.add_argument("--peers", default=sys.executable, help="a Python that has Splink and dedupe")
    parser.add_argument("--folder", type=Path, help="make inboxes and releases here, and leave them")
    parser.add_argument("--report", type=Path, default=HERE / "REPORT.md", help="where the report is written")
    return parser.parse_args(words)


def _bench(given: argparse.Namespace, folder: Path) -> Bench:
    return Bench(
        folder=folder,
        rows=given.rows or (5_000 if given.full else 1_000),
        files=given.files or (100 if given.full else 20),
        rounds=given.rounds,
        workbook_rows=given.workbook_rows or (500 if given.full else 100),
        growth=given.growth or (FULL_GROWTH if given.full else FULL_GROWTH[:3]),
        database=given.database and given.database.resolve(),
        facilities=tuple(map(int, given.facilities or (FULL_LISTS if given.full else FULL_LISTS[:1]))),
        pairs=given.pairs and given.pairs.resolve(),
        peers=given.peers,
    )


def _command(given: argparse.Namespace, part: Part) -> str:
    """The words that measure this part again."""
    stated = ("rows", "files", "workbook_rows")
    chosen = [f"--{name.replace('_', '-')} {getattr(given, name)}" for name in stated if getattr(given, name)]
    growth = [f"--growth {','.join(f'{size:g}' for size in given.growth)}"] if given.growth else []
    if given.facilities and part is FACILITIES:
        chosen.append(f"--facilities {','.join(f'{size:g}' for size in given.facilities)}")
    full = ["--full"] if given.full else []
    return " ".join(["python -m tests.benchmarks", f"--parts {part.name}", *full, *chosen, *growth])


def main(words: Sequence[str] | None = None) -> None:
    """Measure the parts that were asked for and write the report."""
    given = _arguments(words)
    results = given.report.with_name("results.json")
    with tempfile.TemporaryDirectory(prefix="harmonize-bench-") as name:
        bench = _bench(given, given.folder.resolve() if given.folder else Path(name))
        bench.folder.mkdir(parents=True, exist_ok=True)
        for part in PARTS:
            if part.name in given.parts:
                load = os.getloadavg()[0]
                keep(results, part.name, part.measure(bench), _command(given, part), load)
                write_report(given.report, results, PARTS, HERE / "TRIED.md")


if __name__ == "__main__":
    main()
