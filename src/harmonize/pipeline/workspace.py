"""The workspace database of one run: staged tables of all files in, made tables out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache
from glob import escape
from importlib.resources import files
from pathlib import Path

import duckdb
import pyarrow as pa

from harmonize.assessments.decided import CopyDecision
from harmonize.database import create_table, quoted
from harmonize.identity import (
    Accuracy,
    Knowledge,
    SamplingRules,
    append_ledger,
    estimated,
    latest_decisions,
    read_decisions,
    read_ledger,
    resolve,
    strata_of,
)
from harmonize.model.contract import column_types
from harmonize.model.staged import stored_schema
from harmonize.pipeline.catalogue import SMALL_TABLES
from harmonize.pipeline.intake import Intake
from harmonize.pipeline.understanding import Understanding
from harmonize.reading.inbox import Delivered
from harmonize.staging import StagedFolder
from harmonize.values.geography import Geography

__all__ = [
    "choose_files_to_judge",
    "copy_decisions",
    "find_drift",
    "identify",
    "linkage_accuracy",
    "make_deliveries",
    "make_files",
    "open_workspace",
    "point_at",
    "register_files",
    "show_stage",
    "use_workspace",
]


def _sql(name: str) -> str:
    return files("harmonize.pipeline").joinpath(name).read_text(encoding="utf-8")


_FILE_SCHEMA = pa.schema(
    {
        "file_id": pa.string(),
        "content_id": pa.string(),
        "path": pa.string(),
        "contributor": pa.string(),
        "instrument": pa.string(),
        "layout": pa.string(),
        "status": pa.string(),
        "bytes": pa.int64(),
        "cells_total": pa.int64(),
        "cells_blank": pa.int64(),
        "source_ignored": pa.int64(),
        "received_at": pa.date32(),
        "duplicate_of": pa.string(),
    }
)


def _file_row(delivered: Delivered, status: str, staged: StagedFolder | None, twin: str | None) -> dict[str, object]:
    counts = staged.counts if staged else None
    return {
        "file_id": delivered.file_id,
        "content_id": delivered.content_id,
        "path": delivered.path,
        "contributor": delivered.contributor,
        "instrument": staged.instrument if staged else None,
        "layout": staged.layout if staged else None,
        "status": status,
        "bytes": delivered.size,
        "cells_total": counts.total if counts else 0,
        "cells_blank": counts.blank if counts else 0,
        "source_ignored": counts.ignored if counts else 0,
        "received_at": delivered.received_at,
        "duplicate_of": twin,
    }


def register_files(connection: duckdb.DuckDBPyConnection, intake: Intake) -> None:
    """Make `inbox_file` and `refusal`: what became of every delivered file."""
    rows = [_file_row(delivered, "loaded", staged, None) for delivered, staged in intake.loaded.values()]
    rows += [_file_row(d, "duplicate", intake.loaded[twin][1], twin) for d, twin in intake.duplicates]
    rows += [_file_row(delivered, "refused", None, None) for delivered, _ in intake.refused]
    arriving = pa.Table.from_pylist(rows, schema=_FILE_SCHEMA)
    create_table(connection, "inbox_file", arriving)
    refusals = [
        {
            "file_id": delivered.file_id,
            "locator": problem.locator,
            "code": problem.code,
            "severity": "error",
            "value": problem.value,
            "message": str(problem),
            "hint": problem.hint,
        }
        for delivered, problem in intake.refused
    ]
    schema = pa.schema(
        {name: pa.string() for name in ("file_id", "locator", "code", "severity", "value", "message", "hint")}
    )
    create_table(connection, "refusal", pa.Table.from_pylist(refusals, schema=schema))


_TYPES = ("answered_by", "state", "verification")


def open_workspace(connection: duckdb.DuckDBPyConnection) -> None:
    """Attach the workspace database, where unqualified names live, with the closed sets of answers as types.

    It lives in memory and, beyond the limit, in DuckDB's folder for spilling: nobody reads it after the run, so its
    hundreds of statements need no log and no write to disk.
    """
    connection.execute("ATTACH ':memory:' AS workspace")
    use_workspace(connection)
    kinds = column_types("answer")
    for name in _TYPES:
        connection.execute(f"CREATE TYPE {'answer_state' if name == 'state' else name} AS {kinds[name]}")


def use_workspace(connection: duckdb.DuckDBPyConnection) -> None:
    """Let unqualified names live in the workspace, also for a further connection."""
    connection.execute("USE workspace")


_LOADED = pa.schema(
    {
        "file_id": pa.string(),
        "content_key": pa.string(),
        "answers": pa.int64(),
        "shares_cells": pa.bool_(),
        "repeats_questions": pa.bool_(),
    }
)


def show_stage(connection: duckdb.DuckDBPyConnection, intake: Intake) -> None:
    """Make `loaded`, and every small staged table as a view in which each row has its file."""
    rows = [
        {
            "file_id": file_id,
            "content_key": staged.key,
            "answers": staged.traits.rows,
            "shares_cells": staged.traits.shares_cells,
            "repeats_questions": staged.traits.repeats_questions,
        }
        for file_id, (_, staged) in intake.loaded.items()
    ]
    create_table(connection, "staged_file", pa.Table.from_pylist(rows, schema=_LOADED))
    connection.execute(
        "CREATE OR REPLACE TABLE loaded AS "
        "SELECT s.*, c.content_no, c.column_set_no FROM staged_file s JOIN stage.content c USING (content_key)"
    )
    for table in SMALL_TABLES:
        connection.execute(
            f"CREATE OR REPLACE VIEW staged_{table} AS SELECT f.file_id, s.* EXCLUDE (content_no) "
            f"FROM stage.staged_{table} s JOIN loaded f USING (content_no)"
        )


def point_at(
    connection: duckdb.DuckDBPyConnection, intake: Intake, file_ids: Sequence[str], chosen: str | None = None
) -> None:
    """Let `stated_answer` show the staged answers of these files.

    Args:
        chosen: a table that lists, by `assessment_key`, the assessments in them that are asked for; all where it is
            None. The others are left out before anything is joined to them.
    """
    paths = [
        quoted(escape(str(path)))
        for file_id in file_ids
        if (path := intake.loaded[file_id][1].parquet("answer")) is not None
    ]
    if paths:
        listed = ", ".join(paths)
        connection.execute(
            f"CREATE OR REPLACE VIEW stated_answer AS SELECT * FROM read_parquet([{listed}], hive_partitioning = false)"
            + (f" WHERE assessment_key IN (SELECT assessment_key FROM {chosen})" if chosen else "")
        )
        return
    create_table(connection, "no_answer", stored_schema("answer").empty_table())
    connection.execute("CREATE OR REPLACE VIEW stated_answer AS SELECT * FROM no_answer")


def _place_mentions(connection: duckdb.DuckDBPyConnection, geography: Geography) -> pa.Table:
    """The mentions with the province of today, from the printed province or else from the address."""
    mentions = connection.execute(_sql("mentions.sql")).to_arrow_table()
    provinces = _Provinces(geography)
    stated = zip(*(mentions[name].to_pylist() for name in ("country", "admin1", "city", "address")), strict=True)
    found = [provinces.of(*place) for place in stated]
    column = mentions.schema.get_field_index("admin1")
    placed = mentions.set_column(column, "admin1", pa.array(found, pa.string()))
    create_table(connection, "mention", placed)
    return placed


class _Provinces:
    """The province of today of many places; each name is looked up once."""

    def __init__(self, geography: Geography) -> None:
        self._named = cache(geography.admin1)
        self._within = cache(geography.admin1_within)

    def of(self, country: str | None, admin1: str | None, city: str | None, address: str | None) -> str | None:
        """The province by its own name, by the city's, or as the address names it; else as it is printed."""
        if country is None:
            return admin1
        found = self._named(country, admin1) or self._named(country, city)
        if found is None and address:
            found = self._within(country, address)
        return found.name if found else admin1


_IDENTIFIERS = """
    SELECT m.mention_id, i.scheme, i.value, i.valid
    FROM staged_identifier i
    JOIN mention m USING (file_id, locator)
    ORDER BY ALL
"""

_MENTION_COLUMNS = (
    "mention_id",
    "contributor",
    "instrument",
    "name",
    "name_local",
    "address",
    "city",
    "admin1",
    "country",
    "latitude",
    "longitude",
    "workers",
)


def identify(
    connection: duckdb.DuckDBPyConnection, understanding: Understanding, decisions: Path, today: date, memory: Path
) -> dict[str, list[str]]:
    """Link every mention to a factory; returns old ids by the factory id that holds now.

    Args:
        memory: the folder in which is remembered what was prepared and compared before.
    """
    mentions = _place_mentions(connection, understanding.vocabulary.geography)
    ledger = decisions / "facility_ids.jsonl"
    resolution = resolve(
        mentions.select(list(_MENTION_COLUMNS)),
        connection.execute(_IDENTIFIERS).to_arrow_table(),
        read_decisions(decisions / "facility_decisions.jsonl"),
        read_ledger(ledger),
        Knowledge.from_folder(understanding.schemas),
        memory,
    )
    append_ledger(ledger, resolution.minted, today)
    aliases = pa.table(
        {
            "old_id": pa.array([old for old, _ in resolution.aliases], pa.string()),
            "facility_id": pa.array([new for _, new in resolution.aliases], pa.string()),
        }
    )
    notices = pa.Table.from_pylist(
        [
            {
                "mention_id": notice.mention_id,
                "code": notice.code,
                "value": notice.value,
                "message": notice.message,
            }
            for notice in resolution.notices
        ],
        schema=pa.schema({name: pa.string() for name in ("mention_id", "code", "value", "message")}),
    )
    for name, table in (
        ("link", resolution.links),
        ("facility_pair", resolution.pairs),
        ("merged_facility", aliases),
        ("identity_notice", notices),
        ("related_facility", resolution.related),
        ("linkage_stratum", resolution.strata),
    ):
        create_table(connection, name, table)
    olds: dict[str, list[str]] = {}
    for old, new in resolution.aliases:
        olds.setdefault(new, []).append(old)
    return olds


def linkage_accuracy(connection: duckdb.DuckDBPyConnection, understanding: Understanding) -> Accuracy:
    """What the decisions of stewards on drawn pairs say of the linking of this run."""
    strata, elsewhere = strata_of(connection.execute("FROM workspace.linkage_stratum").to_arrow_table())
    return estimated(strata, SamplingRules.from_folder(understanding.schemas), elsewhere)


def choose_files_to_judge(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `to_judge`: files whose answers mean something else than when they were judged last, or never were."""
    connection.execute(
        """
        CREATE OR REPLACE TABLE to_judge AS
        SELECT f.file_id, f.content_key, coalesce(m.signature, 0)::UBIGINT AS signature, f.answers, f.shares_cells
        FROM loaded f
        LEFT JOIN file_meaning m USING (file_id)
        LEFT JOIN release.compact.judged_file j
            ON j.file_id = f.file_id AND j.content_key = f.content_key AND j.signature = coalesce(m.signature, 0)
        WHERE j.file_id IS NULL
        """
    )


def copy_decisions(decisions: Path) -> list[CopyDecision]:
    """What people decided about pairs of reports, of each two keys the latest."""
    return [
        CopyDecision(one.key_a, one.key_b, one.verdict, one.at)
        for one in latest_decisions(read_decisions(decisions / "assessment_decisions.jsonl"))
        if one.verdict != "unsure"
    ]


def make_deliveries(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `delivery`: every assessment as every contributor delivered it, duplicates of whole files included."""
    connection.execute(_sql("deliveries.sql"))


def find_drift(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `unmapped_question`: what is asked and no crosswalk lists.

    Args:
        connection: a further one, beside the run's.
    """
    use_workspace(connection)
    connection.execute(_sql("drift.sql"))


def make_files(connection: duckdb.DuckDBPyConnection) -> None:
    """Write what was noticed into the release, and make `made_file` with the accounting of every file's cells."""
    connection.execute(_sql("accounting.sql"))
