"""`make bench`: what a run costs beside the bare floor, on inboxes made here and now.

The floor reads the same cells with nothing but Python's csv module and one bulk insert into DuckDB: no meaning, no
identity, no checks. Both are measured in one process, one after the other, so that the ratio says more than the
seconds. The report is written to REPORT.md; nothing is asserted.
"""

from __future__ import annotations

import csv
import platform
import random
import resource
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow as pa

from harmonize.crosswalk.mapping import load_editions
from harmonize.demo import generate
from harmonize.project import Project
from tests.pipeline.worlds import ROOT, Release, alone, delivered_files, run_inbox

REPORT = Path(__file__).with_name("REPORT.md")
WIDE_ROWS = 2_000
DEMO_FACILITIES = 200
ANSWERS = ("Yes", "No", "Partial Yes", "Not Applicable", "Unknown", "")


@dataclass(frozen=True, slots=True)
class Measured:
    """One workload and what it cost."""

    name: str
    files: int
    megabytes: float
    cells: int
    floor: float
    first: float
    again: float
    stages: dict[str, float]
    peak_memory_mb: int


def _timed(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def _questions() -> list[tuple[str, str]]:
    """The questions of FEM 2023 with the scale of each."""
    editions = {(e.instrument, e.edition): e for e in load_editions(Project.locate(ROOT))}
    entries = editions["higg_fem", "fem2023"].entries
    return [(question, entry.rule("scale") or "") for question, entry in entries.items() if question.isidentifier()]


def write_wide(path: Path, rows: int, seed: int = 1) -> None:
    """A wide FEM export: an invented factory a row, every question of the edition a column, a third of it blank."""
    chance = random.Random(seed)
    questions = _questions()
    envelope = ["surveyid", "version", "status", "groupid", "groupname", "sitecountry", "siteaddress", "finishdate"]
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow([*envelope, *(question for question, _ in questions)])
        for row in range(rows):
            facts = [
                f"S-{row}",
                "fem2023",
                "ASC",
                f"acc-{row}",
                f"Garment {row}",
                "Vietnam",
                f"{row} Mill Road",
                "2024-05-14",
            ]
            writer.writerow([*facts, *(_answer(question, scale, chance) for question, scale in questions)])


def _answer(question: str, scale: str, chance: random.Random) -> str:
    if scale == "yes_partial_no":
        return chance.choice(ANSWERS)
    if chance.random() < 0.4:
        return ""
    if question.endswith("quant"):
        return str(chance.randrange(1, 900_000))
    if question.endswith(("unit", "units")):
        return "MWh"
    return "Sorted and weighed every week"


def _floor(files: list[Path]) -> int:
    """Read every CSV cell and put the filled ones into a DuckDB table; returns how many there are."""
    rows: list[int] = []
    columns: list[str] = []
    values: list[str] = []
    for path in files:
        if path.suffix != ".csv":
            continue
        with path.open(encoding="utf-8", errors="replace", newline="") as stream:
            lines = csv.reader(stream, delimiter=";" if ";" in stream.readline() else ",")
            stream.seek(0)
            header = next(lines, [])
            for number, line in enumerate(lines):
                for name, value in zip(header, line, strict=False):
                    if value:
                        rows.append(number)
                        columns.append(name)
                        values.append(value)
    with tempfile.TemporaryDirectory() as folder, duckdb.connect(str(Path(folder) / "floor.duckdb")) as connection:
        arriving = pa.table({"row": rows, "question": columns, "value": values})
        connection.register("arriving", arriving)
        connection.execute("CREATE TABLE answer AS SELECT * FROM arriving")
    return len(values)


def _measure(name: str, inbox: Path, out: Path) -> Measured:
    files = list(delivered_files(inbox))
    cells = 0

    def floor() -> None:
        nonlocal cells
        cells = _floor(files)

    seconds = _timed(floor)
    made: list[Release] = []
    first = _timed(lambda: made.append(run_inbox(inbox, out)))
    again = _timed(lambda: run_inbox(inbox, out))
    return Measured(
        name,
        len(files),
        sum(path.stat().st_size for path in files) / 1e6,
        int(made[0].one("SELECT sum(cells_total) FROM file")) or cells,
        seconds,
        first,
        again,
        dict(made[0].result.manifest["seconds"]),
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    )


def _line(found: Measured) -> str:
    cells = [
        found.name,
        found.files,
        f"{found.megabytes:.1f}",
        f"{found.cells:,}",
        f"{found.floor:.2f}",
        f"{found.first:.2f}",
        f"{found.again:.2f}",
        f"{found.first / found.floor:.1f}",
        f"{found.cells / found.first:,.0f}",
        found.peak_memory_mb,
    ]
    return f"| {' | '.join(map(str, cells))} |"


def _report(measured: list[Measured]) -> str:
    stages = list(measured[-1].stages)
    lines = [
        "# What a run costs",
        "",
        f"Python {platform.python_version()}, DuckDB {duckdb.__version__}, {platform.system()} {platform.machine()}, "
        f"{datetime.now(tz=UTC).date().isoformat()}. Made by `make bench`; seconds of one run on one machine.",
        "",
        "The floor reads the CSV cells with Python's csv module and inserts them into a DuckDB table in bulk. A run",
        "recognises, reads, maps, identifies, merges, builds, extracts and hashes besides; expectations are left out.",
        "*Again* is the same inbox once more, with its stage kept. Peak memory is that of the process up to then.",
        "",
        "| workload | files | MB | cells | floor s | run s | again s | run / floor | cells/s | peak MB |",
        "| --- | --: | --: | --: | --: | --: | --: | --: | --: | --: |",
        *map(_line, measured),
        "",
        "Seconds by stage",
        "",
        f"| workload | {' | '.join(stages)} |",
        f"| --- |{' --: |' * len(stages)}",
        *(
            f"| {found.name} | {' | '.join(f'{found.stages.get(stage, 0):.2f}' for stage in stages)} |"
            for found in measured
        ),
        "",
    ]
    return "\n".join(lines)


def main() -> None:
    """Measure both workloads and write the report."""
    with tempfile.TemporaryDirectory(prefix="harmonize-bench-") as name:
        folder = Path(name)
        write_wide(folder / "wide/inbox/higg/fem2023.csv", WIDE_ROWS)
        generate(folder / "demo", facilities=DEMO_FACILITIES, seed=7, schemas=alone().find("schemas"))
        measured = [
            _measure(f"{WIDE_ROWS:,} FEM rows in one wide CSV", folder / "wide/inbox", folder / "wide/out"),
            _measure(f"demo of {DEMO_FACILITIES} factories", folder / "demo/inbox", folder / "demo/out"),
        ]
    REPORT.write_text(_report(measured), encoding="utf-8")


if __name__ == "__main__":
    main()
