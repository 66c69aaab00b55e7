"""Readers of shares see one publication whole, whatever befalls the publisher; the next publish completes.

A pass of `make test` kills a few times; `HARMONIZE_FUZZ=long` (`make fuzz`) a hundred times.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from harmonize.store.releases import exclusive
from tests.pipeline.publications import HANDED_IN, SECRET, register
from tests.pipeline.test_hostile_folder import IS_LONG, _bound_by_modes, _small_files
from tests.pipeline.worlds import ROOT, alone, deliver, run_inbox

KILLS = 100 if os.environ.get("HARMONIZE_FUZZ") == "long" else 3
READERS = 10
ROUNDS = 3 if KILLS > 3 else 1
_PLAIN = "from harmonize.cli import main; main()"
_READ = """
import sys, time, duckdb
for number in range(10**9):
    path = sys.argv[1] + "/audiences/" + sys.argv[2] + "/" + sys.argv[2] + ".duckdb"
    with duckdb.connect(path, read_only=True) as connection:
        connection.execute("SELECT count(*) FROM v_latest_value").fetchall()
        (rows,) = connection.execute("SELECT count(*) FROM answer").fetchone()
        (row,) = connection.execute("SELECT logical_hash FROM release").fetchall()
        print(row[0], rows, flush=True)
    time.sleep(0.3)
"""


def _start(folder: Path, *words: str, before: Sequence[str] = (), preexec_fn: Callable[[], None] | None = None) -> Any:
    inherited = os.environ.get("PYTHONPATH")
    return subprocess.Popen(
        [*before, sys.executable, *words],
        preexec_fn=preexec_fn,
        cwd=folder,
        env={**os.environ, **SECRET, "PYTHONPATH": os.pathsep.join([str(ROOT), *([inherited] if inherited else [])])},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


_PUBLISH = ("publish", "--out", "out", "--as-of", "2026-06-30")


def _publishing(folder: Path, *words: str) -> Any:
    return _start(folder, "-c", _PLAIN, *_PUBLISH, *words)


def _publish(folder: Path, *words: str) -> tuple[int, str]:
    process = _publishing(folder, *words)
    _, complaint = process.communicate(timeout=300)
    return process.returncode, complaint


@dataclass(frozen=True, slots=True)
class Course:
    """A place whose next publication differs from the one that holds."""

    folder: Path
    seconds: float

    def grants(self, scope: str, day: str) -> None:
        """Hand in a register and run."""
        deliver(
            self.folder / "inbox",
            {f"consent/received-{day}/grants.csv": register({"audience": "lender", "scope": scope})},
        )
        run_inbox(self.folder / "inbox", self.folder / "out", alone())


@pytest.fixture
def course(tmp_path: Path) -> Course:
    made = Course(tmp_path, 0.0)
    deliver(tmp_path / "inbox", HANDED_IN)
    made.grants("summary", "2026-05-01")
    begun = time.monotonic()
    assert _publish(tmp_path)[0] == 0
    return Course(tmp_path, time.monotonic() - begun)


def _whole(folder: Path) -> dict[str, str]:
    """The hash of every audience's file; each equals its manifest."""
    found = {}
    for path in sorted((folder / "out" / "audiences").iterdir()):
        manifest = json.loads((path / "manifest.json").read_text(encoding="utf-8"))
        with duckdb.connect(str(path / f"{path.name}.duckdb"), read_only=True) as connection:
            ((found[path.name],),) = connection.execute("SELECT logical_hash FROM release").fetchall()
        assert manifest["logical_hash"] == found[path.name]
        for name, size in manifest["files"].items():
            assert (path / name).stat().st_size == size, name
    return found


@pytest.mark.slow
def test_a_publish_killed_at_any_moment_harms_no_reader(course: Course) -> None:
    chance = random.Random(7)
    before = _whole(course.folder)
    course.grants("full", "2026-05-02")
    states = [before]
    for _ in range(KILLS):
        process = _publishing(course.folder)
        time.sleep(chance.uniform(0.2, 1.1) * course.seconds)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        state = _whole(course.folder)
        assert state.keys() == before.keys()
        if state not in states:
            states.append(state)
    assert _publish(course.folder)[0] in (0, 1)
    after = _whole(course.folder)
    assert {name for name in before if before[name] != after[name]} == {"lender"}
    assert all(state in (before, after) for state in states)
    assert not list((course.folder / "out").glob(".building-*"))
    assert not list((course.folder / "out").glob(".audiences-*"))


@pytest.mark.slow
def test_ten_readers_meet_no_error_while_others_publish(course: Course) -> None:
    readers = [_start(course.folder, "-c", _READ, "out", name) for name in ("pvh", "lender") * (READERS // 2)]
    try:
        for scope, day in (("full", "2026-05-02"), ("answers", "2026-05-03"), ("full", "2026-05-04"))[:ROUNDS]:
            course.grants(scope, day)
            assert _publish(course.folder)[0] in (0, 1)
    finally:
        for reader in readers:
            assert reader.poll() is None, reader.communicate()[1]
            reader.send_signal(signal.SIGTERM)
    for reader in readers:
        said, _ = reader.communicate(timeout=60)
        assert len(said.splitlines()) > 1


@pytest.mark.slow
def test_a_publish_beside_a_run_is_refused_with_a_sentence(course: Course) -> None:
    before = _whole(course.folder)
    with exclusive(course.folder / "out"):
        code, complaint = _publish(course.folder)
    assert code == 2
    assert len(complaint.strip().splitlines()) == 1, complaint
    assert "Traceback" not in complaint
    assert _whole(course.folder) == before


@pytest.mark.slow
def test_a_damaged_release_is_refused_and_what_is_published_stays(course: Course) -> None:
    before = _whole(course.folder)
    database = (course.folder / "out/current/harmonized.duckdb").resolve()
    database.chmod(0o644)
    database.write_bytes(database.read_bytes()[:-4096])
    code, complaint = _publish(course.folder)
    assert (code, "Traceback" in complaint) == (2, False)
    assert _whole(course.folder) == before


def _is_refused_and_harms_nothing(process: Any, folder: Path, before: dict[str, str]) -> str:
    """One sentence with a cure; what was published is as it was, and nothing half made is left."""
    _, complaint = process.communicate(timeout=300)
    assert process.returncode == 2, complaint
    assert len(complaint.strip().splitlines()) == 1, complaint
    assert "Traceback" not in complaint
    assert "hoose another --out" in complaint
    assert _whole(folder) == before
    shown = json.loads((folder / "out" / "steward" / "shown.json").read_text(encoding="utf-8"))
    assert {row["scope_rank"] for row in shown if row["audience"] == "lender"} == {1}
    return str(complaint)


@pytest.mark.parametrize(
    "size", [1_000, 16_384, 300_000, 1_000_000, 3_000_000, 5_000_000, 6_000_000] if IS_LONG else [16_384]
)
@pytest.mark.slow
def test_a_publish_whose_files_cannot_grow_ends_in_a_sentence(size: int, course: Course) -> None:
    before = _whole(course.folder)
    course.grants("full", "2026-05-02")
    process = _start(course.folder, "-c", _PLAIN, *_PUBLISH, preexec_fn=_small_files(size))
    _is_refused_and_harms_nothing(process, course.folder, before)
    assert not list((course.folder / "out").glob(".building-*"))
    assert _publish(course.folder)[0] == 0


@pytest.mark.slow
@pytest.mark.parametrize("number", [*range(1, 60)] if IS_LONG else [9])
def test_a_publish_on_a_disk_that_is_full_from_a_touch_on_ends_in_a_sentence(number: int, course: Course) -> None:
    before = _whole(course.folder)
    course.grants("full", "2026-05-02")
    words = ("-m", "tests.fuzz.dying", "ENOSPC", str(number), str(course.folder), *_PUBLISH)
    _is_refused_and_harms_nothing(_start(course.folder, *words), course.folder, before)
    assert _publish(course.folder)[0] == 0


@pytest.mark.slow
@pytest.mark.parametrize("folder", ["out", "out/publications", "out/steward"] if IS_LONG else ["out/publications"])
def test_a_folder_that_may_not_be_written_to_stops_a_publish(folder: str, course: Course) -> None:
    before = _whole(course.folder)
    course.grants("full", "2026-05-02")
    (course.folder / folder).chmod(0o555)
    process = _start(course.folder, "-c", _PLAIN, *_PUBLISH, before=_bound_by_modes())
    if folder == "out/steward":
        # (The record of what was shown is written last: the new files stand, and the next publish completes it.)
        _, complaint = process.communicate(timeout=300)
        assert (process.returncode, "Traceback" in complaint) == (2, False)
    else:
        assert "Permission denied" in _is_refused_and_harms_nothing(process, course.folder, before)
    (course.folder / folder).chmod(0o755)
    assert _publish(course.folder)[0] in (0, 1)
