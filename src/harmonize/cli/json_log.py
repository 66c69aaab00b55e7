"""The log of a run for machines: one JSON object a line on standard output, and nothing else there.

Every line has `time` (UTC, ISO 8601) and `event`: `stage_begun`, `step`, `stage_done`, and at the end one `finished` or
one `failed`. Steps are told at most ten times a second; a stage's last step stands in its `stage_done`.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import TracebackType
from typing import TYPE_CHECKING

from harmonize.cli.failures import sentence
from harmonize.cli.output import write_line

if TYPE_CHECKING:
    from harmonize.pipeline import RunResult

__all__ = ["JsonLog"]

_SECONDS_BETWEEN_STEPS = 0.1


@dataclass(slots=True)
class JsonLog:
    """Lines of one run; as a context manager it tells a failure too, before the error goes on.

    Attributes:
        write: takes one line without its end.
        tick: seconds on a clock that never goes back.
    """

    write: Callable[[str], None] = write_line
    tick: Callable[[], float] = time.monotonic
    _stage: str | None = None
    _told: float | None = None
    _last: dict[str, int] = field(default_factory=dict)

    def __enter__(self) -> JsonLog:
        return self

    def __exit__(self, kind: object, problem: BaseException | None, trace: TracebackType | None) -> None:
        if problem is not None:
            where = {} if self._stage is None else {"stage": self._stage}
            self._tell("failed", {**where, "message": " ".join(sentence(problem).split()), "exit_code": 2})

    def stage_begun(self, stage: str) -> None:
        """A stage begins."""
        self._stage, self._last = stage, {}
        self._tell("stage_begun", {"stage": stage})

    def step(self, done: int, total: int, what: str) -> None:
        """`done` of `total` are done, `what` just now."""
        self._last = {"done": done, "total": total}
        now = self.tick()
        if self._told is None or now - self._told >= _SECONDS_BETWEEN_STEPS:
            self._told = now
            self._tell("step", {"stage": self._stage, **self._last, "what": what})

    def stage_done(self, stage: str, seconds: float, peak_memory_mb: int) -> None:
        """A stage is done; its cost in seconds and MiB."""
        self._stage = None
        self._tell("stage_done", {"stage": stage, "seconds": seconds, "peak_memory_mb": peak_memory_mb, **self._last})

    def finished(self, result: RunResult) -> None:
        """The release stands."""
        self._tell(
            "finished",
            {
                "release_id": result.release_id,
                "folder": str(result.folder),
                "is_new": result.is_new,
                "exit_code": 1 if result.has_issues else 0,
                **{name: result.manifest.get(name) for name in ("as_of", "figures", "linkage", "expectations")},
                "seconds": result.seconds,
                "peak_memory_mb": result.peak_memory_mb,
            },
        )

    def _tell(self, event: str, content: Mapping[str, object]) -> None:
        # Escapes keep a line one line and printable whatever a file is named and the terminal's encoding is.
        now = datetime.now(tz=UTC).isoformat(timespec="milliseconds")
        self.write(json.dumps({"time": now, "event": event, **content}, default=str))
