"""Law 5: a run that is killed at any moment leaves the last release whole, and the next run completes."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from tests.pipeline.worlds import ROOT, deliver, run_inbox
from tests.sources.delivering import better_work, gap, wide

_SUBPROCESS = """
import sys
from pathlib import Path
from harmonize.pipeline import Observer, run
from tests.pipeline.worlds import AS_OF, TODAY, alone, settings

class Telling(Observer):
    def stage(self, name: str) -> None:
        print(name, flush=True)

run(alone(), settings(), Path(sys.argv[1]), Path(sys.argv[2]), AS_OF, TODAY, Telling())
"""


def _kill_in(stage: str, delay: float, inbox: Path, out: Path) -> None:
    """Run in a process of its own, and kill it a moment after a stage has begun."""
    worker = subprocess.Popen(
        [sys.executable, "-c", _SUBPROCESS, str(inbox), str(out)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert worker.stdout is not None
    with worker.stdout as told:
        assert any(line.strip() == stage for line in told), f"the run has no stage {stage}"
        time.sleep(delay)
        worker.send_signal(signal.SIGKILL)
        worker.wait()


def _whole(out: Path) -> str:
    """The release id of `current`, after looking at all of it."""
    folder = (out / "current").resolve()
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    with duckdb.connect(str(folder / "harmonized.duckdb"), read_only=True) as connection:
        for table, facts in manifest["tables"].items():
            assert connection.execute(f'SELECT count(*) FROM "{table}"').fetchone() == (facts["rows"],)
    assert (folder / "parquet" / "facility.parquet").exists()
    return str(manifest["release_id"])


def test_a_killed_run_leaves_the_last_release_whole(tmp_path: Path) -> None:
    inbox = deliver(tmp_path / "inbox", {"gap/a.csv": gap({})})
    first = run_inbox(inbox, tmp_path / "out")
    deliver(inbox, {"bw/b.csv": better_work({}), "higg/c.csv": wide(["emsenvpolicy"], {"emsenvpolicy": "No"})})
    chance = random.Random(11)
    for stage in ("read", "assessments", "store", "extract"):
        _kill_in(stage, chance.uniform(0, 0.2), inbox, tmp_path / "out")
        assert _whole(tmp_path / "out") == first.result.release_id
    last = run_inbox(inbox, tmp_path / "out")
    assert _whole(tmp_path / "out") == last.result.release_id != first.result.release_id
    assert not list((tmp_path / "out").glob(".building-*"))
    assert last.hash == run_inbox(inbox, tmp_path / "fresh").hash


@pytest.mark.parametrize("ledger", ["facility_ids.jsonl", "assessment_ids.jsonl"])
def test_a_ledger_line_cut_off_by_a_kill_is_written_again(ledger: str, tmp_path: Path) -> None:
    inbox = deliver(tmp_path / "inbox", {"gap/a.csv": gap({})})
    first = run_inbox(inbox, tmp_path / "out")
    path = tmp_path / "out/decisions" / ledger
    whole = path.read_bytes()
    path.write_bytes(whole[:-9])
    again = run_inbox(inbox, tmp_path / "out")
    assert again.result.release_id == first.result.release_id
    assert sorted(path.read_bytes().splitlines()) == sorted(whole.splitlines())
