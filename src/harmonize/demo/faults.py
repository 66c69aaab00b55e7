"""Plant faults in documents, each in one known place.

No row is spoiled twice, rows that open an assessment are spared where the column allows, and files that two
contributors share byte by byte stay clean: their fault would stand in two places.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from random import Random

from harmonize.demo.fault_plan import CellFault, ColumnFault, FaultPlan, RowFault
from harmonize.demo.material import HiggFem
from harmonize.demo.sheets import ExcelError, Grid, Row, SheetDocument, Value
from harmonize.demo.spoiling import spoiled_value, times_planted
from harmonize.demo.streams import stream
from harmonize.demo.truth import FaultTruth
from harmonize.model.locators import HEADER

__all__ = ["with_faults"]


def with_faults(
    documents: Sequence[SheetDocument], plan: FaultPlan, fem: HiggFem, facilities: int, seed: int
) -> list[SheetDocument]:
    """The documents with every planned fault that finds a place."""
    return [_spoiled(document, plan, fem, facilities, seed) for document in documents]


def _spoiled(document: SheetDocument, plan: FaultPlan, fem: HiggFem, facilities: int, seed: int) -> SheetDocument:
    rng = stream(seed, "faults", document.path)
    spoiled_rows: set[tuple[str, int]] = set()
    for cell in (each for each in plan.cells if each.document == document.name):
        columns = _columns(cell, fem)
        for _ in range(times_planted(cell.times, facilities)):
            document = _spoil_cell(document, cell, columns, spoiled_rows, rng)
    for row in (each for each in plan.rows if each.document == document.name):
        for _ in range(times_planted(row.times, facilities)):
            document = _add_row(document, row, spoiled_rows, rng)
    for column in (each for each in plan.columns if each.document == document.name):
        document = _add_column(document, column, rng)
    return document


def _columns(cell: CellFault, fem: HiggFem) -> frozenset[str]:
    if cell.columns == "judged":
        return frozenset(fem.judged)
    if cell.columns in ("quantity", "unit"):
        ending = "quant" if cell.columns == "quantity" else "unit"
        return frozenset(f"{quantity.stem}{ending}" for quantity in fem.quantities)
    return frozenset(cell.columns)


def _grid(document: SheetDocument, sheet: str) -> Grid:
    return next((grid for grid in document.grids if grid.name == sheet), document.grids[0])


def _spoil_cell(
    document: SheetDocument,
    cell: CellFault,
    columns: Iterable[str],
    spoiled: set[tuple[str, int]],
    rng: Random,
) -> SheetDocument:
    grid = _grid(document, cell.sheet)
    at = [column for column, name in enumerate(grid.header) if name in columns]
    asked = [(grid.header.index(name), value) for name, value in cell.where.items()]
    places = [
        (row, column)
        for row, line in enumerate(grid.rows)
        if all(line.values[column] == value for column, value in asked)
        for column in at
        if line.values[column] not in ("", None) and (grid.name, row) not in spoiled
    ]
    preferred = [(row, column) for row, column in places if grid.rows[row].opens == cell.spread]
    if not places:
        return document
    row, column = rng.choice(preferred or places)
    line = grid.rows[row]
    alike = [row]
    if cell.spread:
        alike = [other for other, each in enumerate(grid.rows) if each.assessment == line.assessment]
    spoiled.update((grid.name, other) for other in alike)
    value = _value(cell, line.values[column])
    fault = FaultTruth(
        path=document.path,
        locator=document.place(grid, row, column),
        also=_partner(document, grid, row, column),
        code=cell.code,
        value=value.word if isinstance(value, ExcelError) else str(value),
        assessment=line.assessment,
        question=line.question or _question(grid.header[column]),
    )
    for other in alike:
        grid = grid.with_cell(other, column, value)
    return document.with_grid(grid, fault)


def _value(cell: CellFault, old: Value) -> Value:
    return ExcelError() if cell.value == "error" else spoiled_value(cell.value, old)


def _question(column: str) -> str:
    name = column.lower()
    return name.removesuffix("unit") + "quant" if name.endswith("unit") else name


def _partner(document: SheetDocument, grid: Grid, row: int, column: int) -> str:
    """A unit's fault may be reported at its quantity, and the other way round."""
    name = grid.header[column]
    stem = name.removesuffix("unit").removesuffix("quant")
    partner = f"{stem}quant" if name.endswith("unit") else f"{stem}unit"
    if stem == name or partner not in grid.header:
        return ""
    return document.place(grid, row, grid.header.index(partner))


def _add_row(document: SheetDocument, plan: RowFault, spoiled: set[tuple[str, int]], rng: Random) -> SheetDocument:
    grid = _grid(document, plan.sheet)
    sound = [row for at, row in enumerate(grid.rows) if (grid.name, at) not in spoiled and row.cells]
    if not sound:
        return document
    model = rng.choice(sound)
    values = model.values
    if plan.row != "copy":
        at = grid.header.index(plan.key)
        values = (*values[:at], plan.value, *values[at + 1 :])
    new = Row(values, cells=model.cells)
    place = len(grid.rows)
    spoiled.add((grid.name, place))
    grid = replace(grid, rows=(*grid.rows, new))
    fault = FaultTruth(document.path, document.place(grid, place), "", plan.code, plan.value, "", "")
    return document.with_grid(grid, fault)


def _add_column(document: SheetDocument, plan: ColumnFault, rng: Random) -> SheetDocument:
    grid = document.grids[0]
    more = 1 if grid.wide else 0
    rows = tuple(
        replace(row, values=(*row.values, rng.choice(plan.values)), cells=row.cells + more) for row in grid.rows
    )
    grid = replace(grid, header=(*grid.header, plan.column), rows=rows)
    also = f"{HEADER};col={plan.column}|col={plan.column}|file"
    fault = FaultTruth(document.path, HEADER, also, plan.code, plan.column, "", "")
    return document.with_grid(grid, fault)
