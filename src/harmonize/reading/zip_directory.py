"""A zip file opened with suspicion: what its directory claims is judged before anything is unpacked.

Rule kept: neither the number of members, nor their declared sizes, nor where they claim to lie is believed. A directory
that is too large is never parsed; members that share bytes (the trick of zip bombs without nesting) are refused; and
unpacking stops at the allowance, whatever size the header states.
"""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import IO

from isal import isal_zlib

from harmonize.errors import RefusedFile
from harmonize.reading.limits import Limits
from harmonize.reading.regular_files import open_regular

__all__ = ["BROKEN_ZIP", "bounded", "inflate", "open_zip", "packed_content", "unpack"]

_BLOCK = 1 << 20
_DIRECTORY_ENTRY = 512
"""Bytes that a member's entry in the directory takes at most, on average: names and extra fields of real archives."""
_LOCAL_HEADER = 30
_NAME_LENGTH = 26
"""Where a member's own header states the length of its name."""
_INFLATE_ERROR: type[Exception] = isal_zlib.error  # type: ignore[assignment]  # the stub takes it for an instance
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2})

BROKEN_ZIP = (zipfile.BadZipFile, EOFError, NotImplementedError, OSError, RuntimeError, KeyError, ValueError)
"""What a damaged zip file may raise while it is looked into, besides the `error` of a decompressor."""


class _Guarded(io.BufferedReader):
    """A file that refuses to be read in one gulp: `zipfile` reads the whole directory at once, as long as it claims."""

    def __init__(self, raw: io.RawIOBase, name: str, limits: Limits) -> None:
        super().__init__(raw, _BLOCK)
        self._archive = name
        self._limits = limits

    def read(self, size: int | None = -1, /) -> bytes:
        most = max(_BLOCK, self._limits.archive_members * _DIRECTORY_ENTRY)
        if size is not None and size > most:
            raise _too_many(self._archive, self._limits)
        return super().read(size)


def _too_many(name: str, limits: Limits) -> RefusedFile:
    """The refusal of an archive with more members than the limit."""
    return RefusedFile(
        "archive_bomb",
        f"{name}: the archive claims more than {limits.archive_members} files.",
        "Split the delivery, or raise limits.archive_members in the pipeline.",
    )


@contextmanager
def open_zip(source: Path | bytes, name: str, limits: Limits) -> Iterator[zipfile.ZipFile]:
    """Open a zip file from disk or memory; its members are few enough and none shares bytes with another.

    Raises:
        RefusedFile: `archive_bomb`, `broken_archive`.
        OSError, zipfile.BadZipFile and the others of `BROKEN_ZIP`: it is no zip file.
    """
    raw = _Memory(source) if isinstance(source, bytes) else open_regular(source)
    with _Guarded(raw, name, limits) as stream, zipfile.ZipFile(stream) as archive:
        if len(archive.filelist) > limits.archive_members:
            raise _too_many(name, limits)
        _check_places(archive, name)
        yield archive


class _Memory(io.RawIOBase):
    """Bytes as a raw stream, not copied."""

    def __init__(self, data: bytes) -> None:
        self._stream = io.BytesIO(data)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0, /) -> int:
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        return self._stream.tell()

    def readinto(self, buffer: object, /) -> int:
        return self._stream.readinto(buffer)  # type: ignore[arg-type]  # the buffer protocol has no name before 3.12


def _check_places(archive: zipfile.ZipFile, name: str) -> None:
    entries = sorted(archive.filelist, key=lambda entry: entry.header_offset)
    for entry, following in pairwise(entries):
        if following.header_offset < entry.header_offset + _LOCAL_HEADER + entry.compress_size:
            raise RefusedFile(
                "archive_bomb",
                f"{name}: the members {entry.filename!r} and {following.filename!r} share their bytes.",
                "Pack it again with a common zip program.",
                value=following.filename,
            )


def inflate(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, allowed: int) -> Iterator[bytes]:
    """The content of a member in blocks, at most `allowed` bytes.

    Raises:
        OverflowError: there are more.
        NotImplementedError: it is packed by a method that is not read (deflate, bzip2 and stored are).
    """
    if entry.compress_type not in _METHODS:
        raise NotImplementedError(f"{entry.filename!r} is packed by method {entry.compress_type}, which is not read")
    with archive.open(entry) as stream:
        yield from bounded(stream, allowed)


def packed_content(data: bytes, entry: zipfile.ZipInfo) -> bytes:
    """What a member's place in an archive in memory holds, as it is packed."""
    name, extra = struct.unpack_from("<HH", data, entry.header_offset + _NAME_LENGTH)
    start = entry.header_offset + _LOCAL_HEADER + name + extra
    return data[start : start + entry.compress_size]


def unpack(data: bytes, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, allowed: int) -> bytes:
    """The content of a member of an archive in memory, at most `allowed` bytes.

    Args:
        archive: `data`, opened.

    Raises:
        OverflowError: there are more.
        NotImplementedError: it is packed by a method that is not read.
        zipfile.BadZipFile: its content is not what its headers state.
    """
    if entry.compress_type != zipfile.ZIP_DEFLATED:
        return b"".join(inflate(archive, entry, allowed))
    # Opening it judges the member's own header.
    archive.open(entry).close()
    inflater = isal_zlib.decompressobj(wbits=-isal_zlib.MAX_WBITS)
    most = min(allowed, entry.file_size)
    try:
        content = inflater.decompress(packed_content(data, entry), most + 1)
    except _INFLATE_ERROR as problem:
        raise zipfile.BadZipFile(f"{entry.filename!r}: {problem}") from problem
    if len(content) > allowed:
        raise OverflowError(allowed)
    if len(content) > most:
        raise zipfile.BadZipFile(f"{entry.filename!r} holds more than its header states")
    if not inflater.eof:
        raise zipfile.BadZipFile(f"{entry.filename!r} is cut off")
    if isal_zlib.crc32(content) != entry.CRC:
        raise zipfile.BadZipFile(f"Bad CRC-32 for file {entry.filename!r}")
    return content


def bounded(stream: IO[bytes] | io.BufferedIOBase, allowed: int) -> Iterator[bytes]:
    """A stream in blocks, at most `allowed` bytes.

    Raises:
        OverflowError: there are more.
    """
    left = allowed
    while block := stream.read(min(_BLOCK, left + 1)):
        left -= len(block)
        if left < 0:
            raise OverflowError(allowed)
        yield block
