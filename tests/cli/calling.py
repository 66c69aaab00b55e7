"""Call the command line as a person does, and look at what it said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["QUICK", "Command", "Said", "sentence"]

QUICK = "registrars: [consent]\nexpectations: false\ndata_docs: false\n"
"""A pipeline without Great Expectations."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a command printed and how it ended."""

    code: int
    out: str
    err: str


Command = Callable[..., Said]


def sentence(said: Said) -> str:
    """The one line of a refusal."""
    lines = [line for line in said.err.splitlines() if line.strip()]
    assert said.code == 2, said
    assert said.out == ""
    assert len(lines) == 1, said.err
    assert lines[0].startswith("harmonize: ")
    return lines[0]
