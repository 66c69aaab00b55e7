"""YAML files of the knowledge folders, held against a form: a complaint names file, place, value and cure."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from harmonize.errors import ConfigurationError
from harmonize.yaml_text import read_yaml

__all__ = ["StrictForm", "read_form"]


class StrictForm(BaseModel):
    """A part of a file in which nothing unknown may stand."""

    model_config = ConfigDict(extra="forbid", frozen=True)


_Form = TypeVar("_Form", bound=BaseModel)


def read_form(path: Path, form: type[_Form], **given: Any) -> _Form:
    """A file in its form; an empty one states nothing.

    Args:
        given: what holds where the file says nothing.

    Raises:
        ConfigurationError: it cannot be read, or is not of that form.
    """
    content = read_yaml(path) or {}
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
