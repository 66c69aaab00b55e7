"""How the parts of a sample belong together: one table, a table below or beside a block of labels, or two that join."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from harmonize.errors import ConfigurationError
from harmonize.sources.drafting.columns import Column
from harmonize.sources.drafting.fields import DATES, FIELDS, REQUIRED, ROWS, VISIT, Kind
from harmonize.sources.drafting.meanings import Reader, Understood, understand
from harmonize.sources.drafting.shapes import SampleBlock, SampleTable, Shape
from harmonize.sources.drafting.words import FACTORY, Meaning, header_key

__all__ = ["DraftLayout", "DraftPart", "draft_layout"]

_ID = Meaning("native_id")
_TELLING = ("clause", "severity", "description", "finding_no")
_NEARLY_ALL = 0.8
_LEAST_REQUIRED = 3


@dataclass(frozen=True, slots=True)
class DraftPart:
    """A table or block with the columns that are understood, and the fields by which it is recognised.

    Attributes:
        is_named: other sheets stand beside its own, so that it is looked for by name.
    """

    shape: SampleTable | SampleBlock
    understood: tuple[Understood, ...]
    required: tuple[str, ...]
    is_named: bool = False

    @property
    def sheet(self) -> str | None:
        """The sheet that it must stand in, if any."""
        return self.shape.sheet if self.is_named else None

    @property
    def left(self) -> list[Column]:
        """Columns that are not understood."""
        taken = {one.column.index for one in self.understood}
        return [column for column in self.shape.columns if column.index not in taken]

    @property
    def header_row(self) -> int:
        """The row of the header, from 0; a block has none."""
        return self.shape.header_row if isinstance(self.shape, SampleTable) else -1

    def column(self, name: str) -> Column | None:
        """The column of a field."""
        return next((one.column for one in self.understood if one.meaning == Meaning(name)), None)


@dataclass(frozen=True, slots=True)
class DraftLayout:
    """The parts of an export.

    Attributes:
        headers: visits in a table of their own.
        block: the visit in a block of labels.
        passed_over: sheets that are no part of it.
    """

    kind: Kind
    table: DraftPart
    headers: DraftPart | None = None
    block: DraftPart | None = None
    passed_over: tuple[str, ...] = ()

    @property
    def parts(self) -> list[DraftPart]:
        """All parts, those with the visit first."""
        return [part for part in (self.headers, self.block, self.table) if part is not None]

    def column(self, name: str) -> Column | None:
        """The column of a field in whichever part has it."""
        return next((column for part in self.parts if (column := part.column(name)) is not None), None)


def draft_layout(shape: Shape, reader: Reader, kind: Kind | None) -> DraftLayout:
    """What the parts of a sample are to one another.

    Args:
        kind: what the export lists; None lets the columns tell.

    Raises:
        ConfigurationError: no table is there, or its columns do not tell what it lists.
    """
    if not shape.tables:
        raise ConfigurationError("no table was found: a header of three columns or more with rows below it.")
    tables = sorted(shape.tables, key=lambda table: _weight(table, reader), reverse=True)
    main, others = tables[0], tables[1:]
    kind = kind or _kind(main, reader)
    for other in others if kind == "findings" else ():
        joined = _joined(main, other, reader)
        if joined is not None:
            return _whole(shape, DraftLayout(kind, joined[1], headers=joined[0]))
    table = _table(main, reader, kind, FIELDS[kind])
    _check(kind, table)
    block = None if kind == "register" or table.column("name") is not None else _best_block(shape, main, reader)
    if block is not None:
        table = _table(main, reader, kind, ROWS[kind])
    return _whole(shape, DraftLayout(kind, table, block=block))


def _weight(table: SampleTable, reader: Reader) -> tuple[int, int]:
    """How much a table says of findings or answers, then how much it says at all."""
    found = {one.meaning.name for one in understand(table.columns, reader, {*FIELDS["findings"], *FIELDS["long"]})}
    return len(found & {*_TELLING, "question", "answer", "label_text"}), len(found)


def _kind(table: SampleTable, reader: Reader) -> Kind:
    answers = {one.meaning.name for one in understand(table.columns, reader, FIELDS["long"])}
    findings = {one.meaning.name for one in understand(table.columns, reader, FIELDS["findings"])}
    if "answer" in answers and (answers & {"question", "label_text"} or not findings & set(_TELLING[:2])):
        return "long"
    if findings & set(_TELLING):
        return "findings"
    if "name" in findings:
        return "register"
    titles = "; ".join(column.title for column in table.columns)
    raise ConfigurationError(
        f"whether it lists findings, answers or factories is not to be seen in its columns ({titles}). Say so with "
        "`--kind findings`, `long` or `register`, and what a column is with `--column FIELD=HEADER`."
    )


def _table(shape: SampleTable, reader: Reader, kind: Kind, fields: Collection[str]) -> DraftPart:
    """A table of its own; where questions have no numbers, their texts stand for them."""
    found = understand(shape.columns, reader, fields)
    if kind == "long" and not any(one.meaning.name == "question" for one in found):
        found = [
            replace(one, meaning=Meaning("question"), why="no column of numbers is there", is_sure=False)
            if one.meaning.name == "label_text"
            else one
            for one in found
        ]
    return _part(shape, found, kind)


def _check(kind: Kind, table: DraftPart) -> None:
    """What no layout of the kind can do without."""
    needed = {"long": ("question", "answer"), "register": ("name",), "findings": ()}[kind]
    lacking = [name for name in needed if table.column(name) is None]
    if lacking:
        titles = "; ".join(column.title for column in table.shape.columns)
        raise ConfigurationError(
            f"no column is understood as {' or '.join(lacking)}. Its columns are {titles}. Say which it is with "
            f"`--column {lacking[0]}=HEADER`."
        )


def _part(
    shape: SampleTable | SampleBlock, understood: Sequence[Understood], kind: Kind, also: Collection[str] = ()
) -> DraftPart:
    names = [one.meaning.name for one in understood]
    required = [name for name in (*REQUIRED[kind], *also) if name in names]
    own = [FACTORY] if Meaning(FACTORY, True) in {one.meaning for one in understood} else []
    if len(required) + len(own) < _LEAST_REQUIRED:
        # By fewer columns an export of somebody else would be recognised.
        required = [one.meaning.name for one in understood if not one.meaning.is_identifier]
    return DraftPart(shape, tuple(understood), (*dict.fromkeys(required), *own))


def _best_block(shape: Shape, table: SampleTable, reader: Reader) -> DraftPart | None:
    """The block that names the factory: above the table, or in a sheet of its own."""
    blocks = sorted(shape.blocks, key=lambda block: block.sheet != table.sheet)
    parts = [_part(block, understand(block.columns, reader, VISIT), "findings") for block in blocks]
    naming = [part for part in parts if part.column("name") is not None]
    return max(naming, key=lambda part: len(part.understood), default=None)


def _joined(one: SampleTable, other: SampleTable, reader: Reader) -> tuple[DraftPart, DraftPart] | None:
    """The table of visits and that of findings, where a column of the second names rows of the first."""
    found: list[tuple[bool, Column, Column]] = []
    for row_id in one.columns:
        for visit_id in other.columns:
            if _refers(row_id, visit_id):
                same = header_key(row_id.title) == header_key(visit_id.title)
                found.append((same, row_id, visit_id))
    if not found:
        return None
    _, row_id, visit_id = max(found, key=lambda pair: (pair[0], -pair[2].index))
    visits = _with_id(other, visit_id, reader, VISIT)
    rows = _with_id(one, row_id, reader, ROWS["findings"])
    if not {"name", "country", "assessed_on"} & {part.meaning.name for part in visits}:
        return None
    return (
        _part(other, visits, "findings"),
        _part(one, rows, "findings", also=["finding_no"]),
    )


def _refers(row_id: Column, visit_id: Column) -> bool:
    ids = set(visit_id.texts)
    is_key = len(visit_id.texts) == len(visit_id.cells) == len(ids)
    refers = sum(text in ids for text in row_id.texts)
    return is_key and bool(row_id.texts) and refers >= _NEARLY_ALL * len(row_id.cells)


def _with_id(table: SampleTable, key: Column, reader: Reader, fields: Collection[str]) -> list[Understood]:
    """The columns of a table whose key is known."""
    others = [column for column in table.columns if column.index != key.index]
    found = understand(others, reader, set(fields) - {_ID.name})
    return sorted([Understood(key, _ID, "it joins the two sheets", True), *found], key=lambda one: one.column.index)


def _whole(shape: Shape, layout: DraftLayout) -> DraftLayout:
    """The layout with its sheets: they are looked for by name where others stand beside them."""
    used = {part.shape.sheet for part in layout.parts}
    sheets = {*(table.sheet for table in shape.tables), *(block.sheet for block in shape.blocks), *shape.passed_over}
    is_form = layout.block is not None and layout.block.shape.sheet == layout.table.shape.sheet
    is_named = len(sheets) > 1 and not is_form
    named = {
        name: replace(part, is_named=is_named)
        for name in ("table", "headers", "block")
        if (part := getattr(layout, name)) is not None
    }
    passed_over = tuple(sorted(sheet for sheet in sheets - used if sheet is not None))
    return replace(layout, **named, passed_over=passed_over)


def dates_of(layout: DraftLayout) -> list[Column]:
    """The columns of dates."""
    return [one.column for part in layout.parts for one in part.understood if one.meaning.name in DATES]
