"""The queue while people decide: read once per release, and what is decided meanwhile vanishes at once.

What the page itself records is taken off the list that it holds. When the release or a ledger changes otherwise, all
is read anew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import NamedTuple

from harmonize.desk.backend import Backend
from harmonize.review.acts import ACTS, WORDS, ReviewAct, read_acts, read_words, undo_lines
from harmonize.review.applying import Plan, make_plan, record
from harmonize.review.items import Item
from harmonize.review.journal import append_all, finish
from harmonize.review.kinds import LEDGERS
from harmonize.review.saying import Said, Standing, decided_by_kind, read_standing

__all__ = ["Decided", "LiveQueue", "Open", "shown_mark"]

_Marks = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Open:
    """The queue at this moment.

    Attributes:
        items: what is open, in its order.
        known: every item of the release that was open once since it was read, by id.
        decided: how many acts hold, by kind.
        waiting: by item, what this and that person said where two must agree.
    """

    release_id: str
    as_of: date
    items: Sequence[Item]
    known: Mapping[str, Item]
    decided: Mapping[str, int]
    waiting: Mapping[str, Mapping[str, Said]]


class Decided(NamedTuple):
    """A verdict or a choice, and what it is about: an item in words, else the keys of the ledger."""

    said: str
    about: str


@dataclass(slots=True)
class _Held:
    """What was read once.

    Attributes:
        read: what was open then.
        acts: what this page has recorded since.
    """

    release: Path
    ledgers: _Marks
    read: Sequence[Item]
    open: Open
    acts: set[str] = field(default_factory=set)


@dataclass(slots=True)
class LiveQueue:
    """The queue of the current release; calls come one at a time."""

    backend: Backend
    _held: dict[str, _Held] = field(default_factory=dict)
    _offers: dict[tuple[Path, str], Future[Mapping[str, Item]]] = field(default_factory=dict)
    _aside: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "offers"))

    def open(self, language: str) -> Open:
        """What is open now.

        Raises:
            InboxError: there is no release, or it cannot be read.
            LedgerError: a ledger cannot be read.
        """
        release, ledgers = self.backend.current(), self._marks()
        held = self._held.get(language)
        if held is not None and held.release == release and held.ledgers == ledgers:
            return held.open
        snapshot = self.backend.snapshot(language)
        before = held.open.known if held is not None and held.release == release else {}
        known = {**before, **{item.item_id: item for item in snapshot.items}}
        now = Open(snapshot.release_id, snapshot.as_of, snapshot.items, known, {}, {})
        # (The marks are those from before reading: what is written meanwhile is read the next time.)
        held = _Held(release, ledgers, snapshot.items, now)
        self._say_anew(held, read_standing(self.backend.folder))
        self._held[language] = held
        return held.open

    def offered(self, item: Item, language: str) -> Item:
        """The same item, with candidates if it is a question; the first one waits until they are made.

        Raises:
            InboxError: there is no release.
        """
        offers = self.begin_offers(language)
        if item.kind != "question" or offers is None:
            return item
        found = offers.result().get(item.item_id, item)
        return replace(item, choices=found.choices, labels=found.labels)

    def plan(self, saids: Sequence[Said], *, overrides: bool = False) -> Plan:
        """What would be recorded, as `harmonize review apply` makes it."""
        folder = self.backend.folder
        finish(folder)
        return make_plan(saids, read_standing(folder), read_words(folder), self.backend.second, overrides=overrides)

    def record(self, plan: Plan) -> None:
        """Append it to all ledgers or to none, and take it off the list.

        Raises:
            LedgerError: a ledger cannot be written.
        """
        before = self._marks()
        record(self.backend.folder, plan)
        self._own(before, plan.act_id, is_undone=False)

    def acts(self) -> list[ReviewAct]:
        """What was recorded at once, the latest first."""
        return sorted(read_acts(self.backend.folder), key=lambda act: act.at, reverse=True)

    def decided(self, acts: Sequence[ReviewAct], language: str) -> Mapping[str, Sequence[Decided]]:
        """What holds of acts, by their ids: an item once, however many keys it has."""
        whose = {(ledger, one): act.act_id for act in acts for ledger, ones in act.parts.items() for one in ones}
        known = {tuple(sorted(keys)): item for item in self.open(language).known.values() for keys in item.keys}
        standing = read_standing(self.backend.folder)
        found: dict[str, dict[Decided, None]] = {}
        for ledger in LEDGERS:
            for keys, holding in standing.keys(ledger).items():
                act_id = whose.get((ledger, holding.act))
                if act_id is not None:
                    item = known.get(tuple(sorted(keys)))
                    about = " · ".join(filter(None, keys)) if item is None else _about(item)
                    found.setdefault(act_id, {})[Decided(holding.content[1] or holding.content[0], about)] = None
        return {act_id: tuple(of_act) for act_id, of_act in found.items()}

    def undo(self, act_id: str, by: str) -> ReviewAct:
        """Take back all that one act recorded.

        Raises:
            InboxError: it does not hold.
            LedgerError: a ledger cannot be written.
        """
        finish(self.backend.folder)
        before = self._marks()
        act, lines = undo_lines(self.backend.folder, act_id, by, self.backend.now(), "")
        append_all(self.backend.folder, lines)
        self._own(before, act.act_id, is_undone=True)
        return act

    def _own(self, before: _Marks, act_id: str, *, is_undone: bool) -> None:
        """Take what this page has just written into what it holds; what else was written is read anew later."""
        standing, after = read_standing(self.backend.folder), self._marks()
        for held in self._held.values():
            if held.ledgers == before and (not is_undone or act_id in held.acts):
                held.ledgers = after
                held.acts.add(act_id)
                self._say_anew(held, standing)

    def begin_offers(self, language: str) -> Future[Mapping[str, Item]] | None:
        """Begin to make candidates beside everything else, once a person decides; None where no question is open."""
        key = self.backend.current(), language
        if key not in self._offers:
            if all(item.kind != "question" for item in self.open(language).items):
                return None
            self._offers[key] = self._aside.submit(self.backend.offered, language)
        return self._offers[key]

    def _say_anew(self, held: _Held, standing: Standing) -> None:
        undecided = [item for item in held.read if any(standing.of(item.kind, keys) is None for keys in item.keys)]
        decided, waiting = decided_by_kind(standing), dict(read_words(self.backend.folder))
        held.open = replace(held.open, items=undecided, decided=decided, waiting=waiting)

    def _marks(self) -> _Marks:
        """What tells that a ledger was written."""
        paths = [self.backend.folder / name for name in (*LEDGERS, ACTS, WORDS)]
        return tuple(
            (status.st_size, status.st_mtime_ns, status.st_ino) if status else None
            for status in (path.stat() if path.exists() else None for path in paths)
        )


def _about(item: Item) -> str:
    """An item in one line: what is asked, and of whom."""
    sides = (item.said[0].a, item.said[0].b) if item.said else ()
    return " · ".join(filter(None, (item.item_id, item.asked, *sides)))


def shown_mark(item: Item) -> str:
    """What tells that the evidence of an item is still what a person was shown."""
    said = [(side.name, side.a, side.b) for side in item.said]
    text = repr((item.kind, item.keys, item.asked, said, item.verdicts))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
