"""A group of commands that answers `--help` at once.

Typer reads every flag that was not given through pydantic if it has no default, and pydantic takes longer to import
than all the rest of a help page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from typer.core import TyperGroup, TyperOption

if TYPE_CHECKING:
    from typer._click.core import Context, Parameter  # Typer has no public name for what it hands over

__all__ = ["PromptGroup"]


class PromptGroup(TyperGroup):
    """A Typer group whose own flags (help, shell completion) are off unless given, instead of unset."""

    def get_params(self, ctx: Context) -> list[Parameter]:
        """The group's parameters; an unset flag has the default False."""
        params = super().get_params(ctx)
        for param in params:
            if isinstance(param, TyperOption) and param.is_bool_flag and param.default is None:
                param.default = False
        return params
