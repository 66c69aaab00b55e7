"""Who signs a decision: a pseudonym, as ledgers are kept and handed on (domain rule 28)."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated

import typer

__all__ = ["By", "pseudonym"]

_LONGEST = 40
_CURE = "give a pseudonym, as `steward-1`: ledgers are kept and handed on"


def pseudonym(by: str) -> str:
    """What signs, if it is no name of a person by its looks.

    Raises:
        typer.BadParameter: it is empty, an e-mail address, a name in several words, or longer than a pseudonym is.
    """
    if not by.strip():
        raise typer.BadParameter("--by is empty. Give your pseudonym.")
    if "@" in by:
        raise typer.BadParameter(f"--by {by!r} looks like an e-mail address; {_CURE}.")
    if _is_full_name(by):
        raise typer.BadParameter(f"--by {by!r} looks like a person's name; {_CURE}.")
    if len(by) > _LONGEST:
        raise typer.BadParameter(f"--by has {len(by)} characters, and a pseudonym at most {_LONGEST}; {_CURE}.")
    return by


def _is_full_name(by: str) -> bool:
    """Two words in a row that begin with a capital letter."""
    words = by.split()
    return any(a[0].isupper() and b[0].isupper() for a, b in pairwise(words))


By = Annotated[str, typer.Option(help="Your pseudonym.", callback=pseudonym)]
"""The option of every command that writes to a ledger."""
