"""The shares of all audiences out of one release: chosen, withheld from, made anew as by a run, and written.

Nothing is filtered out of finished tables. What an audience may see is laid out as if it were all there is, for all
audiences side by side, and the stages of a run make of it what they make of an inbox.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any

import duckdb

from harmonize.assessments.deduplicate import (
    accept_answers,
    breaching_answers,
    compare_findings,
    conclude,
    count_answers,
    find_accepted,
    judge_on,
    make_findings,
    merge_deliveries,
    store_assessments,
)
from harmonize.database import quoted
from harmonize.errors import PublicationError
from harmonize.model.tables import CONTRACT_VERSION
from harmonize.pipeline.understanding import Understanding, knowledge_rows
from harmonize.pipeline.workspace import open_workspace, use_workspace
from harmonize.sharing.audiences import Audience
from harmonize.sharing.grants import SignatoryRules, judge_grants
from harmonize.sharing.personal_record import personal_records
from harmonize.sharing.shares import apply_withholding, choose, lay_out, name_audiences
from harmonize.sharing.withholding_rules import WithholdingRules
from harmonize.store.build import attach_release, fill_contract, list_open_findings
from harmonize.store.encryption import DOWNLOADS_NOTHING
from harmonize.store.share_writers import ShareWriters, keep_lists
from harmonize.store.shares import Key, Share, empty_share, write_share

__all__ = ["Sharing", "SharingRules", "share_release"]

_STATED = "stated_header"
"""A release of an older program has not what shares are made of."""


@dataclass(frozen=True, slots=True)
class SharingRules:
    """What decides who sees what, besides the register of grants.

    Attributes:
        bounded: instruments that no grant of all assessments without an end opens.
        approved: keys of free texts that a steward let go.
    """

    withholding: WithholdingRules
    signatories: SignatoryRules
    bounded: Sequence[str]
    approved: Sequence[str]


@dataclass(frozen=True, slots=True)
class Sharing:
    """What was made for all audiences.

    Attributes:
        shares: one of each audience, in their order.
        withheld: how many rows each audience lost to which class.
        visible: the assessments that each audience is shown, as (audience, id there, id in the release, `own` or
            `grant`, how much of it from 1 to 4, grant).
        personal: what personal fields left for whom, on which basis (domain rule 30).
        tokens: ids of audiences with what they stand for in the release: (audience, token, kind, id in the release).
    """

    shares: Sequence[Share]
    withheld: dict[str, list[dict[str, Any]]]
    visible: Sequence[tuple[str, str, str, str, int, str | None]]
    tokens: Sequence[tuple[str, str, str, str]]
    personal: Sequence[Mapping[str, Any]]


def share_release(
    database: Path,
    understanding: Understanding,
    audiences: Sequence[Audience],
    rules: SharingRules,
    secret: bytes,
    judged_on: date,
    folder: Path,
    configuration: dict[str, str | bool | int | float | list[str]],
    write: Callable[[duckdb.DuckDBPyConnection, Share], None] | None = None,
    keys: Mapping[str, Key] | None = None,
    *,
    register: Path | None = None,
    revoked_by: date | None = None,
) -> Sharing:
    """Make the DuckDB file of every audience.

    Args:
        database: the DuckDB file of a release.
        audiences: whose shares are made.
        secret: of the publisher, from which the ids of audiences are made.
        judged_on: the day on which grants are judged.
        folder: an empty folder, for the files.
        write: what else is made of each file, with a connection whose default database it is; called by several
            threads, each with a connection of its own.
        keys: by which files are encrypted, by the name of their audience.
        register: the DuckDB file of the release whose consent register holds, where that is another one.
        revoked_by: a revocation until this day counts, also on an earlier day of judgement.

    Raises:
        PublicationError: the release was made by an older program.
        ConfigurationError: there are keys, and nothing to encrypt with.
    """
    keys = keys or {}
    with duckdb.connect(config={**configuration, **DOWNLOADS_NOTHING}) as connection:
        open_workspace(connection)
        connection.execute(f"ATTACH {quoted(database)} AS source (READ_ONLY)")
        _check(connection, database)
        understanding.crosswalks.register(connection)
        ((as_of,),) = connection.execute("SELECT as_of FROM source.release").fetchall()
        name_audiences(connection, audiences, secret)
        registering = "source"
        if register is not None and register != database:
            registering = "registering"
            connection.execute(f"ATTACH {quoted(register)} AS {registering} (READ_ONLY)")
        judge_grants(
            connection, judged_on, rules.bounded, rules.signatories, register=registering, revoked_by=revoked_by
        )
        joint = folder / ".joint.duckdb"
        attach_release(connection, joint, None, "shares")
        choose(connection, rules.withholding)
        apply_withholding(connection, rules.withholding, rules.approved)
        personal = [asdict(one) for one in personal_records(connection, rules.withholding, judged_on)]
        lay_out(connection)
        _make(connection, as_of)
        withheld = _withheld(connection)
        visible = connection.execute(_VISIBLE).fetchall()
        tokens = connection.execute(_statements("share_tokens.sql")).fetchall()
        lists = keep_lists(connection, folder / ".lists.duckdb")
    knowledge = knowledge_rows(understanding)
    empty = empty_share(folder / ".empty.duckdb", knowledge)

    def one_share(writer: duckdb.DuckDBPyConnection, number: int) -> Share:
        one = audiences[number - 1]
        key = keys.get(one.name)
        # (What is to be encrypted never lies on disk as it is: no copy of the plain file.)
        begin = (
            partial(shutil.copyfile, empty) if key is None else partial(empty_share, knowledge=knowledge, key=key.text)
        )
        into = folder / one.folder
        return write_share(writer, number, one, begin, into, CONTRACT_VERSION, as_of, judged_on, write, key)

    encrypting = any(one.name in keys for one in audiences)
    with ShareWriters(joint, lists, database, configuration, len(audiences), is_encrypting=encrypting) as writers:
        shares = writers.map(one_share, range(1, len(audiences) + 1))
    for path in (joint, lists, empty):
        path.unlink()
    return Sharing(shares, withheld, visible, tokens, personal)


def _statements(name: str) -> str:
    return files("harmonize.pipeline").joinpath(name).read_text(encoding="utf-8")


def _check(connection: duckdb.DuckDBPyConnection, database: Path) -> None:
    found = connection.execute(
        "SELECT 1 FROM duckdb_tables() WHERE database_name = 'source' AND table_name = ?", [_STATED]
    ).fetchall()
    if not found:
        raise PublicationError(f"{database}: this release was made by an older program; run `harmonize run` once more.")


def _make(connection: duckdb.DuckDBPyConnection, as_of: date) -> None:
    """What a run makes of its deliveries, of those of all audiences."""
    judge_on(connection, as_of)
    find_accepted(connection)
    merge_deliveries(connection)
    connection.execute(_statements("share_numbers.sql"))
    accept_answers(connection)
    store_assessments(connection)
    count_answers(connection)
    connection.execute(_statements("share_findings.sql"))
    store_assessments(connection)
    make_findings(connection, breaching_answers("release"))
    connection.execute(_statements("share_finding_ids.sql"))
    compare_findings(connection)
    connection.execute(_statements("share_conflicts.sql"))
    conclude(connection)
    connection.execute(_statements("share_untold.sql"))
    fill_contract(connection, "shares", dict)
    list_open_findings(connection)
    connection.execute("COMMIT")
    use_workspace(connection)


_VISIBLE = """
    SELECT
        a.audience, s.shared_id, s.assessment_id, CASE WHEN v.is_own THEN 'own' ELSE 'grant' END AS basis,
        max(v.scope_rank) AS scope_rank, arg_max(v.grant_id, v.scope_rank) AS grant_id
    FROM shared_assessment s
    JOIN audience a USING (audience_no)
    JOIN visible_copy v USING (audience_no, assessment_id)
    GROUP BY ALL
    ORDER BY ALL
"""


def _withheld(connection: duckdb.DuckDBPyConnection) -> dict[str, list[dict[str, Any]]]:
    rows = connection.execute(
        "SELECT a.audience, w.class, w.rule, w.table_name, w.rows FROM withheld_count w "
        "JOIN audience a USING (audience_no) ORDER BY ALL"
    ).fetchall()
    found: dict[str, list[dict[str, Any]]] = {}
    for audience, name, rule, table, count in rows:
        found.setdefault(audience, []).append({"class": name, "rule": rule, "table": table, "rows": count})
    return found
