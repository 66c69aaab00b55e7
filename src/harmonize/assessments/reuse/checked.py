"""YAML files of reuse, held against their form: a complaint names file, place and cure."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from harmonize.errors import ConfigurationError
from harmonize.yaml_text import read_yaml

__all__ = ["Known", "Strict", "check_names", "load"]


class Strict(BaseModel):
    """A part of a file in which nothing unknown may stand."""

    model_config = ConfigDict(extra="forbid", frozen=True)


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


_Form = TypeVar("_Form", bound=BaseModel)


def load(path: Path, form: type[_Form], **given: Any) -> _Form:
    """A file in its form.

    Args:
        given: what holds where the file says nothing.

    Raises:
        ConfigurationError: it cannot be read, or is not of that form.
    """
    content = read_yaml(path)
    if not isinstance(content, dict):
        raise ConfigurationError(f"{path}: it is no mapping of settings; see the shipped file of that name.")
    try:
        return form.model_validate({**given, **content})
    except ValidationError as problem:
        first = problem.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the file"
        said = first["msg"].removeprefix("Value error, ")
        value = "" if first["type"] in ("missing", "value_error") else f" (value {first['input']!r})"
        raise ConfigurationError(f"{path}: {place}: {said}{value}. Correct it there.") from problem


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
