"""What a run tells while it works, and what it costs per stage."""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

__all__ = ["Clock", "Observer"]


class Observer:
    """What the pipeline tells while it works; the CLI shows it. This one is silent."""

    def stage(self, name: str) -> None:
        """A stage begins."""

    def step(self, done: int, total: int, what: str) -> None:
        """A step inside the stage is done."""


@dataclass(slots=True)
class Clock:
    """Seconds and peak memory per stage."""

    observer: Observer
    seconds: dict[str, float] = field(default_factory=dict)
    peak_memory_mb: dict[str, int] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Tell that a stage begins, and note its cost when it ends."""
        self.observer.stage(name)
        begin = time.perf_counter()
        yield
        self.seconds[name] = round(time.perf_counter() - begin, 3)
        self.peak_memory_mb[name] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
