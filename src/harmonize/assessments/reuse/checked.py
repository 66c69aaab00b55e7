"""Names in files of reuse, held against the language: a complaint names file, place and cure."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Protocol

from harmonize.errors import ConfigurationError

__all__ = ["Known", "check_names"]


class Known(Protocol):
    """The language that a release speaks."""

    @property
    def pillars(self) -> Collection[str]:
        """Pillars of its topics."""

    @property
    def topics(self) -> Collection[str]:
        """Ids of its topics."""

    @property
    def indicators(self) -> Collection[str]:
        """Ids of its indicators."""

    @property
    def facets(self) -> Collection[str]:
        """Facets of its indicators."""


def check_names(path: Path, place: str, kind: str, names: Iterable[str], known: Collection[str]) -> None:
    """Complain of a name that the release does not know.

    Raises:
        ConfigurationError: there is one; the message names those that are near.
    """
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name, sorted(known), 3, 0.5)
            hint = f"near are {', '.join(near)}" if near else f"`harmonize language find WORDS` looks for {kind}s"
            raise ConfigurationError(f"{path}: {place}: there is no {kind} {name!r} in this release; {hint}.")
