"""The released file: tables and columns of the contract, views that run, extracts that equal the tables."""

from __future__ import annotations

import json
from itertools import groupby
from pathlib import Path

import duckdb
import pytest

from harmonize.model.tables import TABLES
from harmonize.store.build import logical_hashes
from tests.pipeline.worlds import demo_world

# The names that buyers rely on: contract version 1 may grow, none of these may go.
CONTRACT = {
    "facility": "facility_id name name_local address country admin1 latitude longitude sector workers os_id "
    "tax_code mention_count first_seen last_seen",
    "facility_identifier": "facility_id scheme value valid source",
    "facility_alias": "old_id facility_id",
    "facility_relation": "facility_id related_id kind",
    "facility_mention": "mention_id facility_id file_id locator contributor instrument name address country "
    "link_method link_probability",
    "assessment": "assessment_id facility_id instrument edition kind assessed_on period_start period_end "
    "valid_until valid_until_basis verified status rating_raw score visit_id verified_of "
    "follow_up_of supersedes announcement evidence_from evidence_to copy_count",
    "assessment_copy": "copy_id assessment_id file_id locator contributor native_id relation received_at",
    "doubtful_copy": "facility_id instrument assessment_a copy_a assessment_b copy_b stands evidence days_apart "
    "compared agreement confidence",
    "assessment_relation": "assessment_id related_id kind evidence days_apart",
    "assessment_scope": "assessment_id topic_id scope",
    "answer": "assessment_id question_id indicator_id comparability state value_text value_number unit "
    "value_date raw_value raw_unit answered_by verification reason legal_flag file_id locator "
    "mapping_id",
    "finding": "finding_id assessment_id indicator_id topic_id clause_raw severity severity_raw "
    "description root_cause legal_reference status status_raw due_on closed_on",
    "corrective_action": "action_id finding_id action due_on status file_id locator",
    "score": "assessment_id section level score maximum answered_by",
    "conflict": "assessment_id question_id copy_id value_raw winning_value_raw reason",
    "report_difference": "facility_id assessment_id question_id version copy_a contributor_a value_a locator_a copy_b "
    "contributor_b value_b locator_b",
    "contradiction": "facility_id indicator_id assessment_a state_a assessment_b state_b days_apart",
    "overlap": "facility_id indicator_id window_start times_asked assessments",
    "burden": "facility_id year visits self_assessments deliveries copies_recognised questions_asked "
    "questions_distinct questions_again answered_before_directly answered_before_by_implication findings_opened "
    "findings_closed findings_open_at_end findings_overdue_at_end median_days_to_close",
    "indicator": "indicator_id topic_id kind unit level labels",
    "indicator_broader": "indicator_id broader_id steps path",
    "topic": "topic_id parent_id pillar labels",
    "law": "law_id country number title authority year valid_from valid_to replaced_by",
    "indicator_law": "indicator_id law_id article",
    "instrument": "instrument",
    "instrument_rights": "instrument",
    "entailment": "comparability state implied_state",
    "crosswalk": "instrument edition question_id predicate indicator_id confidence status polarity scale "
    "basis mapping_id",
    "file": "file_id content_id path contributor instrument edition status bytes cells_total "
    "cells_blank cells_loaded cells_ignored cells_quarantined received_at",
    "issue": "issue_id file_id locator code severity value message hint",
    "quarantine": "issue_id file_id locator code severity value message hint",
    "consent_grant": "grant_id facility_scheme facility_value instrument assessment audience scope valid_from "
    "valid_to purpose evidence revoked_on",
    "run": "run_id",
    "release": "release_id",
}
VIEWS = (
    "v_facility_card",
    "v_topic_matrix",
    "v_answer",
    "v_open_findings",
    "v_metric_trend",
    "v_reuse",
    "v_contradiction",
    "v_latest_value",
    "v_indicator_law",
    "v_overlap",
    "v_visit",
    "v_burden",
    "v_burden_sector",
    "v_corrective_action_plan",
    "v_corrective_action_source",
    "v_corrective_action_history",
    "v_proposed_closing",
)
KEYS = {
    "facility": "facility_id",
    "facility_alias": "old_id",
    "facility_mention": "mention_id",
    "assessment": "assessment_id",
    "assessment_copy": "copy_id",
    "answer": "assessment_id, question_id, answered_by",
    "finding": "finding_id",
    "corrective_action": "action_id",
    "indicator": "indicator_id",
    "indicator_broader": "indicator_id, broader_id",
    "topic": "topic_id",
    "law": "law_id",
    "crosswalk": "mapping_id",
    "entailment": "comparability, state",
    "file": "file_id",
    "issue": "issue_id",
    "quarantine": "issue_id",
}
REFERENCES = [
    ("facility_mention", "facility_id", "facility"),
    ("facility_mention", "file_id", "file"),
    ("assessment", "facility_id", "facility"),
    ("assessment_copy", "assessment_id", "assessment"),
    ("assessment_copy", "file_id", "file"),
    ("assessment_scope", "assessment_id", "assessment"),
    ("answer", "assessment_id", "assessment"),
    ("answer", "facility_id", "facility"),
    ("answer", "indicator_id", "indicator"),
    ("answer", "file_id", "file"),
    ("answer", "mapping_id", "crosswalk"),
    ("finding", "assessment_id", "assessment"),
    ("finding", "topic_id", "topic"),
    ("corrective_action", "finding_id", "finding"),
    ("conflict", "copy_id", "assessment_copy"),
    ("indicator", "topic_id", "topic"),
    ("indicator_law", "indicator_id", "indicator"),
    ("indicator_law", "law_id", "law"),
    ("indicator_broader", "indicator_id", "indicator"),
    ("indicator_broader", "broader_id", "indicator"),
    ("crosswalk", "indicator_id", "indicator"),
    ("issue", "file_id", "file"),
    ("quarantine", "issue_id", "issue"),
]


@pytest.mark.parametrize("table", CONTRACT)
def test_every_column_of_the_contract_exists(table: str) -> None:
    names = demo_world().release.column("SELECT column_name FROM duckdb_columns() WHERE table_name = ?", table)
    assert set(CONTRACT[table].split()) <= set(names)


def test_no_other_tables_and_no_scaffolding() -> None:
    release = demo_world().release
    names = release.column("SELECT table_name FROM duckdb_tables() WHERE schema_name = 'main'")
    views = release.column("SELECT view_name FROM duckdb_views() WHERE schema_name = 'main' AND NOT internal")
    assert set(names) | {view for view in views if not view.startswith("v_")} == set(CONTRACT) == set(TABLES)


def test_what_is_kept_inside_has_no_name_of_the_contract() -> None:
    names = demo_world().release.column("SELECT table_name FROM duckdb_columns() WHERE schema_name = 'compact'")
    assert names
    assert not set(names) & set(CONTRACT)


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_says_something(view: str) -> None:
    assert demo_world().release.query(f"SELECT * FROM {view} LIMIT 5")


@pytest.mark.parametrize("table", KEYS)
def test_keys_are_unique(table: str) -> None:
    key = KEYS[table]
    assert demo_world().release.query(f"SELECT {key} FROM {table} GROUP BY ALL HAVING count(*) > 1") == []


@pytest.mark.parametrize(("table", "column", "target"), REFERENCES)
def test_references_resolve(table: str, column: str, target: str) -> None:
    key = KEYS[target]
    assert (
        demo_world().release.query(
            f"SELECT {column} FROM {table} WHERE {column} IS NOT NULL EXCEPT SELECT {key} FROM {target}"
        )
        == []
    )


@pytest.mark.parametrize("table", CONTRACT)
def test_extracts_equal_the_tables(table: str) -> None:
    release = demo_world().release
    folder = release.result.folder / "parquet"
    path = f"{folder}/{table}.parquet" if (folder / f"{table}.parquet").exists() else f"{folder}/{table}/**/*.parquet"
    names = release.column("SELECT column_name FROM duckdb_columns() WHERE table_name = ? ORDER BY column_index", table)
    columns = ", ".join(f'"{name}"' for name in names)
    extract = f"SELECT {columns} FROM read_parquet('{path}', hive_partitioning = false)"
    if release.one(f"SELECT count(*) FROM {table}") == 0 and not Path(path).exists():
        return
    assert release.query(f"FROM ({extract}) EXCEPT ALL (SELECT {columns} FROM {table})") == []
    assert release.one(f"SELECT count(*) FROM ({extract})") == release.one(f"SELECT count(*) FROM {table}")


def test_the_rows_of_an_extract_stand_by_factory_and_assessment() -> None:
    several = 0
    for part in sorted((demo_world().release.result.folder / "parquet/answer").rglob("*.parquet")):
        rows = duckdb.execute(f"SELECT facility_id, assessment_id FROM read_parquet('{part}')").fetchall()
        for column in zip(*rows, strict=True):
            met = [value for value, _ in groupby(column)]
            assert len(met) == len(set(met)), part
            several += len(met) > 1
    assert several > 10


def test_the_manifest_tells_rows_and_hashes_of_the_file() -> None:
    release = demo_world().release
    with duckdb.connect(str(release.database), read_only=True) as connection:
        hashes = logical_hashes(connection)
    told = {name: (table["rows"], table["hash"]) for name, table in release.result.manifest["tables"].items()}
    assert told == hashes
    assert release.one("SELECT logical_hash FROM release") == release.hash


def test_the_manifest_on_disk_is_the_one_of_the_run() -> None:
    result = demo_world().release.result
    assert json.loads((result.folder / "manifest.json").read_text(encoding="utf-8")) == json.loads(
        json.dumps(result.manifest)
    )


def test_an_older_duckdb_can_open_the_file() -> None:
    tags = demo_world().release.column(
        "SELECT tags['storage_version'] FROM duckdb_databases() WHERE NOT internal LIMIT 1"
    )
    assert tags == [None] or "v1.0" in str(tags[0]) or "v1.1" in str(tags[0])


def test_current_points_at_the_release_by_a_relative_link() -> None:
    world = demo_world()
    link = world.out / "current"
    assert link.is_symlink()
    assert not link.readlink().is_absolute()
    assert link.resolve() == world.release.result.folder.resolve()


def test_no_path_of_this_machine_is_in_the_file() -> None:
    world = demo_world()
    for table in ("file", "issue", "facility_mention", "run", "release"):
        text = " ".join(str(row) for row in world.release.query(f"SELECT * FROM {table}"))
        assert str(world.inbox) not in text
        assert str(world.out) not in text


def test_views_show_published_assessments_only() -> None:
    assert (
        demo_world().release.query(
            "SELECT assessment_id FROM v_answer INTERSECT SELECT assessment_id FROM assessment WHERE NOT published"
        )
        == []
    )


def test_an_empty_cell_is_never_not_met() -> None:
    assert (
        demo_world().release.query(
            "SELECT * FROM answer WHERE state = 'not_met' AND coalesce(trim(raw_value), '') = ''"
        )
        == []
    )


def test_only_compliance_indicators_open_findings_from_answers() -> None:
    assert (
        demo_world().release.query(
            "SELECT finding_id FROM finding n JOIN indicator i USING (indicator_id) "
            "WHERE made_from = 'answer' AND i.kind <> 'compliance'"
        )
        == []
    )


def test_what_is_withheld_is_quarantined_and_noticed() -> None:
    release = demo_world().release
    assert release.query("FROM quarantine EXCEPT FROM issue") == []
    assert release.one("SELECT count(*) FROM quarantine") > 10
