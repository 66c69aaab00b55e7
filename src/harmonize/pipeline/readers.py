"""Two readers side by side: threads where little is to be read, processes where it is much.

Python walks through a file with one thread at a time, so that two large files take two processes. Each is started as a
program of its own and reads what it is handed through a pipe: it ends when the run does, however that ends, and
neither a notebook nor a script has to be written in a special way, as Python's own pools would ask for. What goes
through the pipe is pickled: a run speaks with itself.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue

import harmonize
from harmonize.errors import PublicationError, RefusedFile
from harmonize.pipeline.file_reader import FileReader
from harmonize.pipeline.observer import Clock, peak_since
from harmonize.reading.inbox import Delivered
from harmonize.staging import StagedFolder

__all__ = ["READERS", "ReadingProcess", "readers"]

READERS = 2
"""Files read at a time: what a laptop has cores for, and memory."""
_MUCH = 16 << 20
"""Bytes from which on it pays to start processes."""
_Submit = Callable[[Delivered], "Future[StagedFolder | RefusedFile]"]


@contextmanager
def readers(reader: FileReader, files: int, size: int, clock: Clock) -> Iterator[_Submit]:
    """Hand out a function that has a file read; what has not begun when the caller leaves is not read.

    Args:
        files: how many are to be read.
        size: bytes of all of them.
        clock: is told what memory the processes took.
    """
    is_much = files >= READERS and size >= _MUCH
    processes = [ReadingProcess(reader) for _ in range(READERS)] if is_much else []
    idle: SimpleQueue[ReadingProcess] = SimpleQueue()
    for process in processes:
        idle.put(process)

    def read_elsewhere(delivered: Delivered) -> StagedFolder | RefusedFile:
        process = idle.get()
        try:
            return process.read(delivered)
        finally:
            idle.put(process)

    read = read_elsewhere if processes else reader.read
    threads = ThreadPoolExecutor(READERS)
    try:
        yield lambda delivered: threads.submit(read, delivered)
    finally:
        clock.helpers_mb = sum(process.end() for process in processes)
        threads.shutdown(cancel_futures=True)
        for process in processes:
            process.close()


class ReadingProcess:
    """A process that reads the files it is handed, one after another."""

    def __init__(self, reader: FileReader) -> None:
        paths = [str(Path(harmonize.__file__).parents[1]), os.environ.get("PYTHONPATH", "")]
        self._process = subprocess.Popen(
            # -P: a folder in which the run was started is none to import from.
            [sys.executable, "-P", "-c", "from harmonize.pipeline.readers import serve; serve()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            # As many processes as cores: threads of libraries inside of them would only wait for one another.
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths)), "POLARS_MAX_THREADS": "1"},
        )
        self._untold: FileReader | None = reader

    @property
    def pid(self) -> int:
        """Its number."""
        return self._process.pid

    def _hand(self, what: object) -> None:
        if self._process.stdin is None:
            raise TypeError("a reading process has an input")
        try:
            pickle.dump(what, self._process.stdin)
            self._process.stdin.flush()
        except BrokenPipeError as problem:
            raise self._gone() from problem

    def _gone(self) -> PublicationError:
        return PublicationError(
            f"A process that read files ended with {self._process.wait()}; perhaps the machine was out of memory. "
            "Run again; what was read stays."
        )

    def read(self, delivered: Delivered) -> StagedFolder | RefusedFile:
        """What became of a file.

        Raises:
            PublicationError: the stage cannot be written, or the process is gone.
        """
        if self._untold is not None:
            # (Told with the first file, so that both processes begin at once: the pipe holds less than this takes.)
            self._hand(self._untold)
            self._untold = None
        self._hand(delivered)
        if self._process.stdout is None:
            raise TypeError("a reading process has an output")
        try:
            answer = pickle.load(self._process.stdout)  # noqa: S301
        except (EOFError, pickle.UnpicklingError) as problem:
            raise self._gone() from problem
        if isinstance(answer, StagedFolder | RefusedFile):
            return answer
        raise answer

    def end(self) -> int:
        """End the process, in the middle of a file too; returns the most memory that it took, in MiB."""
        peak = peak_since(Path("/proc") / str(self.pid))
        self._process.kill()
        return peak or 0

    def close(self) -> None:
        """Let go of a process that was ended."""
        self._process.communicate()


def serve() -> None:
    """Read files as a process of their own: a `FileReader` and then deliveries come in, answers go out."""
    # An interruption by key reaches every process of a terminal; the run is who acts on it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with os.fdopen(os.dup(0), "rb") as arriving, os.fdopen(os.dup(1), "wb") as leaving:
        # Whatever else is printed is no answer.
        os.dup2(2, 1)
        reader = pickle.load(arriving)  # noqa: S301
        while True:
            try:
                delivered = pickle.load(arriving)  # noqa: S301
            except EOFError:
                return
            pickle.dump(_answer(reader, delivered), leaving)
            leaving.flush()


def _answer(reader: FileReader, delivered: Delivered) -> object:
    try:
        return reader.read(delivered)
    except PublicationError as problem:
        return problem
    except OSError as problem:
        return type(problem)(problem.errno, problem.strerror, problem.filename)
    except Exception as problem:
        # A mistake of the program: the run tells where it happened.
        return RuntimeError(f"{delivered.path}: {problem!r}\n{traceback.format_exc()}")
