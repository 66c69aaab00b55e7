"""Random worlds: the SQL says what the oracle says, and the laws of reuse hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

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
DAYS = [date(2025, 5, 1) + timedelta(days=60 * number) for number in range(8)]
day = st.sampled_from(DAYS)
names = st.sampled_from(["met", "not_met", "partly_met", "not_applicable", "unable_to_assess", "unknown_to_facility"])
# Signals are rare, or nothing would ever stand.
common = st.sampled_from([name for name in QUESTIONS if name not in ("q-access", "q-records", "q-amount")])
asked = st.one_of(common, common, common, common, st.sampled_from(list(QUESTIONS)))
SCOPES: list[tuple[tuple[str, str], ...]] = [
    (), (("labour", "in"),), (("labour", "in"), ("labour.t.a", "out")), (("labour.t", "in"),),
]  # fmt: skip
verification = st.sampled_from(["none", "desk", "virtual", "onsite", "auto_accepted"])


@st.composite
def answers(draw: st.DrawFn) -> Said:
    question = draw(asked)
    state = draw(st.sampled_from(["informational"])) if question == "q-amount" else draw(names)
    return Said(question, state, draw(verification), draw(st.sampled_from(["facility", "verifier"])))


@st.composite
def visits(draw: st.DrawFn, name: str, facilities: tuple[str, ...], earlier: tuple[str, ...]) -> Visit:
    instrument = draw(st.sampled_from(INSTRUMENTS))
    said = (
        ()
        if instrument == SILENT
        else tuple(draw(st.lists(answers(), max_size=4, unique_by=lambda one: (one.question, one.by))))
    )
    # A visit that lists answers makes its findings of them; an instrument lists one or the other.
    found = draw(st.lists(st.builds(Found, common, st.sampled_from([None, None, None, "zero_tolerance"])), max_size=2))
    return Visit(
        name,
        draw(st.one_of(day, day, day, st.none())),
        draw(st.sampled_from(facilities)),
        instrument,
        draw(st.sampled_from(["audit", "audit", "self", "verified"])),
        said,
        tuple(found) if instrument == SILENT else (),
        tuple(draw(st.sampled_from([(ME,), ("other",), ("other", ME), (ME, "other")]))),
        draw(st.one_of(st.none(), st.none(), day)),
        draw(st.sampled_from([None, None, None, None, "VRF", "VRD", "VRI"])),
        draw(st.one_of(st.none(), day)),
        draw(st.sampled_from([None, "scheme", "certificate", "buyer_policy"])),
        draw(st.sampled_from([None, None, *earlier])),
        draw(st.sampled_from([None, "Full", "Follow-up"])),
        draw(st.sampled_from([None, 80, 100, 120])),
        draw(st.sampled_from(["id", "id", "exact", "model"])),
        draw(st.sampled_from(SCOPES)),
        disowned=tuple(draw(st.lists(common, max_size=1))),
        published=draw(st.sampled_from([True, True, True, False])),
    )  # fmt: skip


@st.composite
def worlds(draw: st.DrawFn) -> World:
    facilities = draw(st.sampled_from([("F1",), ("F1", "F2")]))
    found: tuple[Visit, ...] = ()
    for number in range(draw(st.integers(0, 5))):
        same = tuple(v.name for v in found)
        visit = draw(visits(f"A{number}", facilities, same))
        partner = next((v for v in found if v.name == visit.verified_of), None)
        found = (*found, replace(visit, facility=partner.facility) if partner else visit)
    grants = st.builds(
        Granted,
        st.sampled_from([f"OS-{name}" for name in facilities]),
        st.sampled_from(["*", *INSTRUMENTS]),
        st.sampled_from(["*", "N-A0", "N-A1"]),
        st.sampled_from(["summary", "findings", "answers", "full"]),
        st.one_of(st.none(), day),
        st.one_of(st.none(), day, st.just(date(2027, 1, 1))),
        st.one_of(st.none(), st.none(), day),
    )
    events = st.builds(
        ReportedEvent, st.sampled_from(facilities), st.sampled_from(["move", "dispute"]), day, st.just(""), st.just("s")
    )
    counts = st.tuples(st.sampled_from(facilities), day, st.sampled_from([80, 100, 120]))
    return World(
        found,
        tuple(draw(st.lists(grants, max_size=2))),
        tuple(draw(st.lists(events, max_size=1))),
        tuple(draw(st.lists(counts, max_size=1, unique_by=lambda one: one[:2]))),
        draw(st.sampled_from(["VN", "KH"])),
        facilities,
    )


@st.composite
def requirements(draw: st.DrawFn) -> list[Required]:
    return [
        required(
            name,
            maximum_age_days=draw(st.sampled_from([90, 240, 400])),
            verification=draw(st.sampled_from(["none", "none", "desk", "onsite"])),
            auto_accepted=draw(st.sampled_from(["none", "virtual"])),
            no_finding=draw(st.booleans()),
            instruments=draw(st.sampled_from([None, None, ["answering"], ["findings_only", "higg_fem"]])),
            basis=draw(st.sampled_from([None, None, ["national_law"], ["buyer_code", "international_standard"]])),
            changed_on=tuple(draw(st.lists(day, max_size=1))) if draw(st.booleans()) else (),
        )
        for name in (WIDE, NARROW, PRACTICE, AMOUNT, RECORDS, ACCESS)
    ]


quietly = settings(
    max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None
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
@given(world=worlds(), needed=requirements(), as_of=st.sampled_from([AS_OF, *DAYS[2:]]))
def test_the_plan_says_what_the_oracle_says(
    release: duckdb.DuckDBPyConnection, world: World, needed: list[Required], as_of: date
) -> None:
    judged_on = as_of + timedelta(days=30)
    found = plan(release, world, needed, as_of, judged_on)
    assert _told(found) == decide(world, needed, rules(), as_of, judged_on)


@settings(quietly, max_examples=20)
@given(world=worlds(), needed=requirements(), more=visits("B", ("F1",), ()))
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


@settings(quietly, max_examples=20)
@given(world=worlds(), needed=requirements())
def test_a_longer_age_takes_nothing_away(
    release: duckdb.DuckDBPyConnection, world: World, needed: list[Required]
) -> None:
    strict = plan(release, world, needed)
    easy = plan(release, world, [replace(one, maximum_age_days=one.maximum_age_days + 100) for one in needed])
    assert all(
        easy.cells[cell]["status"] == "assessed" for cell, row in strict.cells.items() if row["status"] == "assessed"
    )


@settings(quietly, max_examples=20)
@given(world=worlds(), needed=requirements(), as_of=st.sampled_from(DAYS))
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


@settings(quietly, max_examples=15)
@given(world=worlds(), needed=requirements(), if_granted=st.booleans())
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
