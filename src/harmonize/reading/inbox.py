"""What lies in the inbox: one record per file or archive member, with contributor, delivery date and content hash.

Layout: `<inbox>/<contributor>/**/<file>`; a folder named `received-YYYY-MM-DD` anywhere on the path dates the delivery.
The file's time stamp is never used.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple, dataclass
from datetime import date
from pathlib import Path

from harmonize import __version__
from harmonize.errors import InboxError, RefusedFile
from harmonize.reading.archives import ARCHIVE_SUFFIXES, Member, Place, list_members, read_member
from harmonize.reading.limits import Limits
from harmonize.reading.looked_at import LookedAt
from harmonize.reading.regular_files import open_regular

__all__ = ["Delivered", "Refusal", "discover", "received_on"]

_HASHED_AT_ONCE = 2
"""Files looked at side by side: hashing leaves Python to others."""
_RECEIVED = re.compile(r"^received-(\d{4})-(\d{2})-(\d{2})$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Delivered:
    """One file as it was handed in.

    Attributes:
        path: relative to the inbox, `/` between folders; `a.zip!/b.csv` for a member.
        source: the file on disk that holds it.
        member: the member's name inside the archive, or None.
        size: bytes.
        content_id: SHA-256 of the bytes, hexadecimal.
        place: where the member lies in its zip file.
    """

    path: str
    contributor: str
    received_at: date | None
    source: Path
    member: str | None
    size: int
    content_id: str
    place: Place | None = None

    @property
    def file_id(self) -> str:
        """Hash of path and content."""
        return hashlib.sha256(f"{self.path}\0{self.content_id}".encode("utf-8", "surrogateescape")).hexdigest()[:24]

    def read(self, limits: Limits) -> bytes:
        """The bytes, read again from disk or archive, and the very ones that were found.

        Raises:
            RefusedFile: `unreadable_file`: it vanished, changed, or may not be read.
        """
        try:
            if self.member is not None:
                data = read_member(self.source, self.member, self.place, limits)
            else:
                with open_regular(self.source) as stream:
                    data = stream.read(self.size + 1)
        except OSError as problem:
            raise self._unreadable(problem.strerror or str(problem)) from problem
        if len(data) != self.size or hashlib.sha256(data).hexdigest() != self.content_id:
            raise self._unreadable("it changed while the run read it")
        return data

    def _unreadable(self, reason: str) -> RefusedFile:
        return RefusedFile(
            "unreadable_file", f"{self.path}: cannot be read: {reason}.", "Check its permissions, or run again."
        )


@dataclass(frozen=True, slots=True)
class Refusal:
    """A file that cannot be read at all."""

    delivered: Delivered
    problem: RefusedFile


def received_on(path: str) -> date | None:
    """Date of delivery from a `received-YYYY-MM-DD` folder on the path; the innermost one counts."""
    for part in reversed(path.split("/")[:-1]):
        found = _RECEIVED.match(part)
        if found:
            try:
                return date(int(found[1]), int(found[2]), int(found[3]))
            except ValueError:
                continue
    return None


def _is_passed_over(path: str) -> bool:
    """README files, and what is hidden or lies in a hidden folder."""
    *folders, name = path.split("/")
    is_hidden = any(part.startswith((".", "__MACOSX")) for part in [*folders, name])
    return is_hidden or name.lower().startswith("readme")


def _files(inbox: Path) -> Iterator[Path]:
    problems: list[OSError] = []
    for folder, folders, names in os.walk(inbox, onerror=problems.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        # A link to a folder may lead in circles: it is not followed, and is refused like any file that is none.
        links = [name for name in folders if (Path(folder) / name).is_symlink()]
        for name in sorted([*names, *links]):
            if not _is_passed_over(name):
                yield Path(folder) / name
    if problems:
        first = problems[0]
        raise InboxError(f"{first.filename}: cannot be listed: {first.strerror}. Check the folder's permissions.")


def _delivered(path: str, source: Path, size: int, content_id: str, member: Member | None = None) -> Delivered:
    parts = path.split("/")
    contributor = parts[0] if len(parts) > 1 else "unknown"
    name, place = (None, None) if member is None else (member.name, member.place)
    return Delivered(path, contributor, received_on(path), source, name, size, content_id, place)


def _sized_and_hashed(path: Path, limits: Limits) -> tuple[int, str]:
    """Bytes and hash of a file; of one beyond the limit only the size and the hash of nothing."""
    digest = hashlib.sha256()
    with open_regular(path) as stream:
        size = os.fstat(stream.fileno()).st_size
        if size > limits.file_bytes:
            return size, digest.hexdigest()
        read = 0
        while block := stream.read(1 << 20):
            digest.update(block)
            read += len(block)
            if read > limits.file_bytes:
                # It grows while it is read.
                break
    return read, digest.hexdigest()


def _members(path: str, source: Path, limits: Limits, seen: LookedAt) -> list[Member]:
    found = seen.look(f"members of {path}", source, lambda: [astuple(one) for one in list_members(source, limits)])
    return [Member(name, size, content_id, place and Place(*place)) for name, size, content_id, place in found]


def _discover_one(inbox: Path, source: Path, limits: Limits, seen: LookedAt) -> Iterator[Delivered | Refusal]:
    # A file name that is no valid text is shown with replacement characters; the file itself is opened by its bytes.
    path = os.fsencode(source.relative_to(inbox).as_posix()).decode("utf-8", "replace")
    try:
        size, content_id = seen.look(path, source, lambda: _sized_and_hashed(source, limits))
    except OSError as problem:
        refused = RefusedFile(
            "unreadable_file",
            f"{path}: cannot be read: {problem.strerror or problem}.",
            "Check the file's permissions.",
        )
        yield Refusal(_delivered(path, source, 0, hashlib.sha256(b"").hexdigest()), refused)
        return
    itself = _delivered(path, source, size, content_id)
    if size > limits.file_bytes:
        yield Refusal(
            itself,
            RefusedFile(
                "too_large",
                f"{path}: {size} bytes are more than the limit of {limits.file_bytes}.",
                "Split the export, or raise limits.file_bytes in the pipeline.",
            ),
        )
    elif source.suffix.lower() not in ARCHIVE_SUFFIXES:
        yield itself
    else:
        try:
            found = [
                _delivered(f"{path}!/{member.name}", source, member.size, member.content_id, member)
                for member in _members(path, source, limits, seen)
                if not _is_passed_over(member.name)
            ]
        except RefusedFile as refused:
            yield Refusal(itself, refused)
        else:
            yield from found
            if not found:
                empty = RefusedFile("empty_file", f"{path}: the archive holds no file to read.", "Deliver it again.")
                yield Refusal(itself, empty)


def discover(inbox: Path, limits: Limits, memory: Path | None = None) -> list[Delivered | Refusal]:
    """Everything in the inbox, sorted by path.

    Args:
        memory: a file that keeps the hashes of files from run to run; it may be deleted.

    Raises:
        InboxError: the inbox is missing, unreadable or holds no file.
    """
    if not inbox.is_dir():
        raise InboxError(f"{inbox}: there is no such inbox folder. Create it, with one folder per contributor inside.")
    if not os.access(inbox, os.R_OK | os.X_OK):
        raise InboxError(f"{inbox}: the inbox cannot be read. Check its permissions.")
    seen = LookedAt(memory, f"{__version__} {limits.model_dump_json()}")
    pool = ThreadPoolExecutor(_HASHED_AT_ONCE)
    try:
        each = pool.map(lambda source: list(_discover_one(inbox, source, limits, seen)), _files(inbox))
        found = [entry for entries in each for entry in entries]
    finally:
        # (After an interruption nobody waits for what has not begun.)
        pool.shutdown(cancel_futures=True)
    seen.keep()
    if not found:
        raise InboxError(
            f"{inbox}: the inbox is empty. Put exports into {inbox}/<contributor>/, or try `harmonize demo`."
        )
    return sorted(found, key=lambda entry: (entry.delivered if isinstance(entry, Refusal) else entry).path)
