"""The workspace of an impact: the release opened again, and a side for each state of the crosswalks.

Unqualified names live on the side that is at work, or else in the workspace that all share. Each side has a small
release of its own, which is attached as `release` while it is at work: the statements of a run know it by that name.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

import duckdb

from harmonize.assessments.deduplicate import rank_deliveries
from harmonize.database import quoted
from harmonize.errors import InboxError
from harmonize.pipeline.catalogue import look_into_catalogue
from harmonize.pipeline.intake import Intake
from harmonize.pipeline.workspace import make_deliveries, open_workspace, point_at, show_stage, use_workspace
from harmonize.reading.inbox import Delivered
from harmonize.staging import load_staged
from harmonize.store.build import attach_release

__all__ = ["SIDES", "at_work", "open_sides", "reopen", "run_statements"]

SIDES = ("before", "after")
_GROUPED = """
    CREATE OR REPLACE TABLE grouped_delivery AS
    SELECT d.*, c.assessment_id AS group_key, false AS shares_native_id, c.decision_key AS shared_key, '' AS evidence
    FROM delivery d
    JOIN released.assessment_copy c USING (file_id, locator);
    CREATE OR REPLACE TABLE minted_assessment AS
    SELECT DISTINCT group_key, group_key AS assessment_id FROM grouped_delivery
"""
"""Which deliveries are one assessment hangs on no mapping that an impact changes."""


def run_statements(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    """Run one of the statement files of an impact."""
    connection.execute(files("harmonize.pipeline.impact").joinpath(name).read_text(encoding="utf-8"))


def reopen(connection: duckdb.DuckDBPyConnection, stage: Path, scratch: Path) -> Intake:
    """Make in the workspace what a run has before it gives answers their meaning; `released` is attached.

    Raises:
        InboxError: what was read of a file is no longer in the stage.
    """
    open_workspace(connection)
    intake = _taken_in(connection, stage)
    folders = [staged for _, staged in intake.loaded.values()]
    look_into_catalogue(connection, stage / "catalogue.duckdb", folders, scratch)
    show_stage(connection, intake)
    run_statements(connection, "reopened.sql")
    make_deliveries(connection)
    connection.execute(_GROUPED)
    rank_deliveries(connection)
    point_at(connection, intake, [])
    return intake


def _taken_in(connection: duckdb.DuckDBPyConnection, stage: Path) -> Intake:
    """The files that the release holds, as they were staged for it."""
    intake = Intake()
    lost = []
    for file_id, key, path, contributor, received_at, size, content_id in connection.execute(
        "SELECT file_id, j.content_key, f.path, f.contributor, f.received_at, f.bytes, f.content_id "
        "FROM released.compact.judged_file j JOIN released.file f USING (file_id) ORDER BY file_id"
    ).fetchall():
        staged = load_staged(stage, key)
        if staged is None:
            lost.append(path)
        else:
            delivered = Delivered(path, contributor, received_at, Path(path), None, size, content_id)
            intake.loaded[file_id] = (delivered, staged)
    if lost:
        raise InboxError(
            f"{stage}: what was read of {lost[0]} is no longer there ({len(lost)} files in all). "
            "`harmonize run` reads the inbox again; ask then."
        )
    return intake


_COLUMNS = """
    SELECT table_name, column_name, data_type
    FROM duckdb_columns()
    WHERE database_name = '{database}' AND schema_name = 'compact'
"""


def open_sides(connection: duckdb.DuckDBPyConnection, names: Sequence[str], scratch: Path) -> None:
    """Make the sides, each with an empty release.

    Raises:
        InboxError: `released` is laid out otherwise.
    """
    for name in names:
        connection.execute(f"ATTACH ':memory:' AS {name}")
        attach_release(connection, scratch / f"{name}.duckdb", None, "", is_to_be_read=False)
        empty, released = (_COLUMNS.format(database=database) for database in ("release", "released"))
        differing = connection.execute(f"({empty}) EXCEPT ({released})").fetchall()
        connection.execute("DETACH release")
        if differing:
            raise InboxError(
                f"The release was made by another version of harmonize (it has no {'.'.join(differing[0][:2])} as this "
                "one makes it). `harmonize run` makes it anew; ask then."
            )


@contextmanager
def at_work(connection: duckdb.DuckDBPyConnection, name: str, scratch: Path) -> Iterator[None]:
    """Let a side be at work."""
    connection.execute(f"ATTACH {quoted(scratch / f'{name}.duckdb')} AS release")
    connection.execute(f"SET search_path = '{name},workspace'")
    try:
        yield
    finally:
        use_workspace(connection)
        connection.execute("DETACH release")
