"""Append-only ledgers of minted ids: JSON Lines of `{"key", "id", "minted_on"}`, the last line of a key holds.

A line that was cut off by a power failure is the last one; it is passed over and written again by the next run.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
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
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError) as problem:
        raise LedgerError(f"{path}: the ledger cannot be read: {problem}. Restore it from git.") from problem
    lines = text.split("\n")
    found: list[dict[str, str]] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            content = json.loads(line)
            if not isinstance(content, dict):
                raise ValueError("it is no object")
            found.append(content)
        except ValueError as problem:
            if number == len(lines):
                break
            raise LedgerError(f"{path}:{number}: not a line of the ledger; restore the file from git.") from problem
    return found


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
        if kept and not kept.endswith(b"\n"):
            with path.open("r+b") as ledger:
                ledger.truncate(kept.rfind(b"\n") + 1)
        with path.open("a", encoding="utf-8") as ledger:
            ledger.write("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines))
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
