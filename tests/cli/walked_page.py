"""Pages whose steps a test takes: blocks of `console` are commands with what they print; `…` stands for anything."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["Step", "blocks", "is_printed", "steps"]

_BLOCK = re.compile(r"^```(\w+) ?(\S*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Step:
    """A command of the page and what the page says that it prints."""

    command: str
    expected: str


def blocks(page: str) -> list[tuple[str, str, str]]:
    """Kind, name and text of each block."""
    return _BLOCK.findall(page)


def steps(text: str) -> Iterator[Step]:
    """The commands of a block."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, expected = part.partition("\n")
        yield Step(command, expected)


def is_printed(step: Step, printed: str) -> bool:
    """Whether a command printed what the page says."""
    pattern = re.escape(step.expected.strip()).replace("…", r"(?s:.*)")
    return re.fullmatch(pattern, printed.strip()) is not None
