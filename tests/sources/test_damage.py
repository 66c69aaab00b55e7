"""Damage any fixture in any way: it is refused, or read with every cell accounted for; it never crashes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from harmonize.errors import RefusedFile
from tests.sources.delivering import Reader
from tests.sources.exports import WORKBOOK, delivered, exports
from tests.sources.workbooks import build

TEXTS = [
    pytest.param(path, id=f"{path.parent.name}/{path.name}") for path in exports() if not path.name.endswith(WORKBOOK)
]
BOOKS = [pytest.param(path, id=f"{path.parent.name}/{path.name}") for path in exports() if path.name.endswith(WORKBOOK)]
ODD_CELLS: st.SearchStrategy[Any] = st.sampled_from(
    [
        None, "", " ", "=1+1", "x" * 40, "-1", "1e400", "1,5", "1.5", "9" * 30, 0, -1.5, 1e300, True,
        False, {"error": "#N/A"}, {"date": "1900-03-01"}, {"date": "2569-01-01"}, {"date": "9999-12-31"},
        "31/31/2031", "2025-02-30", "\u0e52\u0e55\u0e56\u0e58", "\ufeff", "a\tb\nc", "NaN", "*", "' OR 1=1",
    ]
)  # fmt: skip


def _survives(read: Reader, data: bytes, path: str) -> None:
    try:
        staged = read(data, path)
    except RefusedFile:
        return
    assert staged.unaccounted() == 0
    for table in ("assessment", "mention", "identifier", "finding", "score", "scope", "plan", "grant"):
        assert isinstance(staged[table], list)


@pytest.mark.parametrize("export", TEXTS)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(start=st.integers(0, 5000), length=st.integers(0, 60), patch=st.binary(max_size=12))
@example(start=0, length=0, patch=b'"')
@example(start=0, length=5000, patch=b"")
@example(start=200, length=0, patch=b"\x00")
@example(start=300, length=5000, patch=b"")
def test_bytes_that_were_damaged(read: Reader, export: Path, start: int, length: int, patch: bytes) -> None:
    data, path = delivered(export)
    place = start % len(data)
    _survives(read, data[:place] + patch + data[place + length :], path)


@pytest.mark.parametrize("export", TEXTS)
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(choice=st.data())
def test_lines_that_moved(read: Reader, export: Path, choice: st.DataObject) -> None:
    data, path = delivered(export)
    lines = data.split(b"\n")
    order = choice.draw(st.lists(st.integers(0, len(lines) - 1), max_size=2 * len(lines)))
    _survives(read, b"\n".join(lines[index] for index in order), path)


@pytest.mark.parametrize("export", BOOKS)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(changes=st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30), ODD_CELLS), max_size=8))
def test_cells_that_are_odd(read: Reader, export: Path, changes: list[tuple[int, int, Any]]) -> None:
    sheets: dict[str, list[list[Any]]] = json.loads(export.read_text(encoding="utf-8"))
    for rows in sheets.values():
        for row, column, cell in changes:
            cells = rows[row % len(rows)]
            if cells:
                cells[column % len(cells)] = cell
    _survives(read, build(sheets), f"contributor/{export.name.removesuffix('.json')}")


@pytest.mark.parametrize("export", BOOKS)
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(start=st.integers(0, 20_000), patch=st.binary(min_size=1, max_size=30))
def test_workbooks_that_were_damaged(read: Reader, export: Path, start: int, patch: bytes) -> None:
    data, path = delivered(export)
    place = start % len(data)
    _survives(read, data[:place] + patch + data[place + len(patch) :], path)
