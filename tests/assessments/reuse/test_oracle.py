"""Random worlds: the SQL says what the oracle says, and the laws of reuse hold."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any

import duckdb
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harmonize.assessments.reuse.plan import ReportedEvent
from harmonize.assessments.reuse.reasons import ENDS
from harmonize.assessments.reuse.requirements import Required
from tests.assessments.reuse.oracle import decide
from tests.assessments.reuse.worlds import (
    ACCESS,
    AMOUNT,
    AS_OF,
    INSTRUMENTS,
    ME,
    NARROW,
    PRACTICE,
    QUESTIONS,
    RECORDS,
    SILENT,
    WIDE,
    Found,
    Granted,
    Plan,
    Said,
    Visit,
    World,
    plan,
    required,
    rows,
    rules,
)

# Few days, so that they meet.
LONG = os.environ.get("HARMONIZE_FUZZ") == "long"
DAYS = [date(2025, 5, 1) + timedelta(days=60 * number) for number in range(8)]
day = st.sampled_from(DAYS)
STATES = ("met", "met", "met", "not_met", "partly_met", "not_applicable", "unable_to_assess", "unknown_to_facility")
COMMON = tuple(name for name in QUESTIONS if name not in ("q-access", "q-records", "q-amount"))
SCOPES: tuple[tuple[tuple[str, str], ...], ...] = (
    (), (("labour", "in"),), (("labour", "in"), ("labour.t.a", "out")), (("labour.t", "in"),),
)  # fmt: skip
# Worlds are drawn by a seed: what Hypothesis draws bit by bit is so simple that next to nothing ever stands in it.
seeds = st.integers(0, 2**32).map(Random)


def _rarely(luck: Random, *values: Any, of: int = 8) -> Any:
    """Mostly None."""
    return luck.choice(values) if luck.randrange(of) == 0 else None


def _answer(luck: Random, question: str) -> Said:
    state = "informational" if question == "q-amount" else luck.choice(STATES)
    verification = luck.choice(["none", "desk", "virtual", "onsite", "onsite", "onsite", "auto_accepted"])
    return Said(question, state, verification, luck.choice(["facility", "verifier"]))


def _visit(luck: Random, name: str, facilities: Sequence[str], earlier: Sequence[str] = ()) -> Visit:
    instrument = luck.choice(INSTRUMENTS)
    questions = [*luck.sample(COMMON, luck.randint(1, 4)), _rarely(luck, "q-access", "q-records", "q-amount", of=8)]
    # An instrument lists answers, whose findings follow from them, or findings.
    said = tuple(_answer(luck, question) for question in questions if question)
    if luck.randrange(4) == 0:
        said += (
            replace(said[0], state=luck.choice(STATES), by="verifier" if said[0].by == "facility" else "facility"),
        )
    found = [
        Found(
            luck.choice(COMMON), _rarely(luck, "zero_tolerance", of=16), luck.choice(["open", "open", "closed"]),
            _rarely(luck, *DAYS, of=2),
        )
        for _ in range(luck.randrange(3))
    ]  # fmt: skip
    return Visit(
        name,
        None if luck.randrange(12) == 0 else luck.choice(DAYS),
        luck.choice(facilities),
        instrument,
        luck.choice(["audit", "audit", "self", "verified"]),
        () if instrument == SILENT else said,
        tuple(found) if instrument == SILENT else (),
        luck.choice([(ME,), (ME,), ("other",), ("other", ME), (ME, "other")]),
        _rarely(luck, *DAYS, of=8),
        _rarely(luck, "VRF", "VRD", "VRI", of=9),
        _rarely(luck, *DAYS, of=5),
        luck.choice([None, "scheme", "certificate", "buyer_policy"]),
        luck.choice([None, *earlier]),
        assessment_type=luck.choice([None, "Full", "Follow-up"]),
        workers=_rarely(luck, 80, 100, 120, of=9),
        link=luck.choice(["id", "exact", "decision", "model"]),
        scope=luck.choice(SCOPES),
        disowned=tuple(luck.sample(COMMON, luck.randrange(2))),
        published=luck.randrange(8) > 0,
        own_day=_rarely(luck, *DAYS, of=4),
    )


def _grant(luck: Random, facilities: Sequence[str]) -> Granted:
    return Granted(
        f"OS-{luck.choice(facilities)}",
        luck.choice(["*", *INSTRUMENTS]),
        luck.choice(["*", "*", "N-A0", "N-A1"]),
        luck.choice(["summary", "findings", "answers", "full"]),
        _rarely(luck, *DAYS, of=3),
        luck.choice([None, *DAYS[-2:], date(2027, 1, 1), date(2027, 1, 1)]),
        _rarely(luck, *DAYS, AS_OF + timedelta(days=10), of=4),
    )


def _world(luck: Random) -> World:
    facilities = luck.choice([("F1",), ("F1", "F2")])
    found: tuple[Visit, ...] = ()
    for number in range(luck.randint(1, 6)):
        visit = _visit(luck, f"A{number}", facilities, [v.name for v in found])
        partner = next((v for v in found if v.name == visit.verified_of), None)
        visit = replace(visit, facility=partner.facility) if partner else visit
        if found and luck.randrange(3) == 0:
            # Another instrument of an earlier visit, days apart; or a rating that restates it.
            seen = luck.choice(found)
            restates = seen.name if visit.instrument == SILENT and seen.day and not seen.restates else None
            visit = replace(visit, facility=seen.facility, visit=seen.visit or seen.name, restates=restates)
            if partner and partner.facility != visit.facility:
                visit = replace(visit, verified_of=None)
        found = (*found, visit)
    events = [
        ReportedEvent(luck.choice(facilities), luck.choice(["move", "dispute"]), luck.choice(DAYS), "", "s")
        for _ in range(luck.randrange(6) == 0)
    ]
    counts = [
        (luck.choice(facilities), luck.choice(DAYS), luck.choice([80, 100, 120])) for _ in range(luck.randrange(2))
    ]
    grants = tuple(_grant(luck, facilities) for _ in range(luck.randrange(3)))
    return World(found, grants, tuple(events), tuple(counts), luck.choice(["VN", "VN", "KH"]), facilities)


def _needed(luck: Random) -> list[Required]:
    return [
        required(
            name,
            maximum_age_days=luck.choice([120, 300, 500, 500]),
            verification=luck.choice(["none", "none", "desk", "onsite"]),
            auto_accepted=luck.choice(["none", "virtual"]),
            no_finding=luck.random() < 0.5,
            instruments=_rarely(luck, ["answering"], ["findings_only", "higg_fem"], of=4),
            basis=_rarely(luck, ["national_law"], ["buyer_code", "international_standard"], of=4),
            changed_on=tuple(luck.sample(DAYS, int(luck.randrange(5) == 0))),
        )
        for name in (WIDE, NARROW, PRACTICE, AMOUNT, RECORDS, ACCESS)
    ]


worlds, requirements = seeds.map(_world), seeds.map(_needed)


quietly = settings(
    max_examples=50 if LONG else 15,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
)


def _told(found: Plan) -> dict[tuple[str, str], tuple[str, str, tuple[str, str] | None]]:
    return {
        cell: (
            row["status"],
            row["status_if_granted"],
            None if row["assessment_id"] is None else (row["assessment_id"], row["state"]),
        )
        for cell, row in found.cells.items()
    }


@quietly
@given(world=worlds, needed=requirements, as_of=st.sampled_from([AS_OF, *DAYS[2:]]))
def test_the_plan_says_what_the_oracle_says(
    release: duckdb.DuckDBPyConnection, world: World, needed: list[Required], as_of: date
) -> None:
    judged_on = as_of + timedelta(days=30)
    found = plan(release, world, needed, as_of, judged_on)
    assert _told(found) == decide(world, needed, rules(), as_of, judged_on)


@settings(quietly, max_examples=20 if LONG else 6)
@given(world=worlds, needed=requirements, more=seeds.map(lambda luck: _visit(luck, "B", ("F1",))))
def test_more_evidence_takes_nothing_away_but_what_it_ends(
    release: duckdb.DuckDBPyConnection, world: World, needed: list[Required], more: Visit
) -> None:
    before = plan(release, world, needed)
    after = plan(release, world.with_visit(more), needed)
    for cell, row in before.cells.items():
        if row["status"] == "assessed" and after.status(cell[1], cell[0]) != "assessed":
            failed = rows(
                release,
                """
                SELECT j.failed FROM reuse_judged j
                JOIN reuse_factory USING (facility_no)
                JOIN reuse_required USING (required_no)
                JOIN reuse_assessment a USING (assessment_no)
                WHERE reuse_factory.facility_id = ? AND indicator_id = ? AND a.assessment_id = ?
                """,
                [*cell, row["assessment_id"]],
            )
            # Its own reuse was ended, or a list that was silent is none any more.
            assert any(one["failed"] & ENDS for one in failed) or row["state"] == "no_finding"


@settings(quietly, max_examples=20 if LONG else 6)
@given(world=worlds, needed=requirements)
def test_a_longer_age_takes_nothing_away(
    release: duckdb.DuckDBPyConnection, world: World, needed: list[Required]
) -> None:
    strict = plan(release, world, needed)
    easy = plan(release, world, [replace(one, maximum_age_days=one.maximum_age_days + 100) for one in needed])
    assert all(
        easy.cells[cell]["status"] == "assessed" for cell, row in strict.cells.items() if row["status"] == "assessed"
    )


@settings(quietly, max_examples=20 if LONG else 6)
@given(world=worlds, needed=requirements, as_of=st.sampled_from(DAYS))
def test_an_earlier_plan_uses_no_later_evidence(
    release: duckdb.DuckDBPyConnection, world: World, needed: list[Required], as_of: date
) -> None:
    known = tuple(
        visit for visit in world.visits if all(d is None or d <= as_of for d in (visit.day, visit.period_end))
    )
    then = replace(
        world,
        visits=known,
        events=tuple(one for one in world.events if one.on <= as_of),
        head_counts=tuple(one for one in world.head_counts if one[1] <= as_of),
    )
    listing = {visit.instrument for visit in world.visits if visit.answers}
    # (Which instruments list answers is known of the instrument, whenever.)
    if listing == {visit.instrument for visit in known if visit.answers}:
        assert _told(plan(release, world, needed, as_of)) == _told(plan(release, then, needed, as_of))
    for row in plan(release, world, needed, as_of).cells.values():
        assert row["evidence_day"] is None or row["evidence_day"] <= as_of


@settings(quietly, max_examples=15 if LONG else 5)
@given(world=worlds, needed=requirements, if_granted=st.booleans())
def test_lines_are_the_requirements_once_each(
    release: duckdb.DuckDBPyConnection, world: World, needed: list[Required], if_granted: bool
) -> None:
    found = plan(release, world, needed)
    first = found.line(WIDE, if_granted=if_granted)
    assert first["status"] == found.cells["F1", WIDE]["status_if_granted" if if_granted else "status"]
    told = rows(release, "SELECT facility_id, indicator_id, status, said, ended_by FROM reuse_line")
    assert sorted((row["facility_id"], row["indicator_id"]) for row in told) == sorted(found.cells)
    assert all((row["said"] is not None) == (row["status"] == "assessed") for row in told)
    assert not [row for row in told if row["status"] == "assessed" and row["ended_by"]]
