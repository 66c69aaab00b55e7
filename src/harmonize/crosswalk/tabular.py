"""Tab-separated tables of the knowledge folders: a header, then a row per line; a tab parts, nothing quotes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from harmonize.errors import ConfigurationError

__all__ = ["read_rows", "read_text", "rows_of"]


def read_text(path: Path) -> str:
    """The text of a file in UTF-8, with or without a byte order mark.

    Raises:
        ConfigurationError: it cannot be read, or is no UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as problem:
        raise ConfigurationError(
            f"{path}: cannot be read: {problem.strerror}. Check path and permissions."
        ) from problem
    except UnicodeDecodeError as problem:
        raise ConfigurationError(f"{path}: not UTF-8 at byte {problem.start}. Save it as UTF-8.") from problem


def rows_of(
    text: str, path: Path, columns: Sequence[str], *, only_these: bool = False, first_line: int = 1
) -> list[dict[str, str]]:
    """The rows of a table by column; empty lines are passed over.

    Args:
        columns: those that must be there; with `only_these` any other is an error.
        first_line: the number of the text's first line in the file, for what errors say.

    Raises:
        ConfigurationError: a column is missing, twice or unknown, or a row has another number of cells than the header.
    """
    lines = text.split("\n")
    header = lines[0].split("\t") if lines[0] else []
    unknown = [name for name in header if name not in columns]
    if unknown and only_these:
        raise ConfigurationError(
            f"{path}: the column {unknown[0]!r} would be ignored by the engine; use only {', '.join(columns)}."
        )
    missing = [name for name in columns if name not in header]
    if missing:
        raise ConfigurationError(f"{path}: the column {missing[0]!r} is missing; add it.")
    twice = [name for at, name in enumerate(header) if name in header[:at]]
    if twice:
        raise ConfigurationError(f"{path}: the column {twice[0]!r} stands twice; remove one.")
    rows: list[dict[str, str]] = []
    for number, line in enumerate(lines[1:], start=first_line + 1):
        if not line:
            continue
        cells = line.split("\t")
        if len(cells) != len(header):
            raise ConfigurationError(
                f"{path}:{number}: {len(cells)} cells where the header has {len(header)}; mend the tabs of this line."
            )
        rows.append(dict(zip(header, cells, strict=True)))
    return rows


def read_rows(path: Path, columns: Sequence[str]) -> list[dict[str, str]]:
    """The rows of a file that is one table.

    Raises:
        ConfigurationError: as `read_text` and `rows_of`.
    """
    return rows_of(read_text(path), path, columns)
