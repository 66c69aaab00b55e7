"""Parquet extracts of the contract tables: typed, sorted, the large ones partitioned by instrument.

Answers stand in parts of some hundred assessments, and what comes later stands in parts of its own. A table or part
that says just what it said in the release before is that release's file under a second name (a hard link), so that a
day's exports rewrite little.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from urllib.parse import quote

import duckdb

from harmonize.database import joins_as_written, quoted
from harmonize.model.contract import table_ddl
from harmonize.model.tables import TABLES
from harmonize.store.named_answers import name_answers, numbered_answers

__all__ = ["PARTITIONED", "Previous", "divided", "write_parquet"]

PARTITIONED = {"answer": "assessment", "finding": "assessment"}
"""Tables partitioned by the instrument of the named parent table."""
_ASSESSMENTS = 250
"""Assessments of one part of the answers, by their numbers in the database."""
_FEW = 50
"""A last part of fewer grows by what comes later."""
_PART = re.compile(r"^answer/.*/part-(\d+)-(\d+)\.parquet$")
_FORMAT = "FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE 122880"


@dataclass(frozen=True, slots=True)
class Previous:
    """The extracts of the release before.

    Attributes:
        folder: its folder of parquet files.
        parts: the hash of what each file says, by its path in that folder.
    """

    folder: Path
    parts: Mapping[str, str]

    def ranges(self) -> list[range]:
        """The numbers of assessments in each part of the answers, in order; none where they make no sense."""
        found = {(int(part[1]), int(part[2])) for part in map(_PART.match, self.parts) if part}
        ranges = [range(first, last + 1) for first, last in sorted(found)]
        return ranges if all(one.stop <= other.start for one, other in pairwise(ranges)) else []


def _copy(connection: duckdb.DuckDBPyConnection, query: str, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    connection.execute(f"COPY ({query}) TO {quoted(path)} ({_FORMAT})")


def write_parquet(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    digests: Mapping[str, str],
    previous: Previous | None,
    *,
    continues: bool = True,
) -> dict[str, str]:
    """Write `<table>.parquet`, or `<table>/instrument=<name>/part-….parquet` for partitioned tables.

    Rows stand as they do in the database: answers by factory and assessment.

    Args:
        digests: the hash of what each table says, where it is known.
        continues: assessments have the numbers that they had in the release before.

    Returns:
        The hash of what each file says, by its path in `folder`.
    """
    parts: dict[str, str] = {}
    for table in TABLES:
        if table in PARTITIONED:
            continue
        name, digest = f"{table}.parquet", digests.get(table)
        if digest is not None:
            # What the columns are called is no part of what stands in them.
            parts[name] = f"{digest}|{hashlib.sha256(table_ddl(table).encode()).hexdigest()[:16]}"
        if digest is None or not _is_linked(folder / name, name, parts[name], previous):
            _copy(connection, f'SELECT * FROM "{table}"', folder / name)
    parts |= _write_findings(connection, folder, previous)
    return parts | _write_answers(connection, folder, previous, previous.ranges() if previous and continues else [])


def _write_findings(connection: duckdb.DuckDBPyConnection, folder: Path, previous: Previous | None) -> dict[str, str]:
    instruments = connection.execute(
        "SELECT s.instrument, concat_ws('|', count(*), sum(hash(f, s.facility_id)::HUGEINT)) "
        "FROM finding f JOIN assessment s USING (assessment_id) GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    parts: dict[str, str] = {}
    for instrument, digest in instruments:
        name = _partition("finding", instrument, "0")
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


def _partition(table: str, instrument: str, part: str) -> str:
    return f"{table}/instrument={quote(instrument, safe='')}/part-{part}.parquet"


def _write_answers(
    connection: duckdb.DuckDBPyConnection, folder: Path, previous: Previous | None, standing: Sequence[range]
) -> dict[str, str]:
    ((last,),) = connection.execute(
        "SELECT coalesce(max(assessment_no), 0) FROM compact.stored_assessment WHERE answers > 0"
    ).fetchall()
    ranges = ", ".join(f"({numbers.start}, {numbers.stop - 1})" for numbers in divided(last, standing))
    if not ranges:
        return {}
    rows = connection.execute(
        f"""
        SELECT s.instrument, r.first, r.last,
            concat_ws('|', count(*), sum(hash(assessment_id, facility_id, answers, digest)::HUGEINT))
        FROM compact.stored_assessment s
        JOIN (
            SELECT first, last, unnest(range(first, last + 1)) AS assessment_no FROM (VALUES {ranges}) v(first, last)
        ) r USING (assessment_no)
        WHERE s.answers > 0
        GROUP BY ALL
        ORDER BY ALL
        """
    ).fetchall()
    parts: dict[str, str] = {}
    for instrument, first, last, digest in rows:
        name = _partition("answer", instrument, f"{first}-{last}")
        parts[name] = digest
        if not _is_linked(folder / name, name, digest, previous):
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


def divided(last: int, standing: Sequence[range]) -> list[range]:
    """The numbers from 1 to `last` in ranges: those that stand, and further ones between and behind them.

    Args:
        standing: ranges that follow one another.
    """
    kept = [numbers for numbers in standing if numbers.stop <= last + 1]
    if kept and len(kept[-1]) < _FEW:
        kept.pop()
    found: list[range] = []
    begin = 1
    for numbers in [*kept, range(last + 1, last + 2)]:
        found += [
            range(first, min(first + _ASSESSMENTS, numbers.start))
            for first in range(begin, numbers.start, _ASSESSMENTS)
        ]
        found.append(numbers)
        begin = numbers.stop
    return found[:-1]


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
