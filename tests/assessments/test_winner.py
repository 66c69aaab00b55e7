"""Which delivery of one assessment wins, what fills its gaps, and what stands as a conflict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.pipeline.worlds import Release, deliver, run_inbox
from tests.sources.delivering import envelope, page, wide

QUESTION, OTHER, QUANTITY, UNIT = (
    "emsenvpolicy",
    "emsopsimpact",
    "ensourceelectricpurchquant",
    "ensourceelectricpurchunit",
)
EARLY, LATE = 1_700_000_000, 1_750_000_000

Delivery = tuple[str, Mapping[str, Any]]

# Two deliveries of one assessment; the first one listed must win, although everything after its strongest argument
# speaks for the other.
WINNERS: Mapping[str, Sequence[Delivery]] = {
    "verified over self": [
        ("zeta/received-2026-01-01", {"status": "VRF", "lastUpdated": EARLY}),
        ("alpha/received-2026-03-01", {"status": "ASC", "lastUpdated": LATE}),
    ],
    "verified over being completed": [
        ("zeta/received-2026-01-01", {"status": "VRF", "lastUpdated": EARLY}),
        ("alpha/received-2026-03-01", {"status": "VRC", "lastUpdated": LATE}),
    ],
    "completed over in progress": [
        ("zeta/received-2026-01-01", {"status": "VRC", "lastUpdated": EARLY}),
        ("alpha/received-2026-03-01", {"status": "VRP", "lastUpdated": LATE}),
    ],
    "in progress over self": [
        ("zeta/received-2026-01-01", {"status": "VRQ", "lastUpdated": EARLY}),
        ("alpha/received-2026-03-01", {"status": "ASC", "lastUpdated": LATE}),
    ],
    "in progress are equals": [
        ("zeta/received-2026-01-01", {"status": "VRE", "lastUpdated": LATE}),
        ("alpha/received-2026-03-01", {"status": "VRP", "lastUpdated": EARLY}),
    ],
    "self over deleted": [
        ("zeta/received-2026-01-01", {"status": "ASC", "lastUpdated": EARLY}),
        ("alpha/received-2026-03-01", {"status": "ASD", "lastUpdated": LATE}),
    ],
    "self over unfinished": [
        ("zeta/received-2026-01-01", {"status": "ASC", "lastUpdated": EARLY}),
        ("alpha/received-2026-03-01", {"status": "ASI", "lastUpdated": LATE}),
    ],
    "later update": [
        ("zeta/received-2026-01-01", {"lastUpdated": LATE}),
        ("alpha/received-2026-03-01", {"lastUpdated": EARLY}),
    ],
    "later update in milliseconds": [
        ("zeta/received-2026-01-01", {"lastUpdated": LATE * 1000}),
        ("alpha/received-2026-03-01", {"lastUpdated": LATE - 1}),
    ],
    "later receipt": [
        ("zeta/received-2026-03-01", {"lastUpdated": LATE}),
        ("alpha/received-2026-01-01", {"lastUpdated": LATE}),
    ],
    "dated over undated receipt": [
        ("zeta/received-2020-01-01", {"lastUpdated": LATE}),
        ("alpha", {"lastUpdated": LATE}),
    ],
    "contributor by alphabet": [
        ("alpha/z/received-2026-03-01", {"lastUpdated": LATE}),
        ("beta/a/received-2026-03-01", {"lastUpdated": LATE}),
    ],
    "path by alphabet": [
        ("alpha/received-2026-03-01/a", {"lastUpdated": LATE}),
        ("alpha/received-2026-03-01/b", {"lastUpdated": LATE}),
    ],
}

# The winning delivery's nodes and the other's; then what must stand, and whether a conflict does.
FILLED: Mapping[str, tuple[Mapping[str, Any], Mapping[str, Any], tuple[str, float | None], int]] = {
    "blank is filled": ({QUESTION: None}, {QUESTION: {"value": "Yes"}}, ("met", None), 0),
    "absent is filled": ({OTHER: {"value": "No"}}, {QUESTION: {"value": "Yes"}}, ("met", None), 0),
    "quarantined is filled": ({QUESTION: {"value": "Perhaps"}}, {QUESTION: {"value": "Yes"}}, ("met", None), 0),
    "stated beats stated": ({QUESTION: {"value": "No"}}, {QUESTION: {"value": "Yes"}}, ("not_met", None), 1),
    "case is no conflict": ({QUESTION: {"value": "YES"}}, {QUESTION: {"value": "Yes"}}, ("met", None), 0),
    "absence never conflicts": ({QUESTION: {"value": "Yes"}}, {QUESTION: None}, ("met", None), 0),
    "units are no conflict": (
        {QUANTITY: {"value": "1"}, UNIT: {"value": "MWh"}},
        {QUANTITY: {"value": "3,600"}, UNIT: {"value": "MJ"}},
        ("informational", 3600.0),
        0,
    ),
    "another quantity is": (
        {QUANTITY: {"value": "1"}, UNIT: {"value": "MWh"}},
        {QUANTITY: {"value": "1"}, UNIT: {"value": "GJ"}},
        ("informational", 3600.0),
        1,
    ),
    "negative quantity is filled": (
        {QUANTITY: {"value": "-1"}, UNIT: {"value": "MWh"}},
        {QUANTITY: {"value": "1"}, UNIT: {"value": "GJ"}},
        ("informational", 1000.0),
        0,
    ),
}


def _fem(case: str, **changes: Any) -> dict[str, Any]:
    number = sum(map(ord, case))
    return envelope(
        id=case,
        accountId=f"acc-{case}",
        accountName=f"Factory {case}",
        location={"address": f"{number} Road"},
        **changes,
    )


def _envelopes() -> dict[str, list[dict[str, Any]]]:
    files: dict[str, list[dict[str, Any]]] = {}
    for case, deliveries in WINNERS.items():
        for place, (folder, changes) in enumerate(deliveries):
            answer = {QUESTION: {"value": "No" if place else "Yes"}}
            files.setdefault(f"{folder}/fem.json", []).append(_fem(case, questions=answer, **changes))
    for case, (winning, losing, _, _) in FILLED.items():
        first = _fem(case, questions=winning, lastUpdated=LATE)
        files.setdefault("zeta/received-2026-01-02/fem.json", []).append(first)
        files.setdefault("beta/received-2026-01-02/fem.json", []).append(
            _fem(case, questions=losing, lastUpdated=EARLY)
        )
    corrected = {"value": "Yes", "corrected": "No", "selection": "Inaccurate"}
    for path, node in (("zeta", {"value": "Partial Yes"}), ("beta", corrected)):
        updated = LATE if path == "zeta" else EARLY
        files[f"{path}/received-2026-01-02/fem.json"].append(
            _fem("corrected before", questions={QUESTION: node}, lastUpdated=updated, status="VRC")
        )
    return files


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    folder = tmp_path_factory.mktemp("winner")
    pages = {path: page(*envelopes) for path, envelopes in _envelopes().items()}
    finished = {
        "zeta/received-2026-01-03/fem.csv": {"finishdate": "2024-06-02", QUESTION: "Yes"},
        "alpha/received-2026-02-03/fem.csv": {"finishdate": "2024-06-01", QUESTION: "No"},
    }
    rows = {path: wide([QUESTION], {"surveyid": "W-1", **row}) for path, row in finished.items()}
    return run_inbox(deliver(folder / "inbox", {**pages, **rows}), folder / "out")


@pytest.mark.parametrize("case", WINNERS)
def test_the_delivery_with_the_strongest_argument_wins(case: str, release: Release) -> None:
    winners = release.column(
        "SELECT f.path FROM assessment_copy c JOIN file f USING (file_id) WHERE c.native_id = ? AND c.wins", case
    )
    assert winners == [f"{WINNERS[case][0][0]}/fem.json"]
    assert release.column(
        "SELECT a.raw_value FROM answer a JOIN assessment s USING (assessment_id) WHERE s.native_id = ?", case
    ) == ["Yes"]


@pytest.mark.parametrize("case", WINNERS)
def test_both_deliveries_are_copies_of_one_assessment(case: str, release: Release) -> None:
    assert release.query("SELECT copy_count, published FROM assessment WHERE native_id = ?", case) == [(2, True)]


def test_a_wide_row_is_updated_on_its_finish_date(release: Release) -> None:
    found = release.query(
        "SELECT a.raw_value, f.path FROM answer a JOIN assessment s USING (assessment_id) JOIN file f USING (file_id) "
        "WHERE s.native_id = 'W-1'"
    )
    assert found == [("Yes", "zeta/received-2026-01-03/fem.csv")]


@pytest.mark.parametrize("case", FILLED)
def test_what_the_winner_leaves_open_is_filled_per_question(case: str, release: Release) -> None:
    _, _, stands, conflicts = FILLED[case]
    found = release.query(
        "SELECT a.state, a.value_number FROM answer a JOIN assessment s USING (assessment_id) "
        "WHERE s.native_id = ? AND a.question_id IN (?, ?)",
        case,
        QUESTION,
        QUANTITY,
    )
    assert found == [stands]
    assert (
        release.one(
            "SELECT count(*) FROM conflict c JOIN assessment s USING (assessment_id) WHERE s.native_id = ?", case
        )
        == conflicts
    )


def test_a_losing_correction_is_not_laid_over_the_winning_answer(release: Release) -> None:
    assert release.query(
        "SELECT a.answered_by::VARCHAR, a.state::VARCHAR FROM answer a JOIN assessment s USING (assessment_id) "
        "WHERE s.native_id = 'corrected before'"
    ) == [("facility", "partly_met")]


def test_a_conflict_names_both_values_and_the_losing_copy(release: Release) -> None:
    assert release.query(
        "SELECT c.question_id, c.value_raw, c.winning_value_raw, p.contributor, p.wins FROM conflict c "
        "JOIN assessment_copy p USING (copy_id) JOIN assessment s ON s.assessment_id = c.assessment_id "
        "WHERE s.native_id = 'stated beats stated'"
    ) == [(QUESTION, "Yes", "No", "beta", False)]


@pytest.mark.parametrize(
    ("case", "word"),
    [
        ("verified over self", "status"),
        ("later update", "updated"),
        ("later receipt", "received"),
        ("contributor by alphabet", "alphabet"),
    ],
)
def test_a_conflict_names_the_rule_that_decided(case: str, word: str, release: Release) -> None:
    (reason,) = release.column(
        "SELECT c.reason FROM conflict c JOIN assessment s USING (assessment_id) WHERE s.native_id = ?", case
    )
    assert word in reason


def test_an_answer_points_at_the_cell_that_won(release: Release, tmp_path: Path) -> None:
    found = release.query(
        "SELECT f.path, a.locator FROM answer a JOIN assessment s USING (assessment_id) JOIN file f USING (file_id) "
        "WHERE s.native_id = 'blank is filled'"
    )
    ((path, locator),) = found
    assert path == "beta/received-2026-01-02/fem.json"
    assert locator.startswith("$.assessments[")
    assert QUESTION in locator
