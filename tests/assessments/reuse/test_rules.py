"""The domain rules of reuse, one by one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any, TypeAlias

import duckdb
import pytest

from harmonize.assessments.reuse.plan import ReportedEvent
from tests.assessments.reuse.worlds import (
    ACCESS,
    AMOUNT,
    AS_OF,
    LAW_DAY,
    ME,
    NARROW,
    OTHER,
    PRACTICE,
    RECORDS,
    SILENT,
    WIDE,
    Found,
    Granted,
    Said,
    Visit,
    World,
    plan,
    required,
    rows,
)

Release: TypeAlias = duckdb.DuckDBPyConnection
RECENT = AS_OF - timedelta(days=100)
MET = (Said("q-wide", "met"),)


def _world(*visits: Visit, **more: Any) -> World:
    return World(visits, **more)


def _visit(name: str = "A", day: date | None = RECENT, **more: Any) -> Visit:
    return Visit(name, day, **{"answers": MET, **more})


def test_rule_3_a_wider_met_answers_the_narrower_and_the_reverse_nothing(release: Release) -> None:
    found = plan(release, _world(_visit()), [required(WIDE), required(NARROW)])
    assert (found.status(WIDE), found.status(NARROW)) == ("assessed", "assessed")
    assert found.line(NARROW)["follows_from"] == "a broader indicator"
    found = plan(release, _world(_visit(answers=(Said("q-narrow", "met"),))), [required(WIDE), required(NARROW)])
    assert (found.status(WIDE), found.status(NARROW)) == ("ask", "assessed")


def test_rule_3_a_narrower_not_met_answers_the_wider_and_the_reverse_nothing(release: Release) -> None:
    found = plan(release, _world(_visit(answers=(Said("q-narrow", "not_met"),))), [required(WIDE), required(NARROW)])
    assert found.cells["F1", WIDE]["state"] == "not_met"
    found = plan(release, _world(_visit(answers=(Said("q-wide", "not_met"),))), [required(WIDE), required(NARROW)])
    assert (found.status(WIDE), found.status(NARROW)) == ("assessed", "ask")


@pytest.mark.parametrize(
    ("question", "state", "status"),
    [
        ("q-part", "met", "ask"), ("q-part", "not_met", "assessed"), ("q-whole", "met", "assessed"),
        ("q-whole", "not_met", "ask"), ("q-wide", "unknown_to_facility", "ask"), ("q-wide", "unable_to_assess", "ask"),
        ("q-wide", "not_applicable", "assessed"), ("q-wide", "not_selected", "ask"),
    ],
)  # fmt: skip
def test_rule_3_predicate_and_state_decide_what_is_implied(
    release: Release, question: str, state: str, status: str
) -> None:
    assert plan(release, _world(_visit(answers=(Said(question, state),))), [required(WIDE)]).status(WIDE) == status


def test_rule_4_silence_counts_only_where_the_buyer_says_so(release: Release) -> None:
    silent = _visit(instrument=SILENT, answers=(), scope=(("labour", "in"),))
    assert plan(release, _world(silent), [required(WIDE)]).status(WIDE) == "ask"
    found = plan(release, _world(silent), [required(WIDE, no_finding=True), required(PRACTICE, no_finding=True)])
    assert found.cells["F1", WIDE]["state"] == "no_finding"
    # Silence says nothing of what no audit would list.
    assert found.status(PRACTICE) == "ask"


@pytest.mark.parametrize(
    "changed",
    [
        {"scope": ()}, {"scope": (("labour", "unknown"),)}, {"scope": (("labour", "in"), ("labour.t.a", "out"))},
        {"findings": (Found("q-narrow"),)}, {"assessment_type": "Follow-up"}, {"kind": "self"},
    ],
)  # fmt: skip
def test_rule_4_silence_is_of_a_topic_in_scope_without_a_finding(release: Release, changed: dict[str, Any]) -> None:
    silent = _visit(**{"instrument": SILENT, "answers": (), "scope": (("labour", "in"),), **changed})
    found = plan(release, _world(silent), [required(RECORDS, no_finding=True, always=None)])
    assert found.status(RECORDS) == "ask"


def test_rule_16_it_is_said_who_assessed_it_when_on_which_basis_and_how_it_was_verified(release: Release) -> None:
    said = plan(release, _world(_visit()), [required(WIDE)]).line(WIDE)["said"]
    assert said == f"already assessed by ANSWERING on {RECENT}, basis national_law, verification onsite"


@pytest.mark.parametrize(("kind", "word"), [("audit", "verified"), ("self", "posted")])
def test_rule_16_a_reporting_period_is_told_apart_from_the_day_of_posting(
    release: Release, kind: str, word: str
) -> None:
    end = RECENT - timedelta(days=30)
    said = plan(release, _world(_visit(kind=kind, period_end=end)), [required(WIDE)]).line(WIDE)["said"]
    assert said == (
        f"already assessed by ANSWERING for the period to {end}, {word} on {RECENT}, "
        "basis national_law, verification onsite"
    )


def test_rule_17_every_fact_stands_beside_it_and_what_is_not_known_is_empty(release: Release) -> None:
    world = _world(_visit(findings=(), contributors=("other",)), grants=(Granted(),))
    line = plan(release, world, [required(NARROW)]).line(NARROW)
    told = {
        "instrument": "answering", "evidence_day": RECENT, "day_counts_from": "day of the assessment",
        "verification": "onsite", "mapping_id": "m:q-wide", "comparability": "exact", "answered_state": "met",
        "law_then": "new art. 7", "law_now": "new art. 7", "grant_id": "G0", "granted_until": date(2027, 1, 1),
        "expires_on": date(2027, 1, 1), "expires_by": "grant", "path": None, "locator": None,
        "seen_by_right_of": "granted", "person_days": None, "announcement": None, "dormitory": None,
    }  # fmt: skip
    assert {name: line[name] for name in told} == told


def test_rule_17_an_action_is_open_whichever_assessment_that_may_be_seen_raised_it(release: Release) -> None:
    raised = _visit("B", RECENT - timedelta(days=30), instrument=SILENT, answers=(), findings=(Found("q-narrow"),))
    needed = [required(WIDE), required(NARROW), required(PRACTICE)]
    line = plan(release, _world(_visit(), raised), needed).line(WIDE)
    assert (line["status"], line["open_findings"]) == ("assessed", 1)
    assert line["open_in"] == f"{SILENT} {RECENT - timedelta(days=30)}"
    hidden = replace(raised, contributors=("other",))
    found = plan(release, _world(_visit(), hidden), needed)
    assert found.line(WIDE)["open_findings"] is None
    assert found.line(WIDE, for_steward=True)["open_findings"] == 1
    granted = _world(_visit(), hidden, grants=(Granted(scope="findings"),))
    assert plan(release, granted, needed).line(WIDE)["open_findings"] == 1


def test_rule_17_a_difference_is_named_where_both_sides_may_be_seen(release: Release) -> None:
    good, bad = _visit("A"), _visit("B", RECENT - timedelta(days=9), answers=(Said("q-wide", "not_met"),))
    said = f"answering {RECENT - timedelta(days=9)} not_met / answering {RECENT} met"
    for other, told in ((bad, said), (replace(bad, contributors=("other",)), None)):
        found = plan(release, _world(good, other), [required(WIDE)])
        release.execute(
            "INSERT INTO contradiction BY NAME SELECT 'F1' AS facility_id, $1 AS indicator_id, 'B' AS assessment_a, "
            "'not_met' AS state_a, 'A' AS assessment_b, 'met' AS state_b, 9 AS days_apart",
            [WIDE],
        )
        assert found.line(WIDE)["differences"] == told
        assert found.line(WIDE, for_steward=True)["differences"] == said


def test_rule_18_age_counts_from_the_end_of_the_reporting_period(release: Release) -> None:
    fem = _visit(instrument=OTHER, period_end=AS_OF - timedelta(days=400))
    assert plan(release, _world(fem), [required(WIDE)]).status(WIDE) == "ask"
    assert plan(release, _world(fem), [required(WIDE, maximum_age_days=400)]).status(WIDE) == "assessed"
    assert plan(release, _world(fem), [required(WIDE, maximum_age_days=399)]).status(WIDE) == "ask"


@pytest.mark.parametrize(
    ("grant", "reason"),
    [
        (None, "not granted"), (Granted(audience="another"), "not granted"),
        (Granted(valid_to=RECENT), f"granted until {RECENT}, which is over"),
        (Granted(revoked_on=AS_OF), f"granted, and revoked on {AS_OF}"),
        (Granted(valid_from=AS_OF + timedelta(days=1)), f"granted from {AS_OF + timedelta(days=1)} on"),
        (Granted(scope="findings"), "granted with scope findings alone"),
        (Granted(scope="summary"), "granted with scope summary alone"),
    ],
)  # fmt: skip
def test_why_a_grant_is_missing_is_told_from_the_buyers_own_grants(
    release: Release, grant: Granted | None, reason: str
) -> None:
    found = plan(release, _world(FOREIGN, grants=(grant,) if grant else ()), [required(WIDE)])
    assert found.line(WIDE)["reason"] == reason


def test_rule_18_age_counts_from_the_last_day_on_site_where_the_export_states_one(release: Release) -> None:
    last = RECENT + timedelta(days=2)
    wanted = [required(WIDE, maximum_age_days=98)]
    assert plan(release, _world(_visit()), wanted).status(WIDE) == "ask"
    line = plan(release, _world(_visit(ended=last)), wanted).line(WIDE)
    assert (line["status"], line["evidence_day"], line["day_counts_from"]) == ("assessed", last, "last day on site")
    period = _visit(instrument=OTHER, period_end=RECENT, day=AS_OF, ended=AS_OF)
    assert plan(release, _world(period), wanted).status(WIDE) == "ask"


def test_rule_18_what_the_buyers_own_copy_says_is_as_old_as_that_copy_says(release: Release) -> None:
    # Another delivery of the report won, and bears another day.
    wanted = [required(WIDE, maximum_age_days=98)]
    merged = _visit(contributors=("other", ME), ended=RECENT + timedelta(days=2), own_day=RECENT)
    assert plan(release, _world(merged), wanted).status(WIDE) == "ask"
    line = plan(release, _world(replace(merged, ended=None, own_day=RECENT + timedelta(days=2))), wanted).line(WIDE)
    assert (line["status"], line["evidence_day"]) == ("assessed", RECENT + timedelta(days=2))
    assert line["day_counts_from"] == "last day that this delivery states"
    # What happened between the two days came after the one and before the other.
    sold = ReportedEvent("F1", "ownership_change", RECENT + timedelta(days=1), "", "steward-1")
    assert plan(release, _world(merged, events=(sold,)), [required(WIDE)]).status(WIDE) == "ask"
    granted = _world(replace(merged, contributors=("other",)), grants=(Granted(),), events=(sold,))
    assert plan(release, granted, [required(WIDE)]).status(WIDE) == "assessed"


def test_rule_18_what_has_no_date_has_no_age_and_is_not_reused(release: Release) -> None:
    assert plan(release, _world(_visit(day=None)), [required(WIDE)]).status(WIDE) == "ask"


@pytest.mark.parametrize("kind", ["move", "new_building", "ownership_change", "grievance", "dispute", "falsification"])
def test_rule_19_what_a_steward_recorded_ends_reuse(release: Release, kind: str) -> None:
    later = ReportedEvent("F1", kind, RECENT + timedelta(days=1), "seen", "steward-1")
    found = plan(release, _world(_visit(), events=(later,)), [required(WIDE)])
    line = found.line(WIDE)
    assert (line["status"], line["ended_by"], line["ended_on"]) == ("ask", kind, RECENT + timedelta(days=1))
    for harmless in (RECENT - timedelta(days=1), AS_OF + timedelta(days=1)):
        event = ReportedEvent("F1", kind, harmless, "seen", "steward-1")
        assert plan(release, _world(_visit(), events=(event,)), [required(WIDE)]).status(WIDE) == "assessed"


def test_rule_19_zero_tolerance_ends_the_reuse_of_that_visit_too(release: Release) -> None:
    alarm = _visit("B", findings=(Found("q-practice", "zero_tolerance"),), instrument=SILENT, answers=())
    found = plan(release, _world(_visit(), alarm), [required(WIDE)])
    assert (found.status(WIDE), found.line(WIDE)["ended_by"]) == ("ask", "zero_tolerance")


def test_rule_19_denied_access_ends_reuse(release: Release) -> None:
    for state in ("not_met", "unable_to_assess"):
        denied = _visit("B", RECENT + timedelta(days=9), answers=(Said("q-access", state),))
        assert plan(release, _world(_visit(), denied), [required(WIDE)]).line(WIDE)["ended_by"] == "denied_access"


@pytest.mark.parametrize("status", ["VRD", "VRI"])
def test_rule_19_disputed_and_invalidated_assessments_are_not_reused(release: Release, status: str) -> None:
    found = plan(release, _world(_visit(status=status)), [required(WIDE)])
    assert (found.status(WIDE), found.line(WIDE)["ended_by"]) == ("ask", "status")


@pytest.mark.parametrize(("now", "status"), [(125, "ask"), (124, "assessed"), (75, "ask"), (76, "assessed")])
def test_rule_19_a_workforce_that_changed_by_a_quarter_ends_reuse(release: Release, now: int, status: str) -> None:
    world = _world(_visit(workers=100), head_counts=(("F1", RECENT + timedelta(days=30), now),))
    assert plan(release, world, [required(WIDE)]).status(WIDE) == status


def test_rule_19_a_requirement_that_changed_ends_reuse(release: Release) -> None:
    changed = [required(WIDE, changed_on=(RECENT + timedelta(days=1),))]
    assert plan(release, _world(_visit()), changed).line(WIDE)["ended_by"] == "requirement"
    for harmless in (RECENT, AS_OF + timedelta(days=1)):
        assert plan(release, _world(_visit()), [required(WIDE, changed_on=(harmless,))]).status(WIDE) == "assessed"


def test_rule_24_what_ended_the_buyers_own_evidence_is_told_whatever_else_is_there_unseen(release: Release) -> None:
    changed = [required(WIDE, changed_on=(AS_OF - timedelta(days=1),))]
    unseen = _visit("B", RECENT + timedelta(days=9), contributors=("other",))
    alone = plan(release, _world(_visit()), changed).line(WIDE)
    beside = plan(release, _world(_visit(), unseen), changed).line(WIDE)
    assert (alone["ended_by"], alone["ended_evidence_day"]) == ("requirement", RECENT)
    assert beside == alone


def test_rule_20_a_law_that_changed_since_ends_reuse_and_both_laws_are_shown(release: Release) -> None:
    old = _visit(day=LAW_DAY - timedelta(days=1), answers=(Said("q-narrow", "met"), Said("q-wide", "met")))
    found = plan(release, _world(old), [required(NARROW), required(WIDE)])
    line = found.line(NARROW)
    assert (line["status"], line["ended_by"], line["ended_on"], line["law_now"]) == (
        "ask",
        "law",
        LAW_DAY,
        "new art. 7",
    )
    assert found.status(WIDE) == "assessed"
    new = _visit(day=LAW_DAY, answers=(Said("q-narrow", "met"),))
    assert plan(release, _world(new), [required(NARROW)]).status(NARROW) == "assessed"
    # Before the change the law of the day held, and elsewhere it never did.
    assert plan(release, _world(old), [required(NARROW)], LAW_DAY - timedelta(days=1)).status(NARROW) == "assessed"
    assert plan(release, _world(old, country="KH"), [required(NARROW)]).status(NARROW) == "assessed"


def test_rule_21_integrity_of_records_is_always_asked(release: Release) -> None:
    found = plan(release, _world(_visit(answers=(Said("q-records", "met"),))), [required(RECORDS)])
    assert found.status(RECORDS) == "always_ask"


def test_a_later_not_met_ends_an_older_met_even_where_it_is_not_accepted_itself(release: Release) -> None:
    bad = _visit("B", RECENT + timedelta(days=1), kind="self", answers=(Said("q-wide", "not_met", "none"),))
    found = plan(release, _world(_visit(), bad), [required(WIDE, verification="onsite")])
    assert (found.status(WIDE), found.line(WIDE)["ended_by"]) == ("ask", "later_finding")
    assert plan(release, _world(_visit(), bad), [required(WIDE)]).cells["F1", WIDE]["state"] == "not_met"


def _listing(name: str, day: date, *findings: Found, **more: Any) -> Visit:
    return _visit(name, day, instrument=SILENT, answers=(), findings=findings, **more)


def test_a_closed_finding_is_to_ask_and_says_when_it_was_found_and_closed(release: Release) -> None:
    closed_on = RECENT + timedelta(days=40)
    listed = _listing("B", RECENT, Found("q-wide", status="closed", closed_on=closed_on))
    found = plan(release, _world(listed), [required(WIDE)])
    assert found.status(WIDE) == "ask"
    told = f"found on {RECENT}, closed on {closed_on}, closing not assessed"
    assert found.line(WIDE)["not_standing"] == f"findings_only {RECENT} (found_and_closed, onsite): {told}"
    # Until the day of its closing it was not met.
    before = plan(release, _world(listed), [required(WIDE)], closed_on - timedelta(days=1))
    assert before.cells["F1", WIDE]["state"] == "not_met"


def test_a_finding_that_a_later_report_prints_as_closed_ends_nothing(release: Release) -> None:
    later = RECENT + timedelta(days=9)
    for kind in ("Follow-up", "Full"):
        closed = _listing("B", later, Found("q-wide", status="closed"), assessment_type=kind)
        found = plan(release, _world(_visit(), closed), [required(WIDE)])
        assert (found.cells["F1", WIDE]["assessment_id"], found.cells["F1", WIDE]["state"]) == ("A", "met")
        # One that is open beside it is not met.
        both = _listing("B", later, Found("q-wide", status="closed"), Found("q-part"), assessment_type=kind)
        assert plan(release, _world(_visit(), both), [required(WIDE)]).cells["F1", WIDE]["state"] == "not_met"


def test_a_finding_that_a_follow_up_prints_as_closed_is_to_ask_from_that_day_on(release: Release) -> None:
    checked = RECENT + timedelta(days=40)
    listed = _listing("B", RECENT, Found("q-wide"))
    check = _listing("C", checked, Found("q-wide", status="closed"), assessment_type="Follow-up", follow_up_of="B")
    found = plan(release, _world(listed, check), [required(WIDE)])
    line = found.line(WIDE)
    # (A follow-up never says that a matter is met.)
    assert (line["status"], line["state"], line["open_findings"]) == ("ask", None, 0)
    told = f"found findings_only {RECENT}, closed on {checked} by the follow-up of findings_only, closing not assessed"
    assert (line["closed_by"], line["closed_on"], line["open_in"]) == (told, checked, None)
    early = plan(release, _world(listed, check), [required(WIDE)], checked - timedelta(days=1)).line(WIDE)
    assert (early["status"], early["open_findings"], early["closed_by"]) == ("assessed", 1, None)
    # Its own amended report says the same; what is older was found not met since, either way.
    amended = replace(listed, findings=(Found("q-wide", status="closed", closed_on=checked),))
    older = _visit("A", RECENT - timedelta(days=9))
    for closed in ((listed, check), (amended,)):
        line = plan(release, _world(older, *closed), [required(WIDE)]).line(WIDE)
        assert (line["status"], line["ended_by"], line["closed_on"]) == ("ask", "later_finding", checked)
    assert (
        line["closed_by"]
        == f"found findings_only {RECENT}, closed on {checked} by its own report, closing not assessed"
    )
    # A follow-up of another, or one that may not be seen, closes nothing here.
    for other in (replace(check, follow_up_of=None), replace(check, contributors=("other",))):
        line = plan(release, _world(listed, other), [required(WIDE)]).line(WIDE)
        assert (line["open_findings"], line["closed_by"]) == (1, None)


def test_a_closed_finding_of_another_is_not_told_without_a_grant(release: Release) -> None:
    listed = _listing("B", RECENT, Found("q-wide", status="closed"), contributors=("other",))
    found = plan(release, _world(listed), [required(WIDE)])
    assert (found.status(WIDE), found.line(WIDE)["not_standing"]) == ("ask", None)


@pytest.mark.parametrize("apart", [0, 9])
def test_rule_13_within_one_visit_what_is_not_met_stands_whatever_its_day(release: Release, apart: int) -> None:
    bad = _visit("B", RECENT, answers=(Said("q-wide", "not_met", "desk"),), visit="V")
    good = _visit("C", RECENT + timedelta(days=apart), visit="V")
    found = plan(release, _world(bad, good), [required(WIDE)])
    assert (found.cells["F1", WIDE]["assessment_id"], found.cells["F1", WIDE]["state"]) == ("B", "not_met")
    strict = plan(release, _world(bad, good), [required(WIDE, verification="onsite")])
    assert (strict.status(WIDE), strict.line(WIDE)["ended_by"]) == ("ask", "same_visit")
    # A visit of its own is later.
    apart_visit = _visit("C", RECENT + timedelta(days=max(apart, 1)))
    assert plan(release, _world(bad, apart_visit), [required(WIDE)]).cells["F1", WIDE]["state"] == "met"


def test_rule_1_a_rating_that_restates_an_assessment_is_as_old_and_as_verified_as_that(release: Release) -> None:
    old = AS_OF - timedelta(days=400)
    seen = _visit("B", old, answers=(Said("q-practice", "met", "virtual"),))
    rating = _listing("C", RECENT, Found("q-wide"), restates="B", visit="B")
    assert plan(release, _world(seen, rating), [required(WIDE)]).status(WIDE) == "ask"
    found = plan(release, _world(seen, rating), [required(WIDE, maximum_age_days=400)])
    line = found.line(WIDE)
    assert (line["state"], line["evidence_day"], line["verification"]) == ("not_met", old, "virtual")
    assert line["day_counts_from"] == "day of the assessment that the rating restates"
    # What was found met since is not ended by a rating of what was seen before.
    since = plan(release, _world(seen, rating, _visit("A", old + timedelta(days=50))), [required(WIDE)])
    assert since.cells["F1", WIDE]["state"] == "met"


def test_rule_1_the_silence_of_a_rating_that_restates_an_assessment_is_none(release: Release) -> None:
    seen = _visit("B", RECENT, answers=(Said("q-practice", "met"),))
    rating = _listing("C", RECENT, restates="B", visit="B", scope=(("labour", "in"),))
    assert plan(release, _world(seen, rating), [required(WIDE, no_finding=True)]).status(WIDE) == "ask"


@pytest.mark.parametrize(("native", "status"), [("VRI", "assessed"), ("VRD", "ask")])
def test_bad_news_of_a_void_assessment_is_none_and_of_a_disputed_one_is(
    release: Release, native: str, status: str
) -> None:
    bad = _visit("B", RECENT + timedelta(days=1), status=native, answers=(Said("q-wide", "not_met"),))
    assert plan(release, _world(_visit(), bad), [required(WIDE)]).status(WIDE) == status


def test_what_speaks_of_the_indicator_itself_stands_before_what_follows_from_another(release: Release) -> None:
    wide = _visit("A", answers=(Said("q-wide", "met"),))
    narrow = _visit("B", answers=(Said("q-narrow", "met"),))
    assert plan(release, _world(wide, narrow), [required(NARROW)]).cells["F1", NARROW]["assessment_id"] == "B"


def test_an_older_assessment_may_serve_where_the_latest_does_not(release: Release) -> None:
    later = _visit("B", RECENT + timedelta(days=1), kind="self", answers=(Said("q-wide", "met", "none"),))
    found = plan(release, _world(_visit(), later), [required(WIDE, verification="onsite")])
    assert found.cells["F1", WIDE]["assessment_id"] == "A"
    assert "not verified as required" in found.line(WIDE)["not_standing"]


@pytest.mark.parametrize(("counts_as", "status"), [("none", "ask"), ("desk", "assessed")])
def test_what_was_accepted_unseen_counts_as_the_profile_says(release: Release, counts_as: str, status: str) -> None:
    unseen = _visit(answers=(Said("q-wide", "met", "auto_accepted"),))
    needed = [required(WIDE, verification="desk", auto_accepted=counts_as)]
    assert plan(release, _world(unseen), needed).status(WIDE) == status


def test_instrument_and_basis_must_be_accepted(release: Release) -> None:
    assert plan(release, _world(_visit()), [required(WIDE, instruments=["higg_fem"])]).status(WIDE) == "ask"
    assert plan(release, _world(_visit()), [required(WIDE, basis=["buyer_code"])]).status(WIDE) == "ask"
    assert plan(release, _world(_visit()), [required(WIDE, basis=["national_law"])]).status(WIDE) == "assessed"


def test_a_certificate_that_expired_ends_it_and_another_buyers_due_date_does_not(release: Release) -> None:
    for basis, status in (("certificate", "ask"), ("scheme", "ask"), ("buyer_policy", "assessed")):
        over = _visit(valid_until=AS_OF - timedelta(days=1), valid_until_basis=basis)
        assert plan(release, _world(over), [required(WIDE)]).status(WIDE) == status


def test_a_stated_quantity_answers_an_indicator_of_that_kind(release: Release) -> None:
    stated = _visit(answers=(Said("q-amount", "informational"),))
    assert plan(release, _world(stated), [required(AMOUNT)]).cells["F1", AMOUNT]["state"] == "informational"


FOREIGN = _visit(contributors=("other",))


@pytest.mark.parametrize(
    ("grant", "status"),
    [
        (None, "grant_missing"), (Granted(), "assessed"), (Granted(scope="full"), "assessed"),
        (Granted(scope="findings"), "grant_missing"), (Granted(scope="summary"), "grant_missing"),
        (Granted(audience="another"), "grant_missing"), (Granted(scheme_value="OS-F2"), "grant_missing"),
        (Granted(instrument="answering"), "assessed"), (Granted(instrument=OTHER), "grant_missing"),
        (Granted(assessment="N-A"), "assessed"), (Granted(assessment="N-B"), "grant_missing"),
        (Granted(valid_to=AS_OF), "assessed"), (Granted(valid_to=AS_OF - timedelta(days=1)), "grant_missing"),
        (Granted(valid_from=AS_OF), "assessed"), (Granted(valid_from=AS_OF + timedelta(days=1)), "grant_missing"),
        (Granted(revoked_on=AS_OF), "grant_missing"), (Granted(valid_to=None), "assessed"),
    ],
)  # fmt: skip
def test_rule_23_what_another_handed_in_needs_a_grant(release: Release, grant: Granted | None, status: str) -> None:
    world = _world(FOREIGN, grants=() if grant is None else (grant,))
    found = plan(release, world, [required(WIDE)])
    assert found.status(WIDE) == status
    assert found.cells["F1", WIDE]["status_if_granted"] == "assessed"


def test_rule_22_a_wildcard_without_an_end_opens_no_bounded_instrument(release: Release) -> None:
    fem = _visit(instrument=OTHER, contributors=("other",))
    endless = Granted(valid_to=None)
    assert plan(release, _world(fem, grants=(endless,)), [required(WIDE)]).status(WIDE) == "grant_missing"
    named = Granted(valid_to=None, assessment="N-A")
    assert plan(release, _world(fem, grants=(named,)), [required(WIDE)]).status(WIDE) == "assessed"


def test_rule_26_a_revocation_since_the_day_of_the_plan_counts(release: Release) -> None:
    revoked = _world(FOREIGN, grants=(Granted(revoked_on=AS_OF + timedelta(days=9)),))
    assert plan(release, revoked, [required(WIDE)]).status(WIDE) == "assessed"
    later = AS_OF + timedelta(days=30)
    assert plan(release, revoked, [required(WIDE)], judged_on=later).status(WIDE) == "grant_missing"


def test_a_link_by_likeness_carries_no_grant_and_it_is_said_what_to_decide(release: Release) -> None:
    alike = _visit(contributors=("other",), link="model")
    found = plan(release, _world(alike, grants=(Granted(),)), [required(WIDE)])
    assert found.status(WIDE) == "grant_missing"
    assert "likeness only: decide the pair" in found.line(WIDE)["reason"]
    # Which matters a grant of findings would settle is not told: it says what was found.
    findings = plan(release, _world(alike, grants=(Granted(scope="findings"),)), [required(WIDE)])
    assert findings.line(WIDE)["reason"] == "not granted"
    assert plan(release, _world(alike), [required(WIDE)]).line(WIDE)["reason"] == "not granted"


def test_a_copy_by_likeness_keeps_what_may_be_its_words(release: Release) -> None:
    """What stands of several copies may be said by any of them; the buyer's own ones are its own."""
    for apart, status in ((("other",), "grant_missing"), (("third",), "grant_missing"), ((), "assessed")):
        shared = _visit(contributors=("other", "third"), apart=apart)
        assert plan(release, _world(shared, grants=(Granted(),)), [required(WIDE)]).status(WIDE) == status
    own = _visit(contributors=("other", ME), apart=(ME,), disowned=("q-wide",))
    assert plan(release, _world(own, grants=(Granted(),)), [required(WIDE)]).status(WIDE) == "assessed"


@pytest.mark.parametrize(("stated", "status"), [("OS-F1", "assessed"), ("OS-F11", "grant_missing")])
def test_a_record_that_states_what_the_grant_names_takes_it_however_it_was_linked(
    release: Release, stated: str, status: str
) -> None:
    alike = _visit(contributors=("other",), link="model", states=stated)
    assert plan(release, _world(alike, grants=(Granted(),)), [required(WIDE)]).status(WIDE) == status


def test_findings_are_seen_by_a_grant_of_findings(release: Release) -> None:
    bad = _visit(contributors=("other",), answers=(Said("q-wide", "not_met"),))
    assert plan(release, _world(bad, grants=(Granted(scope="findings"),)), [required(WIDE)]).status(WIDE) == "assessed"


def test_what_is_not_granted_is_there_and_no_more_is_told(release: Release) -> None:
    line = plan(release, _world(FOREIGN), [required(WIDE)]).line(WIDE)
    assert (line["instrument"], line["evidence_day"]) == ("answering", RECENT)
    hidden = ("state", "verification", "basis", "answered_state", "question_id", "path", "locator", "said", "native_id")
    more = ("ended_by", "ended_why", "not_standing", "open_findings", "edition", "verifier_body", "announcement")
    assert {line[name] for name in (*hidden, *more)} == {None}
    told = plan(release, _world(FOREIGN), [required(WIDE)]).line(WIDE, for_steward=True)
    assert (told["state"], told["path"], told["native_id"]) == ("met", "A-other.csv", "N-A")


def test_what_would_stand_if_granted_is_not_told_but_to_the_steward(release: Release) -> None:
    found = plan(release, _world(FOREIGN), [required(WIDE)])
    line = found.line(WIDE, if_granted=True)
    assert (line["status"], line["said"]) == ("assessed", f"assessed by ANSWERING on {RECENT}, not granted")
    hidden = ("state", "basis", "verification", "path", "native_id", "assessment_id", "expires_on", "expires_by")
    assert {line[name] for name in hidden} == {None}
    assert found.line(WIDE, if_granted=True, for_steward=True)["state"] == "met"


LATER = RECENT + timedelta(days=1)
_BAD = _visit("B", LATER, contributors=("other",), answers=(Said("q-wide", "not_met"),))
_ALARM = _visit(
    "B",
    LATER,
    contributors=("other",),
    instrument=SILENT,
    answers=(),
    findings=(Found("q-practice", "zero_tolerance"),),
)


@pytest.mark.parametrize(
    ("hidden", "ended_by"),
    [(_BAD, "later_finding"), (_ALARM, "zero_tolerance"), (replace(_ALARM, findings=(), workers=200), "workforce")],
)
def test_what_may_not_be_seen_ends_nothing_for_the_buyer_and_the_steward_sees_that_it_did(
    release: Release, hidden: Visit, ended_by: str
) -> None:
    world = _world(_visit(workers=100), hidden)
    found = plan(release, world, [required(WIDE, verification="onsite")])
    line = found.line(WIDE)
    steward = found.line(WIDE, for_steward=True)
    assert (steward["ended_by"], steward["reason"]) == (ended_by, "stands for the buyer, who may not see what ended it")
    # The line reads as if what is hidden did not exist (domain rule 24).
    alone = plan(release, _world(_visit(workers=100)), [required(WIDE, verification="onsite")]).line(WIDE)
    assert line == alone
    assert line["status"] == "assessed"


@pytest.mark.parametrize("findings", [(), (Found("q-wide"),), (Found("q-wide", status="closed"),)])
def test_what_a_hidden_list_of_findings_says_decides_no_line(release: Release, findings: tuple[Found, ...]) -> None:
    hidden = _listing("B", LATER, *findings, contributors=("other",), scope=(("labour", "in"),))
    for needed in (required(WIDE), required(WIDE, no_finding=True)):
        for others in ((), (_visit(),)):
            alone = plan(release, _world(*others), [needed])
            before = alone.line(WIDE), alone.line(WIDE, if_granted=True)
            found = plan(release, _world(*others, hidden), [needed])
            assert (found.line(WIDE), found.line(WIDE, if_granted=True)) == before
            asked = rows(release, "SELECT instrument, last_day, reason, would_settle FROM reuse_grant_to_ask")
            assert asked == [{"instrument": SILENT, "last_day": None, "reason": "not granted", "would_settle": None}]


def test_all_that_is_to_ask_is_to_ask_for_one_reason(release: Release) -> None:
    poor = replace(_BAD, kind="self", answers=(Said("q-wide", "not_met", "none"),))
    needed = [required(WIDE, verification="onsite")]
    for world in (_world(), _world(poor)):
        line = plan(release, world, needed).line(WIDE)
        assert (line["status"], line["reason"], line["ended_by"]) == ("ask", "evidence is not enough", None)


def test_a_fact_in_the_file_of_another_is_placed_in_the_buyers_own_copy(release: Release) -> None:
    line = plan(release, _world(_visit(contributors=("other", ME))), [required(WIDE)]).line(WIDE)
    assert (line["path"], line["locator"]) == ("A-me.csv", "row=1")


def test_a_value_that_all_own_copies_contradict_is_not_ones_own(release: Release) -> None:
    shared = _visit(contributors=("other", ME))
    assert plan(release, _world(shared), [required(WIDE)]).status(WIDE) == "assessed"
    differs = _visit(contributors=("other", ME), disowned=("q-wide",))
    assert plan(release, _world(differs), [required(WIDE)]).status(WIDE) == "grant_missing"


@pytest.mark.parametrize(("own", "common"), [("not_met", "met"), ("met", "not_met"), ("met", "partly_met")])
def test_rule_23_a_buyers_own_copy_speaks_as_the_buyer_gave_it(release: Release, own: str, common: str) -> None:
    differs = _visit(
        contributors=("other", ME),
        answers=(Said("q-wide", common),),
        disowned=("q-wide",),
        own_words=(Said("q-wide", own),),
    )
    line = plan(release, _world(differs), [required(WIDE)]).line(WIDE)
    told = {"status": "assessed", "state": own, "seen_by_right_of": "own", "path": "A-me.csv", "locator": "row=7"}
    assert {name: line[name] for name in told} == told


def test_rule_23_what_the_buyers_own_copy_leaves_out_is_not_its_own(release: Release) -> None:
    left_out = _visit(
        contributors=("other", ME), answers=(Said("q-wide", "met"), Said("q-practice", "met")), disowned=("q-practice",)
    )
    found = plan(release, _world(left_out), [required(WIDE), required(PRACTICE)])
    assert (found.status(WIDE), found.status(PRACTICE)) == ("assessed", "grant_missing")


def test_rule_23_a_finding_that_the_buyers_own_copy_leaves_out_is_not_its_own(release: Release) -> None:
    listed = _listing("B", RECENT, Found("q-wide"), Found("q-records"), contributors=("other", ME))
    met = _visit(day=RECENT - timedelta(days=9))
    told = plan(release, _world(met, listed), [required(WIDE)])
    assert (told.cells["F1", WIDE]["state"], told.line(WIDE)["open_findings"]) == ("not_met", 1)
    left_out = plan(release, _world(met, replace(listed, left_out=("q-wide",))), [required(WIDE)])
    assert (left_out.cells["F1", WIDE]["state"], left_out.line(WIDE)["open_findings"]) == ("met", None)


def test_a_copy_of_a_part_gives_that_part_alone(release: Release) -> None:
    part = _visit(instrument="better_work_cat", contributors=("other", ME), layout="transparency")
    assert plan(release, _world(part), [required(WIDE)]).status(WIDE) == "grant_missing"
    whole = _visit(instrument="better_work_cat", contributors=("other", ME), layout="answers")
    assert plan(release, _world(whole), [required(WIDE)]).status(WIDE) == "assessed"


def test_grants_that_are_only_shown_hold_nothing_back(release: Release) -> None:
    found = plan(release, _world(FOREIGN), [required(WIDE)], needs_grants=False)
    assert (found.status(WIDE), found.line(WIDE)["seen_by_right_of"]) == ("assessed", "not granted")


def test_the_verified_answer_stands_in_place_of_the_stated_one(release: Release) -> None:
    end = AS_OF - timedelta(days=200)
    stated = _visit("S", kind="self", period_end=end, answers=(Said("q-wide", "met", "none"),))
    verified = _visit("V", kind="verified", period_end=end, verified_of="S", answers=(Said("q-wide", "partly_met"),))
    found = plan(release, _world(stated, verified), [required(WIDE)])
    assert (found.cells["F1", WIDE]["assessment_id"], found.cells["F1", WIDE]["state"]) == ("V", "partly_met")


def test_an_answer_that_a_verifier_corrected_does_not_count(release: Release) -> None:
    corrected = (Said("q-wide", "met", "none", "facility"), Said("q-wide", "not_met"))
    assert plan(release, _world(_visit(answers=corrected)), [required(WIDE)]).cells["F1", WIDE]["state"] == "not_met"


def test_what_a_plan_leaves_to_ask_and_what_is_assessed_are_all_that_is_required(release: Release) -> None:
    needed = [required(name) for name in (WIDE, NARROW, PRACTICE, RECORDS, ACCESS)]
    found = plan(release, _world(_visit()), needed)
    found.line(WIDE)
    assessed = {row["indicator_id"] for row in rows(release, "FROM reuse_line WHERE status = 'assessed'")}
    asked = {row["indicator_id"] for row in rows(release, "FROM reuse_line WHERE status <> 'assessed'")}
    assert assessed | asked == {one.indicator.indicator_id for one in needed}
    assert assessed == {WIDE, NARROW}


@pytest.mark.parametrize(
    ("instrument", "status"), [(None, "grant_missing"), ("answering", "grant_missing"), (OTHER, "assessed")]
)
def test_rule_22_what_the_judgement_of_all_grants_does_not_open_is_not_opened_here(
    release: Release, instrument: str | None, status: str
) -> None:
    """A retention that is over, a role that may not grant it: `sharing` judges that, once for all."""
    why = "It could be kept until 2026-06-01."
    found = plan(
        release, _world(FOREIGN, grants=(Granted(),)), [required(WIDE)], unopened=[("g", "row=0", instrument, why)]
    )
    assert found.status(WIDE) == status
    if status == "grant_missing":
        assert found.line(WIDE)["reason"] == f"granted, and not opened: {why}"
