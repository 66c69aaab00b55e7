"""What a stage costs: its own peak of memory where the kernel tells it, the process's where it does not."""

from __future__ import annotations

import os
import resource
from pathlib import Path

import pytest

from harmonize.pipeline.observer import Clock, Observer

MIB = 1024 * 1024


class _Listening(Observer):
    def __init__(self) -> None:
        self.told: list[tuple[object, ...]] = []

    def stage(self, name: str) -> None:
        self.told.append(("begun", name))

    def stage_done(self, name: str, seconds: float, peak_memory_mb: int) -> None:
        self.told.append(("done", name, seconds, peak_memory_mb))


def _process(folder: Path, status: str) -> Path:
    (folder / "clear_refs").write_text("", encoding="ascii")
    (folder / "status").write_text(status, encoding="utf-8")
    return folder


def test_a_stage_is_told_as_it_is_noted(tmp_path: Path) -> None:
    listening = _Listening()
    clock = Clock(listening, process=_process(tmp_path, "Name:\tpython\nVmHWM:\t  204800 kB\nVmRSS:\t 1 kB\n"))
    with clock.stage("read"):
        listening.told.append(("working",))
    assert clock.peak_memory_mb == {"read": 200}
    assert listening.told == [("begun", "read"), ("working",), ("done", "read", clock.seconds["read"], 200)]
    assert (tmp_path / "clear_refs").read_text(encoding="ascii") == "5"


@pytest.mark.parametrize("status", ["", "VmHWM: much\n"])
def test_without_a_mark_the_process_counts(status: str, tmp_path: Path) -> None:
    clock = Clock(Observer(), process=_process(tmp_path, status))
    with clock.stage("read"):
        pass
    assert 0 < clock.peak_memory_mb["read"] <= resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024 + 1


def test_where_the_mark_cannot_be_set_back_the_process_counts(tmp_path: Path) -> None:
    (tmp_path / "status").write_text("VmHWM:\t1 kB\n", encoding="utf-8")
    (tmp_path / "clear_refs").mkdir()
    clock = Clock(Observer(), process=tmp_path)
    with clock.stage("read"):
        pass
    assert clock.peak_memory_mb["read"] > 1


@pytest.mark.skipif(not os.access("/proc/self/clear_refs", os.W_OK), reason="the kernel does not let the mark be set")
def test_a_small_stage_after_a_large_one_is_small() -> None:
    clock = Clock(Observer())
    with clock.stage("large"):
        block = bytearray(400 * MIB)
        del block
    with clock.stage("small"):
        pass
    assert clock.peak_memory_mb["small"] <= clock.peak_memory_mb["large"] - 300


def test_a_stage_that_fails_is_not_done() -> None:
    listening = _Listening()
    clock = Clock(listening)
    with pytest.raises(ValueError, match="odd"), clock.stage("read"):
        raise ValueError("odd")
    assert listening.told == [("begun", "read")]
    assert clock.seconds == {}
