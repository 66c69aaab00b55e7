"""What became of the releases of an output folder: which stand and are whole, and the way back to an earlier one.

A way back is recorded in `releases.jsonl` beside the releases. It says nothing of grants: they are judged as of now, by
the register that the last run read, and what audiences were given of another release is marked as stale until it is
published again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harmonize.errors import InboxError, PublicationError
from harmonize.ledgers import append_lines
from harmonize.store.releases import (
    checksum,
    current_release,
    exclusive,
    is_whole,
    made_at,
    point_current,
    read_manifest,
    release_folder,
    releases,
)

__all__ = [
    "DATABASE",
    "HISTORY",
    "ReleaseEntry",
    "audiences_are_stale",
    "end_way_back",
    "list_releases",
    "mark_audiences_published",
    "mark_audiences_stale",
    "named_release",
    "release_before",
    "release_of_register",
    "roll_back",
]

DATABASE = "harmonized.duckdb"
HISTORY = "releases.jsonl"
"""Ledger of ways back: `{"from", "to", "by", "at", "why"}`, one a line, beside the releases."""
_STALE = Path("steward", "stale.json")
"""Beside what audiences receive, never inside of it."""
_WAY_BACK = "way_back.json"
"""`{"register", "targets"}`: the release that the last run made, and those that `current` was set back to since."""
_NO_CURRENT = "there is no release yet. Run `harmonize run` first."


@dataclass(frozen=True, slots=True)
class ReleaseEntry:
    """A release that stands.

    Attributes:
        made_at: seconds since 1970.
        rows: of all tables.
        bytes: of all its files; what it shares with another release counts in both.
        damage: what is wrong with it; None for a whole one.
    """

    release_id: str
    as_of: str
    made_at: float
    rows: int
    harmonize_version: str
    contract_version: str
    bytes: int
    is_current: bool
    damage: str | None


def list_releases(out: Path, *, is_quick: bool = False) -> list[ReleaseEntry]:
    """Every release that stands, the latest made first.

    Args:
        is_quick: only look at the sizes of the files, without reading them.

    Raises:
        InboxError: there is none.
    """
    folders = releases(out)
    if not folders:
        raise InboxError(f"{out / 'releases'}: {_NO_CURRENT}")
    current = current_release(out)
    return [_entry(folder, folder.name == current, is_quick=is_quick) for folder in folders]


def _entry(folder: Path, is_current: bool, *, is_quick: bool) -> ReleaseEntry:
    manifest = read_manifest(folder) or {}
    sizes: Mapping[str, int] = manifest.get("files", {})
    return ReleaseEntry(
        folder.name,
        str(manifest.get("as_of", "")),
        made_at(folder),
        sum(table["rows"] for table in manifest.get("tables", {}).values()),
        str(manifest.get("harmonize_version", "")),
        str(manifest.get("contract_version", "")),
        sum(sizes.values()),
        is_current,
        _damage(folder, manifest, is_quick=is_quick),
    )


def _damage(folder: Path, manifest: Mapping[str, Any], *, is_quick: bool = False) -> str | None:
    """What is wrong with a release."""
    if not manifest:
        return "its manifest cannot be read"
    if manifest.get("release_id") != folder.name:
        return "its manifest is another release's"
    if not is_whole(folder, manifest):
        return "files are missing or of another length than its manifest says"
    if not is_quick and checksum(folder / DATABASE) != manifest.get("checksum"):
        return f"{DATABASE} is not what was written"
    return None


def named_release(out: Path, name: str) -> Path:
    """The folder of a whole release, by its id, a part of it, or `current`.

    Raises:
        InboxError: none or several have that name.
        PublicationError: it is damaged.
    """
    name = current_release(out) or name if name == "current" else name
    stand = [folder.name for folder in releases(out)]
    if not stand:
        raise InboxError(f"{out / 'releases'}: {_NO_CURRENT}")
    found = [one for one in stand if one == name] or [one for one in stand if name and name in one]
    if len(found) != 1:
        said = "There is no release" if not found else "Several releases are called"
        raise InboxError(f"{said} {name!r} in {out}; there are {', '.join(found or stand)}. `harmonize releases list`.")
    folder = release_folder(out, found[0])
    damage = _damage(folder, read_manifest(folder) or {})
    if damage is not None:
        raise PublicationError(
            f"{folder}: this release is damaged: {damage}. Choose a whole one of `harmonize releases list`, or put the "
            "folder back from a backup; `harmonize run` makes the current one anew."
        )
    return folder


def release_before(out: Path, release_id: str) -> str:
    """The id of the whole release that was made before another one.

    Raises:
        InboxError: there is none.
    """
    stand = list_releases(out, is_quick=True)
    place = next((at for at, entry in enumerate(stand) if entry.release_id == release_id), len(stand))
    for entry in stand[place + 1 :]:
        if entry.damage is None:
            return entry.release_id
    raise InboxError(f"{out}: there is no whole release before {release_id}. Name two of `harmonize releases list`.")


def roll_back(out: Path, name: str, by: str, at: str, why: str) -> tuple[str | None, str]:
    """Let `current` name an earlier release, in one step; what audiences have counts as stale from then on.

    First what audiences have is marked, then whose register holds on and the act are recorded, at last `current` is
    switched: interrupted, the way back is not gone, no revoked grant is alive again, and nothing unjudged looks fresh.

    Args:
        by, at, why: who did it, when (ISO 8601), and the reason.

    Returns:
        The release that was current, None where no such link was, and the one that is. Equal: nothing was done.

    Raises:
        InboxError: no such release.
        PublicationError: it is damaged, a run is at work, or nothing can be written.
    """
    with exclusive(out):
        target, before = named_release(out, name).name, current_release(out)
        if target == before:
            return before, target
        mark_audiences_stale(out, f"{at}: rolled back from {before} to {target}")
        _keep_register(out, before, target)
        line = {"from": before or "", "to": target, "by": by, "at": at, "why": why}
        append_lines(out / HISTORY, [line])
        point_current(out, target)
    return before, target


def _keep_register(out: Path, before: str | None, target: str) -> None:
    """Let the register of the last run hold on, whatever releases are gone back to."""
    known = _way_back(out)
    is_back = known is not None and before in known["targets"]
    register = known["register"] if known is not None and is_back else before
    if register is None:
        return
    targets = [*(known["targets"] if known is not None and is_back else ()), target]
    scratch = out / f".{_WAY_BACK}"
    try:
        scratch.write_text(json.dumps({"register": register, "targets": targets}) + "\n", encoding="utf-8")
        scratch.replace(out / _WAY_BACK)
    except OSError as problem:
        raise PublicationError(
            f"{out / _WAY_BACK}: cannot be written: {problem.strerror}. Mend permissions; `current` was not switched."
        ) from problem


def _way_back(out: Path) -> dict[str, Any] | None:
    path = out / _WAY_BACK
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(found["register"], str) and isinstance(found["targets"], list):
            return found
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        pass
    raise PublicationError(f"{path}: cannot be read, so nobody could say which grants hold. Run `harmonize run`.")


def end_way_back(out: Path) -> None:
    """Let the register of `current` hold again: what a run does last, which has read the register anew."""
    (out / _WAY_BACK).unlink(missing_ok=True)


def release_of_register(out: Path) -> Path:
    """The release whose consent register holds: `current`, or after a way back the one that the last run made.

    Raises:
        PublicationError: that one is gone or damaged: an older register may hold what was revoked since.
    """
    current = (out / "current").resolve()
    known = _way_back(out)
    if known is None or current.name not in known["targets"]:
        return current
    folder = release_folder(out, known["register"])
    manifest = read_manifest(folder)
    if manifest is None or not is_whole(folder, manifest):
        raise PublicationError(
            f"{folder}: this release was gone back from, and its consent register holds, but it is gone or damaged: "
            "nobody could say what was revoked since. Run `harmonize run`, which reads the register anew."
        )
    return folder


def mark_audiences_stale(out: Path, why: str) -> None:
    """Say that the audiences' files are of another release than `current`; where there are none, nothing is said.

    Raises:
        PublicationError: the mark cannot be written.
    """
    if not (out / "audiences").is_dir():
        return
    mark = out / _STALE
    try:
        mark.parent.mkdir(exist_ok=True)
        mark.write_text(json.dumps({"why": why}) + "\n", encoding="utf-8")
    except OSError as problem:
        raise PublicationError(
            f"{mark}: cannot be written: {problem.strerror}. Mend permissions; `current` was not switched."
        ) from problem


def mark_audiences_published(out: Path) -> None:
    """Say that the audiences' files are those of `current`: what `harmonize publish` does last."""
    (out / _STALE).unlink(missing_ok=True)


def audiences_are_stale(out: Path) -> bool:
    """Whether the audiences' files are of another release, or judged on another day, than what `current` names."""
    return (out / _STALE).exists()
