"""How the command line shows things: lines, tables on a terminal or tab-separated elsewhere, sentences on errors."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterable, Sequence

from harmonize.cli.speech import speak

__all__ = ["complain", "escape_unprintable", "say", "show_table", "write_line"]


def escape_unprintable() -> None:
    """Show characters that the terminal's encoding lacks as escapes: a file's name must not stop a command."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def write_line(text: str) -> None:
    """One line on standard output, at once; whoever closed it does not stop the command."""
    try:
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()
    except BrokenPipeError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def say(text: str = "") -> None:
    """One line for people, in the language that they chose."""
    write_line(speak(text))


def complain(text: str) -> None:
    """One sentence on what went wrong and the cure."""
    sys.stderr.write(f"harmonize: {speak(' '.join(text.split()))}\n")
    sys.stderr.flush()


def show_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A table on a terminal; tab-separated lines when piped."""
    title, columns = speak(title, "heading"), [speak(column, "heading") for column in columns]
    shown = [["" if cell is None else str(cell) for cell in row] for row in rows]
    if not sys.stdout.isatty():
        for row in (columns, *shown):
            write_line("\t".join(row))
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(title=title, title_justify="left", header_style="bold")
    for column in columns:
        table.add_column(column)
    for row in shown:
        table.add_row(*map(Text, row))
    Console(soft_wrap=True).print(table)
