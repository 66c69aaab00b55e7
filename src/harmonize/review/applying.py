"""From what a person says to lines of ledgers: nothing twice, and nothing against a newer decision unawares."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from harmonize.errors import LedgerError
from harmonize.ledgers import read_lines
from harmonize.review.acts import ACTS, WORDS, Words, act_lines, agreed, word_lines, words_of
from harmonize.review.items import item_id
from harmonize.review.journal import append_all
from harmonize.review.kinds import KINDS
from harmonize.review.saying import Holding, Said, Standing, lines_of

__all__ = ["Against", "Plan", "make_plan", "record", "settle_plan"]

Line = Mapping[str, str]


class Against(NamedTuple):
    """Something said against what a ledger has."""

    at: int
    said: Said
    holding: Holding


@dataclass(slots=True)
class Plan:
    """What would be recorded.

    Attributes:
        lines: by ledger, those of the act as a whole included.
        decided: by kind, how many items are decided.
        already: what the ledgers say just so.
        waiting: items that wait for a second person.
        against: what stands against a decision that somebody has made since.
        act_id: of the whole; empty where there is nothing to record.
    """

    lines: dict[str, list[Line]] = field(default_factory=dict)
    decided: dict[str, int] = field(default_factory=dict)
    already: int = 0
    waiting: int = 0
    against: list[Against] = field(default_factory=list)
    act_id: str = ""


def make_plan(
    saids: Sequence[Said], standing: Standing, words: Words, second: Collection[str], *, overrides: bool = False
) -> Plan:
    """What comes of the words of one person.

    Args:
        words: what people said before, where two must agree.
        second: kinds of which two must agree.
        overrides: what somebody decided meanwhile gives way; otherwise it stands in `against`.
    """
    plan = Plan()
    spoken: list[Said] = []
    decided: list[Said] = []
    for at, said in enumerate(saids):
        holdings = [standing.of(said.kind, keys) for keys in said.keys]
        if all(found is not None and found.content == said.content for found in holdings):
            plan.already += 1
            continue
        contrary = [found for found in holdings if found is not None and found.content != said.content]
        if contrary and not (overrides and all(found.at < said.at for found in contrary)):
            plan.against.append(Against(at, said, contrary[0]))
        elif said.kind not in second:
            decided.append(said)
        elif _mine(words, said) == said.content:
            plan.already += 1
        else:
            spoken.append(said)
    if spoken:
        both = words_of([*(one for by in words.values() for one in by.values()), *spoken])
        joint = [agreed(both[item_id(KINDS[said.kind], said.keys[0])]) for said in spoken]
        decided += [found for said, found in zip(spoken, joint, strict=True) if found and found.content == said.content]
        plan.waiting = len(spoken) - sum(1 for s, f in zip(spoken, joint, strict=True) if f and f.content == s.content)
    _fill(plan, decided, spoken)
    return plan


def _mine(words: Words, said: Said) -> tuple[str, str, str] | None:
    found = words.get(item_id(KINDS[said.kind], said.keys[0]), {}).get(said.by)
    return None if found is None else found.content


def settle_plan(standing: Standing, words: Words) -> Plan:
    """What two people agree on, as after a merge of their ledgers, and no ledger has yet."""
    plan, decided = Plan(), []
    for of_item in words.values():
        found = agreed(of_item)
        if found is None:
            continue
        holdings = [standing.of(found.kind, keys) for keys in found.keys]
        if any(one is None or (one.content != found.content and one.at < found.at) for one in holdings):
            decided.append(found)
    _fill(plan, sorted(decided), [])
    return plan


def _fill(plan: Plan, decided: Sequence[Said], spoken: Sequence[Said]) -> None:
    lines: defaultdict[str, list[Line]] = defaultdict(list)
    parts: defaultdict[str, list[str]] = defaultdict(list)
    for said in decided:
        act, found = lines_of(said)
        ledger = KINDS[said.kind].ledger
        if act not in parts[ledger]:
            lines[ledger] += found
            parts[ledger].append(act)
        plan.decided[said.kind] = plan.decided.get(said.kind, 0) + 1
    if spoken:
        act, found = word_lines(spoken)
        lines[WORDS] += found
        parts[WORDS].append(act)
    if parts:
        last = max([*decided, *spoken], key=lambda said: said.at)
        plan.act_id, lines[ACTS] = act_lines(parts, last.by, last.at, "")
    plan.lines = dict(lines)


def record(folder: Path, plan: Plan) -> None:
    """Append what is planned to all ledgers, or to none.

    Raises:
        LedgerError: a ledger cannot be written, or the very same act was taken back before.
    """
    for ledger, lines in plan.lines.items():
        gone = {line["undoes"] for line in read_lines(folder / ledger) if "undoes" in line}
        again = next((line["act"] for line in lines if line.get("act") in gone), None)
        if again is not None:
            raise LedgerError(
                f"{folder / ledger}: {again}, said by the same person at the same moment, was taken back. Give a later "
                "--at."
            )
    append_all(folder, plan.lines)
