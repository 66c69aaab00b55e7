"""Two readers side by side: threads where little is to be read, processes where it is much.

Python walks through a file with one thread at a time, so that two large files take two processes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from queue import SimpleQueue

from harmonize.companion import Companion
from harmonize.errors import RefusedFile
from harmonize.pipeline.file_reader import FileReader
from harmonize.pipeline.observer import Clock, peak_since
from harmonize.reading.inbox import Delivered
from harmonize.staging import StagedFolder

__all__ = ["MUCH", "READERS", "ReadingProcess", "begin_reading", "readers"]

READERS = 2
"""Files read at a time: what a laptop has cores for, and memory."""
MUCH = 16 << 20
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
    is_much = files >= READERS and size >= MUCH
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
        clock.helpers_mb = sum(peak_since(process.folder) or 0 for process in processes)
        for process in processes:
            process.end()
        threads.shutdown(cancel_futures=True)
        for process in processes:
            process.close()


class ReadingProcess(Companion):
    """A process that reads the files it is handed, one after another."""

    def __init__(self, reader: FileReader) -> None:
        # As many processes as cores: threads of libraries inside of them would only wait for one another.
        super().__init__("harmonize.pipeline.readers:begin_reading", "read files", POLARS_MAX_THREADS="1")
        self._untold: FileReader | None = reader

    def read(self, delivered: Delivered) -> StagedFolder | RefusedFile:
        """What became of a file.

        Raises:
            PublicationError: the stage cannot be written, or the process is gone.
        """
        if self._untold is not None:
            # (Told with the first file, so that both processes begin at once: the pipe holds less than this takes.)
            self.ask(self._untold)
            self._untold = None
        became: StagedFolder | RefusedFile = self.ask(delivered)
        return became


def begin_reading() -> Callable[[FileReader | Delivered], StagedFolder | RefusedFile | None]:
    """What a reading process does: it is handed a reader, and then files."""
    readers: list[FileReader] = []

    def answer(what: FileReader | Delivered) -> StagedFolder | RefusedFile | None:
        if isinstance(what, FileReader):
            readers.append(what)
            return None
        try:
            return readers[-1].read(what)
        except Exception as problem:
            problem.add_note(what.path)
            raise

    return answer
