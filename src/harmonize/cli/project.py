"""`harmonize init`: a project folder whose files override the shipped ones."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated

import typer

from harmonize.cli.output import say
from harmonize.errors import ConfigurationError
from harmonize.project import KNOWLEDGE_FOLDERS, shipped_folder

__all__ = ["init_command"]

_MERGED = "*.jsonl merge=union\n"
"""Two stewards append to one ledger: git keeps the lines of both, in any order."""


def init_command(
    folder: Annotated[Path, typer.Argument(help="The new project folder.")] = Path(),
) -> None:
    """Make a project folder: mappings, schemas and pipelines to edit, an inbox, and a ledger to keep in git."""
    shipped = shipped_folder()
    existing = [name for name in KNOWLEDGE_FOLDERS if (folder / name).exists()]
    if existing:
        raise ConfigurationError(f"{folder}: {', '.join(existing)} stand here already; nothing was changed.")
    try:
        for name in KNOWLEDGE_FOLDERS:
            shutil.copytree(shipped / name, folder / name)
        for name in ("inbox", "decisions"):
            (folder / "data" / name).mkdir(parents=True, exist_ok=True)
        (folder / "data" / "decisions" / ".gitattributes").write_text(_MERGED, encoding="utf-8")
    except OSError as problem:
        raise ConfigurationError(
            f"{folder}: cannot be written: {problem.strerror}. Choose another folder."
        ) from problem
    say(f"{folder.resolve()}: put exports into data/inbox/<contributor>/ and run `harmonize run`.")
