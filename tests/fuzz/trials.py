"""Runs of the command line as processes of their own, and the look at what they left behind.

A place is a folder without a project, so inbox, ledgers, stage and releases all lie below it and can be copied with it.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq

from harmonize.model.tables import TABLES
from harmonize.store.build import logical_hashes
from harmonize.store.parquet import PARTITIONED
from tests.pipeline.worlds import ROOT, deliver

__all__ = [
    "LEDGERS",
    "Ended",
    "Place",
    "assert_is_refused",
    "assert_ledgers_grow",
    "assert_whole",
    "finish",
    "kill_at",
    "ledgers",
    "random_moment",
    "start",
    "state",
    "touches",
]

QUICK = "registrars: [consent]\nexpectations: false\ndata_docs: false\n"
LEDGERS = ("facility_ids.jsonl", "assessment_ids.jsonl")
_PLAIN = "from harmonize.cli import main; main()"


@dataclass(frozen=True, slots=True)
class Place:
    """A folder with an inbox and an output folder.

    Attributes:
        options: further options of `harmonize run`.
    """

    folder: Path
    out: str = "out"
    options: tuple[str, ...] = ()

    @classmethod
    def made(cls, folder: Path, files: Mapping[str, str | bytes], out: str = "out") -> Place:
        """A place whose inbox holds these files."""
        deliver(folder, {"quick.yml": QUICK})
        deliver(folder / "inbox", files)
        return cls(folder, out)

    @property
    def arguments(self) -> list[str]:
        """The command line after its name."""
        return ["run", "quick.yml", "--inbox", "inbox", "--out", self.out, "--as-of", "2026-06-30", *self.options]

    @property
    def out_folder(self) -> Path:
        """The output folder."""
        return self.folder / self.out


@dataclass(frozen=True, slots=True)
class Ended:
    """How a process ended."""

    code: int
    said: str
    complaint: str


def start(place: Place, worker: Sequence[str] = ("-c", _PLAIN), *, before: Sequence[str] = (), **how: Any) -> Any:
    """Begin a run.

    Args:
        worker: what Python is given before the command's own arguments.
        before: a command that starts the run (`unshare`, …).
    """
    inherited = os.environ.get("PYTHONPATH")
    return subprocess.Popen(
        [*before, sys.executable, *worker, *place.arguments],
        cwd=place.folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *([inherited] if inherited else [])])},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **how,
    )


def finish(process: Any) -> Ended:
    """Wait for its end."""
    said, complaint = process.communicate(timeout=300)
    return Ended(process.returncode, said, complaint)


def touches(place: Place, fate: str = "killed") -> int:
    """Run undisturbed, and count how often the run touches a file in a way that this fate would strike."""
    ended = finish(start(place, ("-m", "tests.fuzz.dying", fate, "0", str(place.folder))))
    assert ended.code in (0, 1), ended.complaint
    return int(ended.complaint.split()[-1])


def kill_at(place: Place, stage: str, delay: float) -> None:
    """Run, and kill -9 `delay` seconds after a stage has begun, if it still runs then."""
    process = start(Place(place.folder, place.out, (*place.options, "--json")))
    for line in process.stdout:
        told = json.loads(line)
        if (told["event"], told.get("stage")) == ("stage_begun", stage):
            break
    time.sleep(delay)
    process.send_signal(signal.SIGKILL)
    process.communicate()


def state(out: Path) -> dict[str, bytes]:
    """The release in place, byte by byte; nothing where there is none."""
    link = out / "current"
    if not link.is_symlink():
        return {}
    folder = link.resolve(strict=True)
    return {str(path.relative_to(out)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def assert_whole(out: Path) -> str | None:
    """Look at all of the release in place; returns its logical hash, None where there is no release."""
    link = out / "current"
    if not link.is_symlink():
        assert not link.exists()
        return None
    folder = link.resolve(strict=True)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["release_id"] == folder.name
    stated = {name: (facts["rows"], facts["hash"]) for name, facts in manifest["tables"].items()}
    with duckdb.connect(str(folder / "harmonized.duckdb"), read_only=True) as connection:
        assert logical_hashes(connection) == stated
        for table in TABLES:
            rows = connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()
            assert rows is not None
            assert rows[0] == stated.get(table, rows)[0]
            parts = folder / "parquet" / table
            paths = sorted(parts.rglob("*.parquet")) if table in PARTITIONED else [parts.with_suffix(".parquet")]
            assert sum(pq.read_metadata(path).num_rows for path in paths) == rows[0], table
    assert (folder / "reports" / "issues.csv").is_file()
    return str(manifest["logical_hash"])


def ledgers(place: Place) -> dict[str, list[str]]:
    """Whole lines of every ledger."""
    found: dict[str, list[str]] = {}
    for name in LEDGERS:
        path = place.out_folder / "decisions" / name
        text = path.read_bytes() if path.exists() else b""
        found[name] = [line.decode() for line in text.split(b"\n")[:-1]]
    return found


def assert_ledgers_grow(before: Mapping[str, list[str]], after: Mapping[str, list[str]]) -> None:
    """No line was lost or moved, and none stands twice."""
    for name in LEDGERS:
        assert after[name][: len(before[name])] == before[name], name
        assert [line for line, count in Counter(after[name]).items() if count > 1] == [], name


def assert_is_refused(ended: Ended) -> None:
    """Exit code 2 and a sentence that is none of a fault."""
    assert ended.code == 2, (ended.code, ended.said, ended.complaint)
    assert "Traceback" not in ended.complaint, ended.complaint
    assert "fault of harmonize" not in ended.complaint, ended.complaint
    assert ended.complaint.strip().endswith((".", "`")), ended.complaint


def random_moment(chance: random.Random, seconds: Mapping[str, float]) -> tuple[str, float]:
    """A stage and a moment in it, the short ones as often as the long ones."""
    stage = chance.choice(sorted(seconds))
    return stage, chance.uniform(0, 1.1 * seconds[stage] + 0.05)
