"""Inboxes to run and what came of them: deliver, run, ask the release.

Runs leave out Great Expectations, which takes longer than everything else together; one test of the gate does not.
The demo is made and run once for all tests of a process.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from harmonize.demo import generate
from harmonize.pipeline import RunResult, run
from harmonize.project import Project
from harmonize.settings import PipelineSettings

__all__ = [
    "AS_OF",
    "ROOT",
    "TODAY",
    "Release",
    "World",
    "alone",
    "deliver",
    "delivered_files",
    "demo_world",
    "run_inbox",
    "settings",
    "small_inbox",
]

ROOT = Path(__file__).parents[2]
AS_OF = date(2026, 6, 30)
TODAY = date(2026, 7, 1)


@dataclass(frozen=True, slots=True)
class Release:
    """A published release that answers questions."""

    result: RunResult

    @property
    def database(self) -> Path:
        return self.result.folder / "harmonized.duckdb"

    @property
    def hash(self) -> str:
        return str(self.result.manifest["logical_hash"])

    def query(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Rows of a query."""
        with duckdb.connect(str(self.database), read_only=True) as connection:
            return connection.execute(sql, list(values)).fetchall()

    def column(self, sql: str, *values: object) -> list[Any]:
        """The first column of a query."""
        return [row[0] for row in self.query(sql, *values)]

    def one(self, sql: str, *values: object) -> Any:
        """The only value of a query."""
        ((value,),) = self.query(sql, *values)
        return value


@dataclass(frozen=True, slots=True)
class World:
    """An invented inbox and its release."""

    inbox: Path
    truth: Path
    out: Path
    release: Release


def alone() -> Project:
    """The shipped knowledge without a project folder: ledger and stage lie under the output folder."""
    return Project(Project.locate(ROOT).roots, None)


def settings(**changes: Any) -> PipelineSettings:
    """A pipeline without expectations."""
    return PipelineSettings.model_validate({"name": "test", "expectations": False, "data_docs": False, **changes})


def deliver(inbox: Path, files: Mapping[str, str | bytes]) -> Path:
    """Put files into an inbox."""
    for path, content in files.items():
        target = inbox / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode() if isinstance(content, str) else content)
    return inbox


def run_inbox(inbox: Path, out: Path, project: Project | None = None, today: date = TODAY) -> Release:
    """Run an inbox to a release."""
    return Release(run(project or alone(), settings(), inbox, out, AS_OF, today))


def small_inbox(folder: Path, seed: int = 3) -> Path:
    """The inbox of a small demo."""
    return generate(folder, facilities=4, seed=seed, schemas=ROOT / "schemas").inbox


@cache
def _held() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="harmonize-demo-")


@cache
def demo_world() -> World:
    """Twelve invented factories, run once."""
    folder = Path(_held().name)
    made = generate(folder, facilities=12, seed=7, schemas=ROOT / "schemas")
    return World(made.inbox, made.truth, folder / "out", run_inbox(made.inbox, folder / "out"))


def delivered_files(inbox: Path) -> Sequence[Path]:
    """Files of an inbox that are no README and not hidden."""
    found = (path for path in sorted(inbox.rglob("*")) if path.is_file())
    return [path for path in found if not path.name.lower().startswith(("readme", "."))]
