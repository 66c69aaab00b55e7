"""Inboxes to run and what came of them: deliver, run, ask the release.

Runs leave out Great Expectations, which takes longer than everything else together; one test of the gate does not. What
the knowledge folders say is loaded once per process, as long as they say the same.
The demo is made and run once for all tests of a process.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pytest

from harmonize.demo import generate
from harmonize.identity import Knowledge
from harmonize.model.tables import TABLES
from harmonize.pipeline import Observer, RunResult, Understanding, run, stages, understanding
from harmonize.project import Project
from harmonize.settings import PipelineSettings

__all__ = [
    "AS_OF",
    "ROOT",
    "TODAY",
    "Release",
    "World",
    "alone",
    "contents",
    "deliver",
    "delivered_files",
    "demo_world",
    "knowing",
    "known_once",
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


def knowing(folder: Path, files: Mapping[str, str]) -> Project:
    """The shipped knowledge with these files in place of the shipped ones; ledger and stage as for `alone`."""
    deliver(folder, files)
    return Project((folder, *alone().roots), None)


def run_inbox(
    inbox: Path,
    out: Path,
    project: Project | None = None,
    today: date = TODAY,
    as_of: date = AS_OF,
    observer: Observer | None = None,
) -> Release:
    """Run an inbox to a release."""
    with known_once():
        return Release(run(project or alone(), settings(), inbox, out, as_of, today, observer))


_understood: dict[tuple[str, date], Understanding] = {}
_known: dict[str, Knowledge] = {}


@contextmanager
def known_once() -> Iterator[None]:
    """Within, knowledge that was loaded before in this process and says the same is not loaded and linted again."""
    load, load_for_identity = understanding.load_knowledge, Knowledge.from_folder

    def loaded(project: Project, as_of: date, scratch: Path, memory: Path | None = None) -> Understanding:
        key = _said([(name, project.files(name, "**/*")) for name in ("mappings", "schemas")]), as_of
        if key not in _understood:
            _understood[key] = load(project, as_of, scratch, memory)
        return replace(_understood[key], schemas=project.whole("schemas", scratch))

    def loaded_for_identity(schemas: Path) -> Knowledge:
        key = _said([("schemas", sorted(schemas.rglob("*")))])
        if key not in _known:
            _known[key] = load_for_identity(schemas)
        return _known[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stages, "load_knowledge", loaded)
        patch.setattr(Knowledge, "from_folder", loaded_for_identity)
        yield


def _said(folders: Sequence[tuple[str, Sequence[Path]]]) -> str:
    """A hash of what stands in folders, wherever they lie."""
    digest = hashlib.sha256()
    for name, paths in folders:
        for path in paths:
            if path.is_file():
                digest.update(f"{name}\0{path.parent.name}\0{path.name}\0".encode())
                digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


_VIEWS = "SELECT view_name FROM duckdb_views() WHERE NOT internal AND starts_with(view_name, 'v_') ORDER BY 1"
_SHAPE = """
    SELECT table_name, column_name, data_type, comment FROM duckdb_columns()
    WHERE NOT internal AND schema_name = 'main' ORDER BY table_name, column_index
"""


def contents(release: Release) -> dict[str, object]:
    """All that a release tells its readers, by the name of the part; equal releases have equal contents.

    Tables, views and parquet as sorted rows, reports as text, the manifest without what a run costs.
    """
    folder = release.result.folder
    with duckdb.connect(str(release.database), read_only=True) as connection:

        def rows(source: str) -> list[tuple[Any, ...]]:
            return sorted(connection.execute(f"SELECT * FROM {source}").fetchall(), key=repr)

        found: dict[str, object] = {"columns and comments": connection.execute(_SHAPE).fetchall()}
        views = [name for (name,) in connection.execute(_VIEWS).fetchall()]
        found |= {name: rows(f'"{name}"') for name in (*TABLES, *views)}
        found |= {
            name: rows(name) for name in ("compact.sure_record", "compact.stated_identifier", "compact.copy_evidence")
        }
        # How a partition is divided hangs on what came when, and says nothing.
        for path in sorted({_partition(path) for path in (folder / "parquet").rglob("*.parquet")}):
            source = f"read_parquet('{path}{'' if path.suffix else '/*'}', hive_partitioning = false)"
            found[path.relative_to(folder).as_posix()] = (
                connection.execute(f"DESCRIBE FROM {source}").fetchall(),
                rows(source),
            )
    for path in sorted((folder / "reports").rglob("*.csv")):
        found[path.relative_to(folder).as_posix()] = path.read_text(encoding="utf-8").splitlines()
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return found | {f"manifest: {name}": told for name, told in manifest.items() if name not in _COSTS}


def _partition(path: Path) -> Path:
    return path.parent if path.name.startswith("part-") else path


_COSTS = frozenset({"seconds", "peak_memory_mb", "files", "checksum", "parts"})


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
    return World(made.inbox, made.truth, folder, run_inbox(made.inbox, folder))


def delivered_files(inbox: Path) -> Sequence[Path]:
    """Files of an inbox that are no README and not hidden."""
    found = (path for path in sorted(inbox.rglob("*")) if path.is_file())
    return [path for path in found if not path.name.lower().startswith(("readme", "."))]
