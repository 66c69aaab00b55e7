"""Append to several ledgers at once: all lines, or none.

The plan is put on disk before the first line is appended, and taken away after the last. If an append fails, what was
appended is cut off again; if the machine or the process dies between, the plan is still there and whoever comes next
finishes it, so that no half of an act stays. Lines are told by their content: finishing twice adds nothing.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from harmonize.errors import LedgerError
from harmonize.ledgers import append_lines

__all__ = ["PLAN", "append_all", "finish"]

PLAN = ".review_plan.json"
_LOCK = ".review.lock"
Lines = Sequence[Mapping[str, str]]


def append_all(folder: Path, lines: Mapping[str, Lines]) -> None:
    """Append lines to the ledgers of a folder, by their names.

    Raises:
        LedgerError: one cannot be written, or somebody else is deciding; then all are as they were.
    """
    wanted = {name: list(found) for name, found in lines.items() if found}
    if not wanted:
        return
    with _locked(folder):
        _finish(folder)
        sizes = {name: _size(folder / name) for name in wanted}
        _write_plan(folder, {name: {"size": sizes[name], "lines": found} for name, found in wanted.items()})
        try:
            for name, found in wanted.items():
                append_lines(folder / name, found)
        except BaseException:
            if all(_cut_back(folder / name, size, wanted[name]) for name, size in sizes.items()):
                (folder / PLAN).unlink()
            raise
        (folder / PLAN).unlink()


def finish(folder: Path) -> bool:
    """Append what an act that was cut off has left; True where there was one.

    Raises:
        LedgerError: a ledger cannot be written, or somebody else is deciding.
    """
    if not (folder / PLAN).exists():
        return False
    with _locked(folder):
        return _finish(folder)


def _finish(folder: Path) -> bool:
    try:
        plan = json.loads((folder / PLAN).read_bytes())
    except FileNotFoundError:
        return False
    except (OSError, ValueError) as problem:
        raise LedgerError(
            f"{folder / PLAN}: the plan of an act that was cut off cannot be read: {problem}. Restore the ledgers from "
            "git and remove it."
        ) from problem
    for name, part in plan.items():
        there = _tail(folder / name, part["size"] or 0)
        append_lines(folder / name, [line for line in part["lines"] if line not in there])
    (folder / PLAN).unlink()
    return True


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold the lock of the ledgers; a second one is refused at once."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / _LOCK).open("a")
    except OSError as problem:
        raise LedgerError(f"{folder}: cannot be written: {problem.strerror}. Mend its permissions.") from problem
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as problem:
            raise LedgerError(f"{folder}: somebody else is recording decisions. Try again.") from problem
        yield


def _write_plan(folder: Path, plan: Mapping[str, object]) -> None:
    building = folder / f"{PLAN}.{os.getpid()}"
    try:
        with building.open("w", encoding="utf-8") as file:
            json.dump(plan, file, ensure_ascii=False)
            file.flush()
            os.fsync(file.fileno())
        building.replace(folder / PLAN)
    except OSError as problem:
        building.unlink(missing_ok=True)
        raise LedgerError(f"{folder}: cannot be written: {problem.strerror}. Mend its permissions.") from problem


def _size(path: Path) -> int | None:
    return path.stat().st_size if path.exists() else None


def _tail(path: Path, start: int) -> list[object]:
    """The whole lines of a ledger from a place on."""
    if not path.exists():
        return []
    found: list[object] = []
    for line in path.read_bytes()[start:].split(b"\n"):
        try:
            found.append(json.loads(line))
        except ValueError:
            continue
    return found


def _cut_back(path: Path, size: int | None, lines: Lines) -> bool:
    """Take away what was appended; False where somebody else has appended too, so that the plan must be finished."""
    if not path.exists():
        return True
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode()
    try:
        tail = path.read_bytes()[size or 0 :]
        # (A ledger whose last line lacks its end is given one.)
        if not any(whole.startswith(tail) for whole in (text, b"\n" + text)):
            return False
        if size is None:
            path.unlink()
        else:
            os.truncate(path, size)
    except OSError:
        return False
    return True
