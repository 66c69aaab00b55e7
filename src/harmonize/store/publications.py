"""What was published: one immutable folder a publication, and `audiences`, the link to the one that holds.

The steward's record (what ids stand for, who was shown what, what was withdrawn) lies beside it in `steward/`, and
never inside of what audiences receive.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harmonize.errors import PublicationError
from harmonize.store.releases import reach_the_disk

__all__ = [
    "Publications",
    "Withdrawn",
    "withdrawn",
]


_SHOWN = {"audience", "shared_id", "assessment_id", "basis", "scope_rank", "grant_id"}


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """An assessment that an audience was shown, and is shown no more, or less of.

    Attributes:
        shared_id: its id in that audience's files.
        basis: `own`, or `grant`: what was granted of an own report may end, and the own delivery stays.
        scope_rank: how much of it was shown, from 1 to 4 (summary, findings, answers, full).
        scope_now: how much of it is shown now; 0 for nothing.
    """

    audience: str
    shared_id: str
    assessment_id: str
    basis: str
    scope_rank: int
    scope_now: int
    grant_id: str | None


def withdrawn(before: Iterable[Mapping[str, Any]], now: Iterable[Mapping[str, Any]]) -> list[Withdrawn]:
    """What was shown before and is shown no more, or less of."""
    kept = {(row["audience"], row["assessment_id"], row["basis"]): int(row["scope_rank"]) for row in now}
    found = []
    for row in before:
        scope = kept.get((row["audience"], row["assessment_id"], row["basis"]), 0)
        if scope < row["scope_rank"]:
            known = (row["shared_id"], row["assessment_id"], row["basis"], row["scope_rank"])
            found.append(Withdrawn(row["audience"], *known, scope, row["grant_id"]))
    return found


@dataclass(frozen=True, slots=True)
class Publications:
    """The publications of one output folder."""

    out: Path

    @property
    def link(self) -> Path:
        """Where readers look."""
        return self.out / "audiences"

    @property
    def folder(self) -> Path:
        """Where they all stand."""
        return self.out / "publications"

    @property
    def steward(self) -> Path:
        """The steward's own record."""
        return self.out / "steward"

    @property
    def current(self) -> str | None:
        """The id of the one that holds; None where nothing is published."""
        try:
            return Path(self.link.readlink()).name
        except OSError:
            return None

    def shown(self) -> list[dict[str, Any]]:
        """What the audiences are shown by the one that holds.

        Raises:
            PublicationError: the record is there and cannot be read: nobody could say what is withdrawn.
        """
        path = self.steward / "shown.json"
        try:
            found: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
            if all(row.keys() >= _SHOWN for row in found):
                return found
        except FileNotFoundError:
            return []
        except (OSError, ValueError, AttributeError, TypeError):
            pass
        raise PublicationError(
            f"{path}: the record of what audiences were shown cannot be read, so nobody could say what is withdrawn. "
            "Restore it from a copy, or remove it: then the receipt of the next publication tells of nothing earlier."
        )

    def place(self, built: Path, publication_id: str) -> Path:
        """Put a built folder in place and switch `audiences` to it, all audiences at once.

        Raises:
            PublicationError: it cannot be written; what is published stays.
        """
        target = self.folder / publication_id
        try:
            self.folder.mkdir(exist_ok=True)
            reach_the_disk(built)
            if target.exists():
                shutil.rmtree(target)
            built.rename(target)
            self._switch(publication_id)
        except OSError as problem:
            raise self._refusal(problem) from problem
        return target

    def refuse_what_is_no_link(self) -> None:
        """Refuse a place that publishing did not make.

        Raises:
            PublicationError: something else stands where readers would look.
        """
        if self.link.exists() and not self.link.is_symlink():
            raise PublicationError(
                f"{self.link}: is no link that `harmonize publish` made; move it away, or choose another --out."
            )

    def _switch(self, publication_id: str) -> None:
        self.refuse_what_is_no_link()
        link = self.out / f".audiences-{os.getpid()}"
        link.unlink(missing_ok=True)
        link.symlink_to(Path("publications") / publication_id, target_is_directory=True)
        link.replace(self.link)

    def keep_only(self, kept: Iterable[str]) -> list[str]:
        """Remove all publications but these; returns what went.

        Each is renamed first: what is half removed is never taken for whole.
        """
        names, gone = set(kept), []
        for path in sorted(self.folder.glob("*")):
            if path.name in names or not path.is_dir():
                continue
            try:
                aside = path if path.name.startswith(".") else path.with_name(f".gone-{path.name}")
                if aside != path:
                    path.rename(aside)
                    gone.append(path.name)
                shutil.rmtree(aside)
            except OSError as problem:
                raise self._refusal(problem) from problem
        return gone

    def write_record(self, name: str, content: object) -> Path:
        """Write a file of the steward's record whole, or not at all.

        Raises:
            PublicationError: it cannot be written.
        """
        path = self.steward / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            scratch = path.with_name(f".{path.name}-{os.getpid()}")
            scratch.write_text(json.dumps(content, indent=1, sort_keys=True, default=str), encoding="utf-8")
            scratch.replace(path)
        except OSError as problem:
            raise self._refusal(problem) from problem
        return path

    def _refusal(self, problem: OSError) -> PublicationError:
        return PublicationError(
            f"{problem.filename2 or problem.filename or self.out}: cannot be written: {problem.strerror}. "
            "Free space, mend permissions, or choose another --out."
        )
