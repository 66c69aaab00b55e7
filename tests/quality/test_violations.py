"""Every law is kept by a sound release and notices exactly its own breach."""

from __future__ import annotations

from typing import Any

import pytest
from tests.quality.release import another, empty_release, insert, small_release

from harmonize.quality.violations import VIOLATION_LIMIT, queries, violations

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
    "conflict_of_winner": ["INSERT INTO conflict VALUES ('a1', 'q1', 'c9', 'x', 'y', 'later')"],
    "contradiction_of_non_compliance": [
        "INSERT INTO contradiction VALUES ('HF0000000000AB', 'labour.none', 'a1', 'met', 'a2', 'not_met', 30)"
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
    "duplicate_of_nothing": [("file", another("file", file_id="f2", path="gap/x", status="duplicate"))],
    "content_loaded_twice": [("file", another("file", file_id="f2", path="gap/x"))],
    "quarantine_without_issue": [
        "INSERT INTO quarantine VALUES ('i1', 'f1', 'row=1', 'drift', 'warning', NULL, 'A column.', NULL)"
    ],
    "grant_without_end": ["UPDATE consent_grant SET instrument = '*', valid_to = NULL"],
}


def test_a_sound_release_breaks_no_law() -> None:
    broken = {name for name, frame in violations(small_release()).items() if len(frame)}
    assert broken == set()


def test_an_empty_release_breaks_no_law() -> None:
    assert all(frame.empty for frame in violations(empty_release()).values())


@pytest.mark.parametrize("law", [name.removeprefix("violation_") for name in queries()])
def test_a_breach_is_noticed(law: str) -> None:
    release = small_release()
    for step in BREACHES[law]:
        if isinstance(step, str):
            release.execute(step)
        else:
            insert(release, *step)
    assert len(violations(release)[f"violation_{law}"]) == 1


def test_every_law_has_a_breach() -> None:
    assert {f"violation_{law}" for law in BREACHES} == set(queries())


def test_units_are_asked_of_physical_amounts_only() -> None:
    release = small_release()
    people = another("indicator", indicator_id="general.facility.workers", kind="quantity", unit="person")
    insert(release, "indicator", people)
    insert(
        release,
        "answer",
        another("answer", **{**MEASURED, "indicator_id": people["indicator_id"], "unit": None}),
    )
    assert violations(release)["violation_quantity_without_unit"].empty


def test_the_frames_are_bounded() -> None:
    release = small_release()
    release.execute("INSERT INTO facility_alias SELECT 'HF' || i, 'HF9' FROM range(?) AS r(i)", [VIOLATION_LIMIT + 5])
    assert len(violations(release)["violation_alias_to_unknown_facility"]) == VIOLATION_LIMIT
