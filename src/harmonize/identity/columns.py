"""Which columns of a table state what: known by the names of the fields, by headers that are listed, by schemes of ids.

The lists are data: `schemas/identity/columns.yml` and `schemas/header_words.yml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Literal

from harmonize.errors import ConfigurationError, InboxError
from harmonize.values.geography import spelling_key
from harmonize.values.identifiers import IdentifierRules
from harmonize.yaml_text import read_yaml

__all__ = ["FIELDS", "Columns", "HeaderNames", "Side"]

FIELDS = ("name", "name_local", "address", "city", "admin1", "latitude", "longitude", "workers")
"""What a record may state of a factory, beside its country and its identifiers."""

Side = Literal["", "a", "b"]
Keys = Mapping[str, Sequence[str]]

_NEEDED_OF_A_RECORD = ("name", "address")
_OWN_SCHEME = re.compile(r"[a-z][a-z0-9_:]*")


@dataclass(frozen=True, slots=True)
class Columns:
    """Where a table states what; columns are counted from 0.

    Attributes:
        of: field -> column; on a side of a pair the field is written `name_a`.
        identifiers: side -> (scheme, column) of every column of identifiers; '' where there are no sides.
        width: how many columns the header has.
    """

    of: Mapping[str, int]
    identifiers: Mapping[Side, tuple[tuple[str, int], ...]]
    width: int

    def named(self, header: Sequence[str]) -> Mapping[str, str]:
        """Field or scheme -> the header that it was found under, for people."""
        schemes = {
            _written(scheme, side): header[at] for side, stated in self.identifiers.items() for scheme, at in stated
        }
        return {field: header[at] for field, at in self.of.items()} | schemes


@dataclass(frozen=True, slots=True)
class HeaderNames:
    """The headers that are known.

    Attributes:
        fields: field -> keys of its headers, the most telling first.
        schemes: scheme of identifiers -> keys of its headers.
        patterns: of the schemes that are named by a pattern.
        sides: a or b -> words that say so.
    """

    fields: Keys
    schemes: Keys
    patterns: tuple[str, ...]
    sides: Keys

    @classmethod
    def from_folder(cls, schemas: Path, rules: IdentifierRules) -> HeaderNames:
        """Load them from the schemas folder.

        Raises:
            ConfigurationError: a file does not list headers by field.
        """
        own, shared = schemas / "identity" / "columns.yml", schemas / "header_words.yml"
        listed, words = _listed(own, "fields"), _listed(shared, "fields")
        ids = _listed(shared, "identifiers")
        explicit = [scheme for scheme in rules.schemes if "*" not in scheme]
        return cls(
            fields={
                field: _keys([field, *listed.get(field, ()), *words.get(field, ())])
                for field in ("pair_id", "record_id", "contributor", "country", *FIELDS)
            },
            schemes={scheme: _keys([scheme, *ids.get(scheme, ())]) for scheme in explicit},
            patterns=tuple(pattern for pattern in rules.schemes if "*" in pattern and pattern != "*"),
            sides={side: _keys(said) for side, said in _listed(own, "sides").items()},
        )

    def pairs(self, header: Sequence[str]) -> Columns:
        """The columns of a table of pairs.

        Raises:
            InboxError: a column that is needed is missing, or stands twice.
        """
        wanted = [(field, "") for field in ("pair_id", "country")]
        wanted += [(field, side) for side in self.sides for field in FIELDS]
        needed = ["pair_id", "country", *(f"{field}_{side}" for side in self.sides for field in _NEEDED_OF_A_RECORD)]
        return self._found(header, wanted, needed, tuple(self.sides))

    def records(self, header: Sequence[str]) -> Columns:
        """The columns of a list of records.

        Raises:
            InboxError: a column that is needed is missing, or stands twice.
        """
        wanted = [(field, "") for field in ("record_id", "country", "contributor", *FIELDS)]
        return self._found(header, wanted, ["record_id", *_NEEDED_OF_A_RECORD, "country"], ("",))

    def _found(
        self, header: Sequence[str], wanted: Sequence[tuple[str, str]], needed: Sequence[str], sides: Sequence[str]
    ) -> Columns:
        places: dict[str, list[int]] = {}
        for at, title in enumerate(header):
            places.setdefault(spelling_key(title), []).append(at)
        of: dict[str, int] = {}
        for field, side in wanted:
            place = self._place(places, self.fields[field], side, header)
            if place is not None:
                of[_written(field, side)] = place
        missing = [name for name in needed if name not in of]
        if missing:
            raise InboxError(
                f"no column {', '.join(missing)}. Needed are {', '.join(needed)}; "
                f"there are {', '.join(filter(None, header)) or 'none'}."
            )
        identifiers: dict[Any, tuple[tuple[str, int], ...]] = {
            side: tuple(self._identifiers(places, header, side, set(of.values()))) for side in sides
        }
        return Columns(of, identifiers, len(header))

    def _place(
        self, places: Mapping[str, list[int]], keys: Iterable[str], side: str, header: Sequence[str]
    ) -> int | None:
        """The column of the most telling header that is there.

        Raises:
            InboxError: it stands twice.
        """
        for key in self._sided(keys, side):
            found = places.get(key, ())
            if len(found) > 1:
                raise InboxError(f"the column {header[found[0]]!r} stands twice. Remove one or name it otherwise.")
            if found:
                return found[0]
        return None

    def _sided(self, keys: Iterable[str], side: str) -> Iterable[str]:
        if not side:
            return list(keys)
        return [sided for key in keys for word in self.sides[side] for sided in (f"{key} {word}", f"{word} {key}")]

    def _identifiers(
        self, places: Mapping[str, list[int]], header: Sequence[str], side: str, taken: set[int]
    ) -> Iterable[tuple[str, int]]:
        """Columns of schemes by any of their headers, and those that are named just as a scheme of a pattern is."""
        for scheme, keys in self.schemes.items():
            at = self._place(places, keys, side, header)
            if at is not None and at not in taken:
                taken.add(at)
                yield scheme, at
        for at, title in enumerate(header):
            scheme = title.casefold().removesuffix(f"_{side}" if side else "")
            is_sided = not side or title.casefold().endswith(f"_{side}")
            is_own = is_sided and _OWN_SCHEME.fullmatch(scheme)
            if at not in taken and is_own and any(fnmatchcase(scheme, pattern) for pattern in self.patterns):
                taken.add(at)
                yield scheme, at


def _written(field: str, side: str) -> str:
    return f"{field}_{side}" if side else field


def _keys(titles: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(spelling_key, titles)))


def _listed(path: Path, part: str) -> Mapping[str, list[str]]:
    document = read_yaml(path)
    listed = document.get(part) if isinstance(document, dict) else None
    if not isinstance(listed, dict) or not all(isinstance(titles, list) for titles in listed.values()):
        raise ConfigurationError(f"{path}: {part}: list the headers of every field.")
    return {str(field): [str(title) for title in titles] for field, titles in listed.items()}
