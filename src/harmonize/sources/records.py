"""Records: one row of a table or one label/value block, read field by field, every problem reported at its place."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from harmonize.model.issues import Issue
from harmonize.model.staged import StagedFile
from harmonize.reading.sheets import Cell, CellError, Sheet, cell_text, is_blank
from harmonize.sources.unnamed import Unnamed
from harmonize.values.dates import parse_date, plausible_date, serial_date, why_no_date
from harmonize.values.numbers import NumberProblem, NumberStyle, parse_number
from harmonize.values.text import clean, term_key, word_key

__all__ = ["Record", "TableView", "report_excel_error"]

_UNIX_TIME = "unix time"
"""The form of dates that are numbers: seconds or milliseconds since 1970."""


def _is_said(text: str, parts: Sequence[str]) -> bool:
    """A part of an address that the parts before it hold already, between commas or at their end."""
    key = word_key(text)
    before = word_key(", ".join(parts))
    return key in {piece.strip() for piece in before.split(",")} or before.endswith(f" {key}")


@dataclass(frozen=True, slots=True)
class TableView:
    """A recognised table: where its header stands and which column holds which field.

    Attributes:
        header_row: index of the header row, from 0 at the top of the sheet.
        columns: our field -> indexes of their columns.
        identifiers: scheme -> index of their column.
        extra: indexes of columns that the profile does not name.
    """

    sheet: Sheet
    header_row: int
    header: tuple[str, ...]
    columns: Mapping[str, tuple[int, ...]]
    identifiers: Mapping[str, tuple[int, ...]]
    extra: tuple[int, ...] = ()

    def records(self) -> Iterator[Record]:
        """Data rows; rows that are blank throughout are passed over."""
        for index in range(self.header_row + 1, len(self.sheet.rows)):
            cells = self.sheet.rows[index]
            if not all(is_blank(cell) for cell in cells):
                yield self.record(index)

    def record(self, index: int) -> Record:
        """The record of one sheet row."""
        cells = self.sheet.rows[index]
        return Record(
            cells,
            self.columns,
            self.identifiers,
            self.sheet.row_locator(index, self.header_row),
            lambda column: self.sheet.cell_locator(index, self.header_row, column, self.header[column]),
            any(not is_blank(cell) for cell in cells[len(self.header) :]),
        )

    def extras(self, record: Record) -> str | None:
        """Cells of unnamed columns as JSON, blank ones left out."""
        found = {self.header[column]: text for column, text in self.unnamed_cells(record).items()}
        return json.dumps(found, ensure_ascii=False, sort_keys=True) if found else None

    def unnamed_cells(self, record: Record) -> dict[int, str]:
        """What a record says in unnamed columns, as printed; blank cells are left out."""
        return {
            column: cell_text(record.cells[column])
            for column in self.extra
            if column < len(record.cells) and not is_blank(record.cells[column])
        }


@dataclass(frozen=True, slots=True)
class Record:
    """Fields of one row or block.

    Attributes:
        surplus: the row has cells beyond its header, so that its cells are shifted.
        unnamed: what a block says under labels that the profile does not name.
    """

    cells: Sequence[Cell]
    columns: Mapping[str, tuple[int, ...]]
    identifiers: Mapping[str, tuple[int, ...]]
    locator: str
    place: Callable[[int], str]
    surplus: bool = False
    unnamed: Sequence[Unnamed] = ()

    def has(self, name: str) -> bool:
        """The export has a column for this field."""
        return name in self.columns

    def _cell(self, column: int) -> Cell:
        return self.cells[column] if column < len(self.cells) else None

    def cell(self, name: str) -> Cell:
        """The stored cell of a field: its first column that is not blank."""
        for column in self.columns.get(name, ()):
            cell = self._cell(column)
            if not is_blank(cell):
                return cell
        return None

    def at(self, name: str) -> str:
        """Locator of a field's cell."""
        columns = self.columns.get(name, ())
        for column in columns:
            if not is_blank(self._cell(column)):
                return self.place(column)
        return self.place(columns[0]) if columns else self.locator

    def raw(self, name: str) -> str:
        """The cell as printed; '' when blank."""
        return cell_text(self.cell(name))

    def is_blank(self, name: str) -> bool:
        """Nothing is stated."""
        return is_blank(self.cell(name))

    def text(self, name: str, staged: StagedFile) -> str | None:
        """Cleaned text; an Excel error is reported and withheld."""
        cell = self.cell(name)
        if isinstance(cell, CellError):
            report_excel_error(staged, self.at(name), cell)
            return None
        return clean(cell_text(cell))

    def texts(self, name: str) -> list[str]:
        """What stands in the columns of a field, in their order, blank and error cells left out."""
        cells = map(self._cell, self.columns.get(name, ()))
        return [cell_text(cell) for cell in cells if not is_blank(cell) and not isinstance(cell, CellError)]

    def joined(self, name: str, staged: StagedFile) -> str | None:
        """Text of all columns of a field joined by commas, repeated parts once."""
        parts: list[str] = []
        for column in self.columns.get(name, ()):
            cell = self._cell(column)
            if isinstance(cell, CellError):
                report_excel_error(staged, self.place(column), cell)
                continue
            text = clean(cell_text(cell))
            if text and not _is_said(text, parts):
                parts.append(text)
        return ", ".join(parts) or None

    def identifier_texts(self, staged: StagedFile) -> Iterator[tuple[str, str, str]]:
        """Scheme, text and locator of every identifier stated."""
        for scheme, columns in self.identifiers.items():
            for column in columns:
                cell = self._cell(column)
                if isinstance(cell, CellError):
                    report_excel_error(staged, self.place(column), cell)
                    continue
                text = clean(cell_text(cell))
                if text:
                    yield scheme, text, self.place(column)
                    break

    def printed(self) -> tuple[str, ...]:
        """All cells as printed, trimmed: equal tuples are repeated rows."""
        return tuple(cell_text(cell).strip() for cell in self.cells)

    def day(self, name: str, forms: Sequence[str], staged: StagedFile) -> date | None:
        """The date of a field; an unreadable one is quarantined at its place."""
        cell = self.cell(name)
        if isinstance(cell, CellError):
            report_excel_error(staged, self.at(name), cell)
            return None
        text = clean(cell_text(cell))
        if text is None:
            return None
        if isinstance(cell, float | int) and not isinstance(cell, bool) and _UNIX_TIME not in forms:
            # A workbook's bare number in a date column is its day count.
            found = serial_date(cell)
        elif isinstance(cell, date):
            found = plausible_date(cell.year, cell.month, cell.day)
        else:
            found = parse_date(text, forms)
        if found is None:
            staged.report(
                Issue(
                    self.at(name),
                    "unreadable_date",
                    text,
                    why_no_date(text, forms),
                    "Correct the date in the export; the record was loaded without it.",
                    withheld=True,
                )
            )
        return found

    def number(
        self,
        name: str,
        style: NumberStyle,
        staged: StagedFile,
        code: str,
        bounds: tuple[float, float],
        *,
        whole: bool = False,
    ) -> float | None:
        """A header number within bounds; another value is quarantined under `code`."""
        lowest, highest = bounds
        cell = self.cell(name)
        if isinstance(cell, CellError):
            report_excel_error(staged, self.at(name), cell)
            return None
        text = clean(cell_text(cell))
        if text is None:
            return None
        typed = isinstance(cell, int | float) and not isinstance(cell, bool)
        value: float | NumberProblem = float(cell) if typed else parse_number(text, style)  # type: ignore[arg-type]  # narrowed by `typed`
        if isinstance(value, NumberProblem) or not lowest <= value <= highest or (whole and not value.is_integer()):
            staged.report(
                Issue(
                    self.at(name),
                    code,
                    text,
                    f"{text!r} is not a {'whole ' if whole else ''}number between {lowest:g} and {highest:g}.",
                    "Correct the value in the export; the record was loaded without it.",
                    withheld=True,
                )
            )
            return None
        return value

    def word(self, name: str, known: Mapping[str, str], code: str, staged: StagedFile) -> str | None:
        """The printed word of a closed list (its keys: `word_key` or `term_key`); an unknown one is quarantined."""
        text = self.text(name, staged)
        if text is None or not known or not known.keys().isdisjoint((word_key(text), term_key(text))):
            return text
        staged.report(
            Issue(
                self.at(name),
                code,
                text,
                f"{text!r} is none of {', '.join(sorted(set(known.values())))}.",
                "Correct the word, or add it to the vocabulary; the record was loaded without it.",
                withheld=True,
            )
        )
        return None


def report_excel_error(staged: StagedFile, locator: str, cell: CellError, cells: int = 0) -> None:
    """Withhold an Excel error cell."""
    staged.report(
        Issue(
            locator,
            "excel_error",
            cell.name,
            f"The cell holds the Excel error {cell.name}.",
            "Mend the formula in the workbook and export it again.",
            withheld=True,
            cells=cells,
        )
    )
