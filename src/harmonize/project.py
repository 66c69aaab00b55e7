"""Where things are: the knowledge folders, the ledger, the stage and the inbox of one project.

A folder that holds `mappings/`, `schemas/` or `pipelines/` is a project folder, and what stands in it overrides what
travels inside the installed package, file by file. Without a project folder everything comes from the package and the
ledger and the stage live under the output folder, and a folder that was begun so keeps its own for ever.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from harmonize.errors import ConfigurationError

__all__ = ["KNOWLEDGE_FOLDERS", "Project", "shipped_folder"]

KNOWLEDGE_FOLDERS = ("mappings", "schemas", "pipelines")


def shipped_folder() -> Path:
    """The folder that holds the knowledge shipped with this installation.

    In a wheel it is `harmonize/shipped`; in a checkout (editable install) it is the checkout itself.
    """
    package = Path(__file__).resolve().parent
    for candidate in (package / "shipped", package.parent.parent):
        if all((candidate / name).is_dir() for name in KNOWLEDGE_FOLDERS):
            return candidate
    raise ConfigurationError(
        f"{package}: the shipped folders {', '.join(KNOWLEDGE_FOLDERS)} are missing; reinstall harmonize."
    )


@dataclass(frozen=True, slots=True)
class Project:
    """Knowledge and state folders of one run.

    Attributes:
        roots: folders searched for knowledge, the overriding one first.
        folder: the project folder, or None when harmonize runs outside of any.
    """

    roots: tuple[Path, ...]
    folder: Path | None

    @classmethod
    def locate(cls, start: Path) -> Project:
        """Find the project folder at `start` (its own knowledge overrides the shipped one)."""
        shipped = shipped_folder()
        start = start.resolve()
        if any((start / name).is_dir() for name in KNOWLEDGE_FOLDERS):
            roots = (start,) if start == shipped.resolve() else (start, shipped)
            return cls(roots=roots, folder=start)
        return cls(roots=(shipped,), folder=None)

    def find(self, relative: str) -> Path:
        """The file or folder `relative` (for example `schemas/units.yml`) from the first root that has it."""
        for root in self.roots:
            if (root / relative).exists():
                return root / relative
        raise ConfigurationError(
            f"{relative} is not in {' or '.join(map(str, self.roots))}; run `harmonize init` to get a copy."
        )

    def files(self, folder: str, pattern: str) -> list[Path]:
        """All files that match `pattern` below `folder`, an overriding file hiding the shipped one of the same name."""
        found: dict[str, Path] = {}
        for root in self.roots:
            base = root / folder
            for path in sorted(base.glob(pattern)):
                found.setdefault(path.relative_to(base).as_posix(), path)
        return [found[name] for name in sorted(found)]

    def whole(self, folder: str, scratch: Path) -> Path:
        """The folder with all its files: the overriding one where complete, else a merged copy under `scratch`."""
        first = self.find(folder)
        names = [path.relative_to(root / folder) for root in self.roots for path in (root / folder).rglob("*")]
        if all((first / name).exists() for name in names):
            return first
        for root in reversed(self.roots):
            if (root / folder).is_dir():
                shutil.copytree(root / folder, scratch / folder, dirs_exist_ok=True)
        return scratch / folder

    def stage_folder(self, out: Path) -> Path:
        """Where the staged parquet of the runs into `out` lives."""
        return self._state(out) / "stage"

    def decisions_folder(self, out: Path) -> Path:
        """Where the ledger of minted ids and of decisions of the runs into `out` lives."""
        return self._state(out) / "decisions"

    def secrets_folder(self, out: Path) -> Path:
        """Where the secret of the publisher into `out` lives; never in a repository."""
        return self._state(out) / "secrets"

    def _state(self, out: Path) -> Path:
        """An output folder that keeps a ledger of its own (the demo, a trial) is never mixed with the project's."""
        return out if self.folder is None or (out / "decisions").is_dir() else self.folder / "data"
