"""JSON assessments as sheets: a block of what is said once, and a table of what is listed.

A platform prints an assessment as one object whose findings or questions stand in a list, perhaps below another list.
As a block of labels and values and a table, both labelled by their paths, it is read like any workbook; the locators
are JSON paths.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harmonize.reading.sheets import Cell, Sheet
from harmonize.sources.json_nodes import is_empty, is_language, path_of, printed
from harmonize.values.text import word_key

__all__ = ["block_sheet", "list_sheet"]

_ENGLISH = "en"
_LARGEST = 2**1000
_Placed = tuple[Cell, str]


@dataclass(frozen=True, slots=True)
class _PlacedSheet(Sheet):
    """A sheet whose rows and cells stand in a JSON document.

    Attributes:
        row_places: JSON path of every row.
        cell_places: per row, the JSON path of every column that it states.
    """

    row_places: Sequence[str] = ()
    cell_places: Sequence[Mapping[int, str]] = ()

    def row_locator(self, index: int, header: int) -> str:
        """The JSON path of a row."""
        return self.row_places[index]

    def cell_locator(self, index: int, header: int, column: int, column_name: str) -> str:
        """The JSON path of a cell, or of its row where the document does not state it."""
        return self.cell_places[index].get(column, self.row_places[index])


def block_sheet(document: Mapping[str, Any], place: str, listed: Sequence[str], titles: Sequence[str]) -> Sheet:
    """What a document says once, as labels and values: a label is a path such as `site.name`.

    Args:
        place: the JSON path of the document.
        listed: paths of lists that stand in a table of their own.
        titles: labels that the block has in any case.
    """
    unstated: dict[str, _Placed] = dict.fromkeys(titles, (None, place))
    spelled = {word_key(title): title for title in titles}
    said = _flat(document, "", place, frozenset(map(word_key, listed)))
    # (Of keys that differ in case the first one counts.)
    stated = unstated | {spelled.get(word_key(title), title): cell for title, cell in reversed(said.items())}
    rows = [[label, value] for label, (value, _) in stated.items()]
    places = [{1: found} for _, found in stated.values()]
    return _PlacedSheet("document", rows, row_places=[place] * len(rows), cell_places=places)


def list_sheet(document: Mapping[str, Any], place: str, path: str, titles: Sequence[str]) -> Sheet:
    """The entries of a list as a table whose headers are paths; what stands above them is repeated in every row.

    Args:
        path: of the list from the document, lists on the way included: `areas.questions`.
        titles: headers that the table has in any case.
    """
    spelled = {word_key(title): title for title in titles}
    single = frozenset(key for key in spelled if not any(other.startswith(f"{key}.") for other in spelled))
    entries = [
        (found, {spelled.get(word_key(title), title): cell for title, cell in reversed(list(stated.items()))})
        for found, stated in _entries(document, place, path.split("."), "", {}, single)
    ]
    headers = list(dict.fromkeys([*titles, *(title for _, stated in entries for title in stated)]))
    rows: list[list[Cell]] = [list(headers)]
    rows += [[stated[title][0] if title in stated else None for title in headers] for _, stated in entries]
    places = [
        {column: stated[title][1] for column, title in enumerate(headers) if title in stated} for _, stated in entries
    ]
    return _PlacedSheet("list", rows, row_places=[place, *(found for found, _ in entries)], cell_places=[{}, *places])


def _entries(
    node: Any, place: str, steps: Sequence[str], above: str, stated: Mapping[str, _Placed], single: frozenset[str]
) -> Iterator[tuple[str, Mapping[str, _Placed]]]:
    """Every entry at the end of the path, with what it and those above it state; a `null` states nothing at all.

    Args:
        single: paths whose value is one cell, even where it is an object: nothing that is stated may look blank.
    """
    step, *further = steps
    label = f"{above}.{step}" if above else step
    key = next((key for key in node if word_key(key) == word_key(step)), step) if isinstance(node, dict) else step
    listed = node.get(key) if isinstance(node, dict) else None
    # A list of one is sometimes printed as that one.
    several = enumerate(listed if isinstance(listed, list) else ())
    placed = [(f"{path_of(place, key)}[{index}]", entry) for index, entry in several]
    for found, entry in [(path_of(place, key), listed)] if isinstance(listed, dict) else placed:
        inner = frozenset({word_key(f"{label}.{further[0]}")} if further else ())
        said = {**stated, **_flat(entry, label, found, inner, single)}
        if further:
            yield from _entries(entry, found, further, label, said, single)
        else:
            yield found, {} if entry is None else said


def _flat(
    node: Any, label: str, place: str, listed: frozenset[str], single: frozenset[str] = frozenset()
) -> dict[str, _Placed]:
    """All that a node states, by path; a text in several languages is one text."""
    if word_key(label) in listed:
        return {}
    languages = [key for key in node if label and is_language(key)] if isinstance(node, dict) else []
    if not isinstance(node, dict) or (node and not languages and word_key(label) in single):
        return {label: (_cell(node), place)} if label else {}
    stated = {
        path: found
        for key, value in node.items()
        if key not in languages
        for path, found in _flat(value, f"{label}.{key}" if label else key, path_of(place, key), listed, single).items()
    }
    if languages:
        filled = [key for key in languages if not is_empty(node[key])] or languages
        key = next((key for key in filled if key.startswith(_ENGLISH)), filled[0])
        stated[label] = (_cell(node[key]), path_of(place, key))
    return stated


def _cell(value: Any) -> Cell:
    """A JSON value as a cell; lists, and numbers beyond all measure, as text."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > _LARGEST:
        return str(value)
    return value if isinstance(value, str | int | float | bool) or value is None else printed(value)
