"""The command line in a process that something befalls just before it touches a file for the n-th time.

`python -m tests.fuzz.dying FATE NUMBER FOLDER run …`: the touches are Python's own (open for writing, make, rename,
link, remove) below FOLDER. FATE is `killed`, or the name of an error number (`ENOSPC`, `EACCES`) with which that touch
and all later ones fail. Number 0 lets the run live; the count of touches is written to standard error then.
"""

from __future__ import annotations

import errno
import os
import signal
import sys
from pathlib import Path
from typing import Any

from harmonize.cli import main

__all__: list[str] = []

_MAKES = frozenset({"open", "os.mkdir", "os.rename", "os.link", "os.symlink"})
_TOUCHES = {
    "killed": _MAKES | {"os.remove", "os.rmdir", "os.truncate"},
    "EACCES": _MAKES | {"os.remove", "os.rmdir", "os.truncate"},
    "ENOSPC": _MAKES,
}
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT


class Fate:
    """Counts the touches and strikes at one of them."""

    def __init__(self, kind: str, number: int, folder: str) -> None:
        self.kind, self.number, self.folder, self.count = kind, number, os.path.realpath(folder), 0

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        """What `sys.addaudithook` calls."""
        if event not in _TOUCHES[self.kind] or (event == "open" and not arguments[2] & _WRITES):
            return
        # A link is named second: its first argument is where it leads to.
        place = arguments[1] if event in ("os.symlink", "os.link") else arguments[0]
        if not isinstance(place, str | bytes | os.PathLike):
            return
        if not str(Path(os.fsdecode(place)).absolute()).startswith(self.folder):
            return
        self.count += 1
        if not self.number or self.count < self.number:
            return
        if self.kind == "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        number = getattr(errno, self.kind)
        raise OSError(number, os.strerror(number), os.fsdecode(place))


if __name__ == "__main__":
    fate = Fate(sys.argv[1], int(sys.argv[2]), sys.argv[3])
    sys.argv[1:] = sys.argv[4:]
    sys.addaudithook(fate)
    try:
        main()
    finally:
        if not fate.number:
            sys.stderr.write(f"touches {fate.count}\n")
