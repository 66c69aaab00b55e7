"""Two processes read what two threads would: the same release, the same refusals, and no harm when one dies."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from harmonize.errors import PublicationError, RefusedFile
from harmonize.pipeline import readers
from harmonize.pipeline.file_reader import FileReader
from harmonize.pipeline.observer import Clock, Observer
from harmonize.pipeline.readers import ReadingProcess
from harmonize.reading.inbox import Delivered, discover
from harmonize.reading.limits import Limits
from harmonize.sources.profile import Profile
from harmonize.sources.vocabulary import Vocabulary
from tests.pipeline.worlds import contents, deliver, run_inbox
from tests.sources.delivering import better_work, gap, wide

FILES = {
    "bw/b.csv": better_work({}),
    "gap/d.csv": gap({"VisitID": "G-501", "FacilityID": "GF-2", "FacilityName": "Xưởng may Đông Hưng"}),
    "higg/c.csv": wide(["emsenvpolicy"], {"emsenvpolicy": "No"}),
    "other/notes.csv": "a,b\n1,2\n",
}
SOON = 20.0
"""Seconds within which a process ends that nobody hands work to any more."""


def _found(inbox: Path) -> list[Delivered]:
    return [entry for entry in discover(deliver(inbox, FILES), Limits()) if isinstance(entry, Delivered)]


def _bury(process: ReadingProcess) -> None:
    process.end()
    process.close()


@pytest.fixture
def reader(tmp_path: Path, profiles: dict[str, Profile], vocabulary: Vocabulary) -> FileReader:
    return FileReader(tmp_path / "stage", Limits(), list(profiles.values()), vocabulary, "knowledge")


@pytest.mark.slow
def test_processes_make_the_release_that_threads_make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inbox = deliver(tmp_path / "inbox", FILES)
    by_threads = contents(run_inbox(inbox, tmp_path / "threads"))
    begun: list[ReadingProcess] = []

    class Noted(ReadingProcess):
        def __init__(self) -> None:
            begun.append(self)
            super().__init__()

    monkeypatch.setattr(readers, "MUCH", 0)
    monkeypatch.setattr(readers, "ReadingProcess", Noted)
    assert contents(run_inbox(inbox, tmp_path / "processes")) == by_threads
    assert len(begun) == readers.READERS
    run_inbox(inbox, tmp_path / "processes")
    assert len(begun) == readers.READERS, "nothing is left to read"


def test_processes_that_began_before_anything_was_known_read_as_well(reader: FileReader, tmp_path: Path) -> None:
    clock = Clock(Observer())
    found = _found(tmp_path / "inbox")
    with readers.Readers(clock) as both:
        both.begin()
        with both.reading(reader, len(found), 1) as submit:
            became = [submit(delivered).result() for delivered in found]
    assert [type(each) for each in became] == [type(reader.read(delivered)) for delivered in found]
    assert clock.helpers_mb > 0, "what was begun read"


def test_processes_that_nothing_was_handed_to_end_with_the_run() -> None:
    with readers.Readers(Clock(Observer())) as both:
        both.begin()
        pids = [process.pid for process in both._processes]
    assert not any(map(_lives, pids))


def test_a_refusal_comes_back_whole(reader: FileReader, tmp_path: Path) -> None:
    (unknown,) = [delivered for delivered in _found(tmp_path / "inbox") if delivered.contributor == "other"]
    process = ReadingProcess()
    answer, here = process.read(reader, unknown), reader.read(unknown)
    _bury(process)
    assert isinstance(answer, RefusedFile)
    assert isinstance(here, RefusedFile)
    assert (str(answer), *vars(answer).values()) == (str(here), *vars(here).values())


def test_a_refusal_survives_the_pipe() -> None:
    refused = RefusedFile("too_large", "It is too large.", "Split it.", value="x", locator="row=1")
    again = pickle.loads(pickle.dumps(refused))  # noqa: S301
    assert (str(again), vars(again)) == (str(refused), vars(refused))


def test_the_memory_of_the_processes_counts(
    reader: FileReader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readers, "MUCH", 0)
    clock = Clock(Observer())
    with clock.stage("read"):
        alone = clock.helpers_mb
        with readers.Readers(clock) as both, both.reading(reader, len(FILES), 1) as submit:
            for future in [submit(delivered) for delivered in _found(tmp_path / "inbox")]:
                future.result()
    assert alone == 0
    assert clock.peak_memory_mb["read"] > clock.helpers_mb > 0


def test_a_stage_that_cannot_be_written_stops_the_run(reader: FileReader, tmp_path: Path) -> None:
    reader.stage.write_text("a file stands where the folder should be", encoding="utf-8")
    process = ReadingProcess()
    with pytest.raises(PublicationError, match="cannot be written"):
        process.read(reader, _found(tmp_path / "inbox")[0])
    _bury(process)


def test_a_mistake_in_a_process_tells_where_it_happened(reader: FileReader, tmp_path: Path) -> None:
    nowhere = replace(_found(tmp_path / "inbox")[0], source=None)  # type: ignore[arg-type]
    process = ReadingProcess()
    with pytest.raises(RuntimeError, match=r"(?s)bw/b\.csv.*TypeError.*readers?\.py"):
        process.read(reader, nowhere)
    _bury(process)


def test_a_process_that_dies_is_told_in_a_sentence(reader: FileReader, tmp_path: Path) -> None:
    first, second = _found(tmp_path / "inbox")[:2]
    process = ReadingProcess()
    process.read(reader, first)
    os.kill(process.pid, signal.SIGKILL)
    with pytest.raises(PublicationError, match=r"ended with -9.*Run again"):
        process.read(reader, second)
    _bury(process)


_PARENT = """
import time
from harmonize.pipeline.readers import ReadingProcess
process = ReadingProcess()
print(process.pid, flush=True)
time.sleep(600)
"""


def test_no_process_outlives_a_run_that_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", _PARENT], stdout=subprocess.PIPE) as run:
        assert run.stdout is not None
        child = int(run.stdout.readline())
        assert _lives(child)
        run.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + SOON
    while _lives(child) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not _lives(child)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/status")
    # (What is dead and not yet buried by its new parent is dead.)
    return not status.exists() or "State:\tZ" not in status.read_text(encoding="utf-8")
