"""Append-only ledgers of minted ids: JSON Lines of `{"key", "id", "minted_on"}`, the last line of a key holds.

A line that was cut off by a power failure is the last one; it is passed over and written again by the next run. A last
line that only lacks its end, as an editor may leave it, counts and stays.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from harmonize.errors import LedgerError

__all__ = ["append_ids", "append_lines", "read_ids", "read_lines"]


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
    found = _contents(lines)
    if found is None:
        found = []
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            content = _content(line)
            if content is None:
                raise LedgerError(f"{path}:{number}: not a line of the ledger; restore the file from git.")
            found.append(content)
    content = _content(last)
    return found if content is None else [*found, content]


def _contents(lines: Sequence[bytes]) -> list[dict[str, str]] | None:
    """What sound lines say, read at one go; None where one of them might not be sound."""
    stated = [line for line in lines if line]
    if not all(line.startswith(b'{"') and line.endswith(b'"}') for line in stated):
        return None
    try:
        found: list[dict[str, str]] = json.loads(b"[" + b",".join(stated) + b"]")
    except (ValueError, RecursionError):
        return None
    is_plain = len(found) == len(stated) and all(
        isinstance(content, dict) and all(type(value) is str for value in content.values()) for content in found
    )
    return found if is_plain else None


def _content(line: bytes) -> dict[str, str] | None:
    """What a line says; None where it was cut off or is no line of a ledger."""
    try:
        content = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) else None


def append_lines(path: Path, lines: list[dict[str, str]]) -> None:
    """Append lines; what a power failure cut off before is closed first.

    Raises:
        LedgerError: the ledger cannot be written.
    """
    if not lines:
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
            ledger.write(unended + "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines))
            ledger.flush()
            # An id must not be forgotten by a power cut after a release has shown it.
            os.fsync(ledger.fileno())
    except OSError as problem:
        raise LedgerError(
            f"{path}: the ledger cannot be written: {problem.strerror}. Mend its permissions."
        ) from problem


def read_ids(path: Path) -> dict[str, str]:
    """Key -> id."""
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
