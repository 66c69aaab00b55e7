"""A fixture from a sample: the same layout with a few of its rows, in which everybody is invented."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime

import xlsxwriter

from harmonize.reading.sheets import Cell, CellError, Sheet, cell_text, is_blank
from harmonize.sources.drafting.identities import Pseudonyms
from harmonize.sources.drafting.layouts import DraftLayout, DraftPart
from harmonize.sources.drafting.shapes import SampleBlock
from harmonize.values.text import word_key

__all__ = ["Fixture", "described_workbook", "fixture_of", "text_table", "workbook"]

Fixture = Mapping[str | None, Sequence[Sequence[Cell]]]
"""Rows by sheet; a delimited text is one sheet without a name."""
_ROWS = 25
_CLEAN_VISITS = 2
_CLOSED = ("clause", "question", "severity", "status", "rating", "answer")


def fixture_of(sheets: Sequence[Sheet], layout: DraftLayout, pseudonyms: Pseudonyms) -> Fixture:
    """The sheets of a layout with invented names: the first rows, and the first with each code or word beyond them."""
    by_name = {sheet.name: sheet for sheet in sheets}
    table = layout.table
    rows = _kept(by_name[table.shape.sheet], table)
    found: dict[str | None, list[list[Cell]]] = {}
    for name in dict.fromkeys(part.shape.sheet for part in layout.parts):
        sheet = by_name[name]
        block = layout.block if layout.block is not None and layout.block.shape.sheet == name else None
        if name == table.shape.sheet:
            found[name] = [*_above(sheet, table.header_row, block, pseudonyms), *_below(sheet, table, rows, pseudonyms)]
        elif layout.headers is not None and layout.headers.shape.sheet == name:
            named = _visits(sheet, layout.headers, _ids(by_name[table.shape.sheet], table, rows))
            above = _above(sheet, layout.headers.header_row, None, pseudonyms)
            found[name] = [*above, *_below(sheet, layout.headers, named, pseudonyms)]
        else:
            found[name] = list(_above(sheet, len(sheet.rows), block, pseudonyms))
    return found


def _at(row: Sequence[Cell], column: int) -> Cell:
    return row[column] if column < len(row) else None


def _data_rows(sheet: Sheet, part: DraftPart) -> list[int]:
    rows = range(part.header_row + 1, len(sheet.rows))
    return [index for index in rows if not all(map(is_blank, sheet.rows[index]))]


def _kept(sheet: Sheet, part: DraftPart) -> list[int]:
    """Rows of the table of findings, answers or factories."""
    columns = [column.index for name in _CLOSED if (column := part.column(name)) is not None]
    seen: set[tuple[int, str]] = set()
    kept: list[int] = []
    for index in _data_rows(sheet, part):
        said = {(column, word_key(cell_text(_at(sheet.rows[index], column)))) for column in columns}
        if len(kept) < _ROWS or said - seen:
            kept.append(index)
        seen |= said
    return kept


def _ids(sheet: Sheet, part: DraftPart, rows: Sequence[int]) -> list[str]:
    """The ids of visits in these rows."""
    key = part.column("native_id")
    return [] if key is None else [word_key(cell_text(_at(sheet.rows[row], key.index))) for row in rows]


def _visits(sheet: Sheet, part: DraftPart, ids: Sequence[str]) -> list[int]:
    """The rows of a table of visits that these ids name, and a few of visits without a finding."""
    rows = _data_rows(sheet, part)
    named = [row for row, stated in zip(rows, _ids(sheet, part, rows), strict=True) if stated in set(ids)]
    return sorted([*named, *[row for row in rows if row not in named][:_CLEAN_VISITS]])


def _below(sheet: Sheet, part: DraftPart, rows: Sequence[int], pseudonyms: Pseudonyms) -> Iterator[list[Cell]]:
    """The header and some rows of a table."""
    yield [*sheet.rows[part.header_row]]
    meanings = {one.column.index: one for one in part.understood}
    titles = {column.index: column.title for column in part.shape.columns}
    for row in rows:
        yield [
            pseudonyms.replaced(cell, titles[at], meanings.get(at)) if at in titles else None
            for at, cell in enumerate(sheet.rows[row])
        ]


def _above(sheet: Sheet, header: int, block: DraftPart | None, pseudonyms: Pseudonyms) -> Iterator[list[Cell]]:
    """Titles and the block: labels stay, values and titles are invented."""
    values: dict[tuple[int, int], Cell] = {}
    if block is not None and isinstance(block.shape, SampleBlock):
        meanings = {one.column.index: one for one in block.understood}
        for label, (row, at) in zip(block.shape.columns, block.shape.places, strict=True):
            values[row, at - 1] = _at(sheet.rows[row], at - 1)
            values[row, at] = pseudonyms.replaced(_at(sheet.rows[row], at), label.title, meanings.get(label.index))
    for row in range(header):
        cells = enumerate(sheet.rows[row])
        yield [values.get((row, at), cell if is_blank(cell) else "Sample title") for at, cell in cells]


def text_table(fixture: Fixture, delimiter: str) -> str:
    """A fixture of one sheet as delimited text."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=delimiter, lineterminator="\n")
    writer.writerows([[cell_text(cell) for cell in row] for rows in fixture.values() for row in rows])
    return stream.getvalue()


def described_workbook(fixture: Fixture) -> str:
    """A fixture as the JSON that tests build a workbook from, a row on each line."""
    sheets = [
        f"  {json.dumps(name, ensure_ascii=False)}: [\n    "
        + ",\n    ".join(json.dumps([_described(cell) for cell in row], ensure_ascii=False) for row in rows)
        + "\n  ]"
        for name, rows in fixture.items()
    ]
    return "{\n" + ",\n".join(sheets) + "\n}\n"


def _described(cell: Cell) -> object:
    if isinstance(cell, date):
        return {"date": (cell.date() if isinstance(cell, datetime) else cell).isoformat()}
    if isinstance(cell, CellError):
        return {"error": cell.name}
    return cell if cell is None or isinstance(cell, str | int | float | bool) else cell_text(cell)


def workbook(fixture: Fixture) -> bytes:
    """A fixture as a workbook."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        form = book.add_format({"num_format": "yyyy-mm-dd"})
        for name, rows in fixture.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                for at, cell in enumerate(row):
                    if isinstance(cell, date):
                        sheet.write_datetime(number, at, cell, form)
                    elif isinstance(cell, int | float):
                        sheet.write(number, at, cell)
                    elif not is_blank(cell):
                        sheet.write_string(number, at, cell_text(cell))
    return stream.getvalue()
