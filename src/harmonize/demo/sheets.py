"""Documents made of rows: what a CSV file or a workbook holds before it becomes bytes.

Each row knows which factory and assessment it stands for, so that the places of mentions and copies follow from where
the row ends up. Rows are only ever replaced or appended: places stay true while faults are planted.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import date
from typing import Literal

from harmonize.demo.truth import FaultTruth
from harmonize.model.locators import cell_name

__all__ = ["ExcelError", "Grid", "Row", "SheetDocument", "Value"]


@dataclass(frozen=True, slots=True)
class ExcelError:
    """An Excel error cell such as #N/A."""

    word: str = "#N/A"


Value = str | int | float | date | ExcelError | None


@dataclass(frozen=True, slots=True)
class Row:
    """One row.

    Attributes:
        facility: the factory this row is a mention of, where it is one.
        assessment: the assessment this row belongs to.
        opens: this row is the place of the assessment (its first row).
        question: the question that the row's answer belongs to, in layouts with one answer per row.
    """

    values: tuple[Value, ...]
    facility: str = ""
    assessment: str = ""
    opens: bool = False
    question: str = ""


@dataclass(frozen=True, slots=True)
class Grid:
    """One sheet: title rows, one header row, then data rows."""

    name: str
    header: tuple[str, ...]
    rows: tuple[Row, ...]
    titles: tuple[tuple[Value, ...], ...] = ()
    header_shown: bool = True

    def with_cell(self, row: int, column: int, value: Value) -> Grid:
        """The grid with one cell replaced."""
        old = self.rows[row]
        values = (*old.values[:column], value, *old.values[column + 1 :])
        return self.with_row(row, dataclasses.replace(old, values=values))

    def with_row(self, row: int, new: Row) -> Grid:
        """The grid with one row replaced."""
        return dataclasses.replace(self, rows=(*self.rows[:row], new, *self.rows[row + 1 :]))


@dataclass(frozen=True, slots=True)
class SheetDocument:
    """A file made of grids, with the faults planted so far; `name` is what the fault plan calls it."""

    name: str
    path: str
    contributor: str
    instrument: str
    grids: tuple[Grid, ...]
    container: Literal["csv", "xlsx"] = "csv"
    edition: str = ""
    delimiter: str = ","
    encoding: str = "utf-8"
    faults: tuple[FaultTruth, ...] = ()

    def place(self, grid: Grid, row: int, column: int | None = None) -> str:
        """Locator of a row or cell; rows and columns counted from 0 below the header."""
        if self.container == "csv":
            return f"row={row + 1}" + (f";col={grid.header[column]}" if column is not None else "")
        shown = len(grid.titles) + (1 if grid.header_shown else 0) + row + 1
        if column is None:
            return f"sheet={grid.name};row={shown}"
        return f"sheet={grid.name};cell={cell_name(column, shown)}"

    def with_grid(self, grid: Grid, fault: FaultTruth) -> SheetDocument:
        """The document with one grid replaced and one more fault."""
        grids = tuple(grid if each.name == grid.name else each for each in self.grids)
        return dataclasses.replace(self, grids=grids, faults=(*self.faults, fault))
