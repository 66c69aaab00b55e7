"""Reading one delivered file into the stage: what the readers of a run do, in whichever thread or process they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from harmonize.errors import PublicationError, RefusedFile
from harmonize.reading.documents import suffix_of
from harmonize.reading.inbox import Delivered
from harmonize.reading.limits import Limits
from harmonize.sources.ingest import read_file
from harmonize.sources.profile import Profile
from harmonize.sources.vocabulary import Vocabulary
from harmonize.staging import StagedFolder, load_staged, staged_key, write_staged

__all__ = ["FileReader"]


@dataclass(frozen=True, slots=True)
class FileReader:
    """Reads files into the stage; it holds all that this depends on but the file.

    Attributes:
        stage: the folder of staged files.
        profiles: what a file may be.
        knowledge: stands for all of it in the key of a staged file.
    """

    stage: Path
    limits: Limits
    profiles: Sequence[Profile]
    vocabulary: Vocabulary
    knowledge: str

    def staged(self, delivered: Delivered) -> StagedFolder | None:
        """What an earlier run staged of the same bytes, read in the same way."""
        return load_staged(self.stage, self._key(delivered))

    def read(self, delivered: Delivered) -> StagedFolder | RefusedFile:
        """Stage a file; what cannot be read is returned as a refusal.

        Raises:
            PublicationError: the stage cannot be written.
        """
        try:
            return self._read(delivered)
        except RefusedFile as refused:
            return refused

    def _key(self, delivered: Delivered) -> str:
        return staged_key(delivered.content_id, suffix_of(delivered.path), self.knowledge)

    def _read(self, delivered: Delivered) -> StagedFolder:
        data = delivered.read(self.limits)
        try:
            made = read_file(data, delivered.path, self.profiles, self.vocabulary, self.limits)
        except (MemoryError, RecursionError) as problem:
            raise RefusedFile(
                "too_large",
                f"The file needs more than this machine has: {type(problem).__name__}.",
                "Split the export.",
            ) from problem
        try:
            return write_staged(self.stage, self._key(delivered), made)
        except OSError as problem:
            raise PublicationError(
                f"{self.stage}: the stage cannot be written: {problem.strerror}. Free space or mend its permissions."
            ) from problem
