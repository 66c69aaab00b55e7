"""What was found when a file was looked at last: a day's exports do not make the whole inbox be read again.

A file is taken for the same while its number on the disk, its size and the times of its last change are the same. The
time of change is the system's own, which nobody sets back. One that changed moments before it was looked at is looked
at again: it might change once more within the same tick of the clock. Files that are read into the stage are checked by
their hash anyway.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

__all__ = ["LookedAt"]

_SETTLED = 3_000_000_000
"""Nanoseconds after which a change is certain to show in the times; some disks count in two seconds."""


class LookedAt:
    """What was found of files, kept in one file that may be deleted at any time; without a path nothing is kept.

    Args:
        stamp: all that what is found depends on besides the files.
    """

    def __init__(self, path: Path | None = None, stamp: str = "") -> None:
        self._path = path
        self._stamp = stamp
        self._then = _read(path, stamp)
        self._now: dict[str, list[Any]] = {}
        self._begun = 0 if path is None else _begun(_building(path))

    def look(self, name: str, source: Path, work: Callable[[], Any]) -> Any:
        """What `work` finds of a file, or found when it was as it is now: plain values that JSON can hold.

        Args:
            name: what is looked for, and in which file.
        """
        before = _state(source)
        if before is None or self._path is None:
            return work()
        known = self._then.get(name)
        if known is not None and known[0] == before:
            self._now[name] = known
            return known[1]
        found = work()
        if _state(source) == before and max(before[2:]) + _SETTLED < self._begun:
            self._now[name] = [before, found]
        return found

    def keep(self) -> None:
        """Keep what was found of the files that were asked for; where that is not possible the run goes on without."""
        if self._path is None:
            return
        building = _building(self._path)
        with suppress(OSError):
            if self._now != self._then:
                building.write_text(json.dumps({"stamp": self._stamp, "found": self._now}), encoding="utf-8")
                building.replace(self._path)
            building.unlink(missing_ok=True)


def _building(path: Path) -> Path:
    return path.with_suffix(".part")


def _begun(building: Path) -> int:
    """The time by the clock that the disk itself goes by, before anything is looked at; 0 where nothing can be kept."""
    try:
        building.parent.mkdir(parents=True, exist_ok=True)
        building.touch()
        return building.stat().st_mtime_ns
    except OSError:
        return 0


def _state(source: Path) -> list[int] | None:
    try:
        found = source.stat()
    except OSError:
        return None
    return [found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns]


def _read(path: Path | None, stamp: str) -> dict[str, list[Any]]:
    if path is None:
        return {}
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return dict(content["found"]) if content["stamp"] == stamp else {}
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return {}
