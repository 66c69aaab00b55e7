"""What a decision becomes in its ledger, and what the ledgers say already.

Decisions on factories, deliveries and texts go to the ledgers that runs read. What is decided about unmapped questions
and withheld words stands in `mapping_decisions.jsonl` until `harmonize review mappings` takes it into the crosswalk;
what was only looked at in `seen_items.jsonl`. Both have lines `{"key", "verdict", "to", "closeness", "by", "at", "why",
"act"}`, undone as everywhere (`harmonize.ledgers`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple, cast

from pydantic import BaseModel, ConfigDict, TypeAdapter

from harmonize.identity.decision_ledger import decision_lines
from harmonize.identity.decision_ledger import read_acts as decision_acts
from harmonize.identity.decisions import Decision, latest_decisions
from harmonize.ledgers import act_name, lines_by_act
from harmonize.review.items import Keys
from harmonize.review.kinds import COPIES, FACILITIES, KINDS, MAPPINGS, SEEN, TEXTS
from harmonize.sharing.text_reviews import Verdict as TextVerdict
from harmonize.sharing.text_reviews import read_acts as review_acts
from harmonize.sharing.text_reviews import review_lines

__all__ = ["Holding", "KeyedLine", "Said", "Standing", "decided_by_kind", "lines_of", "read_keyed", "read_standing"]

Line = Mapping[str, str]


class Said(NamedTuple):
    """What a person says of an item.

    Attributes:
        to: the choice, where the verdict needs one: an indicator, or what a word means.
        closeness: how near a question is to the indicator.
        at: ISO 8601 time.
    """

    kind: str
    keys: tuple[Keys, ...]
    verdict: str
    to: str
    closeness: str
    by: str
    at: str
    why: str

    @property
    def content(self) -> tuple[str, str, str]:
        """What is said, whoever says it."""
        return self.verdict, self.to, self.closeness


class Holding(NamedTuple):
    """What a ledger says of two keys, or of one."""

    content: tuple[str, str, str]
    by: str
    at: str
    act: str


class KeyedLine(BaseModel):
    """A line of `mapping_decisions.jsonl` and of `seen_items.jsonl`."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    key: str
    verdict: str
    to: str = ""
    closeness: str = ""
    by: str
    at: str
    why: str = ""
    act: str


_KEYED = TypeAdapter(KeyedLine)


def lines_of(said: Said) -> tuple[str, list[Line]]:
    """The id of the act, and its lines in the ledger of the kind."""
    ledger = KINDS[said.kind].ledger
    if ledger in (FACILITIES, COPIES):
        return _decision_lines(said)
    if ledger == TEXTS:
        verdict = cast("TextVerdict", said.verdict)
        return review_lines([key for key, _ in said.keys], verdict, said.by, said.at, said.why)
    act = act_name("M" if ledger == MAPPINGS else "S", tuple(said))
    return act, [
        {
            "key": key, "verdict": said.verdict, "to": said.to, "closeness": said.closeness, "by": said.by,
            "at": said.at, "why": said.why, "act": act,
        }
        for key, _ in said.keys
    ]  # fmt: skip


def _decision_lines(said: Said) -> tuple[str, list[Line]]:
    decisions = [
        Decision(one, other, said.verdict, said.by, said.at, said.why)  # type: ignore[arg-type]
        for one, other in said.keys
    ]
    act, lines = decision_lines(decisions)
    return act, list(lines)


class Standing:
    """What the ledgers of a folder say today, by kind and keys; the later word holds."""

    def __init__(self, folder: Path) -> None:
        """Read the ledgers.

        Raises:
            LedgerError: one of them cannot be read.
        """
        self._of = {
            FACILITIES: _decided(folder / FACILITIES),
            COPIES: _decided(folder / COPIES),
            TEXTS: _reviewed(folder / TEXTS),
            **{name: _keyed(read_keyed(folder / name)) for name in (MAPPINGS, SEEN)},
        }

    def of(self, kind: str, keys: Keys) -> Holding | None:
        """What is said of these keys, in either order."""
        return self._of[KINDS[kind].ledger].get(_sorted(keys))

    def keys(self, ledger: str) -> Mapping[Keys, Holding]:
        """Everything that a ledger says, by keys in their order."""
        return self._of[ledger]


def read_standing(folder: Path) -> Standing:
    """What the ledgers of a folder say today."""
    return Standing(folder)


def decided_by_kind(standing: Standing) -> Mapping[str, int]:
    """How many acts hold of every kind; of ledgers that take several kinds, by what their keys begin with."""
    found: dict[str, int] = {}
    for kind in KINDS.values():
        acts = {
            holding.act
            for (key, _), holding in standing.keys(kind.ledger).items()
            if _kind_of(kind.ledger, key) == kind.name
        }
        found[kind.name] = len(acts)
    return found


_BEGINNINGS = {"question": "question", "value": "value", "grant": "grant", "cell": "quarantine", "file": "quarantine"}


def _kind_of(ledger: str, key: str) -> str:
    """The kind of a key: the only one of its ledger, or by its beginning."""
    kinds = [kind.name for kind in KINDS.values() if kind.ledger == ledger]
    return kinds[0] if len(kinds) == 1 else _BEGINNINGS.get(key.partition("|")[0], "conflict")


def _sorted(keys: Keys) -> Keys:
    one, other = keys
    return (min(keys), max(keys)) if other else (one, "")


def _decided(path: Path) -> dict[Keys, Holding]:
    acts = [act for act in decision_acts(path) if not act.is_undone]
    named = {decision: act.act_id for act in acts for decision in act.decisions}
    return {
        _sorted((one.key_a, one.key_b)): Holding((one.verdict, "", ""), one.by, one.at, named[one])
        for one in latest_decisions(named)
    }


def _reviewed(path: Path) -> dict[Keys, Holding]:
    # ("approved" sorts before "refused": of one moment the refusal is last and holds.)
    standing = sorted((act for act in review_acts(path) if not act.is_undone), key=lambda act: (act.at, act.verdict))
    return {
        (text, ""): Holding((act.verdict, "", ""), act.by, act.at, act.act_id) for act in standing for text in act.texts
    }


def read_keyed(path: Path) -> list[KeyedLine]:
    """The lines that hold of a ledger of keys, the latest last.

    Raises:
        LedgerError: a line cannot be read.
    """
    found = lines_by_act(path, _KEYED, lambda line: line.act)
    standing = [line for act in found if not act.is_undone for line in act.lines]
    # (Of one moment the word without a choice holds, which changes least.)
    return sorted(standing, key=lambda line: (line.at, not line.to, line.to, line.closeness, line.by))


def _keyed(lines: Iterable[KeyedLine]) -> dict[Keys, Holding]:
    return {
        (line.key, ""): Holding((line.verdict, line.to, line.closeness), line.by, line.at, line.act) for line in lines
    }
