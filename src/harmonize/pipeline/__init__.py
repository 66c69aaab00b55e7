"""The only package that knows the order of the stages: an inbox becomes a release.

What it offers is imported when it is asked for: a process that reads files needs neither DuckDB nor the other stages.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harmonize.pipeline.observer import Observer
    from harmonize.pipeline.stages import RunResult, run
    from harmonize.pipeline.understanding import Understanding, load_knowledge

__all__ = ["Observer", "RunResult", "Understanding", "load_knowledge", "run"]

_MODULES = {
    "Observer": "observer",
    "RunResult": "stages",
    "Understanding": "understanding",
    "load_knowledge": "understanding",
    "run": "stages",
}


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
