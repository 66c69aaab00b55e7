"""How the command line shows things: tables and progress on a terminal, plain lines or JSON elsewhere."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from harmonize.pipeline import Observer

__all__ = ["JsonObserver", "TerminalObserver", "complain", "say", "show_table"]

_OUT = Console(soft_wrap=True)
_ERR = Console(stderr=True, soft_wrap=True)


def say(text: str = "") -> None:
    """One line for people."""
    _OUT.print(text, markup=False, highlight=False)


def complain(text: str) -> None:
    """One sentence on what went wrong and the cure."""
    _ERR.print(f"harmonize: {' '.join(text.split())}", markup=False, highlight=False)


def show_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A table on a terminal; tab-separated lines when piped."""
    if not _OUT.is_terminal:
        sys.stdout.write("\t".join(columns) + "\n")
        for row in rows:
            sys.stdout.write("\t".join("" if cell is None else str(cell) for cell in row) + "\n")
        return
    table = Table(title=title, title_justify="left", header_style="bold")
    for column in columns:
        table.add_column(column)
    for row in rows:
        table.add_row(*("" if cell is None else str(cell) for cell in row))
    _OUT.print(table)


def write_json(content: Mapping[str, object]) -> None:
    """One JSON line."""
    sys.stdout.write(json.dumps(content, ensure_ascii=False, default=str) + "\n")
    sys.stdout.flush()


class JsonObserver(Observer):
    """Log lines for machines."""

    def stage(self, name: str) -> None:
        """A stage begins."""
        write_json({"time": datetime.now(tz=UTC).isoformat(), "event": "stage", "stage": name})

    def step(self, done: int, total: int, what: str) -> None:
        """A file is read."""
        write_json(
            {
                "time": datetime.now(tz=UTC).isoformat(),
                "event": "file",
                "done": done,
                "of": total,
                "file": what,
            }
        )


class TerminalObserver(Observer):
    """A progress bar on standard error; silent when that is no terminal."""

    def __init__(self) -> None:
        self._progress = Progress(
            TextColumn("{task.description:<12}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[what]}"),
            console=_ERR,
            transient=True,
            disable=not _ERR.is_terminal,
        )
        self._task = self._progress.add_task("start", total=None, what="")

    def __enter__(self) -> TerminalObserver:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def stage(self, name: str) -> None:
        """A stage begins."""
        self._progress.reset(self._task, total=None, description=name, what="")

    def step(self, done: int, total: int, what: str) -> None:
        """A file is read."""
        self._progress.update(self._task, completed=done, total=total, what=what[-60:])
