"""Who holds suites against tables: this process, or one of its own that imports Great Expectations meanwhile."""

from __future__ import annotations

import gc
import importlib
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path
from types import ModuleType, TracebackType
from typing import TYPE_CHECKING, Any, TypeAlias

from harmonize.collection import without_collector
from harmonize.companion import Companion
from harmonize.quality.postponed import absent, postponed
from harmonize.quality.result import Judged
from harmonize.quality.suites import LoadedSuite

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Judging", "JudgingProcess", "begin_judging", "import_judge", "judge_here"]

Judging: TypeAlias = "Callable[[Sequence[LoadedSuite], Mapping[str, pd.DataFrame], bool], Future[Mapping[str, Judged]]]"
"""Holds each suite against the frame of its table; the last argument is whether pages are wanted."""

_JUDGE = "harmonize.quality.judge"
_RARELY_USED = ("scipy.stats", "altair")
"""What Great Expectations imports for expectations on distributions and for their pictures: half of its import."""
_NEVER_USED = ("sqlalchemy",)
"""What it can do without, and we have no use for: a tenth of its import. Only in a process that is ours alone."""


def import_judge() -> ModuleType:
    """The module that imports Great Expectations, which takes seconds."""
    with without_collector(), postponed(*_RARELY_USED):
        return importlib.import_module(_JUDGE)


def judge_here(
    suites: Sequence[LoadedSuite], frames: Mapping[str, pd.DataFrame], pages: bool
) -> Future[Mapping[str, Judged]]:
    """Judge in this process, before anything else goes on."""
    done: Future[Mapping[str, Judged]] = Future()
    done.set_result(import_judge().judge(suites, frames, pages=pages))
    return done


class JudgingProcess(AbstractContextManager["JudgingProcess"]):
    """Judges in a process of its own, beside what the caller does meanwhile."""

    def __init__(self, begun: Callable[[Path], None] = lambda _: None) -> None:
        """Nothing begins yet.

        Args:
            begun: is told what the kernel tells of the process, once there is one.
        """
        self._begun = begun
        self._companion: Companion | None = None
        self._waiting = ThreadPoolExecutor(max_workers=1, thread_name_prefix="judging")

    def begin(self) -> Companion:
        """Begin to import the library; something will soon have to be judged."""
        if self._companion is None:
            self._companion = Companion(
                "harmonize.quality.judging:begin_judging", "held the release against its suites"
            )
            self._begun(self._companion.folder)
        return self._companion

    def __call__(
        self, suites: Sequence[LoadedSuite], frames: Mapping[str, pd.DataFrame], pages: bool
    ) -> Future[Mapping[str, Judged]]:
        """Judge there; see `Judging`."""
        return self._waiting.submit(self.begin().ask, (suites, frames, pages))

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._companion is not None:
            self._companion.end()
        self._waiting.shutdown(cancel_futures=True)
        if self._companion is not None:
            self._companion.close()


def begin_judging() -> Callable[[tuple[Any, Any, bool]], object]:
    """What a judging process does: it is handed suites, frames, and whether pages are wanted."""
    with absent(*_NEVER_USED):
        judge: Any = import_judge()
    # What was imported stays until the process ends.
    gc.freeze()

    def answer(asked: tuple[Any, Any, bool]) -> object:
        suites, frames, pages = asked
        return judge.judge(suites, frames, pages=pages)

    return answer
