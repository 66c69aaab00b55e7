"""What a run tells while it works, and what it costs per stage."""

from __future__ import annotations

import re
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["Clock", "Observer", "peak_since"]

_RESET_PEAK = "5"
"""What the kernel takes as: begin the high-water mark of resident memory anew (Linux, `man 5 proc`)."""
_PEAK_LINE = re.compile(r"^VmHWM:\s+(\d+) kB$", re.MULTILINE)


class Observer:
    """What the pipeline tells while it works; the CLI shows it. This one is silent."""

    def stage(self, name: str) -> None:
        """A stage begins."""

    def step(self, done: int, total: int, what: str) -> None:
        """A step inside the stage is done."""

    def stage_done(self, name: str, seconds: float, peak_memory_mb: int) -> None:
        """A stage is done; its cost in seconds and in MiB of resident memory at its highest."""


@dataclass(slots=True)
class Clock:
    """Seconds and peak memory per stage.

    The peak is the stage's own, in MiB of this process and of those that help it, where the kernel lets the mark be set
    back; elsewhere it is the highest so far in the whole process.

    Attributes:
        process: what the kernel tells of this process.
        helpers_mb: what other processes held for the stage that is running, each at its highest.
        companions: what the kernel tells of processes that go on beside the stages.
    """

    observer: Observer
    seconds: dict[str, float] = field(default_factory=dict)
    peak_memory_mb: dict[str, int] = field(default_factory=dict)
    process: Path = Path("/proc/self")
    helpers_mb: int = 0
    companions: list[Path] = field(default_factory=list)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Tell that a stage begins, and note and tell its cost when it ends."""
        self.observer.stage(name)
        is_own = _forget_peak(self.process)
        for companion in self.companions:
            _forget_peak(companion)
        self.helpers_mb = 0
        begin = time.perf_counter()
        yield
        self.seconds[name] = round(time.perf_counter() - begin, 3)
        marked = peak_since(self.process) if is_own else None
        beside = self.helpers_mb + sum(peak_since(companion) or 0 for companion in self.companions)
        self.peak_memory_mb[name] = (_peak_ever() if marked is None else marked) + beside
        self.observer.stage_done(name, self.seconds[name], self.peak_memory_mb[name])


def _forget_peak(process: Path) -> bool:
    """Set the kernel's high-water mark back to what is in use now; whether it could be done."""
    try:
        (process / "clear_refs").write_text(_RESET_PEAK, encoding="ascii")
    except OSError:
        return False
    return True


def peak_since(process: Path) -> int | None:
    """The high-water mark of a process in MiB; None where the kernel does not tell it.

    Args:
        process: its folder under `/proc`.
    """
    try:
        found = _PEAK_LINE.search((process / "status").read_text(encoding="utf-8", errors="replace"))
    except OSError:
        return None
    return None if found is None else int(found[1]) // 1024


def _peak_ever() -> int:
    """The highest resident memory of this process so far, in MiB; `getrusage` counts kB, on macOS bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak // (1024 * 1024 if sys.platform == "darwin" else 1024)
