"""Two readers side by side: threads where little is to be read, processes where it is much.

Python walks through a file with one thread at a time, so that two large files take two processes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from queue import SimpleQueue
from types import TracebackType

from harmonize.companion import Companion
from harmonize.errors import RefusedFile
from harmonize.pipeline.file_reader import FileReader
from harmonize.pipeline.observer import Clock, peak_since
from harmonize.reading.inbox import Delivered
from harmonize.staging import StagedFolder

__all__ = ["MUCH", "READERS", "Readers", "ReadingProcess", "begin_reading", "is_much"]

READERS = 2
"""Files read at a time: what a laptop has cores for, and memory."""
MUCH = 16 << 20
"""Bytes from which on it pays to start processes."""
_Submit = Callable[[Delivered], "Future[StagedFolder | RefusedFile]"]


class Readers(AbstractContextManager["Readers"]):
    """Who reads the files of a run."""

    def __init__(self, clock: Clock) -> None:
        """Nothing begins yet.

        Args:
            clock: is told what memory the processes took.
        """
        self._clock = clock
        self._processes: list[ReadingProcess] = []

    def begin(self) -> None:
        """Begin the processes, which takes them a second; much will soon have to be read."""
        if not self._processes:
            self._processes = [ReadingProcess() for _ in range(READERS)]
            self._clock.companions += [process.folder for process in self._processes]

    @contextmanager
    def reading(self, reader: FileReader, files: int, size: int) -> Iterator[_Submit]:
        """Hand out a function that has a file read; what has not begun when the caller leaves is not read.

        Args:
            files: how many are to be read.
            size: bytes of all of them.
        """
        if is_much(files, size):
            self.begin()
        idle: SimpleQueue[ReadingProcess] = SimpleQueue()
        for process in self._processes:
            idle.put(process)

        def read_elsewhere(delivered: Delivered) -> StagedFolder | RefusedFile:
            process = idle.get()
            try:
                return process.read(reader, delivered)
            finally:
                idle.put(process)

        read = read_elsewhere if self._processes else reader.read
        threads = ThreadPoolExecutor(READERS)
        try:
            yield lambda delivered: threads.submit(read, delivered)
        finally:
            self._end(threads)

    def _end(self, threads: ThreadPoolExecutor | None = None) -> None:
        self._clock.helpers_mb += sum(peak_since(process.folder) or 0 for process in self._processes)
        for process in self._processes:
            self._clock.companions.remove(process.folder)
            process.end()
        if threads is not None:
            threads.shutdown(cancel_futures=True)
        for process in self._processes:
            process.close()
        self._processes = []

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()


def is_much(files: int, size: int) -> bool:
    """Whether it pays to read so many files of so many bytes in processes."""
    return files >= READERS and size >= MUCH


class ReadingProcess(Companion):
    """A process that reads the files it is handed, one after another."""

    def __init__(self) -> None:
        """Start it."""
        # As many processes as cores: threads of libraries inside of them would only wait for one another.
        super().__init__("harmonize.pipeline.readers:begin_reading", "read files", POLARS_MAX_THREADS="1")
        self._told: FileReader | None = None

    def read(self, reader: FileReader, delivered: Delivered) -> StagedFolder | RefusedFile:
        """What became of a file.

        Args:
            reader: who reads it there.

        Raises:
            PublicationError: the stage cannot be written, or the process is gone.
        """
        if self._told is not reader:
            # (Told with the first file, so that both processes begin at once: the pipe holds less than this takes.)
            self.ask(reader)
            self._told = reader
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
