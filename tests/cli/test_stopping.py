"""Ctrl-C and SIGTERM end a run with a sentence and exit code 2, and leave the last release whole."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from harmonize.cli.stopping import Stopped, stoppable
from tests.pipeline.worlds import deliver
from tests.sources.delivering import gap, wide

QUICK = "registrars: [consent]\nexpectations: false\ndata_docs: false\n"
# A job in the background is started with Ctrl-C ignored, and its children inherit that: here it counts.
HEEDING = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
COMMAND = (sys.executable, "-c", f"{HEEDING}from harmonize.cli import main; main()", "run", "quick.yml")
ARGUMENTS = (*COMMAND, "--inbox", "inbox", "--out", "out", "--as-of", "2026-06-30", "--json")


def _state(out: Path) -> dict[str, bytes]:
    """The release in place, byte by byte."""
    folder = (out / "current").resolve()
    return {str(path.relative_to(out)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def _stop_in(stage: str, number: signal.Signals, folder: Path) -> tuple[int, list[dict[str, object]], str]:
    """Run, and send the signal as soon as the stage is said to begin."""
    worker = subprocess.Popen(
        ARGUMENTS, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    assert worker.stdout is not None
    told: list[dict[str, object]] = []
    for line in worker.stdout:
        told.append(json.loads(line))
        if (told[-1]["event"], told[-1].get("stage")) == ("stage_begun", stage):
            worker.send_signal(number)
    _, complaint = worker.communicate()
    return worker.returncode, told, complaint


@pytest.mark.slow
def test_a_stopped_run_says_so_and_the_next_completes(tmp_path: Path) -> None:
    deliver(tmp_path, {"quick.yml": QUICK})
    deliver(tmp_path / "inbox", {"gap/a.csv": gap({})})
    first = subprocess.run(ARGUMENTS, cwd=tmp_path, capture_output=True, text=True)
    assert first.returncode in (0, 1), first.stderr
    before = _state(tmp_path / "out")
    deliver(tmp_path / "inbox", {"higg/fem.csv": wide(["emsenvpolicy"], {"surveyid": "S-1", "emsenvpolicy": "Yes"})})

    for stage, number, name in (
        ("knowledge", signal.SIGTERM, "SIGTERM"),
        ("store", signal.SIGINT, "Ctrl-C"),
    ):
        code, told, complaint = _stop_in(stage, number, tmp_path)
        assert code == 2, complaint
        assert told[-1]["event"] == "failed"
        assert told[-1]["exit_code"] == 2
        assert f"Stopped by {name}" in str(told[-1]["message"])
        assert "Stopped" in complaint
        assert "Traceback" not in complaint
        assert _state(tmp_path / "out") == before

    last = subprocess.run(ARGUMENTS, cwd=tmp_path, capture_output=True, text=True)
    assert last.returncode in (0, 1), last.stderr
    finished = json.loads(last.stdout.splitlines()[-1])
    assert (finished["event"], finished["exit_code"]) == ("finished", last.returncode)
    assert finished["figures"]["files"] == 2
    assert (tmp_path / "out/current").resolve().name == finished["release_id"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_the_handlers_stand_only_while_a_command_runs(number: signal.Signals) -> None:
    before = signal.signal(number, signal.SIG_DFL)
    try:
        with pytest.raises(Stopped), stoppable():
            os.kill(os.getpid(), number)
        assert signal.getsignal(number) is signal.SIG_DFL
    finally:
        signal.signal(number, before)


def test_a_signal_that_the_caller_ignores_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with stoppable():
            os.kill(os.getpid(), signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)


_FORK = """
import os, signal, time
from harmonize.cli.stopping import stoppable
ready, tell = os.pipe()
with stoppable():
    worker = os.fork()
    if not worker:
        os.write(tell, b"!")
        time.sleep(60)
        os._exit(0)
    os.read(ready, 1)
    os.kill(worker, signal.SIGTERM)
    _, status = os.waitpid(worker, 0)
print(os.WTERMSIG(status))
"""


def test_a_worker_that_inherited_the_handlers_dies_by_its_signal() -> None:
    told = subprocess.run([sys.executable, "-c", _FORK], capture_output=True, text=True, timeout=50)
    assert (told.stdout.strip(), told.stderr) == (str(int(signal.SIGTERM)), "")


def test_a_reader_that_goes_away_does_not_stop_a_run(tmp_path: Path) -> None:
    deliver(tmp_path, {"quick.yml": QUICK})
    deliver(tmp_path / "inbox", {"gap/a.csv": gap({})})
    worker = subprocess.Popen(ARGUMENTS, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert worker.stdout is not None
    assert worker.stdout.readline()
    worker.stdout.close()
    assert worker.stderr is not None
    complaint = worker.stderr.read()
    worker.stderr.close()
    assert worker.wait() in (0, 1), complaint
    assert complaint == ""
    assert (tmp_path / "out/current/manifest.json").exists()
