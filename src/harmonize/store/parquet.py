"""Parquet extracts of the contract tables: typed, sorted, the large ones partitioned by instrument.

Answers stand in parts of some hundred assessments. A part that says just what it said in the release before is that
release's file under a second name (a hard link), so that a day's exports rewrite little.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import duckdb

from harmonize.database import joins_as_written, quoted
from harmonize.model.tables import TABLES
from harmonize.store.named_answers import name_answers, numbered_answers

__all__ = ["PARTITIONED", "Previous", "write_parquet"]

PARTITIONED = {"answer": "assessment", "finding": "assessment"}
"""Tables partitioned by the instrument of the named parent table."""
_ASSESSMENTS = 250
"""Assessments of one part of the answers, by their numbers in the database."""
_FORMAT = "FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE 122880"


@dataclass(frozen=True, slots=True)
class Previous:
    """The extracts of the release before.

    Attributes:
        folder: its folder of parquet files.
        parts: the hash of what each part of its large tables says, by the part's path in that folder.
    """

    folder: Path
    parts: Mapping[str, str]


def _copy(connection: duckdb.DuckDBPyConnection, query: str, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    connection.execute(f"COPY ({query}) TO {quoted(path)} ({_FORMAT})")


def write_parquet(connection: duckdb.DuckDBPyConnection, folder: Path, previous: Previous | None) -> dict[str, str]:
    """Write `<table>.parquet`, or `<table>/instrument=<name>/part-….parquet` for partitioned tables.

    Rows stand as they do in the database: answers by factory and assessment.

    Returns:
        The hash of what each part says, by its path in `folder`.
    """
    for table in TABLES:
        if table not in PARTITIONED:
            _copy(connection, f'SELECT * FROM "{table}"', folder / f"{table}.parquet")
    return _write_findings(connection, folder, previous) | _write_answers(connection, folder, previous)


def _write_findings(connection: duckdb.DuckDBPyConnection, folder: Path, previous: Previous | None) -> dict[str, str]:
    instruments = connection.execute(
        "SELECT s.instrument, concat_ws('|', count(*), sum(hash(f, s.facility_id)::HUGEINT)) "
        "FROM finding f JOIN assessment s USING (assessment_id) GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    parts: dict[str, str] = {}
    for instrument, digest in instruments:
        name = _partition("finding", instrument, 0)
        parts[name] = digest
        if not _is_linked(folder / name, name, digest, previous):
            _copy(
                connection,
                "SELECT f.* FROM finding f JOIN assessment s USING (assessment_id) "
                f"WHERE s.instrument = {quoted(instrument)} "
                "ORDER BY s.facility_id, f.assessment_id, f.locator, f.finding_id",
                folder / name,
            )
    return parts


def _partition(table: str, instrument: str, part: int) -> str:
    return f"{table}/instrument={quote(instrument, safe='')}/part-{part}.parquet"


def _write_answers(connection: duckdb.DuckDBPyConnection, folder: Path, previous: Previous | None) -> dict[str, str]:
    rows = connection.execute(
        f"SELECT instrument, (assessment_no - 1) // {_ASSESSMENTS} AS part, "
        "concat_ws('|', count(*), sum(hash(assessment_id, facility_id, answers, digest)::HUGEINT)) "
        "FROM compact.stored_assessment WHERE answers > 0 GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    parts: dict[str, str] = {}
    for instrument, part, digest in rows:
        name = _partition("answer", instrument, part)
        parts[name] = digest
        if not _is_linked(folder / name, name, digest, previous):
            first, last = part * _ASSESSMENTS + 1, (part + 1) * _ASSESSMENTS
            chosen = f"assessment_no BETWEEN {first} AND {last}"
            name_answers(connection, chosen)
            # (Another order of the joins would also lose that of the rows.)
            with joins_as_written(connection):
                _copy(
                    connection,
                    f"SELECT * EXCLUDE (assessment_no, instrument) FROM ({numbered_answers('temp')}) "
                    f"WHERE {chosen} AND instrument = {quoted(instrument)}",
                    folder / name,
                )
    return parts


def _is_linked(path: Path, name: str, digest: str, previous: Previous | None) -> bool:
    """Take a part over from the release before where it says the same; whether that was so."""
    if previous is None or previous.parts.get(name) != digest or not (previous.folder / name).is_file():
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(previous.folder / name, path)
    except OSError:
        # Some file systems know no hard links.
        shutil.copyfile(previous.folder / name, path)
    return True
