"""Write a table as CSV or parquet, or tables as a workbook, and put a file in place only when it is whole."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from harmonize.errors import InboxError, PublicationError
from harmonize.workbooks import Book, DelimitedText, SheetFull, write_workbook

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Batches", "issues_path", "put_workbook", "replacing", "writing"]

_ENDINGS = (".csv", ".parquet")


class Batches(Protocol):
    """What batches of one schema are handed to."""

    def write(self, batch: pa.RecordBatch | pa.Table) -> None:
        """Add rows."""


class _Csv:
    """Delimited text that people open in a spreadsheet: no text of it is a formula there."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._file = path.open("w", encoding="utf-8", newline="")
        self._text = DelimitedText(self._file)
        self._text.writerow(schema.names)

    def write(self, batch: pa.RecordBatch | pa.Table) -> None:
        for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            self._text.writerow(row)

    def close(self) -> None:
        self._file.close()


def issues_path(out: Path) -> Path:
    """Where issues on the rows of an input stand, beside what was made of it."""
    return out.with_suffix(".issues.csv")


@contextmanager
def writing(out: Path, schema: pa.Schema, inputs: Sequence[Path] = ()) -> Iterator[Batches]:
    """Write batches to `out`; if that does not come to an end, `out` is as it was before.

    Args:
        inputs: files that must not be written over.

    Raises:
        InboxError: `out` ends in neither .csv nor .parquet, or is an input.
        PublicationError: it cannot be written.
    """
    if out.suffix.lower() not in _ENDINGS:
        raise InboxError(f"{out}: name a file that ends in {' or '.join(_ENDINGS)}.")
    if any(out.resolve() == path.resolve() for path in inputs):
        raise InboxError(f"{out}: this is the input. Write to another file.")
    with replacing(out) as building:
        writer = _writer(building, out, schema)
        try:
            yield writer
        finally:
            writer.close()


def put_workbook(path: Path, book: Book) -> None:
    """Write a workbook, and put it in place only when it is whole.

    Raises:
        InboxError: a table has more rows than a sheet holds.
        PublicationError: it cannot be written.
    """
    try:
        with replacing(path) as building:
            write_workbook(building, book)
    except SheetFull as problem:
        raise InboxError(
            f"{path}: {problem}. Write .csv or .parquet, or name one factory with --facility."
        ) from problem


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A file to write, which takes the place of another one at the end; else that is as it was before."""
    building = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield building
        building.replace(path)
    except OSError as problem:
        place = path if problem.filename in (None, str(building), building) else problem.filename
        raise PublicationError(
            f"{place}: cannot be written: {problem.strerror or problem}. Check path and permissions."
        ) from problem
    finally:
        with suppress(OSError):
            building.unlink(missing_ok=True)


def _writer(building: Path, out: Path, schema: pa.Schema) -> _Csv | pa.parquet.ParquetWriter:
    import pyarrow.parquet as pq

    return _Csv(building, schema) if out.suffix.lower() == ".csv" else pq.ParquetWriter(building, schema)
