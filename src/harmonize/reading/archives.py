"""Members of `.zip` and `.gz` files, refused when they are nested, escape, or expand too far.

Rule kept: nothing that an archive says of itself is believed. Members are judged while they are unpacked, block by
block; a member that is read again is found by its place, not by walking through the others, and checked by its hash.
"""

from __future__ import annotations

import bz2
import gzip
import hashlib
import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from harmonize.errors import RefusedFile
from harmonize.reading.limits import Limits
from harmonize.reading.regular_files import open_regular
from harmonize.reading.zip_directory import BROKEN_ZIP, bounded, inflate, open_zip

__all__ = ["ARCHIVE_SUFFIXES", "Member", "Place", "list_members", "members", "read_member"]

ARCHIVE_SUFFIXES = frozenset({".zip", ".gz"})
_NESTED_SUFFIXES = ARCHIVE_SUFFIXES | {".7z", ".rar", ".tar", ".tgz", ".bz2", ".xz"}
_HEADER = struct.Struct("<4s22xHH")
"""A member's own header: signature, and the lengths of its name and extra field."""
_BROKEN = (*BROKEN_ZIP, zlib.error, struct.error)
_PEEKED = 4


@dataclass(frozen=True, slots=True)
class Place:
    """Where a member lies in its archive.

    Attributes:
        offset: of its header.
        packed: bytes.
        method: how it is packed, as zip files number it.
    """

    offset: int
    packed: int
    method: int


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive.

    Attributes:
        size: unpacked bytes.
        content_id: SHA-256 of the bytes, hexadecimal.
        place: None for the one member of a `.gz`.
    """

    name: str
    size: int
    content_id: str
    place: Place | None


@dataclass(frozen=True, slots=True)
class _Unpacking:
    name: str
    place: Place | None
    blocks: Iterator[bytes]


def list_members(path: Path, limits: Limits) -> list[Member]:
    """Every file in an archive, unpacked block by block to learn its size and hash.

    Raises:
        RefusedFile: `broken_archive`, `nested_archive`, `archive_path`, `archive_bomb`, `archive_encrypted`.
    """
    found: list[Member] = []
    for unpacking in _unpack(path, limits):
        digest = hashlib.sha256()
        size = 0
        for block in unpacking.blocks:
            digest.update(block)
            size += len(block)
        found.append(Member(unpacking.name, size, digest.hexdigest(), unpacking.place))
    return found


def members(path: Path, limits: Limits) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of every file in an archive.

    Raises:
        RefusedFile: `broken_archive`, `nested_archive`, `archive_path`, `archive_bomb`, `archive_encrypted`.
    """
    for unpacking in _unpack(path, limits):
        yield unpacking.name, _joined(unpacking.blocks)


def read_member(path: Path, name: str, place: Place | None, limits: Limits) -> bytes:
    """The bytes of one member, read straight from its place.

    Raises:
        RefusedFile: `broken_archive`, `archive_bomb`; a `.gz` also what `members` raises.
        OSError: the archive cannot be opened any more.
    """
    if place is None:
        return next((data for member, data in members(path, limits) if member == name), b"")
    with open_regular(path) as raw, io.BufferedReader(raw) as stream, _judged(path, name, limits, place.packed):
        stream.seek(place.offset)
        signature, name_length, extra = _HEADER.unpack(stream.read(_HEADER.size))
        if signature != b"PK\x03\x04":
            raise zipfile.BadZipFile("a member has moved")
        stream.seek(name_length + extra, io.SEEK_CUR)
        packed = io.BytesIO(stream.read(place.packed))
        return _joined(bounded(_unpacked(packed, place.method), _allowance(place.packed, limits)))


def _unpacked(packed: io.BytesIO, method: int) -> io.BufferedIOBase:
    if method == zipfile.ZIP_STORED:
        return packed
    if method == zipfile.ZIP_BZIP2:
        return bz2.BZ2File(packed)
    return io.BufferedReader(_Inflated(packed))


class _Inflated(io.RawIOBase):
    """A raw deflate stream, unpacked as it is read."""

    def __init__(self, packed: io.BytesIO) -> None:
        self._packed = packed
        self._inflater = zlib.decompressobj(-zlib.MAX_WBITS)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]  # Buffer is of 3.12
        while not self._inflater.eof:
            source = self._inflater.unconsumed_tail or self._packed.read(1 << 16)
            block = self._inflater.decompress(source, len(buffer))
            if block:
                buffer[: len(block)] = block
                return len(block)
            if not source:
                raise EOFError("a member breaks off")
        return 0


def _joined(blocks: Iterator[bytes]) -> bytes:
    """The blocks as one, in memory once."""
    whole = io.BytesIO()
    for block in blocks:
        whole.write(block)
    return whole.getvalue()


def _allowance(packed: int, limits: Limits) -> int:
    return min(limits.archive_bytes, max(packed, 1) * limits.archive_expansion)


@contextmanager
def _judged(path: Path, name: str, limits: Limits, packed: int) -> Iterator[None]:
    """What goes wrong while a member is unpacked, said in a sentence."""
    try:
        yield
    except OverflowError as problem:
        expands = problem.args and problem.args[0] < limits.archive_bytes and packed * limits.archive_expansion
        raise RefusedFile(
            "archive_bomb",
            f"{path.name}: {name!r} unpacks to more than {problem.args[0]} bytes.",
            "Deliver the export unpacked, or raise "
            f"limits.{'archive_expansion' if expands else 'archive_bytes'} in the pipeline.",
            value=name,
        ) from problem
    except _BROKEN as problem:
        raise _broken(path, problem) from problem


def _broken(path: Path, problem: BaseException) -> RefusedFile:
    return RefusedFile(
        "broken_archive",
        f"{path.name}: the archive cannot be unpacked: {str(problem).rstrip('.') or type(problem).__name__}.",
        "Deliver it again.",
    )


def _unpack(path: Path, limits: Limits) -> Iterator[_Unpacking]:
    return _gunzip(path, limits) if path.suffix.lower() == ".gz" else _unzip(path, limits)


def _gunzip(path: Path, limits: Limits) -> Iterator[_Unpacking]:
    name = path.name[: -len(".gz")]
    with _judged(path, name, limits, 0), open_regular(path) as raw, gzip.GzipFile(fileobj=raw) as stream:
        size = path.stat().st_size
        if name.lower().endswith(".zip") and stream.peek(_PEEKED)[:_PEEKED] == b"PK\x03\x04":
            raise RefusedFile(
                "nested_archive", f"{path.name}: an archive inside an archive.", "Deliver it unpacked once."
            )
        yield _Unpacking(name, None, _blocks(path, name, bounded(stream, _allowance(size, limits)), limits, size))


def _blocks(path: Path, name: str, blocks: Iterator[bytes], limits: Limits, packed: int) -> Iterator[bytes]:
    with _judged(path, name, limits, packed):
        yield from blocks


def _escapes(name: str) -> bool:
    pure = PurePosixPath(name.replace("\\", "/"))
    return pure.is_absolute() or ".." in pure.parts or (len(name) > 1 and name[1] == ":")


def _check_member(archive: Path, entry: zipfile.ZipInfo) -> None:
    name = entry.filename
    if _escapes(name):
        raise RefusedFile(
            "archive_path",
            f"{archive.name}: the member {name!r} leaves the archive.",
            "Pack it again without absolute or parent paths.",
            value=name,
        )
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise RefusedFile(
            "archive_path",
            f"{archive.name}: the member {name!r} is a link to another file.",
            "Pack the file itself.",
            value=name,
        )
    if PurePosixPath(name).suffix.lower() in _NESTED_SUFFIXES:
        raise RefusedFile(
            "nested_archive",
            f"{archive.name}: the member {name!r} is an archive itself.",
            "Deliver the inner archive on its own.",
            value=name,
        )
    if entry.flag_bits & 0x1:
        raise RefusedFile(
            "archive_encrypted",
            f"{archive.name}: the member {name!r} is protected by a password.",
            "Deliver it without password.",
            value=name,
        )


def _check_names(archive: Path, entries: list[zipfile.ZipInfo]) -> None:
    seen: set[str] = set()
    for entry in entries:
        if entry.filename in seen:
            raise RefusedFile(
                "broken_archive",
                f"{archive.name}: the member {entry.filename!r} stands twice.",
                "Pack it again with one member of each name.",
                value=entry.filename,
            )
        seen.add(entry.filename)


def _unzip(path: Path, limits: Limits) -> Iterator[_Unpacking]:
    with _judged(path, path.name, limits, 0), open_zip(path, path.name, limits) as archive:
        entries = sorted((entry for entry in archive.filelist if not entry.is_dir()), key=lambda e: e.filename)
        for entry in entries:
            _check_member(path, entry)
        _check_names(path, entries)
        left = limits.archive_bytes
        for entry in entries:
            place = Place(entry.header_offset, entry.compress_size, entry.compress_type)
            size = _Counted(inflate(archive, entry, min(left, _allowance(entry.compress_size, limits))))
            yield _Unpacking(
                entry.filename, place, _blocks(path, entry.filename, iter(size), limits, entry.compress_size)
            )
            left -= size.total


class _Counted:
    """Blocks, and how many bytes they were."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks = blocks
        self.total = 0

    def __iter__(self) -> Iterator[bytes]:
        for block in self._blocks:
            self.total += len(block)
            yield block
