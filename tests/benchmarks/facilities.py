"""Which records are one factory: ours, Splink and the recipe of the Open Supply Hub, side by side on invented lists.

Splink and dedupe are no dependencies of the project. They are used where the Python of `--peers` has them (`pip install
splink "duckdb<2" dedupe "BTrees<6"` in an environment of one's own); where it has not, the report says so.
"""

from __future__ import annotations

import csv
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from rapidfuzz import fuzz

from harmonize.demo.measures import PairScore, pair_score
from harmonize.identity.decide import judge
from harmonize.identity.knowledge import Knowledge
from harmonize.identity.prepare import Profile, Statements, prepare
from harmonize.identity.train import Measure, measure
from tests.benchmarks.facility_lists import facility_list
from tests.benchmarks.part import Bench, Found, Part, Table, number
from tests.benchmarks.processes import ROOT, python_worker, spend

__all__ = ["FACILITIES", "quality"]

HERE = Path(__file__).parent
SEED, LEARNING_SEED = 1, 2
LEARNING = 2_000
DEDUPE_RECORDS = 10_000
"""Records from which on dedupe takes hours."""
NEW = 1_000
FLATTERED = (
    "On labelled pairs that the shipped model has learned from its figures flatter it; `schemas/identity/model.md` "
    "tells of pairs that it had not seen."
)
HEAD = ("way", "records", "seconds", "× Splink", "peak MB", "precision", "recall", "F1")


@dataclass(frozen=True, slots=True)
class _Run:
    """One way on one list; memory is the most of all its processes together."""

    way: str
    records: int
    seconds: float
    peak_mb: float
    quality: PairScore


def quality(found: pl.DataFrame, truth: pl.DataFrame) -> PairScore:
    """Of all pairs of records that share a cluster or a factory.

    Args:
        found: record_id, cluster.
        truth: record_id, factory.
    """
    joined = truth.select("record_id", "factory").join(found, on="record_id", how="left")
    return pair_score(joined.select("factory", "cluster").iter_rows())


def _has(python: str, library: str) -> bool:
    return subprocess.run([python, "-c", f"import {library}"], capture_output=True, check=False).returncode == 0


def _run(way: str, command: list[str], path: Path, out: Path) -> _Run:
    spent = spend(command, path.parent)
    truth = pl.read_parquet(path)
    found = pl.read_parquet(out)
    return _Run(way, len(truth), float(spent.lines[-1]["seconds"]), spent.peak_mb, quality(found, truth))


def _list(bench: Bench, records: int, seed: int = SEED) -> Path:
    path = bench.folder / f"factories-{records}-{seed}.parquet"
    facility_list(records, seed).write_parquet(path)
    return path


def _side_by_side(bench: Bench) -> Iterator[_Run]:
    out = bench.folder / "found.parquet"
    for records in bench.facilities:
        path = _list(bench, records)
        yield _run("ours", python_worker("facility_worker", path, out), path, out)
        if _has(bench.peers, "splink"):
            yield _run("Splink", [bench.peers, str(HERE / "peer_splink.py"), str(path), str(out)], path, out)
        yield from _increment(bench, records)
    if _has(bench.peers, "dedupe"):
        learn, path = _list(bench, LEARNING, LEARNING_SEED), _list(bench, min(DEDUPE_RECORDS, *bench.facilities))
        words = [bench.peers, str(HERE / "peer_dedupe.py"), str(path), str(out), str(learn)]
        words += [] if bench.pairs is None else [str(bench.pairs), str(bench.folder / "chances.csv")]
        yield _run("Open Supply Hub's recipe (dedupe)", words, path, out)
        yield _run("ours", python_worker("facility_worker", path, out), path, out)


def _increment(bench: Bench, records: int) -> Iterator[_Run]:
    """A thousand records more, with what the run before has kept."""
    whole = pl.read_parquet(_list(bench, records))
    before, path = (bench.folder / f"factories-{name}.parquet" for name in ("before", "more"))
    whole.head(records - NEW).write_parquet(before)
    whole.write_parquet(path)
    memory, out = bench.folder / "memory", bench.folder / "found.parquet"
    yield _run("ours, keeping what it finds", python_worker("facility_worker", before, out, memory), before, out)
    yield _run(f"ours, {NEW:,} records more", python_worker("facility_worker", path, out, memory), path, out)


def _profiles(row: dict[str, str], statements: Statements) -> list[Profile]:
    sides = [
        {"mention_id": side, "name": row[f"name_{side}"], "address": row[f"address_{side}"], "country": row["country"]}
        for side in "ab"
    ]
    return [mention.profile for mention in prepare(sides, (), statements)]


def _on_pairs(bench: Bench, pairs: Path) -> Iterator[tuple[str, Measure]]:
    """Area under the curve, and recall at 98 % precision, on labelled pairs."""
    with pairs.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    labels = np.array([float(row["label"] in ("1", "match")) for row in rows])
    knowledge = Knowledge.from_folder(ROOT / "schemas")
    statements = Statements(knowledge)
    profiles = [profile for row in rows for profile in _profiles(row, statements)]
    ones = np.arange(0, len(profiles), 2)
    yield "ours", measure(judge(profiles, ones, ones + 1, knowledge.model).probability, labels)
    plain = [
        fuzz.token_set_ratio(row["name_a"].lower(), row["name_b"].lower())
        + fuzz.token_set_ratio(row["address_a"].lower(), row["address_b"].lower())
        for row in rows
    ]
    yield "mean of rapidfuzz's token_set_ratio", measure(np.array(plain) / 200, labels)
    chances = bench.folder / "chances.csv"
    if chances.exists():
        found = np.loadtxt(chances, ndmin=1)
        yield "Open Supply Hub's recipe (dedupe)", measure(found, labels)


def _row(run: _Run, splink: dict[int, float]) -> list[str]:
    seconds = splink.get(run.records)
    return [
        run.way,
        f"{run.records:,}",
        number(run.seconds, 1),
        "" if seconds is None else number(run.seconds / seconds),
        number(run.peak_mb, 0),
        *(number(value, 4) for value in (run.quality.precision, run.quality.recall, run.quality.f1)),
    ]


def _figures(runs: list[_Run], splink: dict[int, float]) -> dict[str, float]:
    """Of the largest list."""
    largest = max(run.records for run in runs)
    of = {run.way: run for run in runs if run.records == largest}
    figures = {"f1": of["ours"].quality.f1, "peak_mb": of["ours"].peak_mb, "seconds": of["ours"].seconds}
    figures["more_seconds"] = of[f"ours, {NEW:,} records more"].seconds
    if largest in splink:
        figures["over_splink"] = of["ours"].seconds / splink[largest]
        figures["splink_f1"] = of["Splink"].quality.f1
    return figures


def _measure(bench: Bench) -> Found:
    runs = list(_side_by_side(bench))
    splink = {run.records: run.seconds for run in runs if run.way == "Splink"}
    tables = [Table("Side by side", HEAD, [_row(run, splink) for run in runs])]
    if bench.pairs is not None:
        measured = list(_on_pairs(bench, bench.pairs))
        rows = [[way, number(found.auc, 3), number(found.recall_at_98, 3)] for way, found in measured]
        tables.append(Table("Labelled pairs", ("way", "AUC", "recall at 98 % precision"), rows))
    missing = [name for name in ("splink", "dedupe") if not _has(bench.peers, name)]
    notes = [
        "Lists of invented factories of seven countries (`facility_lists.py`), the same list for all, one process "
        "after another. Seconds from the opened list to the clusters, imports left out; memory is that of all "
        "processes together. Splink is set up as `peer_splink.py` says, with the threshold that is best on the "
        "truth; the recipe of the Open Supply Hub is trained on pairs of another list and measured on at most "
        f"{DEDUPE_RECORDS:,} records.",
    ]
    if bench.pairs is not None:
        notes.append(FLATTERED)
    if missing:
        notes.append(f"Not measured, for the Python of `--peers` cannot import it: {', '.join(missing)}.")
    size = ", ".join(f"{records:,}" for records in bench.facilities)
    return Found(f"lists of {size} records", max(bench.facilities), _figures(runs, splink), notes, tables)


FACILITIES = Part("facilities", "Which records are one factory", _measure)
