"""Who watches a run: a progress bar for people, the JSON log for machines."""

from __future__ import annotations

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from harmonize.cli.json_log import JsonLog
from harmonize.cli.speech import speak
from harmonize.pipeline import Observer

__all__ = ["JsonObserver", "TerminalObserver"]


class JsonObserver(Observer):
    """Tells the JSON log."""

    def __init__(self, log: JsonLog) -> None:
        self._log = log

    def stage(self, name: str) -> None:
        """A stage begins."""
        self._log.stage_begun(name)

    def step(self, done: int, total: int, what: str) -> None:
        """A step inside the stage is done."""
        self._log.step(done, total, what)

    def stage_done(self, name: str, seconds: float, peak_memory_mb: int) -> None:
        """A stage is done."""
        self._log.stage_done(name, seconds, peak_memory_mb)


class TerminalObserver(Observer):
    """A progress bar on standard error; silent when that is no terminal."""

    def __init__(self) -> None:
        console = Console(stderr=True, soft_wrap=True)
        self._progress = Progress(
            TextColumn("{task.description:<12}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[what]}", markup=False),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task = self._progress.add_task("start", total=None, what="")

    def __enter__(self) -> TerminalObserver:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def stage(self, name: str) -> None:
        """A stage begins."""
        self._progress.reset(self._task, total=None, description=speak(name, "step"), what="")

    def step(self, done: int, total: int, what: str) -> None:
        """A step inside the stage is done."""
        self._progress.update(self._task, completed=done, total=total, what=what[-60:])
