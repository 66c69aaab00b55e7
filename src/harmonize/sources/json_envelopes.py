"""The assessments of a JSON document, each an envelope of header and answers, wherever in the document they stand."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, overload

from harmonize.reading.documents import JsonValue
from harmonize.reading.json_entries import PAGE_KEY, JsonEntries
from harmonize.sources.json_nodes import path_of
from harmonize.sources.unnamed import Unnamed
from harmonize.values.text import word_key

__all__ = ["Documents", "Envelope", "Envelopes", "beside", "lists_of_page", "no_objects"]


@dataclass(frozen=True, slots=True)
class Envelope:
    """One assessment with its place: a JSON object, or what a workbook states in the same form.

    Attributes:
        places: places of questions that are no JSON paths below the envelope.
        unnamed: what a workbook says in columns that the profile does not name.
    """

    locator: str
    node: Mapping[str, Any]
    places: Mapping[str, str] = field(default_factory=dict)
    unnamed: Sequence[Unnamed] = ()

    def place(self, part: str, key: str) -> str:
        """Where a question or value stands."""
        return self.places.get(key) or path_of(path_of(self.locator, part), key)


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
    if not value.is_entry and isinstance(node, dict) and lists_of_page(node):
        node, root = node[PAGE_KEY], f"{root}.{PAGE_KEY}"
    elif value.is_entry or not isinstance(node, list):
        return [(root, node)]
    return [(f"{root}[{index}]", entry) for index, entry in enumerate(node)]


def beside(values: Sequence[JsonValue], listed: Callable[[Mapping[str, Any]], Collection[str]]) -> Iterator[Unnamed]:
    """What pages say beside the lists of their entries.

    Args:
        listed: the keys of an object under which it lists entries; none where it is no page.
    """
    if isinstance(values, JsonEntries) and values.is_entry:
        yield from (Unnamed(key, path_of("$", key), value) for key, value in values.beside())
        return
    for value in values:
        keys = listed(value.value) if isinstance(value.value, dict) and not value.is_entry else ()
        if keys:
            others = {key: one for key, one in value.value.items() if key not in keys}
            yield from (Unnamed(key, path_of(value.root, key), one) for key, one in others.items())


def lists_of_page(node: Mapping[str, Any]) -> Collection[str]:
    """The key under which a page lists envelopes."""
    return (PAGE_KEY,) if isinstance(node.get(PAGE_KEY), list) else ()


@dataclass(frozen=True, slots=True)
class Documents:
    """Objects that have certain keys, wherever they stand: alone, in a list, or in a list of an object around them.

    Attributes:
        values: the JSON values that hold them; what a large document holds is parsed whenever it is asked for.
        keys: what an object must have.
    """

    values: Sequence[JsonValue]
    keys: Sequence[str]

    def __iter__(self) -> Iterator[Envelope]:
        for place, node in self._nodes():
            if self._is_one(node):
                yield Envelope(place, node)

    def after_first(self) -> Iterator[Envelope]:
        """All but the first one."""
        return islice(self, 1, None)

    def others(self) -> list[str]:
        """Places where such an object should stand and something else does."""
        return [place for place, node in self._nodes() if not self._is_one(node)]

    def lists(self, node: Mapping[str, Any]) -> Collection[str]:
        """The keys under which an object lists such objects; none where it is one itself."""
        lists = {} if self._is_one(node) else {key: one for key, one in node.items() if isinstance(one, list)}
        return [key for key, found in lists.items() if any(map(self._is_one, found))]

    def _is_one(self, node: Any) -> bool:
        if not isinstance(node, dict):
            return False
        stated = {word_key(key) for key in node}
        return all(word_key(key) in stated for key in self.keys)

    def _nodes(self) -> Iterator[tuple[str, Any]]:
        for value in self.values:
            if isinstance(value.value, list) and not value.is_entry:
                yield from _listed(value.root, value.value)
            elif value.is_entry or self._is_one(value.value) or not isinstance(value.value, dict):
                yield value.root, value.value
            else:
                keys = self.lists(value.value)
                if not keys:
                    yield value.root, value.value
                for key in keys:
                    yield from _listed(path_of(value.root, key), value.value[key])


def _listed(place: str, entries: Sequence[Any]) -> Iterator[tuple[str, Any]]:
    return ((f"{place}[{index}]", entry) for index, entry in enumerate(entries))
