"""Match the parts of a layout with the sheets of a document: which header stands where, which column is which field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from harmonize.reading.delimited import WIDE_COLUMNS, DelimitedRows
from harmonize.reading.sheets import Cell, Sheet, cell_text
from harmonize.sources.labels import LabelledRow, labelled_rows
from harmonize.sources.profile import BlockPart, Layout, TablePart
from harmonize.sources.records import Record, TableView
from harmonize.values.text import word_key

__all__ = ["Match", "TitledSheet", "match_block", "match_first_row", "match_part", "names_of"]

_FULL = 0.9
_ROWS_OF_TITLES = 3
"""Rows full of words that a worksheet may begin with: codes of questions stand above their texts, or below."""
_LONGEST_BLOCK = 40
"""Rows of labels and values that may stand above a table."""


@dataclass(frozen=True, slots=True)
class Match:
    """How well one part fits: required fields found and missed, and the view when all are found.

    Attributes:
        in_its_sheet: it stands in the sheet that the profile names: labels such as "Country" stand anywhere.
    """

    found: int
    missing_required: tuple[str, ...]
    missing_optional: tuple[str, ...] = ()
    optional: int = 0
    view: TableView | None = None
    others: tuple[TableView, ...] = ()
    block: Record | None = None
    block_sheet: Sheet | None = None
    block_rows: Sequence[LabelledRow] = ()
    in_its_sheet: bool = False


def match_part(part: TablePart | BlockPart, layout: Layout, all_sheets: Sequence[TitledSheet]) -> Match:
    """How well a part fits these sheets; the best of them counts, and others that fit as well are told."""
    passed_over = {word_key(name) for name in layout.not_an_assessment_sheet}
    sheets = [titled for titled in all_sheets if word_key(titled.sheet.name or "") not in passed_over]
    wanted = word_key(part.sheet or "")
    named = [titled for titled in sheets if wanted and titled.sheet.name and word_key(titled.sheet.name) == wanted]
    matches = [
        match_block(part, titled.sheet)
        if isinstance(part, BlockPart)
        else _match_table(part, titled, layout.header_block)
        for titled in (named or sheets)
    ]
    empty = Match(0, tuple(names_of(part)[name][0] for name in part.required))
    best = max(matches, key=lambda match: (match.found, match.optional), default=empty)
    others = tuple(match.view for match in matches if match is not best and match.view is not None)
    return replace(best, others=others if best.view is not None else (), in_its_sheet=bool(named))


def names_of(part: TablePart | BlockPart) -> Mapping[str, Sequence[str]]:
    """Our fields and identifier schemes with their headers or labels."""
    fields = part.columns if isinstance(part, TablePart) else part.labels
    return {**fields, **part.identifiers}


@dataclass(frozen=True, slots=True)
class _Header:
    """A row that may be a header: its titles, and the first column of each by its key."""

    index: int
    titles: tuple[str, ...]
    places: Mapping[str, int]


@dataclass(frozen=True)
class TitledSheet:
    """A sheet with the rows that may be its header, looked at once for all layouts. (Not slotted: they are kept.)"""

    sheet: Sheet
    header_rows: int

    @cached_property
    def headers(self) -> Sequence[_Header]:
        """Of a table that stands at the top, below title rows at most."""
        return _headers(self.sheet, self.header_rows)

    @cached_property
    def headers_below_block(self) -> Sequence[_Header]:
        """Of a table that stands below a block of labels and values."""
        return _headers(self.sheet, self.header_rows + _LONGEST_BLOCK)


def _headers(sheet: Sheet, rows: int) -> list[_Header]:
    found: list[_Header] = []
    end = min(rows, len(sheet.rows))
    while len(found) < end:
        index = len(found)
        titles = tuple(cell.strip() if isinstance(cell, str) else cell_text(cell).strip() for cell in sheet.rows[index])
        places: dict[str, int] = {}
        for column, title in enumerate(titles):
            if title:
                places.setdefault(_title_key(title), column)
        found.append(_Header(index, titles, places))
        if len(titles) >= WIDE_COLUMNS and len(places) > _FULL * len(titles):
            # Of hundreds of columns nearly all have a title, and only the header is that full of words.
            end = min(end, index + (1 if isinstance(sheet.rows, DelimitedRows) else _ROWS_OF_TITLES))
    return found


def _title_key(title: str) -> str:
    """Key of a column's title: `factory_code` and `factory code` are one."""
    return word_key(title.replace("_", " "))


def _match_table(part: TablePart, titled: TitledSheet, block: BlockPart | None) -> Match:
    best = Match(0, tuple(names_of(part)[name][0] for name in part.required))
    for header in titled.headers if block is None else titled.headers_below_block:
        match = _match_header(part, titled.sheet, header)
        if (match.found, match.optional) > (best.found, best.optional):
            best = match
    return best


def _match_header(part: TablePart, sheet: Sheet, header: _Header) -> Match:
    places = header.places
    columns: dict[str, tuple[int, ...]] = {}
    for name, titles in part.columns.items():
        found = tuple(dict.fromkeys(places[_title_key(title)] for title in titles if _title_key(title) in places))
        if found:
            columns[name] = found
    identifiers = {
        scheme: found
        for scheme, titles in part.identifiers.items()
        if (found := tuple(dict.fromkeys(places[_title_key(title)] for title in titles if _title_key(title) in places)))
    }
    present = columns.keys() | identifiers.keys()
    missing = tuple(names_of(part)[name][0] for name in part.required if name not in present)
    optional = tuple(
        names[0] for name, names in names_of(part).items() if name not in present and name not in part.required
    )
    return Match(
        len(part.required) - len(missing),
        missing,
        optional,
        len(present),
        None if missing else _view(part, sheet, header, columns, identifiers),
    )


def _view(
    part: TablePart,
    sheet: Sheet,
    header: _Header,
    columns: Mapping[str, tuple[int, ...]],
    identifiers: Mapping[str, tuple[int, ...]],
) -> TableView:
    places = header.places
    used = {column for found in (*columns.values(), *identifiers.values()) for column in found}
    used |= {places[_title_key(title)] for title in part.known if _title_key(title) in places}
    extra = tuple(column for column, title in enumerate(header.titles) if title and column not in used)
    return TableView(sheet, header.index, header.titles, columns, identifiers, extra)


def match_block(part: BlockPart, sheet: Sheet) -> Match:
    """The labels of a block in a sheet; of equal ones the first."""
    titles_of_part = [*(title for names in names_of(part).values() for title in names), *part.known]
    rows = labelled_rows(sheet, frozenset(map(word_key, titles_of_part)))
    labels: dict[str, tuple[int, int, Cell]] = {}
    for number, whole in enumerate(rows):
        for row in (whole, *whole.beside):
            labels.setdefault(row.key, (number, row.value_column, row.value))
    places: dict[str, tuple[int, int, Cell]] = {}
    for name, titles in names_of(part).items():
        for title in titles:
            if word_key(title) in labels:
                places[name] = labels[word_key(title)]
                break
    missing = tuple(names_of(part)[name][0] for name in part.required if name not in places)
    if missing:
        return Match(len(part.required) - len(missing), missing, optional=len(places))
    order = sorted(places)
    cells_of = [places[name][2] for name in order]
    index = {name: number for number, name in enumerate(order)}
    # The block stands at its first row, whether that label is read or passed over.
    known = [labels[word_key(title)][0] for title in part.known if word_key(title) in labels]
    first = min([*known, *(row for row, _, _ in places.values())])
    block = Record(
        cells_of,
        {name: (index[name],) for name in part.labels if name in index},
        {scheme: (index[scheme],) for scheme in part.identifiers if scheme in index},
        # Rows of a text are counted below the header of its table.
        sheet.row_locator(first, -1) if sheet.name else "header",
        lambda number: (
            sheet.cell_locator(places[order[number]][0], -1, places[order[number]][1], "") if sheet.name else "header"
        ),
    )
    return Match(len(part.required), (), (), len(places), block=block, block_sheet=sheet, block_rows=rows)


def match_first_row(part: TablePart, sheet: Sheet) -> Match:
    """A table whose header is the first row of its sheet."""
    return _match_header(part, sheet, _headers(sheet, 1)[0])
