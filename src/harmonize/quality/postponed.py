"""Postpone or forbid the import of modules that a library names at its top and needs in rare functions only.

Postponed names are bound to stand-ins which import the real module when something is first asked of them; nothing is
missing, it is only loaded when it is used. An absent one is as if it were not installed, for a library that can do
without.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

__all__ = ["absent", "postponed"]


class _StandIn(ModuleType):
    """A module's name; asked for anything, it hands over to the module."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # What the import machinery asks of every module.
            raise AttributeError(name)
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(importlib.import_module(self.__name__), name)


@contextmanager
def postponed(*names: str) -> Iterator[None]:
    """While it lasts, imports of these modules give stand-ins; afterwards imports give the modules again."""
    made = {name: _StandIn(name) for name in names if name not in sys.modules}
    sys.modules.update(made)
    try:
        yield
    finally:
        for name, stand_in in made.items():
            if sys.modules.get(name) is stand_in:
                del sys.modules[name]


@contextmanager
def absent(*names: str) -> Iterator[None]:
    """While it lasts, imports of these modules fail as if they were not installed, unless they are imported already."""
    hidden = [name for name in names if name not in sys.modules]
    # (What stands as nothing there is not looked for.)
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]
