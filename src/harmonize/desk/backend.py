"""What the page needs of the command line: the queue of the current release, words, the clock, and who signs."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Protocol

from harmonize.review.items import Item
from harmonize.review.words import Spoken

__all__ = ["Backend", "Run", "Snapshot", "Table"]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The queue as it was read once.

    Attributes:
        items: what was open then, in its order.
    """

    release_id: str
    as_of: date
    items: Sequence[Item]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under titles."""

    titles: Sequence[str]
    rows: Sequence[Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Run:
    """A release that stands.

    Attributes:
        database: its file.
        damage: what is wrong with it; empty for a whole one.
    """

    release_id: str
    as_of: str
    made: str
    rows: int
    is_current: bool
    damage: str
    database: Path


class Backend(Protocol):
    """The command line, as the page sees it; calls come one at a time."""

    @property
    def folder(self) -> Path:
        """Where the ledgers lie."""

    @property
    def second(self) -> Collection[str]:
        """Kinds of which two people must agree."""

    def now(self) -> str:
        """The time, ISO 8601."""

    def signed(self, by: str) -> str:
        """What is wrong with a pseudonym; nothing for a good one."""

    def current(self) -> Path:
        """The folder of the current release, by its own name.

        Raises:
            InboxError: there is none.
        """

    def spoken(self, language: str) -> Spoken:
        """The words of the queue."""

    def snapshot(self, language: str) -> Snapshot:
        """The queue, read anew."""

    def offered(self, language: str) -> Mapping[str, Item]:
        """The open questions with their candidates, by id; this takes seconds."""

    def is_indicator(self, name: str) -> bool:
        """Whether the common language has an indicator of that id."""

    def indicators(self, language: str) -> Mapping[str, str]:
        """The labels of all indicators, by id."""

    def who_sees(self, facility_id: str, language: str) -> Table:
        """Who sees what of a factory today."""

    def runs(self) -> Sequence[Run]:
        """The releases that stand, the latest first."""
