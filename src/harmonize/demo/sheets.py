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

__all__ = ["Block", "ExcelError", "Grid", "Row", "SheetDocument", "Value"]


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
        cells: how many of its cells bear answers, blank ones included; a finding is one.
    """

    values: tuple[Value, ...]
    facility: str = ""
    assessment: str = ""
    opens: bool = False
    question: str = ""
    cells: int = 0


@dataclass(frozen=True, slots=True)
class Block:
    """Labels and values above a table that state an assessment; `first` is their first title row, from 0."""

    first: int
    facility: str
    assessment: str


@dataclass(frozen=True, slots=True)
class Grid:
    """One sheet: title rows, one header row, then data rows; in a `wide` one every further column bears answers."""

    name: str
    header: tuple[str, ...]
    rows: tuple[Row, ...]
    titles: tuple[tuple[Value, ...], ...] = ()
    header_shown: bool = True
    wide: bool = False
    block: Block | None = None

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
    """A file made of grids, with the faults planted so far; `name` is what the fault plan calls it.

    Attributes:
        is_contradicted: another receiver was told otherwise of one of its reports, and no date tells which holds.
    """

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
    is_contradicted: bool = False

    def place(self, grid: Grid, row: int, column: int | None = None) -> str:
        """Locator of a row or cell; rows and columns counted from 0 below the header."""
        if self.container == "csv":
            return f"row={row + 1}" + (f";col={grid.header[column]}" if column is not None else "")
        shown = len(grid.titles) + (1 if grid.header_shown else 0) + row + 1
        if column is None:
            return f"sheet={grid.name};row={shown}"
        return f"sheet={grid.name};cell={cell_name(column, shown)}"

    def block_place(self, grid: Grid, block: Block) -> str:
        """Locator of a block of labels and values."""
        return "header" if self.container == "csv" else f"sheet={grid.name};row={block.first + 1}"

    def with_grid(self, grid: Grid, fault: FaultTruth) -> SheetDocument:
        """The document with one grid replaced and one more fault."""
        grids = tuple(grid if each.name == grid.name else each for each in self.grids)
        return dataclasses.replace(self, grids=grids, faults=(*self.faults, fault))
