"""What became of the releases of an output folder: which stand and are whole, and the way back to an earlier one.

A way back is recorded in `releases.jsonl` beside the releases. It says nothing of grants: they are judged as of now, so
what audiences were given of another release is marked as stale until it is published again.
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
    "list_releases",
    "mark_audiences_published",
    "mark_audiences_stale",
    "named_release",
    "release_before",
    "roll_back",
]

DATABASE = "harmonized.duckdb"
HISTORY = "releases.jsonl"
"""Ledger of ways back: `{"from", "to", "by", "at", "why"}`, one a line, beside the releases."""
_STALE = Path("steward", "stale.json")
"""Beside what audiences receive, never inside of it."""
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

    First what audiences have is marked, then the act is recorded, at last `current` is switched: interrupted, the way
    back is not gone and nothing unjudged looks fresh.

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
        line = {"from": before or "", "to": target, "by": by, "at": at, "why": why}
        append_lines(out / HISTORY, [line])
        point_current(out, target)
    return before, target


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
