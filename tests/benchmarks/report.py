"""Keep what the parts found, and write it for people: goal beside figure first, then how each was measured.

Every part keeps its last result in results.json with the machine and the command, so that parts measured at other times
stand in one report and say so.
"""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped,unused-ignore]
import yaml

from tests.benchmarks.part import Found, Part

__all__ = ["keep", "machine", "read_goals", "write_report"]

HERE = Path(__file__).parent
LIBRARIES = ("duckdb", "polars", "pyarrow", "pandas", "numpy", "python-calamine")


def machine() -> str:
    """What it was measured on, in one line."""
    memory = psutil.virtual_memory().total / 2**30
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return (
        f"{_processor()}, {os.cpu_count()} cores, {memory:.0f} GB of memory, {platform.system()} {platform.machine()}; "
        f"Python {platform.python_version()}, {libraries}"
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def read_goals() -> list[dict[str, Any]]:
    """The goals in their order."""
    goals: list[dict[str, Any]] = yaml.safe_load((HERE / "goals.yml").read_text(encoding="utf-8"))
    return goals


def keep(results: Path, name: str, found: Found, command: str, load: float) -> None:
    """Put the result of one part in the place of its last one."""
    kept = _read(results)
    now = datetime.now(tz=UTC).isoformat(timespec="minutes")
    kept[name] = {**asdict(found), "command": command, "machine": machine(), "measured": now, "load": round(load, 1)}
    results.write_text(json.dumps(kept, indent=1, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")


def _read(results: Path) -> dict[str, Any]:
    return dict(json.loads(results.read_text(encoding="utf-8"))) if results.exists() else {}


def write_report(report: Path, results: Path, parts: Sequence[Part], tried: Path) -> None:
    """The report of everything that is kept."""
    kept = _read(results)
    lines = [
        "# What a run costs",
        "",
        "Made by `make bench`. Ratios are of things measured by turns on the same machine; they say more than seconds.",
        "The inboxes are invented (`harmonize demo --scale full`): wide Higg FEM exports of 4,000 questions, about",
        "65 % of the cells filled. The floor reads the same files with polars, unpivots them, drops the blanks and",
        "inserts the rest into DuckDB, and nothing more.",
        "",
        "## Goals",
        "",
        *_goals(kept),
        "",
    ]
    for part in parts:
        lines += _section(part, kept.get(part.name))
    lines += ["## Tried, and did not help", "", tried.read_text(encoding="utf-8").strip(), ""]
    report.write_text("\n".join(lines), encoding="utf-8")


def _goals(kept: Mapping[str, Any]) -> Iterator[str]:
    yield "| goal | asked | found | met |"
    yield "| --- | --: | --: | --- |"
    for goal in read_goals():
        asked = f"≤ {goal['at_most']:g}" if "at_most" in goal else f"≥ {goal['at_least']:g}"
        result = kept.get(goal["part"])
        value = result["figures"].get(goal["figure"]) if result else None
        found = "-" if value is None else f"{value:,.{0 if value >= 100 else 2}f}{goal['unit']}"
        yield f"| {goal['goal']} | {asked}{goal['unit']} | {found} | {_verdict(goal, result, value)} |"


def _verdict(goal: Mapping[str, Any], result: Mapping[str, Any] | None, value: float | None) -> str:
    if result is None or value is None:
        return "not measured"
    holds = value <= goal["at_most"] if "at_most" in goal else value >= goal["at_least"]
    verdict = "yes" if holds else "**no**"
    asked = goal.get("from_answers", 0)
    if result["answers"] < asked:
        return f"{verdict}, at {result['answers'] / 1e6:.1f} M; the goal is for {asked / 1e6:g} M"
    return verdict


def _section(part: Part, result: Mapping[str, Any] | None) -> list[str]:
    if result is None:
        return [f"## {part.title}", "", f"Not measured yet: `python -m tests.benchmarks --parts {part.name}`.", ""]
    lines = [f"## {part.title}", "", f"{result['size'][0].upper()}{result['size'][1:]}.", "", *result["notes"], ""]
    for table in result["tables"]:
        lines += [f"**{table['caption']}**", "", *_table(table["head"], table["rows"]), ""]
    return [
        *lines,
        f"Measured {result['measured']} by `{result['command']}`; load of the machine at the start {result['load']}. "
        f"{result['machine']}.",
        "",
    ]


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"| --- |{' --: |' * (len(head) - 1)}"
    yield from (f"| {' | '.join(row)} |" for row in rows)
