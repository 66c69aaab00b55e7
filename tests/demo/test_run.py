"""A run on the invented inbox is held against its truth: nothing is missed and nobody is accused."""

from __future__ import annotations

import json

from tests.pipeline.worlds import demo_world

from harmonize.demo import score


def test_a_run_gets_full_marks() -> None:
    world = demo_world()
    found = score(world.release.database, world.truth)
    for pairs in (found.facilities, found.copies, found.stays):
        assert (pairs.precision, pairs.recall, pairs.missing) == (1.0, 1.0, 0)
    for tally in (found.headers, found.answers, found.findings, found.faults, found.files, found.cells):
        assert tally.checked > 30
        assert tally.right == tally.checked, tally.examples
    assert found.accused == ()
    assert found.unbalanced == ()


def test_a_verified_caf_in_a_better_work_factory_is_part_of_its_visit() -> None:
    related = demo_world().release.query(
        "SELECT days_apart FROM assessment_relation r JOIN assessment a USING (assessment_id) "
        "JOIN assessment s ON s.assessment_id = r.related_id AND s.visit_id = a.visit_id "
        "WHERE r.kind = 'same_visit_other_instrument' "
        "AND a.instrument = 'slcp_caf' AND s.instrument = 'better_work_cat'"
    )
    assert related
    assert all(0 < days <= 14 for (days,) in related)


def test_what_nobody_verified_in_a_better_work_factory_is_marked() -> None:
    """Step 1 is verified on the stay; whatever else is marked as accurate was accepted unseen."""
    verified = dict(
        demo_world().release.query(
            "SELECT verification, count(*) FROM v_answer WHERE instrument = 'slcp_caf' GROUP BY ALL"
        )
    )
    assert set(verified) == {"auto_accepted", "none", "onsite"}


def test_the_decision_of_a_person_links_the_declaration() -> None:
    world = demo_world()
    (decided,) = (world.out / "decisions/facility_decisions.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(decided)["verdict"] == "same"
    assert world.release.column(
        "SELECT link_method FROM facility_mention WHERE instrument = 'kh_self_declaration'"
    ) == ["decision"]
