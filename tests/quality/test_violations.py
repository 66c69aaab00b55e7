"""Every law is kept by a sound release and notices exactly its own breach."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.quality.release import ROWS, another, empty_release, insert, small_release
from tests.quality.touching import touched_rows

from harmonize.quality.violations import Law, count_violations, laws

LONG = os.environ.get("HARMONIZE_FUZZ") == "long"
QUANTITY = another("indicator", indicator_id="environment.energy.metrics.grid", kind="quantity", unit="MJ")
MEASURED: dict[str, Any] = {
    "question_id": "q2",
    "indicator_id": QUANTITY["indicator_id"],
    "state": "informational",
    "value_number": 5.0,
    "unit": "MJ",
}

BREACHES: dict[str, list[tuple[str, dict[str, Any]] | str]] = {
    "answer_without_assessment": [("answer", another("answer", assessment_id="a9"))],
    "answer_without_file": [("answer", another("answer", question_id="q2", file_id="f9"))],
    "answer_of_unknown_indicator": [("answer", another("answer", question_id="q2", indicator_id="labour.none"))],
    "answer_of_unpublished_assessment": ["UPDATE assessment SET published = false"],
    "duplicate_answer": [("answer", another("answer"))],
    "answer_by_unapproved_mapping": ["UPDATE crosswalk SET status = 'proposed'"],
    "indicator_without_mapping": ["UPDATE answer SET mapping_id = NULL"],
    "quantity_without_unit": [
        ("indicator", QUANTITY),
        ("answer", another("answer", **{**MEASURED, "unit": None})),
    ],
    "negative_quantity": [
        ("indicator", QUANTITY),
        ("answer", another("answer", **{**MEASURED, "value_number": -1.0})),
    ],
    "unreal_number": ["UPDATE answer SET value_number = 'inf'"],
    "verdict_on_information": [
        ("indicator", QUANTITY),
        ("answer", another("answer", **{**MEASURED, "state": "met"})),
    ],
    "blank_is_not_met": ["UPDATE answer SET raw_value = ' '"],
    "met_from_findings_list": ["UPDATE crosswalk SET scale = 'finding'", "UPDATE answer SET state = 'met'"],
    "duplicate_finding": [("finding", another("finding"))],
    "finding_without_assessment": [("finding", another("finding", finding_id="n2", assessment_id="a9"))],
    "finding_of_unpublished_assessment": ["UPDATE assessment SET published = false"],
    "finding_of_non_compliance": ["UPDATE indicator SET kind = 'practice'"],
    "not_met_without_finding": ["DELETE FROM finding"],
    "better_work_severity": ["UPDATE assessment SET instrument = 'better_work_cat'"],
    "severity_without_native_word": ["UPDATE finding SET severity_raw = NULL"],
    "duplicate_action": [
        "INSERT INTO corrective_action (action_id, file_id, locator) VALUES ('x', 'f1', 'row=1'), ('x', 'f1', 'row=2')"
    ],
    "action_without_finding": [
        "INSERT INTO corrective_action (action_id, finding_id, file_id, locator) VALUES ('x', 'n9', 'f1', 'row=1')"
    ],
    "assessment_without_facility": ["UPDATE assessment SET facility_id = 'HF9'"],
    "assessment_without_copy": ["DELETE FROM assessment_copy"],
    "copy_without_assessment": [("assessment_copy", another("assessment_copy", copy_id="c2", assessment_id="a9"))],
    "copy_without_file": ["UPDATE assessment_copy SET file_id = 'f9'"],
    "not_one_original": ["UPDATE assessment_copy SET relation = 'copy'"],
    "not_one_winner": ["UPDATE assessment_copy SET wins = false"],
    "copy_count": ["UPDATE assessment SET copy_count = 2"],
    "dangling_lineage": ["UPDATE assessment SET follow_up_of = 'a9'"],
    "facility_without_mention": ["DELETE FROM facility_mention"],
    "mention_without_facility": [("facility_mention", another("facility_mention", mention_id="m2", facility_id="HF9"))],
    "mention_count": ["UPDATE facility SET mention_count = 3"],
    "identifier_without_facility": ["UPDATE facility_identifier SET facility_id = 'HF9'"],
    "card_shows_invalid_identifier": ["UPDATE facility SET tax_code = '0100109106'"],
    "overlapping_aliases": ["INSERT INTO facility_alias VALUES ('HF1', 'HF0000000000AB'), ('HF1', 'HF0000000000AB')"],
    "alias_to_unknown_facility": ["INSERT INTO facility_alias VALUES ('HF1', 'HF9')"],
    "relation_of_unknown_facility": ["INSERT INTO facility_relation VALUES ('HF0000000000AB', 'HF9', 'unit_of')"],
    "pair_related_twice": [
        ("facility", another("facility", facility_id="HF9", mention_count=1)),
        ("facility_mention", another("facility_mention", mention_id="m2", facility_id="HF9")),
        "INSERT INTO facility_relation VALUES ('HF0000000000AB', 'HF9', 'same_company'), "
        "('HF9', 'HF0000000000AB', 'unit_of')",
    ],
    "relation_without_order": [
        ("facility", another("facility", facility_id="HF9", mention_count=1)),
        ("facility_mention", another("facility_mention", mention_id="m2", facility_id="HF9")),
        "INSERT INTO facility_relation VALUES ('HF9', 'HF0000000000AB', 'same_company')",
    ],
    "conflict_of_winner": ["INSERT INTO conflict VALUES ('a1', 'q1', 'c9', 'x', 'y', 'later', 'c1', 'row=1', 'row=2')"],
    "doubt_of_other_copies": [
        "INSERT INTO doubtful_copy VALUES "
        "('HF0000000000AB', 'gap', 'a1', 'c1', 'a1', 'c1', 'merged', '', 1, 1, 0.5, 0.5)"
    ],
    "difference_of_one_receiver": [
        "INSERT INTO report_difference VALUES "
        "('HF0000000000AB', 'a1', 'q1', 'same', 'c1', 'gap', 'x', 'row=1', 'c1', 'gap', 'y', 'row=1')"
    ],
    "contradiction_of_non_compliance": [
        "INSERT INTO contradiction BY NAME SELECT 'HF0000000000AB' AS facility_id, 'labour.none' AS indicator_id, "
        "'a1' AS assessment_a, 'met' AS state_a, 'a2' AS assessment_b, 'not_met' AS state_b, 30 AS days_apart"
    ],
    "burden_visits_counted_otherwise": ["UPDATE burden SET visits = 2"],
    "burden_repetitions_counted_otherwise": [
        "INSERT INTO overlap VALUES ('HF0000000000AB', 'labour.none', DATE '2026-01-01', 2, ['a1', 'a2'])"
    ],
    "indicator_without_topic": ["UPDATE indicator SET topic_id = 'labour.none'"],
    "topic_without_parent": ["UPDATE topic SET parent_id = 'labour.none'"],
    "question_mapped_and_ignored": ["UPDATE crosswalk SET reason = 'a heading'"],
    "compliance_mapping_without_basis": ["UPDATE crosswalk SET basis = NULL"],
    "accounting_law": ["UPDATE file SET cells_loaded = 0"],
    "loaded_despite_issues": [
        "INSERT INTO issue VALUES ('i1', 'f1', 'row=1', 'drift', 'warning', NULL, 'A column.', NULL)"
    ],
    "refused_without_reason": [("file", another("file", file_id="f2", path="gap/x", status="refused", content_id="b"))],
    "assessed_in_the_future": [
        "INSERT INTO release (release_id, contract_version, logical_hash, as_of) VALUES "
        "('r', 1, 'h', DATE '2026-06-30')",
        "UPDATE assessment SET assessed_on = DATE '2062-03-04'",
    ],
    "duplicate_of_nothing": [("file", another("file", file_id="f2", path="gap/x", status="duplicate"))],
    "content_loaded_twice": [("file", another("file", file_id="f2", path="gap/x"))],
    "quarantine_without_issue": [
        "INSERT INTO quarantine VALUES ('i1', 'f1', 'row=1', 'drift', 'warning', NULL, 'A column.', NULL)"
    ],
    "grant_without_end": ["UPDATE consent_grant SET instrument = '*', valid_to = NULL"],
}


def _broken(release: duckdb.DuckDBPyConnection) -> dict[str, int]:
    return {name: found.count for name, found in count_violations(release).items() if found.count}


def _break(release: duckdb.DuckDBPyConnection, law: str) -> None:
    for step in BREACHES[law]:
        if isinstance(step, str):
            release.execute(step)
        else:
            insert(release, *step)


def test_a_sound_release_breaks_no_law() -> None:
    assert _broken(small_release()) == {}


def test_an_empty_release_breaks_no_law() -> None:
    assert _broken(empty_release()) == {}


@pytest.mark.parametrize("law", laws())
def test_a_breach_is_noticed(law: str) -> None:
    release = small_release()
    _break(release, law)
    assert _broken(release)[law] == 1


@pytest.mark.parametrize("law", [law.name for law in laws().values() if law.is_local])
def test_a_breach_among_touched_assessments_is_noticed(law: str) -> None:
    release = small_release()
    _break(release, law)
    release.execute("CREATE TABLE touched AS SELECT assessment_id FROM answer UNION SELECT assessment_id FROM finding")
    assert count_violations(release, touched_rows(release, "touched"))[law].count == 1


def test_every_law_has_a_breach() -> None:
    assert set(BREACHES) == set(laws())


def test_units_are_asked_of_physical_amounts_only() -> None:
    release = small_release()
    people = another("indicator", indicator_id="general.facility.workers", kind="quantity", unit="person")
    insert(release, "indicator", people)
    insert(
        release,
        "answer",
        another("answer", **{**MEASURED, "indicator_id": people["indicator_id"], "unit": None}),
    )
    assert count_violations(release)["quantity_without_unit"].count == 0


def test_what_breaks_a_law_is_counted_and_the_first_row_named() -> None:
    release = small_release()
    release.execute("INSERT INTO facility_alias SELECT 'HF' || i, 'HF9' FROM range(5) AS r(i)")
    found = count_violations(release)["alias_to_unknown_facility"]
    assert (found.count, found.first) == (5, "old_id HF0, facility_id HF9")


@pytest.mark.parametrize(
    ("change", "law"),
    [
        ("indicator_id = NULL, reason = NULL", "question_mapped_and_ignored"),
        ("basis = NULL", "compliance_mapping_without_basis"),
    ],
)
def test_a_draft_is_not_yet_held_to_what_a_person_has_to_fill_in(change: str, law: str) -> None:
    release = small_release()
    release.execute(f"UPDATE crosswalk SET {change}, status = 'approved'")
    assert count_violations(release)[law].count == 1
    release.execute("UPDATE crosswalk SET status = 'draft'")
    assert count_violations(release)[law].count == 0


def test_nothing_is_left_in_the_database() -> None:
    release = small_release()
    before = release.execute("SHOW ALL TABLES").fetchall()
    count_violations(release)
    assert release.execute("SHOW ALL TABLES").fetchall() == before


def test_local_laws_look_at_touched_assessments_only_unless_they_were_broken_before() -> None:
    release = small_release()
    release.execute("UPDATE answer SET value_number = 'nan', raw_value = ''")
    release.execute("CREATE TABLE touched AS SELECT 'a9' AS assessment_id")
    rows = touched_rows(release, "touched")
    near = count_violations(release, rows)
    assert (near["unreal_number"].count, near["blank_is_not_met"].count) == (0, 0)
    again = count_violations(release, rows, {"unreal_number"})
    assert (again["unreal_number"].count, again["blank_is_not_met"].count) == (1, 0)


def test_global_laws_see_everything_whatever_was_touched() -> None:
    release = small_release()
    release.execute("UPDATE file SET cells_loaded = 0")
    release.execute("CREATE TABLE touched AS SELECT 'a9' AS assessment_id")
    assert count_violations(release, touched_rows(release, "touched"))["accounting_law"].count == 1


IDS: Mapping[str, tuple[Any, ...]] = {
    "assessment_id": ("a1", "a2", "a9"),
    "question_id": ("q1", "q2"),
    "indicator_id": (ROWS["indicator"]["indicator_id"], QUANTITY["indicator_id"], "labour.none", None),
    "comparability": ("exact", "broad", None),
    "state": ("met", "not_met", "informational", "not_applicable"),
    "value_number": (None, 5.0, -1.0, float("nan"), float("inf"), float("-inf")),
    "unit": (None, "MJ"),
    "raw_value": (None, "", " ", "No"),
    "answered_by": ("facility", "verifier"),
    "file_id": ("f1", "f9"),
    "mapping_id": ("k1", "k2", "k9", None),
}
ANSWERS = st.lists(st.fixed_dictionaries({name: st.sampled_from(values) for name, values in IDS.items()}), max_size=6)


def _rows(law: Law) -> str:
    return law.query.replace("judged_", "")


@settings(max_examples=60 if LONG else 20, deadline=None)
@given(ANSWERS, st.booleans())
def test_the_screens_hide_no_breach(answers: list[dict[str, Any]], with_finding: bool) -> None:
    """Law: what the screens let pass breaks no law; the counts are those of the laws' own queries."""
    release = empty_release()
    for table in ("facility", "file", "indicator", "crosswalk", "assessment"):
        insert(release, table, ROWS[table])
    insert(release, "indicator", QUANTITY)
    insert(release, "assessment", another("assessment", assessment_id="a2", published=False))
    insert(release, "crosswalk", another("crosswalk", mapping_id="k2", question_id="q2", scale="finding"))
    if with_finding:
        insert(release, "finding", ROWS["finding"])
    for answer in answers:
        insert(release, "answer", another("answer", **answer))
    counted = {name: found.count for name, found in count_violations(release).items()}
    for name, law in laws().items():
        assert counted[name] == len(release.execute(_rows(law)).fetchall()), name
    release.execute("CREATE TABLE touched AS SELECT DISTINCT assessment_id FROM answer")
    near = count_violations(release, touched_rows(release, "touched"))
    local = {name for name, law in laws().items() if law.is_local and "judged_finding" not in law.query}
    assert {name: near[name].count for name in local} == {name: counted[name] for name in local}
