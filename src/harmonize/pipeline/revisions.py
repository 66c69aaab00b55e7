"""The knowledge of a project as one of its git revisions has it, beside the working tree that it never touches.

A range is written as for git: `main..my-branch`; a missing right side is the working tree, a missing left side the last
commit; `main...my-branch` begins where the branch parted from main.
"""

from __future__ import annotations

import os
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from harmonize.errors import ConfigurationError
from harmonize.project import Project

__all__ = ["JUDGED_FOLDERS", "Revision", "between", "errors_named"]

JUDGED_FOLDERS = ("mappings", "schemas")
_WORKING_TREE = "the working tree"
_OF_ANOTHER = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY", "GIT_PREFIX")
"""What a hook says of the repository that it runs in, which need not be the one that is asked."""


@dataclass(frozen=True, slots=True)
class Revision:
    """A state of the project's knowledge.

    Attributes:
        name: as people call it.
        project: the project in this state.
        folder: where its own files lie.
    """

    name: str
    project: Project
    folder: Path


def between(project: Project, span: str, scratch: Path) -> tuple[Revision, Revision]:
    """The two states that a range names.

    Args:
        scratch: an empty folder for the files of revisions.

    Raises:
        ConfigurationError: there is no git repository here, or no such revision.
    """
    folder = project.folder
    if folder is None:
        raise ConfigurationError(
            f"There is no project here: {Path.cwd()} has neither {' nor '.join(JUDGED_FOLDERS)}. "
            "Go to the project's folder; `harmonize init` makes one."
        )
    left, right, parted = _split(span)
    name = left or "HEAD"
    older, newer = _commit(folder, name), _commit(folder, right or "HEAD")
    if parted:
        older = _git(folder, "merge-base", older, newer).decode().strip()
        name = f"where {name} and {right or 'HEAD'} parted"
    before = _taken_out(project, folder, older, name, scratch / "before")
    if not right:
        return before, Revision(_WORKING_TREE, project, folder)
    return before, _taken_out(project, folder, newer, right, scratch / "after")


def _split(span: str) -> tuple[str, str, bool]:
    """Left, right, and whether the left side is where the two parted."""
    for dots in ("...", ".."):
        left, found, right = span.partition(dots)
        if found and not set(left[-1:] + right[:1]) & {"."}:
            return left, right, dots == "..."
    raise ConfigurationError(
        f"{span!r} names no two revisions. Write LEFT..RIGHT as for git: `main..my-branch`, or `HEAD..` for what is "
        "not committed yet."
    )


def _commit(folder: Path, name: str) -> str:
    """The commit that a revision names."""
    try:
        found = _git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    except ConfigurationError:
        inside = _git(folder, "rev-parse", "--is-inside-work-tree").decode().strip()
        if inside != "true":
            raise
        raise ConfigurationError(
            f"{folder}: git knows no revision {name!r}. `git branch --all` and `git log` list those that are there."
        ) from None
    return found.decode().strip()


def _taken_out(project: Project, folder: Path, commit: str, name: str, target: Path) -> Revision:
    """The knowledge of a commit in a folder of its own; what the project lacks comes from the shipped one, as ever."""
    target.mkdir(parents=True)
    there = _git(folder, "ls-tree", "--name-only", "-z", commit, *JUDGED_FOLDERS).decode().split("\0")
    present = [part for part in JUDGED_FOLDERS if part in there]
    if present:
        packed = BytesIO(_git(folder, "archive", "--format=tar", commit, *present))
        try:
            with tarfile.open(fileobj=packed) as archive:
                # (Git packs what is below the folder; a link in it leads nowhere that is asked for.)
                archive.extractall(target, [one for one in archive if one.isfile() or one.isdir()])  # noqa: S202
        except tarfile.TarError as problem:
            raise ConfigurationError(f"{name}: {problem}. Remove this entry from the project.") from problem
    roots = tuple(target if root == folder else root for root in project.roots)
    return Revision(name, Project(roots, target), target)


def _git(folder: Path, *arguments: str) -> bytes:
    """What git answers about a folder.

    Raises:
        ConfigurationError: git is not there, or refuses.
    """
    environment = {name: value for name, value in os.environ.items() if name not in _OF_ANOTHER}
    try:
        done = subprocess.run(  # noqa: S603 - a fixed program; revisions follow --end-of-options
            ["git", "-C", str(folder), *arguments],  # noqa: S607
            capture_output=True,
            check=False,
            env={**environment, "LC_ALL": "C"},
        )
    except FileNotFoundError:
        raise ConfigurationError("The program git is not there; install it: revisions are compared with it.") from None
    if done.returncode == 0:
        return done.stdout
    said = " ".join(done.stderr.decode(errors="replace").split()).removeprefix("fatal: ")
    if "not a git repository" in said:
        raise ConfigurationError(
            f"{folder}: the project is in no git repository, so there are no revisions to compare. "
            "`git init` and a commit make it one."
        )
    raise ConfigurationError(f"{folder}: git {arguments[0]} refuses: {said or 'without a word'}.")


@contextmanager
def errors_named(revision: Revision) -> Iterator[None]:
    """Let errors in files of a revision name it instead of the folder that holds a copy."""
    try:
        yield
    except ConfigurationError as problem:
        if revision.name == _WORKING_TREE:
            raise
        said = str(problem).replace(f"{revision.folder}{os.sep}", f"{revision.name}:")
        raise ConfigurationError(said.replace(str(revision.folder), revision.name)) from problem
