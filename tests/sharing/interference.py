"""Two releases that differ in nothing an audience may see, and what is made of them for it.

`blank` takes a release and spoils every row that one audience may not see: deletes it, or puts canaries in its place.
Which records are one factory and which deliveries one report stays: that a private record may help to resolve.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from harmonize.pipeline.publication import SharingRules, share_release
from harmonize.pipeline.publishing import _bounded
from harmonize.pipeline.understanding import Understanding, load_knowledge
from harmonize.sharing.audiences import Audience
from harmonize.sharing.grants import judge_grants, load_signatory_rules
from harmonize.sharing.shares import name_audiences
from harmonize.sharing.withholding_rules import load_withholding_rules
from harmonize.store.shares import Share
from tests.pipeline.worlds import AS_OF, alone

CANARY = "k4n4ry"
CANARY_NUMBER = 7351931
CANARY_DAY = date(1931, 7, 3)
SECRET = b"a secret of tests that is long enough"
TODAY = AS_OF


@cache
def understanding() -> Understanding:
    """The shipped knowledge."""
    folder = Path("/nonexistent")
    return load_knowledge(alone(), AS_OF, folder)


@cache
def rules() -> SharingRules:
    """The shipped rules."""
    project = alone()
    return SharingRules(
        load_withholding_rules(project.find("schemas/sharing.yml")),
        load_signatory_rules(project.find("schemas/sharing_rights.yml")),
        _bounded(understanding().profiles),
        [],
    )


@dataclass(frozen=True, slots=True)
class Grant:
    """One row of the register."""

    grant_id: str
    scheme: str
    value: str
    audience: str
    instrument: str = "*"
    assessment: str = "*"
    scope: str = "full"
    valid_from: date | None = None
    valid_to: date | None = date(2027, 1, 1)
    revoked_on: date | None = None
    retention_until: date | None = None


def register(database: Path, grants: Sequence[Grant]) -> None:
    """Put these grants, and no others, into a release."""
    with duckdb.connect(str(database)) as connection:
        connection.execute("DELETE FROM consent_grant")
        for one in grants:
            row = {
                "grant_id": one.grant_id, "facility_scheme": one.scheme, "facility_value": one.value,
                "identifier": one.value, "instrument": one.instrument, "assessment": one.assessment,
                "audience": one.audience, "scope": one.scope, "valid_from": one.valid_from, "valid_to": one.valid_to,
                "revoked_on": one.revoked_on, "retention_until": one.retention_until, "file_id": "FX",
                "locator": f"row {one.grant_id}",
            }  # fmt: skip
            connection.execute(
                f"INSERT INTO consent_grant ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})",
                list(row.values()),
            )


def share(
    database: Path, audiences: Sequence[Audience], folder: Path, judged_on: date = TODAY
) -> dict[str, dict[str, Any]]:
    """What every audience's file holds, by the name of the part."""
    found: dict[str, dict[str, Any]] = {}

    def read(connection: duckdb.DuckDBPyConnection, made: Share) -> None:
        found[made.audience] = contents(connection) | {"hash": made.logical_hash, "hashes": made.hashes}

    folder.mkdir(parents=True)
    sharing = share_release(
        database, understanding(), audiences, rules(), SECRET, judged_on, folder, {"threads": 2}, read
    )
    for one in audiences:
        found[one.name]["withheld"] = sharing.withheld.get(one.name, [])
    shutil.rmtree(folder)
    return found


_NAMED = """
    SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = current_database() AND estimated_size > 0
    UNION ALL
    SELECT schema_name, view_name FROM duckdb_views() WHERE database_name = current_database() AND NOT internal
    ORDER BY ALL
"""
_ALIKE_FOR_ALL = frozenset(
    {"crosswalk", "entailment", "indicator", "indicator_broader", "indicator_law", "instrument", "instrument_rights"}
    | {"law", "topic", "labelled_indicator", "v_indicator_law"}
)
_SHAPE = """
    SELECT schema_name, table_name, column_name, data_type, comment FROM duckdb_columns()
    WHERE database_name = current_database() AND NOT internal ORDER BY ALL
"""


def contents(connection: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """Every table and view of the connection's database, row for row in the order in which they stand."""
    found: dict[str, Any] = {"columns": connection.execute(_SHAPE).fetchall()}
    for schema, name in connection.execute(_NAMED).fetchall():
        if name in _ALIKE_FOR_ALL:
            continue
        source = f'"{schema}"."{name}"'
        rows = connection.execute(f"SELECT * FROM {source}").fetchall()
        is_view = name.startswith("v_") or name in _VIEWS
        if rows:
            found[f"{schema}.{name}"] = sorted(rows, key=repr) if is_view else rows
    return found


_VIEWS = frozenset(
    {"answer", "answered_question", "classified_answer", "closing_check", "issue", "numbered_answer", "quarantine"}
)


def differences(one: dict[str, Any], other: dict[str, Any]) -> list[str]:
    """Parts that differ, with the rows that stand in one alone."""
    found = []
    for part in sorted({*one, *other}):
        a, b = one.get(part, []), other.get(part, [])
        if a != b:
            only_a = [row for row in a if row not in b] if isinstance(a, list) else a
            only_b = [row for row in b if row not in a] if isinstance(b, list) else b
            found.append(f"{part}: {str(only_a)[:600]}\n      against {str(only_b)[:600]}")
    return found


_SEEN = """
    CREATE TEMP TABLE seen_copy AS
    SELECT h.copy_id, h.assessment_id, h.content_file_id, h.assessment_no, h.assessment_key, h.mention_id, h.published,
        o.contributor IS NOT NULL AS is_own,
        CASE WHEN o.contributor IS NOT NULL THEN 4 ELSE g.scope_rank END AS scope_rank
    FROM spoilt.compact.stated_header h
    LEFT JOIN (SELECT copy_id, max(scope_rank) AS scope_rank FROM covered_copy GROUP BY ALL) g USING (copy_id)
    LEFT JOIN own_name o USING (contributor)
    WHERE o.contributor IS NOT NULL OR g.copy_id IS NOT NULL;
    CREATE TEMP TABLE own_delivered AS
    SELECT file_id, coalesce(duplicate_of, file_id) AS content_file_id
    FROM spoilt.file SEMI JOIN own_name USING (contributor);
    CREATE TEMP TABLE seen_content AS
    SELECT content_file_id, assessment_no, assessment_key, assessment_id, mention_id, bool_or(published) AS published,
        bool_or(is_own) AS is_own, max(scope_rank) AS scope_rank
    FROM seen_copy GROUP BY ALL;
    CREATE TEMP TABLE seen_mention AS
    SELECT mention_id FROM seen_content
    UNION SELECT mention_id FROM spoilt.facility_mention WHERE file_id IN (SELECT content_file_id FROM own_delivered);
    CREATE TEMP TABLE seen_assessment AS
    SELECT assessment_id, max(scope_rank) AS scope_rank FROM seen_content GROUP BY ALL;
    CREATE TEMP TABLE told_content AS
    SELECT c.* FROM seen_content c JOIN seen_assessment s USING (assessment_id)
    WHERE c.published AND c.scope_rank >= 2 AND (c.scope_rank >= 3 OR s.scope_rank < 3);
    -- Of which standing answers nothing that is seen says the same. (Who sees findings alone is told none where what
    -- wins of what it was granted says otherwise than another one that found it not met.)
    CREATE TEMP TABLE found_otherwise AS
    SELECT DISTINCT o.assessment_no, o.question_id
    FROM spoilt.compact.otherwise_answer o
    SEMI JOIN told_content t USING (assessment_key)
    WHERE o.state = 'not_met';
    CREATE TEMP TABLE unseen_answer AS
    SELECT a.rowid AS row_id, a.delivery_no
    FROM spoilt.compact.stored_answer a
    JOIN spoilt.compact.stored_assessment s USING (assessment_no)
    JOIN spoilt.compact.question q USING (question_no)
    WHERE NOT EXISTS (
        SELECT 1 FROM told_content t
        WHERE t.assessment_id = s.assessment_id AND (
            t.scope_rank >= 3 OR a.state = 'not_met'
            OR (a.assessment_no, q.question_id) IN (SELECT (assessment_no, question_id) FROM found_otherwise)
        )
        AND NOT EXISTS (
            SELECT 1 FROM spoilt.compact.otherwise o
            WHERE o.assessment_no = a.assessment_no AND o.assessment_key = t.assessment_key
                AND o.question_id = q.question_id
        )
    );
    CREATE TEMP TABLE unseen_place AS
    SELECT a.rowid AS row_id
    FROM spoilt.compact.stored_answer a
    JOIN spoilt.compact.stored_assessment s USING (assessment_no)
    JOIN spoilt.compact.delivery d USING (delivery_no)
    WHERE NOT EXISTS (
        SELECT 1 FROM seen_content t WHERE t.assessment_id = s.assessment_id AND t.content_file_id = d.file_id
        AND t.is_own
    );
    CREATE TEMP TABLE seen_finding AS
    SELECT finding_id FROM spoilt.finding
    WHERE assessment_id IN (SELECT assessment_id FROM covered_copy WHERE scope_rank >= 2);
"""
_SHALLOW = """(file_id, assessment_no) NOT IN (
    SELECT (content_file_id, assessment_no) FROM seen_content WHERE scope_rank >= 2)"""
_FOREIGN_FILE = "file_id NOT IN (SELECT content_file_id FROM own_delivered)"
_PLAN_ROW = f"""{_FOREIGN_FILE} AND (file_id, locator) NOT IN (
    SELECT (c.file_id, c.locator) FROM spoilt.corrective_action c SEMI JOIN seen_finding USING (finding_id))"""
_SPOILT: dict[str, str] = {
    "compact.stated_header": "copy_id NOT IN (SELECT copy_id FROM seen_copy)",
    "compact.stated_scope": _SHALLOW,
    "compact.stated_score": _SHALLOW,
    "compact.stated_finding": _SHALLOW,
    "compact.stated_plan": _PLAN_ROW,
    "compact.stated_mention": "mention_id NOT IN (FROM seen_mention)",
    "compact.stored_issue": _FOREIGN_FILE,
    "compact.otherwise_answer": "assessment_key NOT IN (SELECT assessment_key FROM told_content)",
    "compact.stored_answer": "rowid IN (SELECT row_id FROM unseen_answer)",
    "facility_mention": "mention_id NOT IN (FROM seen_mention)",
    # (What stands in a file's bytes is known to all who handed it in.)
    "file": "contributor NOT IN (FROM own_name) AND file_id NOT IN (SELECT content_file_id FROM own_delivered)",
    "consent_grant": "lower(trim(audience)) NOT IN (FROM audience_name)",
}
_GONE = {
    **_SPOILT,
    "compact.otherwise": "assessment_key NOT IN (SELECT assessment_key FROM told_content)",
    "compact.stated_identifier": "mention_id NOT IN (FROM seen_mention) AND (scheme, value) NOT IN "
    "(SELECT (facility_scheme, identifier) FROM spoilt.consent_grant "
    "WHERE lower(trim(audience)) IN (FROM audience_name))",
    "finding": "finding_id NOT IN (FROM seen_finding)",
    "corrective_action": f"{_FOREIGN_FILE} AND coalesce(finding_id NOT IN (FROM seen_finding), true)",
    "compact.accepted_answer": "(assessment_no, question_no) NOT IN "
    "(SELECT (assessment_no, question_no) FROM spoilt.compact.stored_answer)",
    "compact.question": "question_no NOT IN (SELECT question_no FROM spoilt.compact.stored_answer "
    "UNION SELECT question_no FROM spoilt.compact.otherwise_answer)",
    "compact.stated_text": "text_no > 0 AND text_no NOT IN (SELECT text_no FROM spoilt.compact.stored_answer "
    "UNION SELECT text_no FROM spoilt.compact.otherwise_answer)",
    "compact.remark": "remark_no > 0 AND remark_no NOT IN (SELECT remark_no FROM spoilt.compact.stored_answer "
    "UNION SELECT remark_no FROM spoilt.compact.otherwise_answer)",
}
del _GONE["facility_mention"], _GONE["file"], _GONE["compact.stated_mention"]
"""Records whose factory the grants follow stay, spoilt; so do the files that register grants."""
_KEPT = frozenset(
    {
        "copy_id",
        "assessment_id",
        "mention_id",
        "file_id",
        "content_file_id",
        "content_id",
        "facility_id",
        "decision_key",
    }
    | {"assessment_no", "assessment_key", "locator", "delivery_rank", "delivery_order", "instrument", "question_id"}
    | {"question_no", "country", "duplicate_of", "fingerprint", "published", "is_of_content", "place_no"}
    | {"delivery_no", "text_no", "raw_unit_no", "remark_no", "row_no", "answered_by", "grant_id"}
    | {"facility_scheme", "facility_value", "identifier", "audience"}
)
"""What says who is who and what belongs together."""
_LOST_ALWAYS = {
    # Nothing of what a release concludes of all deliveries is an audience's.
    "assessment": ("assessment_id", "facility_id", "instrument"),
    "finding": ("finding_id", "assessment_id"),
    "corrective_action": ("finding_id", "file_id", "locator"),
    "assessment_copy": ("copy_id", "assessment_id", "file_id", "locator", "native_id"),
}


def _spoil(connection: duckdb.DuckDBPyConnection, table: str, where: str, kept: Collection[str]) -> None:
    """Put canaries into all columns of some rows but those that are kept."""
    sets = []
    for name, kind, *_ in connection.execute(f"DESCRIBE spoilt.{table}").fetchall():
        if name in kept:
            continue
        if kind == "VARCHAR":
            sets.append(f"\"{name}\" = '{CANARY} {name}'")
        elif kind == "DATE":
            sets.append(f"\"{name}\" = DATE '{CANARY_DAY}'")
        elif kind in ("DOUBLE", "BIGINT", "INTEGER"):
            sets.append(f'"{name}" = {CANARY_NUMBER}')
        elif kind == "BOOLEAN":
            sets.append(f'"{name}" = NOT coalesce("{name}", false)')
        else:
            sets.append(f'"{name}" = (enum_range(NULL::{kind}))[1]')
    connection.execute(f"UPDATE spoilt.{table} SET {', '.join(sets)} WHERE {where}")


def _covered(database: Path, audiences: Sequence[Audience], judged_on: date) -> pa.Table:
    """Which copies grants open to one of the audiences."""
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.execute(f"ATTACH '{database}' AS source (READ_ONLY)")
        name_audiences(connection, audiences, SECRET)
        judge_grants(connection, judged_on, rules().bounded, rules().signatories)
        return connection.execute("SELECT copy_id, assessment_id, scope_rank FROM covered_copy").to_arrow_table()


def blank(
    database: Path, audiences: Sequence[Audience], target: Path, is_deleted: bool, judged_on: date = TODAY
) -> Path:
    """A copy of a release in which nothing is as it was but what one of the audiences may see."""
    covered = _covered(database, audiences, judged_on)
    shutil.copyfile(database, target)
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.execute(f"ATTACH '{target}' AS spoilt")
        connection.register("arriving", covered)
        connection.execute("CREATE TEMP TABLE covered_copy AS FROM arriving")
        connection.execute("CREATE TEMP TABLE own_name (contributor VARCHAR)")
        connection.execute("CREATE TEMP TABLE audience_name (audience VARCHAR)")
        for one in audiences:
            connection.execute("INSERT INTO audience_name VALUES (?)", [one.name.lower()])
            if one.contributor:
                connection.execute("INSERT INTO own_name VALUES (?)", [one.contributor])
        # (Of one report, findings may be all that one of several sees, and another its answers.)
        connection.execute(_SEEN if len(audiences) == 1 else _SEEN.replace("s.scope_rank < 3", "true"))
        for table, kept in _LOST_ALWAYS.items():
            _spoil(connection, table, "true", kept)
        connection.execute(
            f"UPDATE spoilt.compact.stored_answer SET row_no = {CANARY_NUMBER} WHERE rowid IN (FROM unseen_place)"
        )
        # (Rows are known by their number, which deletions keep within a transaction.)
        connection.execute("BEGIN")
        for table, where in (_GONE if is_deleted else _SPOILT).items():
            if is_deleted:
                connection.execute(f"DELETE FROM spoilt.{table} WHERE {where}")
            else:
                _spoil(connection, table, where, _KEPT)
        connection.execute("COMMIT")
    return target
