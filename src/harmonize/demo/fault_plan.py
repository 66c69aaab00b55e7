"""What is planned to be wrong in the invented inbox, as `schemas/demo/faults.yml` says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from harmonize.demo.entries import Entry

__all__ = ["CellFault", "ColumnFault", "FaultPlan", "NodeFault", "RowFault"]


class CellFault(Entry):
    """A cell to spoil; `times` is per hundred factories, at least once.

    Attributes:
        spread: every row of the assessment prints the value; it counts at the first one.
        where: columns and what they must hold in a row that is spoiled.
    """

    code: str
    document: str
    columns: Literal["judged", "quantity", "unit"] | tuple[str, ...]
    value: str
    times: int
    sheet: str = ""
    spread: bool = False
    where: Mapping[str, str] = {}


class NodeFault(Entry):
    """A value of a JSON document to spoil.

    Attributes:
        at: its path from the record, lists on the way passed through: `performanceAreas.questions.answer`.
        question: the key beside it that says which question it answers, or the question itself after a `=`.
        beside: a key that must stand beside it.
        harmless: it is told, and the file counts as clean.
    """

    code: str
    document: str
    at: str
    value: str
    times: int
    question: str = ""
    beside: str = ""
    harmless: bool = False


class RowFault(Entry):
    """A row to add that must not be loaded."""

    code: str
    document: str
    row: Literal["copy", "blank_key", "orphan"]
    times: int
    key: str = ""
    value: str = ""
    sheet: str = ""


class ColumnFault(Entry):
    """A column that no profile knows."""

    code: str
    document: str
    column: str
    values: tuple[str, ...]


class FaultPlan(Entry):
    """All faults inside files; faults of whole files are made by `harmonize.demo.spoiled_files`."""

    cells: tuple[CellFault, ...]
    rows: tuple[RowFault, ...]
    columns: tuple[ColumnFault, ...]
    nodes: tuple[NodeFault, ...]
