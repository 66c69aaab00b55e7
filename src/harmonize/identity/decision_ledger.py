"""The file of what people decided: append-only, one act of a person after the other, each by an id that git may move.

A line is a decision on two keys, or takes an act back: `{"undoes", "by", "at", "why"}`. Lines of one act (the division
of a factory is many) share the id `act`; a line without one is an act of its own, named by a hash of what it says.
Since acts are named by content, the file means the same in whatever order git merges its lines.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from harmonize.errors import LedgerError
from harmonize.identity.decisions import Decision
from harmonize.ledgers import append_lines, read_lines

__all__ = ["Act", "acts_of", "append_decisions", "append_undo", "last_act", "read_acts", "read_decisions"]

_HASH_CHARACTERS = 12


@dataclass(frozen=True, slots=True)
class _Undo:
    """A line that takes an act back."""

    undoes: str
    by: str = ""
    at: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class _Line(Decision):
    """A line that decides, with the act that it belongs to."""

    act: str = ""


@dataclass(frozen=True, slots=True)
class Act:
    """What a person did at once.

    Attributes:
        act_id: names it.
        decisions: what was decided.
        lines: where they stand in the file, counted from 1.
        is_undone: it was taken back.
    """

    act_id: str
    decisions: tuple[Decision, ...]
    lines: tuple[int, ...]
    is_undone: bool

    @property
    def at(self) -> str:
        """When."""
        return max(decision.at for decision in self.decisions)


_UNDO, _LINE = TypeAdapter(_Undo), TypeAdapter(_Line)


def read_decisions(path: Path) -> list[Decision]:
    """The decisions that nobody took back, in the order of the file; a missing file has none.

    Raises:
        LedgerError: a line cannot be read.
    """
    return [decision for act in read_acts(path) if not act.is_undone for decision in act.decisions]


def read_acts(path: Path) -> list[Act]:
    """All acts, in the order in which they begin in the file.

    Raises:
        LedgerError: a line cannot be read.
    """
    found: dict[str, list[tuple[int, Decision]]] = {}
    undone: set[str] = set()
    for number, line in enumerate(read_lines(path), start=1):
        try:
            if "undoes" in line:
                undone.add(_UNDO.validate_python(line).undoes)
                continue
            read = _LINE.validate_python(line)
        except ValidationError as problem:
            first = problem.errors()[0]
            place = ".".join(map(str, first["loc"]))
            raise LedgerError(f"{path}:{number}: {place}: {first['msg']}. See data/decisions/README.md.") from problem
        decision = Decision(read.key_a, read.key_b, read.verdict, read.by, read.at, read.why)
        found.setdefault(read.act or _name_of([decision]), []).append((number, decision))
    return [
        Act(
            act_id,
            tuple(decision for _, decision in lines),
            tuple(number for number, _ in lines),
            act_id in undone,
        )
        for act_id, lines in found.items()
    ]


def acts_of(acts: Iterable[Act], keys: Iterable[str], others: Iterable[str], verdict: str) -> list[Act]:
    """Acts that hold and say `verdict` of some key on one side and some key on the other."""
    ours, theirs = frozenset(keys), frozenset(others)
    return [
        act
        for act in acts
        if not act.is_undone
        and any(
            decision.verdict == verdict
            and (
                (decision.key_a in ours and decision.key_b in theirs)
                or (decision.key_a in theirs and decision.key_b in ours)
            )
            for decision in act.decisions
        )
    ]


def last_act(acts: Sequence[Act]) -> Act | None:
    """The latest act that holds; of several at one moment, the one that ends the file."""
    return max((act for act in acts if not act.is_undone), key=lambda act: (act.at, act.lines[-1]), default=None)


def append_decisions(path: Path, decisions: Sequence[Decision]) -> str:
    """Append one act; returns its id.

    Raises:
        LedgerError: the file cannot be written.
    """
    act_id = _name_of(decisions)
    append_lines(path, [{**asdict(decision), "act": act_id} for decision in decisions])
    return act_id


def append_undo(path: Path, act_id: str, by: str, at: str, why: str) -> None:
    """Take an act back.

    Raises:
        LedgerError: the file cannot be written.
    """
    append_lines(path, [{"undoes": act_id, "by": by, "at": at, "why": why}])


def _name_of(decisions: Sequence[Decision]) -> str:
    said = repr([tuple(asdict(decision).values()) for decision in decisions])
    return "D" + hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:_HASH_CHARACTERS]
