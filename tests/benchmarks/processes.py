"""Run a command as a process of its own: its seconds, and the most memory that it and its children held at once.

Memory is the sum of the resident sizes, sampled while the command works, so pages that processes share count for each;
what the kernel noted of the largest single process is taken where that is more.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped,unused-ignore]

__all__ = ["Spent", "python_worker", "spend"]

ROOT = Path(__file__).parents[2]
BETWEEN_SAMPLES = 0.03


@dataclass(frozen=True, slots=True)
class Spent:
    """What a command cost, and the JSON lines that it printed.

    Attributes:
        seconds: from start to end, start-up included.
        processor: seconds of processor time, its own and the kernel's, of all its processes.
        peak_mb: most memory at once in MiB, of all its processes together.
    """

    seconds: float
    processor: float
    peak_mb: float
    lines: Sequence[dict[str, Any]]


def spend(command: Sequence[str], folder: Path, allowed: frozenset[int] = frozenset({0})) -> Spent:
    """Run a command in a folder and wait for it.

    Raises:
        RuntimeError: it ended with an exit code that is not allowed; its last words are in the message.
    """
    paths = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    environment = {**os.environ, "PYTHONPATH": paths}
    # What others left to be written is written before: else this command would wait for it.
    os.sync()
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as complained:
        begin = time.perf_counter()
        process = subprocess.Popen(command, cwd=folder, stdout=said, stderr=complained, env=environment)
        peak = _Peak(process.pid)
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        sampled = peak.stop()
        said.seek(0)
        complained.seek(0)
        output, errors = said.read().decode(), complained.read().decode()
    if process.returncode not in allowed:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}: {output[-2000:]}{errors[-2000:]}")
    lines = [json.loads(line) for line in output.splitlines() if line.startswith("{")]
    return Spent(seconds, used.ru_utime + used.ru_stime, max(sampled, used.ru_maxrss / 1024), lines)


def python_worker(module: str, *arguments: object) -> list[str]:
    """The command that runs one of our own workers."""
    return [sys.executable, "-m", f"tests.benchmarks.{module}", *map(str, arguments)]


class _Peak:
    """Samples the memory of a process and its children until stopped."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._most = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> float:
        """The most that was seen, in MiB."""
        self._ended.set()
        self._thread.join()
        return self._most / 2**20

    def _watch(self) -> None:
        while not self._ended.wait(BETWEEN_SAMPLES):
            try:
                process = psutil.Process(self._pid)
                family = [process, *process.children(recursive=True)]
            except psutil.Error:
                return
            self._most = max(self._most, sum(map(_resident, family)))


def _resident(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.Error:
        return 0
