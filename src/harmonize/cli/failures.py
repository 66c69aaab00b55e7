"""What is said when a command cannot go on: one sentence for a refusal, a stop from outside, or a fault of ours."""

from __future__ import annotations

from collections.abc import Iterator

from harmonize.cli.stopping import Stopped
from harmonize.errors import HarmonizeError

__all__ = ["INTERRUPTED", "is_fault", "sentence"]

INTERRUPTED = 130
"""The exit code that Typer makes of an interrupt that a library raised by itself."""


def _chain(problem: BaseException) -> Iterator[BaseException]:
    """The problem, and what it came of, the latest first."""
    current: BaseException | None = problem
    seen: set[int] = set()
    while current is not None and id(current) not in seen:
        yield current
        seen.add(id(current))
        current = current.__cause__ or current.__context__


def _stop(problem: BaseException) -> BaseException | None:
    """The stop behind a problem: DuckDB and others turn it into an error of their own."""
    return next((cause for cause in _chain(problem) if isinstance(cause, Stopped | KeyboardInterrupt)), None)


def is_fault(problem: BaseException) -> bool:
    """Whether it is none of the steward's doing: neither a refusal nor a stop."""
    return not isinstance(problem, HarmonizeError) and _stop(problem) is None


def sentence(problem: BaseException) -> str:
    """What went wrong, and the cure."""
    stop = _stop(problem)
    if stop is not None:
        by = f" by {stop}" if str(stop) else ""
        return f"Stopped{by}. The last release is whole; the next run begins where it can."
    if isinstance(problem, HarmonizeError):
        return str(problem)
    return (
        f"unexpected {type(problem).__name__}: {problem}. The last release stays. This is a fault of harmonize: "
        "report it with the lines above."
    )
