"""How a command is stopped from outside: Ctrl-C, SIGTERM and SIGHUP end it in order, as one exception.

The handlers stand only while a command runs, and only in the process that set them: a worker that inherited them dies
by its signal as if they were not there.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

__all__ = ["Stopped", "stoppable"]


class Stopped(BaseException):
    """A signal asked the command to end. No `Exception`: nothing on the way up may take it for a bad file."""


@contextmanager
def stoppable() -> Iterator[None]:
    """While it lasts, signals that ask to end raise `Stopped` in the main thread."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    wanted = {signal.SIGINT: "Ctrl-C", signal.SIGTERM: "SIGTERM", signal.SIGHUP: "SIGHUP"}
    owner = os.getpid()

    def stop(number: int, frame: FrameType | None) -> None:
        del frame
        if os.getpid() != owner:
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)
        raise Stopped(wanted[signal.Signals(number)])

    # A signal that the caller ignores (nohup, a job in the background) stays ignored.
    before = {number: signal.getsignal(number) for number in wanted}
    heeded = [number for number, handler in before.items() if handler is not signal.SIG_IGN]
    for number in heeded:
        signal.signal(number, stop)
    try:
        yield
    finally:
        for number in heeded:
            signal.signal(number, before[number])
