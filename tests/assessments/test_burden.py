"""The ledger of burden: every rule on a world of its own, random worlds against plain Python, the documented query."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from harmonize.assessments.burden_rules import load_burden_rules
from harmonize.database import create_table
from harmonize.errors import ConfigurationError
from harmonize.sources.profile import load_profiles
from tests.assessments.ledger_worlds import (
    QUESTIONS,
    Finding,
    Seen,
    World,
    kept,
    ledger,
    overlaps,
    pairs,
    stated,
)
from tests.pipeline.worlds import ROOT, alone, deliver, demo_world, run_inbox
from tests.sources.delivering import gap

LONG = os.environ.get("HARMONIZE_FUZZ") == "long"
MET = (("l.osh.exits/exact", "met"), ("l.osh.drills/exact", "not_met"))
QUERY = re.search(r"```sql\n(WITH\n.*?)```", (ROOT / "schemas/burden.md").read_text(encoding="utf-8"), re.DOTALL)


def _row(folder: Path, year: int | None, *seen: Seen, **changes: Any) -> dict[str, Any]:
    with kept(folder, World(seen, **changes)) as connection:
        return stated(connection)[year]


def test_a_visit_counts_once_whatever_its_instruments_and_whoever_holds_its_report(tmp_path: Path) -> None:
    row = _row(
        tmp_path,
        2025,
        Seen("a", instrument="better_work_cat", visit="v", contributors=("bw", "gap", "pvh"), answers=MET),
        Seen("b", instrument="slcp_caf", kind="verified", visit="v", answers=MET),
        Seen("c", instrument="gap", assessed_on=date(2025, 9, 1)),
    )
    assert (row["visits"], row["assessments"], row["visits_by_instrument"]) == (
        2,
        3,
        {"better_work_cat": 1, "gap": 1, "slcp_caf": 1},
    )
    assert (row["visits_audit"], row["visits_verification"]) == (2, 1)
    assert (row["visits_shared"], row["further_holders"], row["reuse_joint"]) == (1, 2, 1)
    assert (row["deliveries"], row["copies_recognised"]) == (5, 2)
    assert (row["questions_asked"], row["questions_again"]) == (2, 0)


def test_a_self_assessment_is_no_visit_and_one_round_of_questions_with_its_verification(tmp_path: Path) -> None:
    row = _row(
        tmp_path,
        2025,
        Seen("s", kind="self", instrument="higg_fem", assessed_on=date(2025, 4, 1), answers=MET),
        Seen("v", kind="verified", instrument="higg_fem", assessed_on=date(2025, 9, 1), verified_of="s", answers=MET),
        Seen("t", kind="self_inspection", instrument="vn_labour_inspection", assessed_on=date(2025, 5, 1)),
    )
    assert (row["visits"], row["self_assessments"], row["assessments"]) == (1, 2, 3)
    assert (row["questions_asked"], row["questions_again"], row["answered_before_directly"]) == (2, 0, 0)


def test_findings_of_a_self_assessment_are_not_opened_again_by_its_verification(tmp_path: Path) -> None:
    found = (Finding("l.osh.exits/exact", "open"),)
    row = _row(
        tmp_path,
        2025,
        Seen("s", kind="self", assessed_on=date(2025, 4, 1), findings=found),
        Seen("v", kind="verified", assessed_on=date(2025, 9, 1), verified_of="s", findings=found),
    )
    assert row["findings_opened"] == 1


def test_the_year_is_that_of_the_last_day_on_site(tmp_path: Path) -> None:
    over_new_year = Seen("a", assessed_on=date(2024, 12, 30), ended_on=date(2025, 1, 2), answers=MET)
    with kept(tmp_path, World([over_new_year])) as connection:
        rows = stated(connection)
    assert set(rows) == {2025}
    assert (rows[2025]["visits"], rows[2025]["assessment_days"], rows[2025]["visits_days_stated"]) == (1, 4, 1)


def test_what_restates_a_visit_stands_in_its_own_year_and_makes_no_visit_there(tmp_path: Path) -> None:
    told = ("seen", "rating_derived_from", 200)
    with kept(
        tmp_path,
        World(
            [
                Seen("seen", instrument="better_work_cat", assessed_on=date(2025, 8, 1), visit="v", answers=MET),
                Seen("blue", instrument="pvh", assessed_on=date(2026, 2, 17), visit="v", told_by=told),
            ]
        ),
    ) as connection:
        rows = stated(connection)
    assert [(year, rows[year]["visits"], rows[year]["reuse_restated"]) for year in (2025, 2026)] == [
        (2025, 1, None),
        (2026, 0, 1),
    ]
    assert rows[2025]["reuse_joint"] == 0


def test_an_assessment_that_names_another_programme_is_taken_over_and_silence_is_not_zero(tmp_path: Path) -> None:
    nike = Seen("a", instrument="nike", assessment_type="Better Work")
    assert _row(tmp_path, 2025, nike)["reuse_taken_over"] == 1
    assert _row(tmp_path, 2025, replace(nike, assessment_type=None))["reuse_taken_over"] == 0
    assert _row(tmp_path, 2025, replace(nike, instrument="gap"))["reuse_taken_over"] is None


def test_how_a_visit_was_announced_is_unknown_where_nothing_says_it(tmp_path: Path) -> None:
    silent = _row(tmp_path, 2025, Seen("a"))
    assert (silent["visits_announced"], silent["visits_unannounced"], silent["visits_announcement_stated"]) == (
        None,
    ) * 3
    row = _row(
        tmp_path,
        2025,
        Seen("a", visit="v", announcement="SEMI_ANNOUNCED"),
        Seen("b", visit="v", announcement="Unannounced"),
        Seen("c", announcement="Announced"),
        Seen("d"),
    )
    assert [
        row[f"visits_{word}"] for word in ("announced", "semi_announced", "unannounced", "announcement_stated")
    ] == [
        1,
        0,
        1,
        2,
    ]


@pytest.mark.parametrize(
    ("earlier", "later", "directly", "implied"),
    [
        ("l.osh.exits/exact met", "l.osh.exits", 1, 0),
        ("l.osh.exits/close partly_met", "l.osh.exits", 1, 0),
        ("l.osh.exits/exact not_applicable", "l.osh.exits", 1, 0),
        ("l.osh.exits/exact unknown_to_facility", "l.osh.exits", 0, 0),
        ("l.osh.exits/exact unable_to_assess", "l.osh.exits", 0, 0),
        ("l.osh.exits/exact not_selected", "l.osh.exits", 0, 0),
        # Narrower questions: what is not met of a part is not met of the whole, and what is met of it proves nothing.
        ("l.osh.exits/broad not_met", "l.osh.exits", 1, 0),
        ("l.osh.exits/broad met", "l.osh.exits", 0, 0),
        ("l.osh.exits/narrow met", "l.osh.exits", 1, 0),
        ("l.osh.exits/narrow not_met", "l.osh.exits", 0, 0),
        ("l.osh.exits/related met", "l.osh.exits", 0, 0),
        # Wider and narrower indicators.
        ("l.osh.overall/exact met", "l.osh.exits", 0, 1),
        ("l.osh.overall/exact not_met", "l.osh.exits", 0, 0),
        ("l.osh.exits/exact not_met", "l.osh.overall", 0, 1),
        ("l.osh.exits/exact met", "l.osh.overall", 0, 0),
        # Figures imply nothing.
        ("e.energy/exact informational", "e.energy", 0, 0),
        ("e.policy/exact met", "e.policy", 1, 0),
    ],
)
def test_answered_before_is_what_an_earlier_answer_implies(
    earlier: str, later: str, directly: int, implied: int, tmp_path: Path
) -> None:
    question, state = earlier.split()
    row = _row(
        tmp_path,
        2025,
        Seen("a", assessed_on=date(2025, 2, 1), answers=((question, state),)),
        Seen("b", assessed_on=date(2025, 8, 1), answers=((f"{later}/exact", "met"),)),
    )
    assert (row["answered_before_directly"], row["answered_before_by_implication"]) == (directly, implied)


@pytest.mark.parametrize(("days", "expected"), [(0, 0), (1, 1), (365, 1), (366, 0)])
def test_only_the_months_before_count_and_not_the_same_day(days: int, expected: int, tmp_path: Path) -> None:
    day = date(2025, 8, 1)
    row = _row(
        tmp_path,
        2025,
        Seen("a", assessed_on=day - timedelta(days=days), answers=MET),
        Seen("b", assessed_on=day, answers=MET[:1]),
    )
    assert row["answered_before_directly"] == expected


def test_the_age_of_fem_counts_from_the_end_of_its_reporting_period(tmp_path: Path) -> None:
    later = Seen("b", assessed_on=date(2025, 3, 1), answers=MET)
    posted = Seen("a", kind="self", assessed_on=date(2024, 5, 1), answers=MET, evidence_to=date(2023, 12, 31))
    assert _row(tmp_path, 2025, posted, later)["answered_before_directly"] == 0
    assert _row(tmp_path, 2025, replace(posted, evidence_to=None), later)["answered_before_directly"] == 2


def test_findings_prove_only_what_they_found(tmp_path: Path) -> None:
    with kept(
        tmp_path,
        World(
            [
                Seen("a", assessed_on=date(2025, 1, 1), findings=[Finding("l.osh.exits/exact", "open")]),
                Seen("b", instrument="smeta", assessed_on=date(2025, 6, 1), answers=MET),
            ]
        ),
    ) as connection:
        row = stated(connection)[2025]
        assert row["questions_asked"] == 3
        assert (row["answered_before_directly"], row["questions_again"]) == (1, 1)


def test_deleted_assessments_count_nowhere(tmp_path: Path) -> None:
    with kept(tmp_path, World([Seen("a", published=False, answers=MET, findings=[Finding(None)])])) as connection:
        assert stated(connection) == {}


def test_what_has_no_day_has_no_year_and_nothing_came_before_it(tmp_path: Path) -> None:
    row = _row(tmp_path, None, Seen("a", assessed_on=None, answers=MET), Seen("b", answers=MET))
    assert (row["visits"], row["questions_asked"], row["answered_before_directly"]) == (1, 2, None)


def test_findings_of_which_nothing_is_known_are_not_open_and_not_closed(tmp_path: Path) -> None:
    silent = _row(tmp_path, 2025, Seen("a", findings=[Finding(None), Finding(None, "closed")]))
    assert (silent["findings_opened"], silent["findings_without_status"], silent["findings_closed_undated"]) == (
        2,
        1,
        1,
    )
    assert (silent["findings_open_at_end"], silent["findings_overdue_at_end"], silent["findings_closed"]) == (None,) * 3
    clean = _row(tmp_path, 2025, Seen("a"))
    assert (clean["findings_open_at_end"], clean["findings_overdue_at_end"], clean["findings_closed"]) == (0, 0, 0)


def test_open_overdue_and_closed_findings_over_the_years(tmp_path: Path) -> None:
    found = [
        Finding(None, "closed", closed_on=date(2026, 1, 10), due_on=date(2025, 6, 1)),
        Finding(None, "closed", closed_on=date(2025, 3, 11)),
        Finding(None, "closed", closed_on=date(2025, 3, 21)),
        Finding(None, "open", due_on=date(2026, 9, 1)),
    ]
    with kept(tmp_path, World([Seen("a", assessed_on=date(2025, 3, 1), findings=found)])) as connection:
        rows = stated(connection)
    shown = (
        "findings_opened",
        "findings_closed",
        "findings_open_at_end",
        "findings_overdue_at_end",
        "median_days_to_close",
    )
    assert [rows[2025][name] for name in shown] == [4, 2, 2, 1, 15.0]
    assert [rows[2026][name] for name in shown] == [0, 1, 1, 0, 315.0]
    assert rows[2026]["contributors"] == []


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        pytest.param(Finding(None, "closed", clause="I.A"), (1, 1, 1, 101.0), id="the same clause is checked"),
        pytest.param(Finding("l.osh.exits/exact", "closed"), (1, 1, 1, 101.0), id="so is the same indicator"),
        pytest.param(Finding(None, "closed", clause="I.B"), (2, 0, 2, None), id="of another clause it is a finding"),
        pytest.param(Finding(None, "open", clause="I.A"), (2, 0, 3, None), id="what is still open is found once more"),
        pytest.param(Finding(None, "closed", clause="I.A", native_id="9"), (2, 0, 2, None), id="of another number"),
    ],
)
def test_what_a_follow_up_prints_as_closed_closes_the_finding_that_it_checks(
    tmp_path: Path, found: Finding, expected: tuple[int, int, int, float | None]
) -> None:
    audited = (
        Finding("l.osh.exits/exact", "open", due_on=date(2025, 5, 1), clause="I.A", native_id="1"),
        Finding(None, "open", clause="I.C"),
    )
    first = Seen("a", assessed_on=date(2025, 3, 1), findings=audited)
    check = Seen("b", assessed_on=date(2025, 6, 8), ended_on=date(2025, 6, 10), assessment_type="Follow-up",
                 follow_up_of="a", findings=[found])  # fmt: skip
    row = _row(tmp_path, 2025, first, check)
    opened, closed, still, days = expected
    assert row["findings_opened"] == opened + 1
    assert (row["findings_closed"] or 0, row["median_days_to_close"]) == (closed, days)
    assert row["findings_open_at_end"] == still
    assert row["visits"] == 2
    whole = _row(tmp_path, 2025, first, replace(check, assessment_type="Full", follow_up_of=None))
    assert whole["findings_opened"] == 3


def test_a_follow_up_asks_nothing_again(tmp_path: Path) -> None:
    first = Seen("a", assessed_on=date(2025, 3, 1), answers=MET)
    check = Seen("b", assessed_on=date(2025, 6, 10), assessment_type="CAP Verification",
                 findings=[Finding("l.osh.drills/exact", "open")])  # fmt: skip
    row = _row(tmp_path, 2025, first, check)
    assert (row["visits"], row["questions_asked"], row["questions_again"]) == (2, 2, 0)
    assert row["answered_before_directly"] == 0
    full = _row(tmp_path, 2025, first, replace(check, assessment_type="Full"))
    assert (full["questions_asked"], full["questions_again"], full["answered_before_directly"]) == (3, 1, 1)


DAYS = [
    None, date(2023, 12, 31), date(2024, 2, 29), date(2024, 6, 1), date(2024, 12, 30), date(2025, 1, 2),
    date(2025, 2, 28), date(2025, 6, 1), date(2025, 12, 31), date(2026, 6, 30), date(2026, 7, 1),
]  # fmt: skip
STATES = ["met", "partly_met", "not_met", "not_applicable", "unknown_to_facility", "not_asked", "informational"]


@st.composite
def factories(draw: Callable[..., Any]) -> list[World]:
    """Four factories, on one day of judgement."""
    as_of = draw(st.sampled_from([date(2026, 6, 30), date(2025, 2, 1), date(2025, 12, 31)]))
    return [World(draw(_assessments(f"{place}")), as_of, f"HF{place}") for place in range(1, 5)]


@st.composite
def _assessments(draw: Callable[..., Any], name: str) -> list[Seen]:
    """Up to seven assessments: visits of several instruments, verifications, what restates, copies."""
    seen: list[Seen] = []
    for place in range(draw(st.integers(1, 7))):
        kind = draw(st.sampled_from(["audit", "inspection", "verified", "self", "self_inspection", "transparency"]))
        one = Seen(
            f"{name}a{place}",
            kind,
            draw(st.sampled_from(["gap", "nike", "pvh", "higg_fem"])),
            draw(st.sampled_from(DAYS)),
            published=draw(st.integers(0, 9)) > 0,
            announcement=draw(st.sampled_from([None, "Announced", "FULLY_UNANNOUNCED", "semi-announced", "perhaps"])),
            assessment_type=draw(st.sampled_from([None, "SLCP", "Full", "Follow-up"])),
            contributors=draw(st.lists(st.sampled_from(["gap", "pvh", "bw"]), min_size=1, max_size=3)),
            answers=draw(
                st.lists(
                    st.tuples(st.sampled_from([*QUESTIONS]), st.sampled_from(STATES)),
                    max_size=5,
                    unique_by=lambda a: a[0],
                )
            ),
            findings=draw(st.lists(_findings(), max_size=2)),
        )
        if one.assessed_on and draw(st.booleans()):
            one = replace(one, ended_on=one.assessed_on + timedelta(days=draw(st.integers(0, 3))))
        if draw(st.booleans()):
            one = replace(one, evidence_to=draw(st.sampled_from(DAYS)))
        others = [other for other in seen if not other.is_self]
        if not one.is_self and others and draw(st.booleans()):
            other = draw(st.sampled_from(others))
            told = draw(st.sampled_from([None, "rating_derived_from", "same_visit_other_instrument"]))
            days = draw(st.integers(0, 2))
            one = replace(one, visit=other.visit_id, told_by=told and (other.name, told, days))
        selves = [other.name for other in seen if other.kind == "self"]
        if one.kind == "verified" and selves and draw(st.booleans()):
            one = replace(one, verified_of=draw(st.sampled_from(selves)))
        if one.assessment_type == "Follow-up" and seen:
            one = replace(one, follow_up_of=draw(st.sampled_from([other.name for other in seen])))
        seen.append(one)
    return seen


@st.composite
def _findings(draw: Callable[..., Any]) -> Finding:
    status = draw(st.sampled_from([None, "open", "overdue", "closed"]))
    closed_on = draw(st.sampled_from(DAYS)) if status in (None, "closed") else None
    question = draw(st.sampled_from([None, *QUESTIONS]))
    clause, number = draw(st.sampled_from([None, "I.A", "I.B"])), draw(st.sampled_from([None, "1", "2"]))
    return Finding(question, status, closed_on, draw(st.sampled_from(DAYS)), clause, number)


@hypothesis_settings(
    max_examples=150 if LONG else 15,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(factories())
@pytest.mark.slow
def test_random_worlds_are_counted_as_plain_python_counts_them(tmp_path: Path, worlds: list[World]) -> None:
    with kept(tmp_path, *worlds) as connection:
        _look_at_pairs(connection)
        for world in worlds:
            assert stated(connection, world.facility_id) == ledger(world)
            found = connection.execute(
                "SELECT indicator_id, year(window_start), times_asked, assessments FROM release.overlap "
                "WHERE facility_id = ?",
                [world.facility_id],
            ).fetchall()
            assert {(name, year): (times, seen) for name, year, times, seen in found} == overlaps(world)
            told = connection.execute(
                "SELECT earlier, later, directly, by_implication, asked_by_both FROM round_pair WHERE facility_id = ?",
                [world.facility_id],
            )
            assert {(a, b): tuple(counts) for a, b, *counts in told.fetchall()} == pairs(world)


def _look_at_pairs(connection: duckdb.DuckDBPyConnection) -> None:
    import pyarrow as pa

    days = {"first_day": pa.array([date.min], pa.date32()), "last_day": pa.array([date.max], pa.date32())}
    create_table(connection, "overlap_window", pa.table(days))
    connection.execute((ROOT / "src/harmonize/assessments/pairs.sql").read_text(encoding="utf-8"))


def test_two_factories_never_answer_for_each_other(tmp_path: Path) -> None:
    earlier = World([Seen("a", assessed_on=date(2025, 1, 1), answers=MET)], facility_id="HF1")
    later = World([Seen("b", assessed_on=date(2025, 6, 1), answers=MET)], facility_id="HF2")
    with kept(tmp_path, earlier, later) as connection:
        assert stated(connection, "HF2")[2025]["answered_before_directly"] == 0
        assert connection.execute("SELECT count(*) FROM release.overlap").fetchall() == [(0,)]


def test_the_documented_query_derives_every_cell_of_the_ledger() -> None:
    assert QUERY is not None
    with duckdb.connect(str(demo_world().release.database), read_only=True) as connection:
        derived = connection.execute(QUERY[1])
        names, rows = [column[0] for column in derived.description or ()], derived.fetchall()
        table = connection.execute("SELECT * FROM burden")
        assert names == [column[0] for column in table.description or ()]
        expected = table.fetchall()
    assert len(expected) > 20
    assert sorted(map(repr, rows)) == sorted(map(repr, expected))


def test_the_visits_of_every_year_are_the_distinct_visits_of_the_assessments() -> None:
    release = demo_world().release
    counted = release.query(
        "SELECT facility_id, sum(visits), sum(self_assessments) FROM burden GROUP BY ALL ORDER BY ALL"
    )
    assert counted == release.query(
        "SELECT facility_id, count(DISTINCT visit_id) FILTER (NOT starts_with(kind::VARCHAR, 'self')), "
        "count(DISTINCT visit_id) FILTER (starts_with(kind::VARCHAR, 'self')) "
        "FROM assessment WHERE published GROUP BY ALL ORDER BY ALL"
    )
    by_year = "SELECT facility_id, year, count(*) FROM v_visit GROUP BY ALL"
    assert release.query(f"SELECT facility_id, year, visits FROM burden WHERE visits > 0 EXCEPT ({by_year})") == []
    assert release.query(f"{by_year} EXCEPT SELECT facility_id, year, visits FROM burden") == []


def test_the_sector_is_the_sum_of_its_factories() -> None:
    release = demo_world().release
    names = ("visits", "deliveries", "questions_asked", "questions_again", "findings_opened", "findings_open_at_end")
    sums = ", ".join(f"sum({name})" for name in names)
    assert release.query(f"SELECT {sums} FROM v_burden_sector") == release.query(f"SELECT {sums} FROM burden")


def test_no_change_is_told_of_a_year_that_still_runs() -> None:
    release = demo_world().release
    assert release.one("SELECT count(*) FROM v_burden WHERE year = 2026 AND is_running") > 0
    assert release.one("SELECT count(visits_change) FROM v_burden WHERE is_running") == 0
    assert release.one("SELECT count(visits_change) FROM v_burden WHERE year = 2025") > 0


def test_what_is_dated_after_the_day_of_judgement_is_no_burden_yet(tmp_path: Path) -> None:
    later = Seen("b", assessed_on=date(2027, 2, 1), answers=MET, findings=(Finding("l.osh.exits/exact", "open"),))
    closing = Finding("l.osh.exits/exact", "closed", closed_on=date(2028, 1, 1))
    with kept(tmp_path, World([Seen("a", answers=MET, findings=(closing,)), later])) as connection:
        rows = stated(connection)
        assert connection.execute("SELECT count(*) FROM release.overlap").fetchall() == [(0,)]
    assert {year: (row["visits"], row["questions_asked"]) for year, row in rows.items()} == {2025: (1, 2), 2026: (0, 0)}
    assert [rows[year]["findings_open_at_end"] for year in (2025, 2026)] == [1, 1]
    assert rows[2026]["findings_closed"] == 0


@pytest.mark.slow
def test_a_visit_of_the_future_is_told_and_counts_from_its_day_on(tmp_path: Path) -> None:
    visits = {"V1": "02/10/2026", "V2": "09/01/2026", "V3": "03/01/2027"}
    rows = [
        {"VisitID": visit, "VisitDate": day, "ProvisionCode": "II.A.1", "Severity": "key", "FindingText": "x"}
        for visit, day in visits.items()
    ]
    inbox = deliver(tmp_path / "inbox", {"gap/visits.csv": gap(*rows)})
    told = "SELECT value, severity FROM issue WHERE code = 'future_assessment' ORDER BY value"
    burden = "SELECT year, visits FROM burden ORDER BY year"
    early = run_inbox(inbox, tmp_path / "out")
    assert early.query(burden) == [(2026, 1)]
    assert early.query(told) == [("2026-09-01", "warning"), ("2027-03-01", "warning")]
    late = run_inbox(inbox, tmp_path / "out", as_of=date(2026, 12, 31))
    anew = run_inbox(inbox, tmp_path / "anew", as_of=date(2026, 12, 31))
    for query in (burden, told, "FROM burden ORDER BY ALL", "FROM overlap ORDER BY ALL"):
        assert late.query(query) == anew.query(query)
    assert late.query(burden) == [(2026, 2)]
    assert late.one("SELECT questions_asked FROM burden") == 2 * early.one("SELECT questions_asked FROM burden")
    assert QUERY is not None
    with duckdb.connect(str(early.database), read_only=True) as connection:
        assert connection.execute(QUERY[1]).fetchall() == connection.execute("FROM burden").fetchall()


def test_the_last_day_of_an_export_decides_the_year(tmp_path: Path) -> None:
    """An audit from 30 December to 2 January, as the platform's JSON prints it in milliseconds."""
    text = (ROOT / "tests/fixtures/amfori_bsci/monitoring.json").read_text(encoding="utf-8")
    begun, ended = (int(datetime(*day, tzinfo=UTC).timestamp()) * 1000 for day in ((2025, 12, 30), (2026, 1, 2)))
    text, days = re.subn(r'"startDate": \d+,(\s+)"endDate": \d+', rf'"startDate": {begun},\1"endDate": {ended}', text)
    assert days == 1
    release = run_inbox(deliver(tmp_path / "inbox", {"gap/monitoring.json": text}), tmp_path / "out")
    assert release.query("SELECT assessed_on, ended_on FROM assessment") == [(date(2025, 12, 30), date(2026, 1, 2))]
    assert release.query("SELECT year, visits, assessment_days FROM burden") == [(2026, 1, 4)]
    assert release.query("SELECT year, days, announcements FROM v_visit") == [(2026, 4, ["SEMI_ANNOUNCED"])]
    assert release.one("SELECT visits_semi_announced FROM burden") == 1


def test_the_shipped_rules_name_instruments_that_exist() -> None:
    rules = load_burden_rules(alone().find("schemas/burden.yml"))
    profiles = load_profiles(alone().files("mappings", "*/source.yml"))
    assert {rule.instrument for rule in rules.takes_over} <= profiles.keys()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "answered_within_months"),
        ("answered_within_months: 0\nanswering_states: [met]", "answered_within_months"),
        ("answered_within_months: 12\nanswering_states: [good]", "answering_states"),
        ("answered_within_months: 12\nanswering_states: [met]\nannouncments: {}", "announcments"),
        ("answered_within_months: 12\nanswering_states: [met]\nannouncements: {loudly: [x]}", "announcements.loudly"),
        ("answered_within_months: 12\nanswering_states: [met]\ntakes_over: [{instrument: a}]", "takes_over.0.types"),
    ],
)
def test_a_rule_that_is_not_whole_is_refused(text: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "burden.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=said) as refused:
        load_burden_rules(path)
    assert str(path) in str(refused.value)
