"""Files as they lie on disk, opened only when they are files: a pipe or device by the name of one would never end."""

from __future__ import annotations

import io
import os
import stat
from pathlib import Path

__all__ = ["open_regular"]

_WITHOUT_WAITING = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)


def open_regular(path: Path) -> io.FileIO:
    """Open a regular file, or a link to one, for reading.

    Raises:
        OSError: it cannot be opened, or is a pipe, socket, device or folder.
    """
    number = os.open(path, _WITHOUT_WAITING)
    try:
        if not stat.S_ISREG(os.fstat(number).st_mode):
            raise OSError(0, "it is no regular file")
        return io.FileIO(number, "rb")
    except BaseException:
        os.close(number)
        raise
