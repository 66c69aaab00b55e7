"""What commands on pairs and lists begin with: what the project knows of factories, and the rows of a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from harmonize.errors import InboxError
from harmonize.project import Project

if TYPE_CHECKING:
    from harmonize.identity.columns import Columns, HeaderNames
    from harmonize.identity.knowledge import Knowledge
    from harmonize.identity.stated import RowReader, StatedRow
    from harmonize.reading.row_tables import RowTable

__all__ = ["Known", "columns_used", "named_rows", "open_rows", "project_knowledge", "rows_of"]

Table = tuple["RowTable", "RowReader", "Columns"]


@dataclass(frozen=True, slots=True)
class Known:
    """What the project knows of factories, and how columns are headed."""

    schemas: Path
    knowledge: Knowledge
    names: HeaderNames


def project_knowledge(stack: ExitStack) -> Known:
    """What the project knows, while `stack` is open."""
    from harmonize.identity.columns import HeaderNames
    from harmonize.identity.knowledge import Knowledge

    scratch = Path(stack.enter_context(TemporaryDirectory()))
    schemas = Project.locate(Path.cwd()).whole("schemas", scratch)
    knowledge = Knowledge.from_folder(schemas)
    return Known(schemas, knowledge, HeaderNames.from_folder(schemas, knowledge.identifiers))


def open_rows(path: Path, key: str, find: Callable[[Sequence[str]], Columns], knowledge: Knowledge) -> Table:
    """The first table of a file that has the columns needed.

    Raises:
        InboxError: none has; what is said is of the table that has the most headers.
    """
    from harmonize.identity.stated import RowReader, repeated
    from harmonize.reading.limits import Limits
    from harmonize.reading.row_tables import row_tables

    problems: list[tuple[int, InboxError]] = []
    for table in row_tables(path, Limits()):
        try:
            columns = find(table.header)
        except InboxError as problem:
            problems.append((-len(table.header), problem))
            continue
        keys = RowReader(columns, key, frozenset(), knowledge)
        twice = repeated(keys.key_of(cells) for _, cells in table.rows())
        return table, RowReader(columns, key, twice, knowledge), columns
    if not problems:
        raise InboxError(f"{path}: there is no table with a header in it.")
    raise InboxError(f"{path}: {min(problems, key=lambda found: found[0])[1]}")


def named_rows(path: Path, needed: Sequence[str]) -> list[tuple[str, dict[str, str]]]:
    """Place and cells by column of all rows of the first table that has the columns needed, whatever others it has.

    Raises:
        InboxError: none has.
    """
    from harmonize.reading.limits import Limits
    from harmonize.reading.row_tables import row_tables

    missing: list[list[str]] = []
    for table in row_tables(path, Limits()):
        header = [title.strip().casefold() for title in table.header]
        missing.append([name for name in needed if name not in header])
        if not missing[-1]:
            return [(locator, dict(zip(header, cells, strict=False))) for locator, cells in table.rows()]
    lacking = min(missing, key=len, default=list(needed))
    raise InboxError(f"{path}: the column {lacking[0]!r} is missing; needed are {', '.join(needed)}.")


def rows_of(table: RowTable, reader: RowReader) -> Iterator[StatedRow]:
    """What every row of a table states."""
    return (reader.read(locator, cells) for locator, cells in table.rows())


def columns_used(path: Path, columns: Columns, table: RowTable) -> str:
    """Which columns were read as what, and which were not used, for people."""
    used = columns.named(table.header)
    ignored = [title for title in table.header if title and title not in used.values()]
    said = f"read       {path}; " + ", ".join(f"{field} = {header!r}" for field, header in used.items())
    return said + (f"\nnot used   {', '.join(ignored)}" if ignored else "")
