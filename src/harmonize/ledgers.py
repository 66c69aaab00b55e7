"""Append-only ledgers, as JSON Lines: of minted ids, and of what people decided.

Ids: `{"key", "id", "minted_on"}`, the last line of a key holds. Decisions: every line says which act it belongs to, and
`{"undoes": ACT, "by", "at", "why"}` takes an act back; acts are named by a hash of what they say, so that a file means
the same in whatever order git merges its lines.

A line that was cut off by a power failure is the last one; it is passed over and written again by the next run. A last
line that only lacks its end, as an editor may leave it, counts and stays.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Generic, TypeVar

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json as pa_json
from pydantic import TypeAdapter, ValidationError

from harmonize.errors import LedgerError

__all__ = [
    "ActLines",
    "act_name",
    "append_ids",
    "append_lines",
    "append_undo",
    "lines_by_act",
    "read_columns",
    "read_ids",
    "read_lines",
]

_HASH_CHARACTERS = 12
_Line = TypeVar("_Line")


def read_columns(path: Path, names: Sequence[str]) -> pa.Table | None:
    """All lines of a sound ledger as columns of text; None where a line is not just these texts, or is cut off.

    Args:
        names: of the columns; `minted_on`, an ISO day, is one of them.

    (Then `read_lines` tells what is there.)
    """
    schema = pa.schema(dict.fromkeys(names, pa.string()))
    options = pa_json.ParseOptions(explicit_schema=schema, unexpected_field_behavior="error")
    try:
        data = path.read_bytes()
        table = pa_json.read_json(io.BytesIO(data), parse_options=options)
        table.validate(full=True)
        table["minted_on"].cast(pa.date32())
    except (OSError, KeyError, pa.ArrowException):
        return None
    lines = data.count(b"\n")
    is_a_line_each = len(table) == lines == data.count(b"}\n") and data.startswith(b"{") and data.endswith(b"}\n")
    is_whole = table.schema.names == list(names) and not any(column.null_count for column in table.columns)
    if not is_a_line_each or not is_whole or data.count(b"\n{") != lines - 1:
        return None
    # (Arrow knows a year 0, which Python does not.)
    return None if pc.any(pc.less(table["minted_on"], "0001")).as_py() else table


def read_lines(path: Path) -> list[dict[str, str]]:
    """Every line of a ledger; a missing file is empty.

    Raises:
        LedgerError: a line other than a cut-off last one is not JSON.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return []
    except OSError as problem:
        raise LedgerError(f"{path}: the ledger cannot be read: {problem.strerror}. Mend its permissions.") from problem
    *lines, last = data.split(b"\n")
    found: list[dict[str, str]] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        content = _content(line)
        if content is None:
            raise LedgerError(f"{path}:{number}: not a line of the ledger; restore the file from git.")
        found.append(content)
    content = _content(last)
    return found if content is None else [*found, content]


def _content(line: bytes) -> dict[str, str] | None:
    """What a line says; None where it was cut off or is no line of a ledger."""
    try:
        content = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) else None


def append_lines(path: Path, lines: Iterable[Mapping[str, str]]) -> None:
    """Append lines; what a power failure cut off before is closed first.

    Raises:
        LedgerError: the ledger cannot be written.
    """
    written = (json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    first = next(written, None)
    if first is None:
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        kept = path.read_bytes() if path.exists() else b""
        end = kept.rfind(b"\n") + 1
        if end < len(kept) and _content(kept[end:]) is None:
            os.truncate(path, end)
            kept = kept[:end]
        unended = "\n" if kept and not kept.endswith(b"\n") else ""
        with path.open("a", encoding="utf-8") as ledger:
            ledger.write(unended + first)
            ledger.writelines(written)
            ledger.flush()
            # An id must not be forgotten by a power cut after a release has shown it.
            os.fsync(ledger.fileno())
    except OSError as problem:
        raise LedgerError(
            f"{path}: the ledger cannot be written: {problem.strerror}. Mend its permissions."
        ) from problem


def read_ids(path: Path) -> dict[str, str]:
    """Key -> id."""
    columns = read_columns(path, ("key", "id", "minted_on"))
    if columns is not None:
        return dict(zip(columns["key"].to_pylist(), columns["id"].to_pylist(), strict=True))
    try:
        return {line["key"]: line["id"] for line in read_lines(path)}
    except KeyError as problem:
        raise LedgerError(f"{path}: a line lacks {problem}; restore the file from git.") from problem


def append_ids(path: Path, minted: Mapping[str, str], minted_on: date) -> None:
    """Add ids, in order of their keys."""
    append_lines(
        path,
        [{"key": key, "id": value, "minted_on": minted_on.isoformat()} for key, value in sorted(minted.items())],
    )


@dataclass(frozen=True, slots=True)
class _Undo:
    undoes: str
    by: str = ""
    at: str = ""
    why: str = ""


_UNDO = TypeAdapter(_Undo)


@dataclass(frozen=True, slots=True)
class ActLines(Generic[_Line]):
    """The lines of one act.

    Attributes:
        numbers: where they stand in the file, counted from 1.
        is_undone: it was taken back.
    """

    act_id: str
    lines: tuple[_Line, ...]
    numbers: tuple[int, ...]
    is_undone: bool


def lines_by_act(path: Path, form: TypeAdapter[_Line], act_of: Callable[[_Line], str]) -> list[ActLines[_Line]]:
    """All acts, in the order in which they begin in the file; a missing file has none.

    Args:
        form: of a line that decides.
        act_of: the act that such a line belongs to.

    Raises:
        LedgerError: a line cannot be read.
    """
    found: dict[str, list[tuple[int, _Line]]] = {}
    undone: set[str] = set()
    for number, content in enumerate(read_lines(path), start=1):
        try:
            if "undoes" in content:
                undone.add(_UNDO.validate_python(content).undoes)
                continue
            line = form.validate_python(content)
        except ValidationError as problem:
            first = problem.errors()[0]
            place = ".".join(map(str, first["loc"]))
            raise LedgerError(f"{path}:{number}: {place}: {first['msg']}. See data/decisions/README.md.") from problem
        found.setdefault(act_of(line), []).append((number, line))
    return [
        ActLines(act_id, tuple(line for _, line in lines), tuple(number for number, _ in lines), act_id in undone)
        for act_id, lines in found.items()
    ]


def act_name(letter: str, said: object) -> str:
    """The id of an act: a letter for the ledger, and a hash of what the act says."""
    return letter + hashlib.sha256(repr(said).encode("utf-8", "surrogatepass")).hexdigest()[:_HASH_CHARACTERS]


def append_undo(path: Path, act_id: str, by: str, at: str, why: str) -> None:
    """Take an act back, by one more line.

    Raises:
        LedgerError: the file cannot be written.
    """
    append_lines(path, [{"undoes": act_id, "by": by, "at": at, "why": why}])
