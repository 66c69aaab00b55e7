"""Acts that reach over several ledgers, and the words of people whose decisions need a second one.

`review_acts.jsonl` says which acts of which ledgers were one act of a person: `{"act", "ledger", "acts", "by", "at",
"why"}`, a line for each ledger. `review_words.jsonl` keeps what one person has said where two must agree, and no run
reads it: `{"kind", "keys", "verdict", "to", "closeness", "by", "at", "why", "act"}`, `keys` as JSON.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, TypeAdapter

from harmonize.errors import InboxError
from harmonize.ledgers import act_name, lines_by_act, read_lines
from harmonize.review.items import item_id
from harmonize.review.kinds import KINDS
from harmonize.review.saying import Said

__all__ = [
    "ACTS",
    "WORDS",
    "ReviewAct",
    "Words",
    "act_lines",
    "agreed",
    "read_acts",
    "read_words",
    "undo_lines",
    "word_lines",
]

ACTS, WORDS = "review_acts.jsonl", "review_words.jsonl"
Line = Mapping[str, str]


class _ActLine(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    act: str
    ledger: str
    acts: str
    by: str
    at: str
    why: str = ""


class _WordLine(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    kind: str
    keys: str
    verdict: str
    to: str = ""
    closeness: str = ""
    by: str
    at: str
    why: str = ""
    act: str

    @property
    def said(self) -> Said:
        """What it says."""
        keys = tuple((str(one), str(other)) for one, other in json.loads(self.keys))
        return Said(self.kind, keys, self.verdict, self.to, self.closeness, self.by, self.at, self.why)


_ACT, _WORD = TypeAdapter(_ActLine), TypeAdapter(_WordLine)


class ReviewAct(NamedTuple):
    """What a person recorded at once.

    Attributes:
        parts: acts by the ledger in which they stand.
    """

    act_id: str
    parts: Mapping[str, Sequence[str]]
    by: str
    at: str
    why: str
    is_undone: bool


def act_lines(parts: Mapping[str, Sequence[str]], by: str, at: str, why: str) -> tuple[str, list[Line]]:
    """The id of an act over several ledgers, and its lines."""
    act = act_name("W", (sorted((ledger, sorted(acts)) for ledger, acts in parts.items()), by, at))
    return act, [
        {"act": act, "ledger": ledger, "acts": " ".join(acts), "by": by, "at": at, "why": why}
        for ledger, acts in parts.items()
    ]


def read_acts(folder: Path) -> list[ReviewAct]:
    """All acts over several ledgers, in the order in which they begin in the file.

    Raises:
        LedgerError: a line cannot be read.
    """
    return [
        ReviewAct(
            act.act_id, {line.ledger: line.acts.split() for line in act.lines}, one.by, one.at, one.why, act.is_undone
        )
        for act in lines_by_act(folder / ACTS, _ACT, lambda line: line.act)
        for one in act.lines[:1]
    ]


def undo_lines(folder: Path, act_id: str | None, by: str, at: str, why: str) -> tuple[ReviewAct, dict[str, list[Line]]]:
    """The lines that take an act back in every ledger; of what was taken back there already, none.

    Args:
        act_id: the act, or None for the last of this person that holds: nobody takes back another's by mistake.

    Raises:
        InboxError: there is none.
        LedgerError: a line cannot be read.
    """
    holding = [act for act in read_acts(folder) if not act.is_undone]
    own = [act for act in holding if by in act.by.split("+")]
    found = own if act_id is None else [act for act in holding if act.act_id == act_id]
    if not found:
        latest = ", ".join(f"{act.act_id} of {act.by}" for act in holding[-5:]) or "none"
        wanted = f"no act of {by}" if act_id is None else f"no act {act_id}"
        raise InboxError(
            f"{folder / ACTS}: {wanted} holds, so there is nothing to take back. The last that hold: {latest}."
        )
    act = max(found, key=lambda one: one.at)
    lines: dict[str, list[Line]] = {}
    for ledger, acts in act.parts.items():
        gone = {line["undoes"] for line in read_lines(folder / ledger) if "undoes" in line}
        lines[ledger] = [{"undoes": one, "by": by, "at": at, "why": why} for one in acts if one not in gone]
    return act, {**lines, ACTS: [{"undoes": act.act_id, "by": by, "at": at, "why": why}]}


Words = Mapping[str, Mapping[str, Said]]
"""By item and person, the last that this person says."""


def word_lines(saids: Sequence[Said]) -> tuple[str, list[Line]]:
    """The id of an act that keeps these words, and its lines."""
    act = act_name("K", [tuple(said) for said in saids])
    return act, [
        {
            "kind": said.kind, "keys": json.dumps(said.keys, ensure_ascii=False), "verdict": said.verdict,
            "to": said.to, "closeness": said.closeness, "by": said.by, "at": said.at, "why": said.why, "act": act,
        }
        for said in saids
    ]  # fmt: skip


def read_words(folder: Path) -> Words:
    """What people said where two must agree.

    Raises:
        LedgerError: a line cannot be read.
    """
    acts = lines_by_act(folder / WORDS, _WORD, lambda line: line.act)
    return words_of(line.said for act in acts if not act.is_undone for line in act.lines)


def words_of(saids: Iterable[Said]) -> Words:
    """The last word of every person on every item."""
    found: defaultdict[str, dict[str, Said]] = defaultdict(dict)
    for said in sorted(saids, key=lambda one: (one.at, one.content)):
        found[item_id(KINDS[said.kind], said.keys[0])][said.by] = said
    return found


def agreed(words: Mapping[str, Said]) -> Said | None:
    """What two different people say alike of an item, as one decision of both; None where they do not.

    It is the same whoever puts it together, and in whatever order the words came.
    """
    by_content: defaultdict[tuple[str, str, str], list[Said]] = defaultdict(list)
    for said in words.values():
        by_content[said.content].append(said)
    pairs = [sorted(found, key=lambda one: (one.at, one.by))[:2] for found in by_content.values() if len(found) > 1]
    if not pairs:
        return None
    first, second = max(pairs, key=lambda pair: (pair[1].at, pair[1].content))
    why = "; ".join(dict.fromkeys(filter(None, (first.why, second.why))))
    return second._replace(by=f"{first.by}+{second.by}", keys=first.keys, why=why)
