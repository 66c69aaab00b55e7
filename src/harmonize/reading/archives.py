"""Members of `.zip` and `.gz` files, refused when they are nested, escape, or expand too far."""

from __future__ import annotations

import gzip
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO

from harmonize.errors import RefusedFile
from harmonize.reading.limits import Limits

__all__ = ["ARCHIVE_SUFFIXES", "members"]

ARCHIVE_SUFFIXES = frozenset({".zip", ".gz"})
_BLOCK = 1 << 20


def members(path: Path, limits: Limits) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of every file in an archive.

    Raises:
        RefusedFile: `broken_archive`, `nested_archive`, `archive_path`, `archive_bomb`, `archive_encrypted`.
    """
    if path.suffix.lower() == ".gz":
        yield path.name[: -len(".gz")], _gunzip(path, limits)
    else:
        yield from _unzip(path, limits)


def _read_bounded(stream: IO[bytes] | gzip.GzipFile, name: str, allowed: int) -> bytes:
    blocks: list[bytes] = []
    size = 0
    while block := stream.read(_BLOCK):
        size += len(block)
        if size > allowed:
            raise RefusedFile(
                "archive_bomb",
                f"{name}: unpacks to more than {allowed} bytes.",
                "Deliver the export unpacked, or raise limits.archive_expansion in the pipeline.",
            )
        blocks.append(block)
    return b"".join(blocks)


def _allowance(packed: int, limits: Limits) -> int:
    return min(limits.archive_bytes, max(packed, 1) * limits.archive_expansion)


def _gunzip(path: Path, limits: Limits) -> bytes:
    try:
        with gzip.open(path, "rb") as stream:
            data = _read_bounded(stream, path.name, _allowance(path.stat().st_size, limits))
    except (OSError, EOFError, zlib.error) as problem:
        raise RefusedFile(
            "broken_archive", f"{path.name}: the archive cannot be unpacked: {problem}.", "Deliver it again."
        ) from problem
    if data[:4] == b"PK\x03\x04" and path.name.lower().endswith(".zip.gz"):
        raise RefusedFile("nested_archive", f"{path.name}: an archive inside an archive.", "Deliver it unpacked once.")
    return data


def _escapes(name: str) -> bool:
    pure = PurePosixPath(name.replace("\\", "/"))
    return pure.is_absolute() or ".." in pure.parts or (len(name) > 1 and name[1] == ":")


def _check_member(archive: Path, name: str, flag_bits: int) -> None:
    if _escapes(name):
        raise RefusedFile(
            "archive_path",
            f"{archive.name}: the member {name!r} leaves the archive.",
            "Pack it again without absolute or parent paths.",
            value=name,
        )
    if PurePosixPath(name).suffix.lower() in ARCHIVE_SUFFIXES:
        raise RefusedFile(
            "nested_archive",
            f"{archive.name}: the member {name!r} is an archive itself.",
            "Deliver the inner archive on its own.",
            value=name,
        )
    if flag_bits & 0x1:
        raise RefusedFile(
            "archive_encrypted",
            f"{archive.name}: the member {name!r} is protected by a password.",
            "Deliver it without password.",
            value=name,
        )


def _unzip(path: Path, limits: Limits) -> Iterator[tuple[str, bytes]]:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = sorted((e for e in archive.infolist() if not e.is_dir()), key=lambda entry: entry.filename)
            for entry in entries:
                _check_member(path, entry.filename, entry.flag_bits)
            names = [entry.filename for entry in entries]
            twice = (
                next((name for name in names if names.count(name) > 1), None) if len(set(names)) < len(names) else None
            )
            if twice is not None:
                raise RefusedFile(
                    "broken_archive",
                    f"{path.name}: the member {twice!r} stands twice.",
                    "Pack it again with one member of each name.",
                    value=twice,
                )
            left = limits.archive_bytes
            for entry in entries:
                with archive.open(entry) as stream:
                    data = _read_bounded(stream, entry.filename, min(left, _allowance(entry.compress_size, limits)))
                left -= len(data)
                yield entry.filename, data
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, RuntimeError) as problem:
        raise RefusedFile(
            "broken_archive", f"{path.name}: the archive cannot be unpacked: {problem}.", "Deliver it again."
        ) from problem
