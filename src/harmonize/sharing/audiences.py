"""Who receives a share: the audiences of `pipelines/audiences.yml`, and the manufacturers that grants name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from harmonize.errors import ConfigurationError
from harmonize.yaml_forms import StrictForm, read_form

__all__ = ["Audience", "Audiences", "load_audiences", "with_manufacturers"]

MANUFACTURER = "manufacturer:"
_FOLDER = re.compile(r"[^a-z0-9]+")


class Audience(StrictForm):
    """One receiver.

    Attributes:
        name: as grants write it.
        contributor: under which name it hands in exports itself; what it handed in it sees as it gave it.
        named: it is told names and identifiers of factories; without, ids of its own alone.
        key_file, key_variable: where the key is by which its file is encrypted: a file that its owner alone can read,
            in the folder of secrets where no other is named, or a variable of the environment. Neither: it is not.
    """

    name: Annotated[str, Field(min_length=1)]
    kind: Literal["buyer", "manufacturer", "government", "civil_society", "financier"]
    contributor: str | None = None
    named: bool = True
    key_file: Annotated[str, Field(min_length=1)] | None = None
    key_variable: Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")] | None = None

    @model_validator(mode="after")
    def _has_one_key(self) -> Audience:
        if self.key_file is not None and self.key_variable is not None:
            raise ValueError(f"the audience {self.name!r} has two keys; keep key_file or key_variable")
        return self

    @property
    def folder(self) -> str:
        """Its name as the name of a folder and of files."""
        return _FOLDER.sub("-", self.name.lower()).strip("-")


class Audiences(StrictForm):
    """All of `pipelines/audiences.yml`."""

    audiences: Sequence[Audience] = ()

    @model_validator(mode="after")
    def _are_distinct(self) -> Audiences:
        seen: dict[str, str] = {}
        for one in self.audiences:
            if not one.folder:
                raise ValueError(f"the audience {one.name!r} has no letter or digit in its name")
            if one.folder in seen:
                raise ValueError(f"the audiences {seen[one.folder]!r} and {one.name!r} would share a folder")
            seen[one.folder] = one.name
        return self


def load_audiences(path: Path) -> list[Audience]:
    """Load the audiences.

    Raises:
        ConfigurationError: one is not whole, or stands twice; the message names the place.
    """
    return list(read_form(path, Audiences).audiences)


def with_manufacturers(audiences: Sequence[Audience], granted: Iterable[str]) -> list[Audience]:
    """The audiences and, besides, every manufacturer that a grant names as `manufacturer:<scheme>=<value>`.

    Raises:
        ConfigurationError: two of them would share a folder.
    """
    known = {one.name.lower() for one in audiences}
    found = list(audiences)
    folders = {one.folder: one.name for one in audiences}
    for name in sorted({name.strip().lower() for name in granted}):
        if name in known or not name.startswith(MANUFACTURER) or "=" not in name:
            continue
        one = Audience(name=name, kind="manufacturer")
        if one.folder in folders:
            raise ConfigurationError(
                f"The audiences {folders[one.folder]!r} and {name!r} would share the folder {one.folder!r}; rename one."
            )
        folders[one.folder] = name
        found.append(one)
    return found
