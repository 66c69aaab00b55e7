"""Releases: immutable folders under `releases/`, and `current`, a symbolic link that is switched atomically.

Readers see the old or the new release, never half of one. A folder is complete when it has its final name.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from isal import isal_zlib

from harmonize.errors import PublicationError

__all__ = [
    "building",
    "checksum",
    "current_release",
    "discard_old",
    "exclusive",
    "file_sizes",
    "is_whole",
    "made_at",
    "point_current",
    "publish",
    "reach_the_disk",
    "read_manifest",
    "release_folder",
    "releases",
]

_BUILDING = ".building-"
_MANIFEST = "manifest.json"
_BLOCK = 1 << 22


def release_folder(out: Path, release_id: str) -> Path:
    """The folder of a release."""
    return out / "releases" / release_id


def made_at(folder: Path) -> float:
    """When a release was made, as seconds since 1970: its manifest is written last."""
    return (folder / _MANIFEST).stat().st_mtime


def releases(out: Path) -> list[Path]:
    """The folders of all releases that stand, the latest made first; what has no manifest is none."""
    found = [path.parent for path in (out / "releases").glob(f"*/{_MANIFEST}")]
    return sorted(found, key=lambda folder: (made_at(folder), folder.name), reverse=True)


def current_release(out: Path) -> str | None:
    """The id of the release that `current` names, whether it stands or not."""
    link = out / "current"
    return link.readlink().name if link.is_symlink() else None


def _refusal(out: Path, problem: OSError) -> PublicationError:
    return PublicationError(
        f"{problem.filename2 or problem.filename or out}: cannot be written: {problem.strerror}. "
        "Free space, mend permissions, or choose another --out."
    )


@contextmanager
def exclusive(out: Path) -> Iterator[None]:
    """Hold the lock of an output folder; a second run is refused at once.

    Raises:
        PublicationError: another run is at work here, or the folder cannot be written.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        lock = (out / ".lock").open("a")
    except OSError as problem:
        raise _refusal(out, problem) from problem
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as problem:
            raise PublicationError(
                f"{out}: another run is at work in this folder. Wait for it, or choose another --out."
            ) from problem
        yield


@contextmanager
def building(out: Path) -> Iterator[Path]:
    """A fresh folder to build a release in; what earlier, interrupted runs left is removed."""
    try:
        for stale in out.glob(f"{_BUILDING}*"):
            shutil.rmtree(stale, ignore_errors=True)
        folder = out / f"{_BUILDING}{os.getpid()}"
        folder.mkdir(parents=True)
    except OSError as problem:
        raise _refusal(out, problem) from problem
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """The manifest of a complete release; None when there is none."""
    try:
        content: dict[str, Any] = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return content


def file_sizes(folder: Path) -> dict[str, int]:
    """Bytes of every file of a release but its manifest, by path."""
    found = {path.relative_to(folder).as_posix(): path.stat().st_size for path in folder.rglob("*") if path.is_file()}
    found.pop(_MANIFEST, None)
    return dict(sorted(found.items()))


def checksum(path: Path) -> int:
    """A checksum of a file, which tells whether a bit of it has changed on disk."""
    found = 0
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            found = isal_zlib.crc32(block, found)
    return found


def is_whole(folder: Path, manifest: Mapping[str, Any]) -> bool:
    """Whether every file of a release is there and as long as its manifest says."""
    try:
        return file_sizes(folder) == manifest.get("files")
    except OSError:
        return False


def publish(out: Path, built: Path, release_id: str) -> Path:
    """Put a built folder in place and switch `current` to it; a damaged release of the same content is replaced.

    Raises:
        PublicationError: the folder or the link cannot be written; the last release stays.
    """
    target = release_folder(out, release_id)
    try:
        target.parent.mkdir(exist_ok=True)
        reach_the_disk(built)
        _replace(target, built)
    except OSError as problem:
        raise _refusal(out, problem) from problem
    point_current(out, release_id)
    return target


def _replace(target: Path, built: Path) -> None:
    """Put a built folder in place of what stands there; where that fails, what stood there stands again."""
    aside = built.with_name("damaged")
    if target.exists():
        target.rename(aside)
    try:
        built.rename(target)
    except OSError:
        if aside.exists():
            aside.rename(target)
        raise


def reach_the_disk(folder: Path) -> None:
    """Wait until all files of a folder are on the disk: what `current` names must survive a power cut."""
    for path in sorted([*folder.rglob("*"), folder]):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def point_current(out: Path, release_id: str) -> None:
    """Switch `current` to a release that is in place.

    Raises:
        PublicationError: the link cannot be written; the last release stays.
    """
    link = out / f"{_BUILDING}current"
    try:
        link.unlink(missing_ok=True)
        link.symlink_to(Path("releases") / release_id, target_is_directory=True)
        link.replace(out / "current")
    except OSError as problem:
        raise _refusal(out, problem) from problem


def discard_old(out: Path, work: Path, keep: int | None) -> None:
    """Remove the releases that are older than the latest ones; what `current` names always stays.

    A folder leaves its place in one step and is deleted afterwards: whoever looks sees all of a release or nothing.
    What an interruption leaves lies among what was being built, where the next run removes it.

    Args:
        work: a folder that is removed at the end, on the same disk.
        keep: how many stay, the current one among them; None for all.

    Raises:
        PublicationError: a folder cannot be moved; the new release stands.
    """
    if keep is None:
        return
    current = current_release(out)
    others = [folder for folder in releases(out) if folder.name != current]
    try:
        for folder in others[keep - 1 :]:
            folder.rename(work / f"discarded-{folder.name}")
    except OSError as problem:
        raise _refusal(out, problem) from problem
