"""Merged cells of tables that repeat the header of a visit in every row: the value stands in each row that it spans.

Only what names a visit is filled down. An answer or a finding that is merged over several rows would be several.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from harmonize.model.issues import Issue
from harmonize.reading.sheets import Cell, is_blank
from harmonize.sources.context import Context
from harmonize.sources.records import TableView

__all__ = ["filled_down"]

_OF_VISIT = (
    "native_id", "name", "name_local", "address", "city", "admin1", "country", "latitude", "longitude", "sector",
    "workers", "assessed_on", "assessment_type", "announcement", "assessor", "edition", "pillars", "rating",
    "valid_until", "cycle", "method",
)  # fmt: skip


def filled_down(context: Context, table: TableView) -> TableView:
    """The table with the merged cells of its visits in every row that they span, which is told once."""
    of_visit = {column for name in _OF_VISIT for column in table.columns.get(name, ())}
    of_visit |= {column for columns in table.identifiers.values() for column in columns}
    places = list(_covered(table, of_visit))
    if not places:
        return table
    rows: list[Sequence[Cell]] = list(table.sheet.rows)
    for row, column, cell in places:
        cells = [*rows[row], *[None] * (column + 1 - len(rows[row]))]
        cells[column] = cell
        rows[row] = cells
    row, column, _ = places[0]
    context.staged.report(
        Issue(
            table.sheet.cell_locator(row, table.header_row, column, table.header[column]),
            "merged_cells",
            table.header[column],
            f"Cells that name the visit are merged over several rows; {len(places)} below were read as filled.",
            "Nothing to do if they belong together; else fill in each row.",
            severity="info",
        )
    )
    return replace(table, sheet=replace(table.sheet, rows=rows))


def _covered(table: TableView, columns: set[int]) -> Iterator[tuple[int, int, Cell]]:
    """Row, column and value of every blank cell below the first of its range, in rows that say anything."""
    rows = table.sheet.rows
    # (Ranges of one column that overlap are no spreadsheet's: each row is looked at once.)
    last = dict.fromkeys(columns, table.header_row)
    for merged in sorted(table.sheet.merged, key=lambda merged: merged.first_row):
        column = merged.first_column
        if column not in columns or not last[column] < merged.first_row < len(rows):
            continue
        last[column] = merged.last_row
        first = rows[merged.first_row]
        value = first[column] if column < len(first) else None
        if is_blank(value):
            continue
        for row in range(merged.first_row + 1, min(merged.last_row + 1, len(rows))):
            cells = rows[row]
            if not all(map(is_blank, cells)) and (column >= len(cells) or is_blank(cells[column])):
                yield row, column, value
