"""The assessments of a JSON document, each an envelope of header and answers, wherever in the document they stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, overload

from harmonize.reading.documents import JsonValue

__all__ = ["Envelope", "Envelopes", "no_objects"]


@dataclass(frozen=True, slots=True)
class Envelope:
    """One JSON assessment with its place."""

    locator: str
    node: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Envelopes(Sequence[Envelope]):
    """The envelopes of a document, found anew whenever they are asked for: a large document is parsed entry by entry.

    Attributes:
        values: the JSON values that hold them.
        size: how many envelopes they hold.
    """

    values: Sequence[JsonValue]
    size: int

    @classmethod
    def of(cls, values: Sequence[JsonValue]) -> Envelopes:
        """The envelopes of a document, counted."""
        return cls(values, sum(len(_envelopes(value)) for value in values))

    def __len__(self) -> int:
        return self.size

    def __iter__(self) -> Iterator[Envelope]:
        for value in self.values:
            yield from _envelopes(value)

    @overload
    def __getitem__(self, index: int) -> Envelope: ...
    @overload
    def __getitem__(self, index: slice) -> list[Envelope]: ...
    def __getitem__(self, index: int | slice) -> Envelope | list[Envelope]:
        """One envelope by its number, or several."""
        if isinstance(index, slice):
            return [self[at] for at in range(*index.indices(self.size))]
        return next(islice(self, range(self.size)[index], None))


def _envelopes(value: JsonValue) -> list[Envelope]:
    return [Envelope(place, entry) for place, entry in _entries(value) if isinstance(entry, dict)]


def no_objects(value: JsonValue) -> list[str]:
    """Places of entries that should be envelopes and are no objects."""
    return [place for place, entry in _entries(value) if not isinstance(entry, dict)]


def _entries(value: JsonValue) -> list[tuple[str, Any]]:
    """What stands where envelopes should, with its place."""
    node, root = value.value, value.root
    if not value.is_entry and isinstance(node, dict) and isinstance(node.get("assessments"), list):
        node, root = node["assessments"], f"{root}.assessments"
    elif value.is_entry or not isinstance(node, list):
        return [(root, node)]
    return [(f"{root}[{index}]", entry) for index, entry in enumerate(node)]
