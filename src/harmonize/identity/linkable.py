"""What joining asks of a mention, whether it is a mention that was just prepared or a row of the records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from harmonize.identity.prepare import Identifier

__all__ = ["Linkable", "LinkableRecord"]


class Linkable(Protocol):
    """What joining asks of a mention; a `Mention` is one, and so is a `LinkableRecord`."""

    @property
    def mention_id(self) -> str:
        """Its id."""

    @property
    def contributor(self) -> str:
        """Who mentions."""

    @property
    def country(self) -> str:
        """ISO 3166-1 alpha-2, or empty."""

    @property
    def key(self) -> str:
        """`name|address|country` in plain words."""

    @property
    def exact_key(self) -> str:
        """Equal keys are one factory."""

    @property
    def identifiers(self) -> tuple[Identifier, ...]:
        """The valid ones, in order."""


@dataclass(frozen=True, slots=True)
class LinkableRecord:
    """A row of the records as joining sees it."""

    mention_id: str
    contributor: str
    country: str
    key: str
    exact_key: str
    identifiers: tuple[Identifier, ...]
