"""A group of commands that answers `--help` at once, in the language that was chosen.

Typer reads every flag that was not given through pydantic if it has no default, and every text, and pydantic takes
longer to import than all the rest of a help page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from typer.core import TyperArgument, TyperGroup, TyperOption

from harmonize.cli.speech import ENGLISH, chosen_language, speak
from harmonize.cli.usage import SpokenContext, spoken_usage

if TYPE_CHECKING:
    from typer._click.core import Command, Context, Parameter  # Typer has no public name for what it hands over

__all__ = ["PromptGroup"]


class _Word(TyperOption):
    """An option of a group whose text is taken as it was typed; its callback judges it."""

    def process_value(self, ctx: Context, value: Any) -> Any:
        """The text, as the callback leaves it."""
        return value if self.callback is None else self.callback(ctx, self, value)


class PromptGroup(TyperGroup):
    """A Typer group whose own flags (help, shell completion) are off unless given, instead of unset.

    Commands that it hands over have their help in the language that was chosen; Typer makes them anew for every call.
    """

    context_class = SpokenContext

    def get_params(self, ctx: Context) -> list[Parameter]:
        """The group's parameters; an unset flag has the default False, and a text is a word."""
        params = super().get_params(ctx)
        for param in params:
            if isinstance(param, TyperOption) and param.is_bool_flag and param.default is None:
                param.default = False
            elif type(param) is TyperOption and not param.is_bool_flag:
                param.__class__ = _Word
        return params

    def get_command(self, ctx: Context, cmd_name: str) -> Command | None:
        """A command of the group."""
        command = super().get_command(ctx, cmd_name)
        if command is not None:
            command.context_class = SpokenContext
            _speak_help(command)
        return command

    def make_context(self, info_name: str | None, args: list[str], *more: Any, **extra: Any) -> Context:
        """Read what was given; what is wrong with it is said in the language that was chosen."""
        with spoken_usage():
            return super().make_context(info_name, args, *more, **extra)

    def invoke(self, ctx: Context) -> Any:
        """Do what was asked; what is wrong with it is said in the language that was chosen."""
        with spoken_usage():
            return super().invoke(ctx)

    def get_help(self, ctx: Context) -> str:
        """The group's help page."""
        _speak_help(self)
        return super().get_help(ctx)


def _speak_help(command: Command) -> None:
    """Put the help of a command and of its options into the language that was chosen."""
    if chosen_language() == ENGLISH:
        return
    command.help = _spoken(command.help)
    for param in command.params:
        if isinstance(param, TyperArgument | TyperOption):
            param.help = _spoken(param.help)
            if isinstance(param.show_default, str):
                param.show_default = speak(param.show_default, "help")


def _spoken(text: str | None) -> str | None:
    """A help text, paragraph by paragraph."""
    if text is None:
        return None
    return "\n\n".join(speak(" ".join(paragraph.split()), "help") for paragraph in text.split("\n\n"))
