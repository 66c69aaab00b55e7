"""Releases: immutable folders under `releases/`, and `current`, a symbolic link that is switched atomically.

Readers see the old or the new release, never half of one. A folder is complete when it has its final name.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from harmonize.errors import PublicationError

__all__ = ["building", "exclusive", "publish", "read_manifest", "release_folder"]

_BUILDING = ".building-"


def release_folder(out: Path, release_id: str) -> Path:
    """The folder of a release."""
    return out / "releases" / release_id


def _refusal(out: Path, problem: OSError) -> PublicationError:
    return PublicationError(
        f"{problem.filename or out}: cannot be written: {problem.strerror}. "
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
        content: dict[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return content


def publish(out: Path, built: Path, release_id: str) -> Path:
    """Put a built folder in place and switch `current` to it; the same release built again is kept as it stands.

    Raises:
        PublicationError: the folder or the link cannot be written; the last release stays.
    """
    target = release_folder(out, release_id)
    try:
        target.parent.mkdir(exist_ok=True)
        if read_manifest(target) is None:
            shutil.rmtree(target, ignore_errors=True)
            built.rename(target)
        link = out / f"{_BUILDING}current"
        link.unlink(missing_ok=True)
        link.symlink_to(Path("releases") / release_id, target_is_directory=True)
        link.replace(out / "current")
    except OSError as problem:
        raise _refusal(out, problem) from problem
    return target
