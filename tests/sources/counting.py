"""Count the answer-bearing cells of a fixture a second time, from its text alone, so that the law can fail.

Nothing here asks the readers: tables are found by the headers that the profile names, and what counts as a
cell is written out per family.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from harmonize.sources.profile import Layout, TablePart
from tests.sources.exports import WORKBOOK
from tests.sources.old_encodings import from_tcvn3

__all__ = ["count"]

FEM_ENVELOPE = frozenset(
    {
        "surveyid", "version", "groupid", "groupname", "sac_id", "oarid", "parentcompany", "users", "posted",
        "verified", "related_rfi_answer", "status", "sitecountry", "siteaddress", "sitecity", "siteprovince",
        "sippostalcode", "lat", "lng", "sipindustrysector", "sipfacilitytype", "siptotalnumemployees",
        "sipfacilityannualprodvolquant", "sipfacilityannualprodvolunits", "finishdate",
    }
)  # fmt: skip
FEM_SCORE = re.compile(
    r"score\.total|(ems|energy|water|wastewater|air|waste|chemicals)\.(score|level1|level2|level3|applicability)"
)

_RESULT_IN_TCVN3 = b"K\xd5t qu\xb6"
"""The title of the results of a Vietnamese form."""
Row = Sequence[str]


def _text(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return from_tcvn3(data) if _RESULT_IN_TCVN3 in data else data.decode("cp1252", "replace")


def _printed(cell: Any) -> str:
    if isinstance(cell, dict):
        return str(next(iter(cell.values())))
    return "" if cell is None else str(cell)


def _sheets(export: Path) -> Iterable[tuple[str | None, list[list[str]]]]:
    if export.name.endswith(WORKBOOK):
        for name, rows in json.loads(export.read_text(encoding="utf-8")).items():
            yield name, [[_printed(cell) for cell in row] for row in rows]
        return
    for delimiter in ",;\t":
        yield None, list(csv.reader(io.StringIO(_text(export.read_bytes()), newline=""), delimiter=delimiter))


def _key(title: str) -> str:
    return " ".join(title.split()).casefold()


def _tables(export: Path, part: TablePart) -> Iterator[tuple[list[str], list[Row]]]:
    """Header and filled rows of every table whose header has all required columns, one per sheet."""
    titles = {**part.columns, **part.identifiers}
    for name, rows in _sheets(export):
        if part.sheet is not None and name is not None and _key(name) != _key(part.sheet):
            continue
        for index, row in enumerate(rows[:50]):
            header = [_key(cell) for cell in row]
            if all(any(_key(title) in header for title in titles[field]) for field in part.required):
                yield header, [cells for cells in rows[index + 1 :] if any(cell.strip() for cell in cells)]
                break


def _table(export: Path, part: TablePart) -> tuple[list[str], list[Row]]:
    """The first of them."""
    return next(_tables(export, part))


def _cell(row: Row, column: int) -> str:
    return row[column].strip() if column < len(row) else ""


def _columns(header: Sequence[str], part: TablePart, field: str) -> list[int]:
    return [header.index(_key(title)) for title in part.columns[field] if _key(title) in header]


def _wide(export: Path, layout: Layout) -> tuple[int, int]:
    assert layout.table is not None
    header, rows = _table(export, layout.table)
    answers = [
        column
        for column, title in enumerate(header)
        if title and title not in FEM_ENVELOPE and not FEM_SCORE.fullmatch(title)
    ]
    return len(rows) * len(answers), sum(not _cell(row, column) for row in rows for column in answers)


def _documents(export: Path) -> Iterable[Any]:
    text = _text(export.read_bytes())
    try:
        yield json.loads(text)
    except ValueError:
        for line in text.split("\n"):
            try:
                yield json.loads(line)
            except ValueError:
                continue


def _is_nothing(value: Any) -> bool:
    return value is None or value == [] or (isinstance(value, str) and not value.strip())


def _is_blank_node(node: Any) -> bool:
    if isinstance(node, dict):
        return _is_nothing(node.get("value")) and _is_nothing(node.get("corrected"))
    return _is_nothing(node)


def _questionnaire(export: Path, layout: Layout) -> tuple[int, int]:
    """Rows of the type that is a question; blank where neither side answers."""
    assert layout.table is not None
    header, rows = _table(export, layout.table)
    of = {field: _columns(header, layout.table, field)[0] for field in ("question_type", "answer", "corrected")}
    asked = [row for row in rows if _cell(row, of["question_type"]) in layout.question_types]
    return len(asked), sum(not _cell(row, of["answer"]) and not _cell(row, of["corrected"]) for row in asked)


def _envelopes(export: Path, layout: Layout) -> tuple[int, int]:
    if layout.table is not None:
        return _questionnaire(export, layout)
    total = blank = 0
    for document in _documents(export):
        for envelope in document.get("assessments", [document]) if isinstance(document, dict) else document:
            if not isinstance(envelope, dict):
                continue
            nodes = list((envelope.get("questions") or {}).values())
            values = list((envelope.get("performance") or {}).values())
            total += len(nodes) + len(values)
            blank += sum(map(_is_blank_node, nodes)) + sum(map(_is_nothing, values))
    return total, blank


def _entries(export: Path, layout: Layout) -> list[Any]:
    """Entries of the list that a layout of JSON objects names."""
    assert layout.document is not None
    found: list[Any] = []
    for document in _documents(export):
        nodes = document if isinstance(document, list) else [document]
        nodes = [node for node in nodes if isinstance(node, dict) and all(key in node for key in layout.document.keys)]
        for step in layout.document.rows.split("."):
            nodes = [entry for node in nodes if isinstance(node, dict) for entry in node.get(step) or []]
        found += nodes
    return found


def _long(export: Path, layout: Layout) -> tuple[int, int]:
    assert layout.table is not None
    if layout.document is not None:
        key = layout.table.columns["answer"][0].removeprefix(f"{layout.document.rows}.")
        entries = _entries(export, layout)
        return len(entries), sum(not isinstance(entry, dict) or _is_nothing(entry.get(key)) for entry in entries)
    header, rows = _table(export, layout.table)
    (column, *_) = _columns(header, layout.table, "answer")
    return len(rows), sum(not _cell(row, column) for row in rows)


def _findings(export: Path, layout: Layout) -> tuple[int, int]:
    assert layout.table is not None
    if layout.document is not None:
        entries = _entries(export, layout)
        return len(entries), sum(entry in (None, {}) for entry in entries)
    if layout.header_block is not None and layout.header_block.sheet is None:
        return sum(len(rows) for _, rows in _tables(export, layout.table)), 0  # Every sheet may be a form.
    header, rows = _table(export, layout.table)
    if not layout.clean_visit_field:
        return len(rows), 0
    columns = [column for name in layout.clean_visit_field for column in _columns(header, layout.table, name)]
    return sum(any(_cell(row, column) for column in columns) for row in rows), 0


def _plan(export: Path, layout: Layout) -> tuple[int, int]:
    assert layout.table is not None
    return len(_table(export, layout.table)[1]), 0


def _none(export: Path, layout: Layout) -> tuple[int, int]:
    return 0, 0


_COUNTERS: Mapping[str, Callable[[Path, Layout], tuple[int, int]]] = {
    "wide": _wide,
    "envelopes": _envelopes,
    "long": _long,
    "findings": _findings,
    "plan": _plan,
    "register": _none,
    "grants": _none,
}


def count(export: Path, layout: Layout) -> tuple[int, int]:
    """Answer-bearing cells of a fixture, and how many of them are blank."""
    return _COUNTERS[layout.family](export, layout)
