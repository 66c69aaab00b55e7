"""Which columns of a sheet hold the questions of a questionnaire: named by the steward, or found by their headers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from harmonize.errors import ConfigurationError, InboxError
from harmonize.reading.sheets import Sheet, cell_text
from harmonize.values.text import clean, code_key
from harmonize.yaml_text import read_yaml

__all__ = ["FIELDS", "Columns", "Headers", "find_columns", "headers_of", "load_headers"]

FIELDS = ("id", "text", "section", "parent", "language")
_LANGUAGES = ("", "en", "eng", "english", "vi", "vn", "vietnamese", "km", "kh", "khmer", "th", "thai")
_LONGEST_SHOWN = 40

Headers = Mapping[str, tuple[str, ...]]
"""Keys of headers by field."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Where the header stands (row from 0), and the columns of each field (from 0)."""

    header_row: int
    of: Mapping[str, tuple[int, ...]]

    def first(self, field: str) -> int | None:
        """The first column of a field."""
        return next(iter(self.of.get(field, ())), None)


def load_headers(path: Path) -> Headers:
    """The headers by which each field is known, the most telling first.

    Raises:
        ConfigurationError: the file names other fields.
    """
    listed = read_yaml(path)
    if not isinstance(listed, dict) or set(listed) != set(FIELDS):
        raise ConfigurationError(f"{path}: the fields are {', '.join(FIELDS)}; list the headers of each.")
    return {field: tuple(code_key(str(name)) for name in names) for field, names in listed.items()}


def find_columns(sheet: Sheet, headers: Headers, named: Mapping[str, str], rows: int) -> Columns | None:
    """The columns of a sheet; None where none of the first `rows` rows is a header with a column of texts.

    Args:
        named: field to the header that the steward gave; it goes before what is guessed.
    """
    best: Columns | None = None
    for at, row in enumerate(sheet.rows[:rows]):
        keys = [code_key(cell_text(cell)) for cell in row]
        found = {field: _columns(keys, field, headers, named) for field in FIELDS}
        wanted = [found[field] for field in ("text", *named)]
        if all(wanted) and (best is None or _filled(found) > _filled(best.of)):
            best = Columns(at, found)
    return best


def _columns(keys: Sequence[str], field: str, headers: Headers, named: Mapping[str, str]) -> tuple[int, ...]:
    """The columns of a field: every heading, else the most telling header in all languages in which it stands."""
    if field in named:
        return tuple(at for at, key in enumerate(keys) if key == code_key(named[field]))[:1]
    by_header = [
        tuple(at for at, key in enumerate(keys) if key.startswith(header) and key[len(header) :] in _LANGUAGES)
        for header in headers[field]
    ]
    if field == "section":
        return tuple(sorted({at for columns in by_header for at in columns}))
    return next(filter(None, by_header), ())


def _filled(found: Mapping[str, tuple[int, ...]]) -> int:
    return sum(1 for columns in found.values() if columns)


def headers_of(sheets: Sequence[Sheet], rows: int) -> str:
    """The headers that are there, for a sentence: of each sheet the fullest of its first rows."""
    said = []
    for sheet in sheets:
        row = max(sheet.rows[:rows], key=lambda cells: sum(1 for cell in cells if clean(cell_text(cell))), default=())
        names = [name for cell in row if (name := clean(cell_text(cell)[:_LONGEST_SHOWN]))]
        if names:
            said.append(f"{f'{sheet.name}: ' if sheet.name else ''}{', '.join(names[:20])}")
    if not said:
        raise InboxError("There is no table with a header in it.")
    return "; ".join(said[:5])
