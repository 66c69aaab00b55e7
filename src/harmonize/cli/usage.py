"""What Typer itself says, in the language that was chosen: the words of help pages, and what is wrong with a call.

Typer translates a part of it by gettext and the rest not at all, so its finished sentences are looked up as ours are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import IO, Any

import typer

# Typer has no public name for these.
from typer._click.exceptions import NoArgsIsHelpError, UsageError
from typer._click.formatting import HelpFormatter

from harmonize.cli.speech import ENGLISH, chosen_language, speak

__all__ = ["SAID_BY_TYPER", "SpokenContext", "spoken_usage"]

SAID_BY_TYPER = {
    "heading": ("Usage", "Options", "Commands", "Arguments", "default", "required"),
    "help": ("Show this message and exit.",),
    "message": (
        "Error: {0}",
        "Try '{0}' for help.",
        "Missing argument {0}.",
        "Missing option {0}.",
        "Missing command.",
        "No such command {0}.",
        "No such command {0}. Did you mean {1}?",
        "No such option: {0}",
        "No such option: {0} (Possible options: {1})",
        "Option {0} requires an argument.",
        "Option {0} does not take a value.",
        "Got unexpected extra argument(s) ({0})",
        "Invalid value: {0}",
        "Invalid value for {0}: {1}",
    ),
    "part": (
        "Input should be a valid integer, unable to parse string as an integer",
        "Input should be a valid number, unable to parse string as a number",
        "Input should be greater than or equal to {0}",
        "Input should be less than or equal to {0}",
    ),
}
"""By kind what a phrasebook must know of it."""
_EXTRAS = re.compile(r"(?<=[\[ ])(default|required)(?=[:\]])")


class _SpokenHelp(HelpFormatter):
    """Help pages under headings of the chosen language."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """How the command is called."""
        super().write_usage(prog, args, f"{speak('Usage', 'heading')}: " if prefix is None else prefix)

    def write_heading(self, heading: str) -> None:
        """A heading."""
        super().write_heading(speak(heading, "heading"))

    def write_dl(self, rows: Sequence[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        """Options and commands with what they do."""
        super().write_dl([(name, _spoken_row(said)) for name, said in rows], *args, **kwargs)


def _spoken_row(said: str) -> str:
    text, bracket, extras = said.rpartition("  [")
    if not bracket:
        return speak(said, "help")
    return f"{speak(text, 'help')}{bracket}{_EXTRAS.sub(lambda found: speak(found[0], 'heading'), extras)}"


class SpokenContext(typer.Context):
    """The context of a command whose help is spoken."""

    formatter_class = _SpokenHelp


class _SpokenUsage(UsageError):
    """What is wrong with a call, as a person hears it."""

    def __init__(self, problem: UsageError) -> None:
        super().__init__(speak(problem.format_message()), problem.ctx)

    def show(self, file: IO[Any] | None = None) -> None:
        """Say how the command is called, where there is help, and what is wrong."""
        if self.ctx is not None:
            hint = speak(f"Try '{self.ctx.command_path} {self.ctx.help_option_names[0]}' for help.")
            typer.echo(f"{self.ctx.get_usage()}\n{hint}\n", file=file, err=True)
        typer.echo(speak(f"Error: {self.message}"), file=file, err=True)


@contextmanager
def spoken_usage() -> Iterator[None]:
    """Whatever Typer finds wrong with a call is said in the language that was chosen."""
    try:
        yield
    except UsageError as problem:
        if chosen_language() == ENGLISH or isinstance(problem, NoArgsIsHelpError | _SpokenUsage):
            raise
        raise _SpokenUsage(problem) from problem
