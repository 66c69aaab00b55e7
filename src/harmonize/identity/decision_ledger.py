"""The file of what people decided: append-only, one act of a person after the other, each by an id that git may move.

A line is a decision on two keys, or takes an act back (`harmonize.ledgers`). Lines of one act (the division of a
factory is many) share the id `act`; a line without one is an act of its own, named by a hash of what it says.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from pydantic import TypeAdapter

from harmonize.identity.decisions import Decision
from harmonize.ledgers import act_name, append_lines, lines_by_act

__all__ = ["Act", "acts_of", "append_decisions", "decision_lines", "last_act", "read_acts", "read_decisions"]


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


_LINE = TypeAdapter(_Line)


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
    return [
        Act(act.act_id, tuple(map(_decision, act.lines)), act.numbers, act.is_undone)
        for act in lines_by_act(path, _LINE, lambda line: line.act or _name_of([_decision(line)]))
    ]


def _decision(line: _Line) -> Decision:
    return Decision(line.key_a, line.key_b, line.verdict, line.by, line.at, line.why)


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
    act_id, lines = decision_lines(decisions)
    append_lines(path, lines)
    return act_id


def decision_lines(decisions: Sequence[Decision]) -> tuple[str, list[dict[str, str]]]:
    """The id of an act that says this, and its lines."""
    act_id = _name_of(decisions)
    return act_id, [{**asdict(decision), "act": act_id} for decision in decisions]


def _name_of(decisions: Sequence[Decision]) -> str:
    return act_name("D", [tuple(asdict(decision).values()) for decision in decisions])
