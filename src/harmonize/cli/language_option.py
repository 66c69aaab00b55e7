"""The option `--lang`: of what harmonize itself says, and of the labels that a command writes."""

from __future__ import annotations

from typing import Annotated

import typer

from harmonize.cli.speech import LANGUAGES, VARIABLE, choose, chosen_language
from harmonize.errors import ConfigurationError

__all__ = ["LabelLanguage", "choose_language"]


def choose_language(wanted: str) -> str:
    """Speak a language that an option names; without one stay with what is spoken.

    Raises:
        ConfigurationError: harmonize does not speak it.
    """
    if wanted and wanted not in LANGUAGES:
        raise ConfigurationError(
            f"--lang (or {VARIABLE}) is {wanted!r}; harmonize speaks {' and '.join(LANGUAGES)}. Choose one of them."
        )
    if wanted:
        choose(wanted)
    return wanted


def _as_spoken(wanted: str) -> str:
    return wanted or chosen_language()


LabelLanguage = Annotated[
    str,
    typer.Option(
        "--lang",
        callback=_as_spoken,
        metavar="en|vi",
        help="The language of what people read in it.",
        show_default="as harmonize speaks",
    ),
]
"""Of a command that writes labels for people; its default is ""."""
