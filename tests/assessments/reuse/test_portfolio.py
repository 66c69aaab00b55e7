"""Audits dropped, shortened and kept (domain rule 21)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from harmonize.assessments.reuse.assumptions import load_assumptions
from harmonize.assessments.reuse.plan import show_lines
from harmonize.assessments.reuse.portfolio import estimate, totals
from harmonize.assessments.reuse.requirements import Required
from harmonize.assessments.visit_rules import load_visit_rules
from tests.assessments.reuse.worlds import (
    AS_OF,
    NARROW,
    PRACTICE,
    RECORDS,
    ROOT,
    WIDE,
    Said,
    Visit,
    World,
    plan,
    required,
    rows,
    rules,
)

ASSUMED = load_assumptions(Path(__file__).parents[3] / "pipelines" / "assumptions" / "audits.yml")
BOTH = (Said("q-wide", "met"), Said("q-practice", "met"))
RECENT = AS_OF - timedelta(days=30)


@pytest.mark.parametrize(
    ("visits", "needed", "audit", "days_needed"),
    [
        # Nothing is left but what every visit asks, and a visit was lately.
        ((Visit("A", RECENT, answers=BOTH),), (required(WIDE), required(PRACTICE), required(RECORDS)), "dropped", 0),
        # What is left closes at a desk.
        ((Visit("A", RECENT, answers=BOTH[:1]),), (required(WIDE), required(PRACTICE, is_desk=True)), "dropped", 0),
        # One of two is left: the overhead of a visit, and half of the rest.
        ((Visit("A", RECENT, answers=BOTH[:1]),), (required(WIDE), required(PRACTICE)), "shortened", 2),
        # Nobody was there within a year, so the three that are always asked are due.
        (
            (Visit("A", AS_OF - timedelta(days=366), answers=BOTH),),
            (required(WIDE, maximum_age_days=900), required(PRACTICE, maximum_age_days=900)),
            "shortened",
            1,
        ),
        # Documents alone are no visit.
        (
            (Visit("A", RECENT, answers=(Said("q-wide", "met", "desk"), Said("q-practice", "met", "desk"))),),
            (required(WIDE), required(PRACTICE)),
            "shortened",
            1,
        ),
        ((), (required(WIDE), required(NARROW)), "kept", 3),
    ],
)
def test_rule_21_an_audit_is_dropped_only_if_nothing_is_left_or_the_rest_closes_at_a_desk(
    release: duckdb.DuckDBPyConnection,
    visits: tuple[Visit, ...],
    needed: tuple[Required, ...],
    audit: str,
    days_needed: float,
) -> None:
    plan(release, World(visits), needed)
    estimate(release, ASSUMED)
    for row in rows(release, "FROM reuse_portfolio"):
        assert (row["audit"], row["days_needed"]) == (audit, days_needed)
        assert row["days_saved"] == row["full_days"] - row["days_needed"]
    for total in totals(release):
        found = rows(release, "FROM reuse_portfolio WHERE scenario = ?", [total.scenario])
        assert total.days_saved == sum(row["days_saved"] for row in found)
        assert total.money_saved == sum(row["money_saved"] for row in found)


@pytest.mark.parametrize(
    ("kind", "audit"),
    [
        (None, "dropped"), ("Full audit", "dropped"), ("Follow-up audit", "shortened"),
        ("CAP Verification", "shortened"), ("Desktop review", "shortened"), ("Virtual assessment", "shortened"),
    ],
)  # fmt: skip
def test_rule_21_only_a_full_visit_lets_an_audit_be_dropped(
    release: duckdb.DuckDBPyConnection, kind: str | None, audit: str
) -> None:
    visit = Visit("A", RECENT, answers=BOTH, assessment_type=kind)
    plan(release, World((visit,)), (required(WIDE), required(PRACTICE)))
    estimate(release, ASSUMED)
    assert {row["audit"] for row in rows(release, "FROM reuse_portfolio")} == {audit}


def test_an_older_full_visit_counts_beside_a_later_follow_up(release: duckdb.DuckDBPyConnection) -> None:
    full = Visit("A", RECENT - timedelta(days=90), answers=BOTH[:1])
    followed = Visit("B", RECENT, answers=BOTH[1:], assessment_type="Follow-up")
    plan(release, World((full, followed)), (required(WIDE), required(PRACTICE)))
    estimate(release, ASSUMED)
    for row in rows(release, "FROM reuse_portfolio"):
        assert (row["audit"], row["last_visit_that_counts"]) == ("dropped", full.day)


def test_every_word_of_a_follow_up_is_no_full_visit_and_silent_of_nothing() -> None:
    words = set(load_visit_rules(ROOT / "schemas" / "visits.yml").follow_ups.words)
    assert words <= set(rules().full_visit.not_of_types)
    assert words <= set(rules().no_finding.not_of_types)


def test_the_day_of_a_visit_that_is_not_granted_is_told_only_where_all_is_as_if_granted(
    release: duckdb.DuckDBPyConnection,
) -> None:
    own = Visit("B", RECENT - timedelta(days=60), answers=BOTH)
    foreign = Visit("A", RECENT, answers=BOTH, contributors=("other",))
    plan(release, World((own, foreign)), (required(WIDE), required(PRACTICE)))
    query = "SELECT last_visit_that_counts FROM reuse_portfolio WHERE scenario = 'if all were granted'"
    for granted, steward, told in ((False, False, None), (True, False, RECENT), (False, True, RECENT)):
        show_lines(release, if_granted=granted, for_steward=steward)
        estimate(release, ASSUMED)
        assert rows(release, query) == [{"last_visit_that_counts": told}]


def test_what_grants_would_change_stands_beside_what_they_allow(release: duckdb.DuckDBPyConnection) -> None:
    foreign = Visit("A", RECENT, answers=BOTH, contributors=("other",))
    plan(release, World((foreign,)), (required(WIDE), required(PRACTICE)))
    estimate(release, ASSUMED)
    said = {total.scenario: (total.dropped, total.kept) for total in totals(release)}
    assert said == {"as granted": (0, 1), "if all were granted": (1, 0)}
