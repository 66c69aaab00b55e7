"""What an export says under names that its profile does not know: told once per name, and kept raw."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from harmonize.model.locators import column_letters
from harmonize.reading.sheets import Sheet, cell_text, is_blank
from harmonize.sources.json_nodes import is_empty, is_language, path_of
from harmonize.sources.labels import LabelledRow
from harmonize.values.text import word_key

__all__ = ["KnownKeys", "Unnamed", "kept", "unnamed_keys", "unnamed_labels"]

_ANY = "*"


@dataclass(frozen=True, slots=True)
class Unnamed:
    """Something that an export says and the profile does not name.

    Attributes:
        name: what the export calls it: a label, or the path of a key with `*` for any key.
        key: the same within its assessment, as precisely as it takes to tell one from another.
        is_of_header: it says something of the assessment as a whole.
        is_no_object: an entry of a list that should be an object and is none.
    """

    name: str
    place: str
    value: Any
    key: str = ""
    is_of_header: bool = True
    is_no_object: bool = False


def kept(found: Iterable[Unnamed]) -> str | None:
    """All that is said under unknown names as JSON, what is blank left out; None where nothing is."""
    said: dict[str, list[Any]] = {}
    for one in found:
        if not is_empty(one.value):
            said.setdefault(one.key, []).append(one.value)
    raw = {key: values[0] if len(values) == 1 else values for key, values in said.items()}
    return json.dumps(raw, ensure_ascii=False, sort_keys=True) if raw else None


@dataclass(slots=True)
class KnownKeys:
    """Keys of JSON objects that a profile names, one below another.

    Attributes:
        exact: keys are known as the profile spells them, and a named one with all below it; else in any case, and below
            a named one in any language.
        below: what is known below each key; `*` stands for any key.
        is_named: a path ends here.
        is_list: the entries of a list stand here.
        ends: keys below that are named, with nothing known below them.
    """

    exact: bool
    below: dict[str, KnownKeys] = field(default_factory=dict)
    is_named: bool = False
    is_list: bool = False
    ends: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, paths: Iterable[str], lists: Iterable[str] = (), *, exact: bool) -> KnownKeys:
        """The keys of paths such as `site.name` or `questions.*.value`.

        Args:
            lists: paths of lists of objects, lists on the way included.
        """
        root = cls(exact)
        for path in paths:
            root._at(path)[-1].is_named = True
        for path in lists:
            for step in root._at(path):
                step.is_list = True
        root._end()
        return root

    def _at(self, path: str) -> list[KnownKeys]:
        steps = [self]
        for step in path.split("."):
            steps.append(steps[-1].below.setdefault(self.spelled(step), KnownKeys(self.exact)))
        return steps[1:]

    def _end(self) -> None:
        self.ends = {key for key, known in self.below.items() if known.is_named and not known.below}
        for known in self.below.values():
            known._end()

    def spelled(self, key: str) -> str:
        """A key as it is looked up."""
        return key if self.exact else word_key(key)

    def covers(self, value: Any) -> bool:
        """Nothing in a value can be unknown: most of a large export is told by this alone."""
        if self.is_named and not (isinstance(value, dict) and (self.below or not self.exact)):
            return True
        return self.exact and isinstance(value, dict) and value.keys() <= self.ends


def unnamed_keys(
    node: Mapping[str, Any], place: str, known: KnownKeys, apart: Collection[str] = ()
) -> Iterator[Unnamed]:
    """What a JSON object says under unknown keys, wherever in it they stand.

    Args:
        apart: keys below which nothing is said of the assessment as a whole.
    """
    for key, value in node.items():
        is_of_header = known.spelled(key) not in apart
        for one in _below({key: value}, place, known, ""):
            yield replace(one, key=one.place.removeprefix(place).removeprefix("."), is_of_header=is_of_header)


def _below(node: Mapping[str, Any], place: str, known: KnownKeys, above: str) -> Iterator[Unnamed]:
    seen: set[str] = set()
    for key, value in node.items():
        found = known.below.get(known.spelled(key)) or known.below.get(_ANY)
        if found is not None and found.covers(value) and (known.exact or known.spelled(key) not in seen):
            seen.add(known.spelled(key))
            continue
        is_one_of_many = _ANY in known.below and known.spelled(key) not in known.below and isinstance(value, dict)
        name = _ANY if is_one_of_many else key
        path = f"{above}.{name}" if above else name
        if found is None or known.spelled(key) in seen:
            yield Unnamed(path, path_of(place, key), value)
        else:
            yield from _known(value, path_of(place, key), found, path)
        seen.add(known.spelled(key))


def _known(value: Any, place: str, known: KnownKeys, path: str) -> Iterator[Unnamed]:
    if isinstance(value, dict):
        said = {key: one for key, one in value.items() if not (known.is_named and is_language(key))}
        yield from _below(said, place, known, path)
    elif isinstance(value, list) and known.is_list:
        for index, entry in enumerate(value):
            if isinstance(entry, dict):
                yield from _below(entry, f"{place}[{index}]", known, path)
            else:
                yield Unnamed(path, f"{place}[{index}]", entry, is_no_object=True)
    elif not known.is_named and not is_empty(value):
        yield Unnamed(path, place, value)


def unnamed_labels(sheet: Sheet, rows: Sequence[LabelledRow], named: Iterable[str]) -> list[Unnamed]:
    """What a block says under labels that are not named; a lone text is a title.

    Args:
        rows: the first rows of the sheet.
        named: labels that the profile names; of a row that begins with one its value is read, at its first place.
    """
    unread = set(map(word_key, named))
    is_behind_colons = any(row.key in unread and row.value_column == row.column for row in rows)
    found: list[Unnamed] = []
    for number, row in enumerate(rows):
        cells = sheet.rows[number]
        taken = _taken(row, unread)
        beside = [
            column
            for column in range(row.column + 1, len(cells))
            if column not in taken and not is_blank(cells[column])
        ]
        label, said = row.label, [cell_text(cells[column]) for column in beside]
        if row.key in unread:
            unread.discard(row.key)
            beside = [column for column in beside if column != row.value_column]
            label, said = f"{label} ({', '.join(map(column_letters, beside))})", [cell_text(cells[at]) for at in beside]
        elif not beside and is_behind_colons and ":" in label:
            label, _, behind = label.partition(":")
            beside, said = [row.column], [behind.strip()]
        if beside:
            place = sheet.cell_locator(number, -1, beside[0], "") if sheet.name else "header"
            found.append(Unnamed(label.strip(), place, "; ".join(said), label.strip()))
    return found


def _taken(row: LabelledRow, unread: set[str]) -> set[int]:
    """Columns of further labels of a row whose values are read, which stand nowhere above; they count as read."""
    taken: set[int] = set()
    for one in row.beside:
        if one.key in unread:
            unread.discard(one.key)
            taken |= {one.column, one.value_column}
    return taken
