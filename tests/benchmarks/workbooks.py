"""A workbook beside calamine's bare read of the same sheets.

`python -m tests.benchmarks.workbooks (bare|read) FILE` prints the seconds of one read without the imports.
"""

from __future__ import annotations

import csv
import io
import json
import shutil
import sys
import time
from pathlib import Path
from statistics import median

import xlsxwriter
from python_calamine import CalamineWorkbook

from harmonize.demo.full_scale import WideScale
from harmonize.reading.limits import Limits
from harmonize.reading.workbook import read_workbook
from tests.benchmarks.part import Bench, Found, Part, Table, number, write_inbox
from tests.benchmarks.processes import python_worker, spend
from tests.benchmarks.runs import run_harmonize

__all__ = ["WORKBOOK"]


def _measure(bench: Bench) -> Found:
    folder = bench.folder / "workbook"
    shutil.rmtree(folder, ignore_errors=True)
    made = write_inbox(folder / "csv", WideScale(rows=bench.workbook_rows, files=1, editions=("fem2023",)))
    workbook = folder / "inbox/higg/fem2023.xlsx"
    _write_workbook(next(made.inbox.rglob("*.csv")), workbook)
    seconds: dict[str, list[float]] = {"bare": [], "read": [], "stage": []}
    for _ in range(bench.rounds):
        for way in ("bare", "read"):
            spent = spend(python_worker("workbooks", way, workbook), folder)
            seconds[way].append(float(spent.lines[-1]["seconds"]))
        shutil.rmtree(folder / "out", ignore_errors=True)
        seconds["stage"].append(run_harmonize(folder / "inbox", folder / "out").stages["read"])
    ratios = {
        way: median(ours / bare for ours, bare in zip(seconds[way], seconds["bare"], strict=True)) for way in seconds
    }
    names = {
        "bare": "calamine alone: open, every sheet to Python rows",
        "read": "our `read_workbook`: with limits and error cells",
        "stage": "our stage `read`: recognised, read, staged as parquet",
    }
    rows = [[names[way], number(ratios[way]), number(median(seconds[way]))] for way in names]
    size = workbook.stat().st_size / 1e6
    shutil.rmtree(folder)
    return Found(
        size=f"{made.rows:,} rows of 4,000 questions in one sheet, {made.answers:,} filled cells, {size:,.1f} MB",
        answers=made.answers,
        figures={"read_over_bare": ratios["read"], "stage_over_bare": ratios["stage"]},
        notes=[f"Median of {bench.rounds} rounds, taken by turns, every one a process of its own; imports left out."],
        tables=[Table("Side by side", ("way", "× bare", "seconds"), rows)],
    )


def _write_workbook(export: Path, workbook: Path) -> None:
    """The export as a workbook: numbers are numbers, blanks are no cells, as a spreadsheet program writes it."""
    workbook.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(str(workbook), {"constant_memory": True}) as book:
        sheet = book.add_worksheet("FEM Export")
        for row, cells in enumerate(csv.reader(io.StringIO(export.read_text(encoding="utf-8"), newline=""))):
            for column, cell in enumerate(cells):
                if not cell:
                    continue
                if row and cell[-1].isdigit() and cell.replace(".", "", 1).isdigit():
                    sheet.write_number(row, column, float(cell))
                else:
                    sheet.write_string(row, column, cell)


def _bare(data: bytes) -> None:
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
    for name in workbook.sheet_names:
        workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)


def main(way: str, workbook: Path) -> None:
    """Measure one way and print it as a JSON line."""
    data = workbook.read_bytes()
    limits = Limits()
    begin = time.perf_counter()
    if way == "bare":
        _bare(data)
    else:
        # The sheets may be read when they are asked for; all of them are asked for here, as above.
        for _, rows, *_ in read_workbook(data, limits):
            list(rows)
    print(json.dumps({"seconds": time.perf_counter() - begin}))  # noqa: T201 - a worker's answer


WORKBOOK = Part("workbook", "Workbooks against calamine's bare read", _measure)

if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
