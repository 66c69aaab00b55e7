"""The assessment stage in its steps: group deliveries, mint ids, compare contents, let the winning values stand.

The order in which deliveries win is the one of the export contract: status rank, last update, delivery date (later
wins), then contributor and path.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from importlib.resources import files

import duckdb
import pyarrow as pa

from harmonize.assessments.decided import CopyDecision, Word, apply_decisions
from harmonize.assessments.joining import Link, Report, join_reports
from harmonize.database import blocks_as_joined, compressed_without, create_table, joins_as_written

__all__ = [
    "accept_answers",
    "breaching_answers",
    "compare_candidates",
    "compare_contents",
    "compare_findings",
    "conclude",
    "count_answers",
    "draw_conclusions",
    "find_accepted",
    "find_candidates",
    "group",
    "group_deliveries",
    "judge_on",
    "keep_ledger",
    "make_answers",
    "make_findings",
    "merge_deliveries",
    "mint",
    "plan",
    "rank_deliveries",
    "state_topics",
    "store_assessments",
]

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def _statements(name: str) -> str:
    return files("harmonize.assessments").joinpath(name).read_text(encoding="utf-8")


def _run(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    connection.execute(_statements(name))


def assessment_id(key: str) -> str:
    """A new assessment id: `HA` and sixteen base-32 characters of the key's hash."""
    number = int.from_bytes(hashlib.sha256(key.encode()).digest()[:10], "big")
    return "HA" + "".join(_CROCKFORD[(number >> shift) & 31] for shift in range(75, -1, -5))


def mint(
    group_keys: Iterable[str], ledger: Mapping[str, str], facility_aliases: Mapping[str, list[str]]
) -> tuple[dict[str, str], dict[str, str]]:
    """Ids for groups: the ledger's where it knows the key (also under a merged-away facility id), else new ones.

    Returns:
        The id of every group, and the entries that the ledger lacks.
    """
    ids: dict[str, str] = {}
    for key in sorted(group_keys):
        known = next((ledger[name] for name in _names(key, facility_aliases) if name in ledger), None)
        ids[key] = known or assessment_id(key)
    return ids, {key: value for key, value in ids.items() if ledger.get(key) != value}


def _names(key: str, facility_aliases: Mapping[str, list[str]]) -> Iterable[str]:
    yield key
    kind, *parts = key.split("|")
    at = 1 if kind == "visit" else len(parts) - 1
    if kind in ("visit", "native") and len(parts) > 2:
        for old in facility_aliases.get(parts[at], ()):
            yield "|".join([kind, *parts[:at], old, *parts[at + 1 :]])


def find_candidates(connection: duckdb.DuckDBPyConnection, decisions: Sequence[CopyDecision]) -> Word:
    """Make `known_delivery`, and `compared_content`: what must be looked at to tell which of the reports are one.

    Args:
        decisions: of people, on pairs of reports.

    Returns:
        What the decisions come to, for `group`.
    """
    _run(connection, "copies.sql")
    word = apply_decisions(connection, decisions)
    _run(connection, "candidates.sql")
    return word


def compare_candidates(connection: duckdb.DuckDBPyConnection) -> None:
    """Tell how much of the candidates is alike; `judged_answer` must be pointed at `compared_content`."""
    ((unknown,),) = connection.execute("SELECT count(*) FROM unknown_likeness").fetchall()
    if unknown:
        with joins_as_written(connection):
            _run(connection, "likeness.sql")
    _run(connection, "copy_links.sql")


def group(
    connection: duckdb.DuckDBPyConnection,
    ledger: Mapping[str, str],
    facility_aliases: Mapping[str, list[str]],
    word: Word,
) -> dict[str, str]:
    """Group deliveries into assessments with ids, and find those to be made anew; returns new ledger entries."""
    group_deliveries(connection, word)
    keys = [str(key) for (key,) in connection.execute("SELECT DISTINCT group_key FROM delivery_group").fetchall()]
    ids, minted = mint(keys, ledger, facility_aliases)
    arriving = pa.table(
        {"group_key": pa.array(list(ids), pa.string()), "assessment_id": pa.array(list(ids.values()), pa.string())}
    )
    create_table(connection, "minted_assessment", arriving)
    plan(connection)
    return minted


_REPORTS = """
    SELECT
        known_key, min(number), min(assessed_on), max(assessed_on),
        coalesce(list_sort(list(DISTINCT announced) FILTER (announced IS NOT NULL)), [])
    FROM known_delivery
    WHERE known_key IN (SELECT key_a FROM copy_link UNION ALL SELECT key_b FROM copy_link UNION ALL SELECT unnest(?))
    GROUP BY known_key
"""
_GROUPED = """
    CREATE OR REPLACE TABLE grouped_delivery AS
    SELECT
        d.* EXCLUDE (evidence), coalesce(j.group_key, d.known_key) AS group_key,
        coalesce(j.evidence, d.evidence) AS evidence
    FROM known_delivery d
    LEFT JOIN joined_report j USING (known_key)
"""
_JOINED = pa.schema({"known_key": pa.string(), "group_key": pa.string(), "evidence": pa.string()})


def group_deliveries(connection: duckdb.DuckDBPyConnection, word: Word) -> None:
    """Make `delivery_group`: which deliveries are one assessment, and in which order they win.

    Args:
        word: what people decided.
    """
    links = [*word.links, *(Link(*row) for row in connection.execute("FROM copy_link").fetchall())]
    decided = sorted({key for link in word.links for key in (link.key_a, link.key_b)})
    reports = (Report(*row) for row in connection.execute(_REPORTS, [decided]).fetchall())
    joined = join_reports(reports, links, word.different)
    rows = [{"known_key": key, **one._asdict()} for key, one in sorted(joined.items())]
    create_table(connection, "joined_report", pa.Table.from_pylist(rows, schema=_JOINED))
    apart = [{"key_a": one, "key_b": other} for one, other in sorted(word.different)]
    create_table(connection, "decided_apart", pa.Table.from_pylist(apart, schema=_APART))
    connection.execute(_GROUPED)
    rank_deliveries(connection)


_APART = pa.schema({"key_a": pa.string(), "key_b": pa.string()})


def rank_deliveries(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `delivery_group` of `grouped_delivery`: the order in which the deliveries of each assessment win."""
    _run(connection, "delivery_groups.sql")


def plan(connection: duckdb.DuckDBPyConnection) -> None:
    """Find the assessments to be made anew; `minted_assessment` has the ids of all groups."""
    find_accepted(connection)
    _run(connection, "plan.sql")


def find_accepted(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `accepted_assessment`: of which some answers count as accurate unseen."""
    _run(connection, "accepted.sql")


def compare_contents(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `made_copy`, `made_assessment` and the winners of contested answers.

    `judged_answer` must be pointed at the files of `contested_source`.
    """
    with joins_as_written(connection):
        _run(connection, "fingerprint.sql")
    merge_deliveries(connection)
    _run(connection, "winners.sql")


def merge_deliveries(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `made_copy`, `made_assessment` and how they are related, of `delivery_group` and `minted_assessment`."""
    for name in ("assessments.sql", "visits.sql"):
        _run(connection, name)


def make_answers(connection: duckdb.DuckDBPyConnection) -> None:
    """Write the touched answers into the release; `judged_answer` must be pointed at their files."""
    with joins_as_written(connection):
        # Values that few answers state repeat nothing that a dictionary would spare.
        with compressed_without(connection, "dictionary"):
            _run(connection, "answers.sql")
        accept_answers(connection)
        store_assessments(connection)
        _run(connection, "answered.sql")
        count_answers(connection)
    _forget_unreferred(connection)


def accept_answers(connection: duckdb.DuckDBPyConnection) -> None:
    """Mark the answers in `made_number` that a programme has accepted unseen: they are not verified."""
    _run(connection, "accept_answers.sql")


def store_assessments(connection: duckdb.DuckDBPyConnection) -> None:
    """Write the assessments in `touched_assessment` with the digests of their answers."""
    _run(connection, "stored_assessments.sql")


def count_answers(connection: duckdb.DuckDBPyConnection) -> None:
    """Write of the assessments in `made_number` how their topics were answered, and which answers are breaches."""
    _run(connection, "counted.sql")


_REFERRED = {
    "stated_text": "text_no",
    "remark": "remark_no",
    "raw_unit": "raw_unit_no",
    "delivery": "delivery_no",
}


_HOLDERS = ("stored_answer", "otherwise_answer")
"""Tables of answers."""
_ASKED = {"question": "question_no", "place": "place_no"}


def _forget_unreferred(connection: duckdb.DuckDBPyConnection) -> None:
    """What no answer refers to is not handed on: least of all the texts of answers that were withheld or withdrawn.

    Where no answer went, only what this run numbered can be without one, and only the answers of this run refer to it.
    """
    ((stale,),) = connection.execute("SELECT count(*) FROM stale_assessment").fetchall()
    (before,) = connection.execute(f"SELECT {', '.join(_REFERRED.values())} FROM numbered_before").fetchall()
    for (table, number), last in zip(_REFERRED.items(), before, strict=True):
        suspect = f"{number} > {0 if stale else last}"
        made = "" if stale else " WHERE assessment_no IN (SELECT assessment_no FROM made_number)"
        holders = _HOLDERS if table != "delivery" else _HOLDERS[:1]
        answers = " UNION ".join(f"SELECT {number} FROM release.compact.{of}{made}" for of in holders)
        connection.execute(f"DELETE FROM release.compact.{table} WHERE {suspect} AND {number} NOT IN ({answers})")
    for table, number in _ASKED.items() if stale else ():
        # What is asked stays without an answer too: what it means is handed on by its number.
        used = " UNION ".join(f"SELECT {number} FROM release.compact.{of}" for of in ("meaning", *_HOLDERS))
        connection.execute(f"DELETE FROM release.compact.{table} WHERE {number} NOT IN ({used})")


def draw_conclusions(connection: duckdb.DuckDBPyConnection, as_of: date) -> None:
    """Make findings, actions, doubts, contradictions, the latest values, how every topic stands, overlap and burden.

    Args:
        as_of: the day of judgement, on which findings are open or overdue.
    """
    judge_on(connection, as_of)
    make_findings(connection, breaching_answers("release"))
    compare_findings(connection)
    _run(connection, "doubtful.sql")
    with blocks_as_joined(connection):
        _run(connection, "report_differences.sql")
    _run(connection, "future_visits.sql")
    conclude(connection)


def compare_findings(connection: duckdb.DuckDBPyConnection) -> None:
    """Write what losing deliveries say otherwise of a finding."""
    _run(connection, "finding_conflicts.sql")


def conclude(connection: duckdb.DuckDBPyConnection) -> None:
    """Make contradictions, the latest values, how every topic stands, overlap and burden, where findings are made."""
    with blocks_as_joined(connection):
        _run(connection, "insights.sql")
    state_topics(connection)
    keep_ledger(connection)


def judge_on(connection: duckdb.DuckDBPyConnection, day: date) -> None:
    """Make `judgement_day`: what is dated later has not happened yet."""
    connection.execute("CREATE OR REPLACE TABLE judgement_day AS SELECT ?::DATE AS day", [day])
    connection.execute("SET VARIABLE judgement_day = ?::DATE", [day])


def keep_ledger(connection: duckdb.DuckDBPyConnection) -> None:
    """Write what was asked again of the factories in `touched_facility`, and the burden of all factories."""
    _run(connection, "rounds.sql")
    _run(connection, "follow_ups.sql")
    connection.execute(
        "CREATE OR REPLACE TABLE asking_assessment AS SELECT k.assessment_no, r.assessment_id FROM asked_round r "
        "SEMI JOIN touched_facility USING (facility_id) JOIN release.compact.stored_assessment k USING (assessment_id)"
    )
    with blocks_as_joined(connection):
        _run(connection, "asked_matters.sql")
    _run(connection, "answered_before.sql")
    _run(connection, "overlap.sql")
    _run(connection, "burden.sql")


def breaching_answers(release: str) -> str:
    """A query for the answers that make a finding.

    Args:
        release: the name under which the release is attached that holds them.
    """
    return _statements("breaching_answer.sql").format(release=release)


def make_findings(connection: duckdb.DuckDBPyConnection, breaching: str) -> None:
    """Make `made_finding` and their actions from finding rows and from the answers of a query."""
    connection.execute(f"CREATE OR REPLACE VIEW breaching_answer AS {breaching}")
    for name in ("finding_rows.sql", "findings.sql"):
        _run(connection, name)


def state_topics(connection: duckdb.DuckDBPyConnection) -> None:
    """Write how every topic stands for the factories in `touched_facility`."""
    _run(connection, "topics.sql")
