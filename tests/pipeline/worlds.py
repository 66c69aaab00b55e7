"""Inboxes to run and what came of them: deliver, run, ask the release.

Runs leave out Great Expectations, which takes longer than everything else together; one test of the gate does not. What
the knowledge folders say is loaded once per process, as long as they say the same. A release without any file is made
once, and what is made from nothing begins with it, unless a test asks for a run that begins with less.
The demo is made and run once for all tests of a process.
"""

from __future__ import annotations

import hashlib
import json
import os
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
from harmonize.pipeline.understanding import knowledge_rows
from harmonize.project import Project
from harmonize.settings import PipelineSettings
from harmonize.store.build import attach_release, write_knowledge

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
    """A pipeline without expectations and report."""
    plain = {"name": "test", "expectations": False, "data_docs": False, "report": False}
    return PipelineSettings.model_validate({**plain, **changes})


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
    *,
    is_bare: bool = False,
) -> Release:
    """Run an inbox to a release.

    Args:
        is_bare: begin with no release at all where none is continued.
    """
    with known_once(is_bare=is_bare):
        return Release(run(project or alone(), settings(), inbox, out, as_of, today, observer))


_understood: dict[tuple[str, date], Understanding] = {}
_known: dict[str, Knowledge] = {}
_empty: dict[tuple[str, str], Path] = {}


@contextmanager
def known_once(*, is_bare: bool = False) -> Iterator[None]:
    """Within, knowledge that was loaded before in this process and says the same is not loaded and linted again.

    Args:
        is_bare: make also the empty release anew, with its views and what the knowledge folders say.
    """
    load, load_for_identity = understanding.load_knowledge, Knowledge.from_folder
    said: list[tuple[Understanding, date]] = []

    def loaded(project: Project, as_of: date, scratch: Path, memory: Path | None = None) -> Understanding:
        key = _said([(name, project.files(name, "**/*")) for name in ("mappings", "schemas")]), as_of
        if key not in _understood:
            _understood[key] = load(project, as_of, scratch, memory)
        here = replace(_understood[key], schemas=project.whole("schemas", scratch))
        said.append((here, as_of))
        return here

    def loaded_for_identity(schemas: Path) -> Knowledge:
        key = _said([("schemas", sorted(schemas.rglob("*")))])
        if key not in _known:
            _known[key] = load_for_identity(schemas)
        return _known[key]

    def attached(connection: duckdb.DuckDBPyConnection, target: Path, previous: Path | None, form: str) -> bool:
        if previous is not None:
            return attach_release(connection, target, previous, form)
        understood, as_of = said[-1]
        key = form, f"{understood.knowledge_hash}|{as_of.isoformat()}"
        if key not in _empty:
            _empty[key] = _made_empty(understood, *key)
        attach_release(connection, target, _empty[key], form)
        return False

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stages, "load_knowledge", loaded)
        patch.setattr(Knowledge, "from_folder", loaded_for_identity)
        if not is_bare:
            patch.setattr(stages, "attach_release", attached)
            # (What the disk has not taken yet is lost with its machine alone, and here only processes die.)
            patch.setattr(os, "fsync", lambda _: None)
        yield


@cache
def _held() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="harmonize-tests-")


def _made_empty(understood: Understanding, form: str, knowledge_hash: str) -> Path:
    """The DuckDB file of a release of this form without any file."""
    target = Path(_held().name) / f"{len(_empty)}.duckdb"
    with duckdb.connect() as connection:
        connection.execute("ATTACH ':memory:' AS workspace")
        attach_release(connection, target, None, form)
        write_knowledge(connection, knowledge_hash, lambda: knowledge_rows(understood))
        connection.execute("CHECKPOINT release")
    return target


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
_SHAPE = {
    "columns and comments": """
        SELECT schema_name, table_name, column_name, data_type, is_nullable, column_default, comment
        FROM duckdb_columns() WHERE NOT internal ORDER BY schema_name, table_name, column_index
    """,
    "tables and comments": """
        SELECT schema_name, table_name, comment, sql FROM duckdb_tables() WHERE NOT internal ORDER BY ALL
    """,
    # (DuckDB lists what is left out in any order; what remains stands among the columns.)
    "views and comments": r"""
        SELECT schema_name, view_name, comment, regexp_replace(sql, 'EXCLUDE \([^)]*\)', 'EXCLUDE ()', 'g')
        FROM duckdb_views() WHERE NOT internal ORDER BY ALL
    """,
    "macros": """
        SELECT schema_name, function_name, parameters, macro_definition FROM duckdb_functions()
        WHERE NOT internal ORDER BY ALL
    """,
    "types": "SELECT schema_name, type_name, labels FROM duckdb_types() WHERE NOT internal ORDER BY ALL",
}


def contents(release: Release) -> dict[str, object]:
    """All that a release tells its readers, by the name of the part; equal releases have equal contents.

    Tables, views and parquet as sorted rows, how they are made and what is said of them, reports as text, the manifest
    without what a run costs.
    """
    folder = release.result.folder
    with duckdb.connect(str(release.database), read_only=True) as connection:

        def rows(source: str) -> list[tuple[Any, ...]]:
            return sorted(connection.execute(f"SELECT * FROM {source}").fetchall(), key=repr)

        found: dict[str, object] = {name: connection.execute(query).fetchall() for name, query in _SHAPE.items()}
        views = [name for (name,) in connection.execute(_VIEWS).fetchall()]
        found |= {name: rows(f'"{name}"') for name in (*TABLES, *views)}
        found |= {f"compact.{name}": rows(f"compact.{name}") for name in _STATED}
        found |= {name: rows(f"({query})") for name, query in _OTHERWISE.items()}
        # How a partition is divided hangs on what came when, and says nothing.
        for path in sorted({_partition(path) for path in (folder / "parquet").rglob("*.parquet")}):
            source = f"read_parquet('{path}{'' if path.suffix else '/*'}', hive_partitioning = false)"
            found[path.relative_to(folder).as_posix()] = (
                connection.execute(f"DESCRIBE FROM {source}").fetchall(),
                rows(source),
            )
    for path in sorted((folder / "reports").rglob("*.csv")):
        found[path.relative_to(folder).as_posix()] = path.read_text(encoding="utf-8").splitlines()
    for path in sorted(folder.glob("*.html")):
        found[path.name] = path.read_text(encoding="utf-8")
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return found | {f"manifest: {name}": told for name, told in manifest.items() if name not in _COSTS}


_STATED = (
    *("sure_record", "stated_identifier", "copy_evidence", "stated_header", "stated_scope", "stated_score"),
    *("stated_finding", "stated_plan", "stated_mention"),
)
_OTHERWISE = {
    "said otherwise": "SELECT s.assessment_id, o.* EXCLUDE (assessment_no) FROM compact.otherwise o "
    "JOIN compact.stored_assessment s USING (assessment_no)",
    "otherwise said": "SELECT s.assessment_id, a.question_id, q.digest, a.answered_by, a.state, a.verification, "
    "coalesce(t.raw_value, a.rare_value), a.value_number, u.raw_unit, u.unit, r.digest, a.row_no, p.prefix, p.suffix "
    "FROM compact.otherwise_answer a JOIN compact.stored_assessment s USING (assessment_no) "
    "JOIN compact.question q USING (question_no) JOIN compact.stated_text t USING (text_no) "
    "JOIN compact.raw_unit u USING (raw_unit_no) JOIN compact.remark r USING (remark_no) "
    "JOIN compact.place p USING (place_no)",
    "accepted": "SELECT s.assessment_id, q.question_id, a.answered_by, a.verification FROM compact.accepted_answer a "
    "JOIN compact.stored_assessment s USING (assessment_no) JOIN compact.question q USING (question_no)",
}


def _partition(path: Path) -> Path:
    return path.parent if path.name.startswith("part-") else path


_COSTS = frozenset({"seconds", "peak_memory_mb", "files", "checksum", "parts"})


def small_inbox(folder: Path, seed: int = 3) -> Path:
    """The inbox of a small demo."""
    return generate(folder, facilities=4, seed=seed, schemas=ROOT / "schemas").inbox


@cache
def demo_world() -> World:
    """Twelve invented factories, run once."""
    folder = Path(_held().name) / "demo"
    made = generate(folder, facilities=12, seed=7, schemas=ROOT / "schemas")
    return World(made.inbox, made.truth, folder, run_inbox(made.inbox, folder))


def delivered_files(inbox: Path) -> Sequence[Path]:
    """Files of an inbox that are no README and not hidden."""
    found = (path for path in sorted(inbox.rglob("*")) if path.is_file())
    return [path for path in found if not path.name.lower().startswith(("readme", "."))]
