"""Look up what a database says about a true place.

A byte-identical file may have been loaded in place of the true one, and a file that holds one record only may name its
place in another way.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from harmonize.demo.places_reported import canonical_locator, canonical_path

__all__ = ["FoundPlaces", "index_places", "paths_of", "twins_of"]

TruthRow = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class FoundPlaces:
    """Values by place; `find` tries the path, then identical files, then, for a lone record, the whole file."""

    values: Mapping[tuple[str, str], str]
    by_path: Mapping[str, Sequence[str]]
    twins: Mapping[str, Sequence[str]]

    def find(self, path: str, locator: str, *, alone: bool) -> str | None:
        """The value at a place; `alone`: the true file holds one record only."""
        for candidate in (path, *self.twins.get(path, ())):
            found = self.values.get((candidate, canonical_locator(locator)))
            if found is not None:
                return found
            if alone and len(self.by_path.get(candidate, ())) == 1:
                return self.by_path[candidate][0]
        return None


def twins_of(files: Sequence[TruthRow]) -> dict[str, tuple[str, ...]]:
    """Paths of byte-identical files, by path."""
    paths: dict[str, list[str]] = {}
    for file in files:
        paths.setdefault(file["content"], []).append(file["path"])
    return {path: tuple(each for each in same if each != path) for same in paths.values() for path in same}


def index_places(rows: Iterable[tuple[str, str, str]], files: Sequence[TruthRow]) -> FoundPlaces:
    """Index (path, locator, value) rows of a database."""
    values: dict[tuple[str, str], str] = {}
    by_path: dict[str, list[str]] = {}
    for path, locator, value in rows:
        values[canonical_path(path), canonical_locator(locator)] = value
        by_path.setdefault(canonical_path(path), []).append(value)
    return FoundPlaces(values, by_path, twins_of(files))


def paths_of(path: str, files: Sequence[TruthRow]) -> list[str]:
    """The path and other ways in which a reader may name the file."""
    also = next((file["also"] for file in files if file["path"] == path), "")
    return [path, *filter(None, also.split("|"))]
