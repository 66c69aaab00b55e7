"""The fixture exports: found by folder, read as delivered, and shown as text that a person can review."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from harmonize.model.staged import StagedFile
from harmonize.reading.limits import Limits
from harmonize.sources.ingest import read_file
from harmonize.sources.profile import Profile
from harmonize.sources.vocabulary import Vocabulary
from tests.sources.workbooks import built

__all__ = [
    "FIXTURES",
    "GOLDEN",
    "WORKBOOK",
    "delivered",
    "exports",
    "golden_path",
    "readable",
    "rows",
    "stage",
]

FIXTURES = Path(__file__).parents[1] / "fixtures"
GOLDEN = ".golden.json"
WORKBOOK = ".xlsx.json"
_LEFT_OUT = frozenset({"message", "hint", "word_no"})
"""Not in goldens: sentences may be improved without a change of meaning, and a new scale numbers all words anew."""


def exports(instrument: str | None = None) -> list[Path]:
    """Every fixture export, or those of one instrument."""
    pattern = f"{instrument or '*'}/*"
    return sorted(path for path in FIXTURES.glob(pattern) if path.is_file() and not path.name.endswith(GOLDEN))


def golden_path(export: Path) -> Path:
    """Where the staged tables of an export are written down."""
    return export.with_name(export.name + GOLDEN)


def delivered(export: Path) -> tuple[bytes, str]:
    """Bytes and path as a contributor would hand them in; a described workbook is built."""
    if export.name.endswith(WORKBOOK):
        return built(export), f"contributor/{export.name.removesuffix('.json')}"
    return export.read_bytes(), f"contributor/{export.name}"


def stage(export: Path, profiles: Mapping[str, Profile], vocabulary: Vocabulary) -> StagedFile:
    """An export as staged tables, recognised among all profiles."""
    data, path = delivered(export)
    return read_file(data, path, list(profiles.values()), vocabulary, Limits())


def rows(staged: StagedFile, table: str) -> list[dict[str, Any]]:
    """Rows of a staged table."""
    found: list[dict[str, Any]] = staged.tables[table].table().to_pylist()
    if table != "answer":
        return found
    columns = {row["column_key"]: row for row in staged.tables["column"].table().to_pylist()}
    texts = {row["text_key"]: row["raw_value"] for row in staged.tables["text"].table().to_pylist()}
    remarks = {row.pop("remark_key"): row for row in staged.tables["remark"].table().to_pylist()}
    for row in found:
        key = row.pop("text_key")
        assert key is None or texts[key] == row["raw_value"], row
        row |= remarks.get(row.pop("remark_key"), {})
    return [_with_column(row, columns[row.pop("column_key")]) for row in found]


def _with_column(answer: dict[str, Any], column: Mapping[str, Any]) -> dict[str, Any]:
    """An answer with what it shares with others, and its places written out."""
    number = "" if answer["row_no"] is None else str(answer["row_no"])
    shared = {
        name: column[name]
        for name in ("question_id", "context", "label_hash", "measured", "scale", "answered_by", "verification")
    }
    unit = column["unit_prefix"]
    return {
        **{name: value for name, value in answer.items() if name != "row_no"},
        **shared,
        "locator": f"{column['prefix']}{number}{column['suffix']}",
        "unit_place": None if unit is None else f"{unit}{number}{column['unit_suffix']}",
    }


def _natural(row: Mapping[str, Any]) -> tuple[list[tuple[int, str]], str]:
    place = str(row.get("locator", ""))
    pieces = [(int(piece), "") if piece.isdigit() else (-1, piece) for piece in re.split(r"(\d+)", place)]
    return pieces, json.dumps(row, ensure_ascii=False, sort_keys=True)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _lines(staged: StagedFile, table: str) -> Sequence[str]:
    plain = [
        {name: _plain(value) for name, value in row.items() if value is not None and name not in _LEFT_OUT}
        for row in rows(staged, table)
    ]
    return [json.dumps(row, ensure_ascii=False) for row in sorted(plain, key=_natural)]


def readable(staged: StagedFile) -> str:
    """Staged tables as JSON with one row per line, sorted by place, nulls left out."""
    counts = {"total": staged.counts.total, "blank": staged.counts.blank, "ignored": staged.counts.ignored}
    parts = [
        f'  "instrument": {json.dumps(staged.instrument)}',
        f'  "layout": {json.dumps(staged.layout)}',
        f'  "counts": {json.dumps(counts)}',
    ]
    for table in (name for name in staged.tables if name not in ("column", "text", "remark")):
        lines = _lines(staged, table)
        if lines:
            parts.append(f'  "{table}": [\n    ' + ",\n    ".join(lines) + "\n  ]")
    return "{\n" + ",\n".join(parts) + "\n}\n"
