"""What lies in the inbox: one record per file or archive member, with contributor, delivery date and content hash.

Layout: `<inbox>/<contributor>/**/<file>`; a folder named `received-YYYY-MM-DD` anywhere on the path dates the delivery.
The file's time stamp is never used.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from harmonize.errors import InboxError, RefusedFile
from harmonize.reading.archives import ARCHIVE_SUFFIXES, members
from harmonize.reading.limits import Limits

__all__ = ["Delivered", "Refusal", "discover", "received_on"]

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
    """

    path: str
    contributor: str
    received_at: date | None
    source: Path
    member: str | None
    size: int
    content_id: str

    @property
    def file_id(self) -> str:
        """Hash of path and content."""
        return hashlib.sha256(f"{self.path}\0{self.content_id}".encode("utf-8", "surrogateescape")).hexdigest()[:24]

    def read(self, limits: Limits) -> bytes:
        """The bytes, read again from disk or archive."""
        if self.member is None:
            try:
                return self.source.read_bytes()
            except OSError as problem:
                raise RefusedFile(
                    "unreadable_file",
                    f"{self.path}: cannot be read: {problem.strerror}.",
                    "Check its permissions.",
                ) from problem
        for name, data in members(self.source, limits):
            if name == self.member:
                return data
        raise RefusedFile("unreadable_file", f"{self.path}: the member vanished.", "Deliver the archive again.")


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
        for name in sorted(names):
            if not _is_passed_over(name):
                yield Path(folder) / name
    if problems:
        first = problems[0]
        raise InboxError(f"{first.filename}: cannot be listed: {first.strerror}. Check the folder's permissions.")


def _delivered(path: str, source: Path, member: str | None, size: int, content_id: str) -> Delivered:
    parts = path.split("/")
    contributor = parts[0] if len(parts) > 1 else "unknown"
    return Delivered(path, contributor, received_on(path), source, member, size, content_id)


def _hash_file(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _discover_one(inbox: Path, source: Path, limits: Limits) -> Iterator[Delivered | Refusal]:
    # A file name that is no valid text is shown with replacement characters; the file itself is opened by its bytes.
    path = os.fsencode(source.relative_to(inbox).as_posix()).decode("utf-8", "replace")
    try:
        status = source.stat()
        if not stat.S_ISREG(status.st_mode):
            raise OSError(0, "it is no regular file")
        size = status.st_size
        content_id = _hash_file(source)
    except OSError as problem:
        refused = RefusedFile(
            "unreadable_file", f"{path}: cannot be read: {problem.strerror}.", "Check the file's permissions."
        )
        yield Refusal(_delivered(path, source, None, 0, hashlib.sha256(b"").hexdigest()), refused)
        return
    itself = _delivered(path, source, None, size, content_id)
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
                _delivered(f"{path}!/{name}", source, name, len(data), hashlib.sha256(data).hexdigest())
                for name, data in members(source, limits)
                if not _is_passed_over(name)
            ]
        except RefusedFile as refused:
            yield Refusal(itself, refused)
        else:
            yield from found
            if not found:
                empty = RefusedFile("empty_file", f"{path}: the archive holds no file to read.", "Deliver it again.")
                yield Refusal(itself, empty)


def discover(inbox: Path, limits: Limits) -> list[Delivered | Refusal]:
    """Everything in the inbox, sorted by path.

    Raises:
        InboxError: the inbox is missing, unreadable or holds no file.
    """
    if not inbox.is_dir():
        raise InboxError(f"{inbox}: there is no such inbox folder. Create it, with one folder per contributor inside.")
    if not os.access(inbox, os.R_OK | os.X_OK):
        raise InboxError(f"{inbox}: the inbox cannot be read. Check its permissions.")
    found = [entry for source in _files(inbox) for entry in _discover_one(inbox, source, limits)]
    if not found:
        raise InboxError(
            f"{inbox}: the inbox is empty. Put exports into {inbox}/<contributor>/, or try `harmonize demo`."
        )
    return sorted(found, key=lambda entry: (entry.delivered if isinstance(entry, Refusal) else entry).path)
