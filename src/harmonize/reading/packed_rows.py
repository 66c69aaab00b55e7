"""Rows of text cells, kept as compactly as the file they came from and split when they are asked for.

A list of Python strings takes some sixty bytes per cell; a row kept as bytes takes what it says.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import overload

from harmonize.reading.error_cells import CellError

__all__ = ["ERROR_WORDS", "SEPARATOR", "PackedRows"]

SEPARATOR = "\0"
"""Between the cells of a row; no text that is read holds it."""
ERROR_WORDS = frozenset({"#N/A", "#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"})
"""The names under which a spreadsheet saves its error cells as text."""

TextRow = list[str | CellError]


@dataclass(frozen=True, slots=True)
class PackedRows(Sequence[Sequence[str | CellError]]):
    """Rows of cells.

    Attributes:
        may_hold_errors: some cell may be one of `ERROR_WORDS`, and then is a `CellError`.
    """

    packed: list[bytes] = field(default_factory=list)
    may_hold_errors: bool = False

    def add(self, cells: list[str]) -> None:
        """Add a row."""
        self.packed.append(SEPARATOR.join(cells).encode("utf-8", "surrogatepass"))

    def __len__(self) -> int:
        return len(self.packed)

    @overload
    def __getitem__(self, index: int) -> TextRow: ...
    @overload
    def __getitem__(self, index: slice) -> PackedRows: ...
    def __getitem__(self, index: int | slice) -> TextRow | PackedRows:
        """A row as cells, or several as rows."""
        if isinstance(index, slice):
            return PackedRows(self.packed[index], self.may_hold_errors)
        return self._cells(self.packed[index])

    def __iter__(self) -> Iterator[TextRow]:
        return map(self._cells, self.packed)

    def _cells(self, packed: bytes) -> TextRow:
        cells = packed.decode("utf-8", "surrogatepass").split(SEPARATOR)
        if self.may_hold_errors:
            return [CellError(cell) if cell in ERROR_WORDS else cell for cell in cells]
        return [*cells]
