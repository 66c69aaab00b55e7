"""The score is full for a database without mistakes and falls with every kind of mistake."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from harmonize.demo import score
from harmonize.demo.measures import pair_score
from harmonize.demo.places_reported import canonical_path, is_within

TruthTable = Callable[[str], list[dict[str, str]]]


def damage(database: Path, statement: str) -> None:
    with duckdb.connect(str(database)) as connection:
        connection.execute(statement)


def test_a_database_without_mistakes_gets_full_marks(demo: Path, database: Path) -> None:
    result = score(database, demo / "truth")
    assert (result.facilities.precision, result.facilities.recall, result.facilities.missing) == (1.0, 1.0, 0)
    assert (result.copies.precision, result.copies.recall) == (1.0, 1.0)
    assert (result.stays.precision, result.stays.recall, result.stays.missing) == (1.0, 1.0, 0)
    assert {
        tally.share
        for tally in (result.headers, result.answers, result.findings, result.faults, result.files, result.cells)
    } == {1}
    assert result.accused == ()
    assert result.unbalanced == ()


def test_merging_everything_costs_precision_only(demo: Path, database: Path) -> None:
    damage(database, "UPDATE facility_mention SET facility_id = 'HF1'")
    result = score(database, demo / "truth").facilities
    assert result.recall == 1.0
    assert result.precision < 0.2


def test_splitting_everything_costs_recall_only(demo: Path, database: Path) -> None:
    damage(database, "UPDATE assessment_copy SET assessment_id = file_id || locator")
    result = score(database, demo / "truth").copies
    assert result.precision == 1.0
    assert result.recall == 0.0


def test_lost_mentions_cost_recall(demo: Path, database: Path) -> None:
    damage(database, "DELETE FROM facility_mention WHERE file_id LIKE 'pvh/%'")
    result = score(database, demo / "truth").facilities
    assert result.missing > 0
    assert result.recall < 1.0


def test_visits_that_fall_apart_cost_recall_only(demo: Path, database: Path) -> None:
    damage(database, "UPDATE assessment SET visit_id = assessment_id")
    result = score(database, demo / "truth").stays
    assert (result.precision, result.recall) == (1.0, 0.0)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE assessment SET assessed_on = assessed_on + 1",
        "UPDATE assessment SET rating_raw = 'Purple'",
        "UPDATE assessment SET verified_of = NULL",
    ],
)
def test_wrong_days_grades_and_links_are_counted(demo: Path, database: Path, statement: str) -> None:
    damage(database, statement)
    result = score(database, demo / "truth").headers
    assert result.right < result.checked
    assert result.examples


def test_an_assessment_whose_day_was_spoiled_is_not_judged_by_it(demo: Path, database: Path, truth: TruthTable) -> None:
    spoiled = next(
        fault["assessment"]
        for fault in truth("faults")
        if fault["path"].startswith("dlpw") and fault["code"] == "unreadable_date"
    )
    damage(database, f"UPDATE assessment SET assessed_on = NULL WHERE assessment_id = 'HA{spoiled}'")
    assert score(database, demo / "truth").headers.share == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE answer SET state = 'met' WHERE state = 'not_met'",
        "UPDATE answer SET value_number = value_number * 1.001",
        "UPDATE answer SET unit = 'kWh' WHERE unit = 'MJ'",
        "UPDATE answer SET answered_by = 'facility'",
        "DELETE FROM answer",
    ],
)
def test_wrong_answers_are_counted(demo: Path, database: Path, statement: str) -> None:
    damage(database, statement)
    result = score(database, demo / "truth").answers
    assert result.right < result.checked
    assert result.examples


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE finding SET status = 'open'",
        "UPDATE finding SET severity_raw = 'Rather bad'",
        "UPDATE finding SET due_on = due_on + 1",
        "DELETE FROM finding",
    ],
)
def test_wrong_findings_are_counted(demo: Path, database: Path, statement: str) -> None:
    damage(database, statement)
    assert score(database, demo / "truth").findings.share < 1


def test_a_missed_fault_is_named(demo: Path, database: Path, truth: TruthTable) -> None:
    fault = truth("faults")[0]
    damage(database, f"DELETE FROM quarantine WHERE locator = '{fault['locator']}'")
    result = score(database, demo / "truth").faults
    assert result.right == result.checked - 1
    assert fault["locator"] in result.examples[0]


def test_an_issue_counts_as_much_as_a_quarantine(demo: Path, database: Path) -> None:
    damage(database, "INSERT INTO issue SELECT * FROM quarantine")
    damage(database, "DELETE FROM quarantine")
    assert score(database, demo / "truth").faults.share == 1


def test_withholding_a_sound_cell_is_an_accusation(demo: Path, database: Path) -> None:
    path = "higg/received-2025-07-18/fem2024_others.csv"
    damage(database, f"INSERT INTO quarantine VALUES ('{path}', 'row=1;col=emsmgmt', 'unknown_answer')")
    assert score(database, demo / "truth").accused == (f"unknown_answer at {path} row=1;col=emsmgmt",)


def test_which_of_two_identical_files_is_loaded_is_free(demo: Path, database: Path, truth: TruthTable) -> None:
    duplicate = next(file for file in truth("files") if file["status"] == "duplicate")
    twin = next(
        file for file in truth("files") if file["content"] == duplicate["content"] and file["path"] != duplicate["path"]
    )
    damage(database, f"UPDATE file SET status = 'loaded' WHERE path = '{duplicate['path']}'")
    assert score(database, demo / "truth").files.share < 1
    damage(database, f"UPDATE file SET status = 'duplicate' WHERE path = '{twin['path']}'")
    damage(
        database,
        f"UPDATE facility_mention SET file_id = '{duplicate['path']}' WHERE file_id = '{twin['path']}'",
    )
    result = score(database, demo / "truth")
    assert result.files.share == 1
    assert result.facilities.recall == 1.0


def test_cells_that_were_not_counted_are_named(demo: Path, database: Path) -> None:
    damage(database, "UPDATE file SET cells_total = cells_total - 1 WHERE path LIKE '%covc_visits.csv'")
    result = score(database, demo / "truth").cells
    assert result.right == result.checked - 1
    assert "covc_visits.csv" in result.examples[0]


def test_a_broken_accounting_law_is_named(demo: Path, database: Path) -> None:
    damage(database, "UPDATE file SET cells_loaded = 0 WHERE path LIKE '%covc_visits.csv'")
    assert score(database, demo / "truth").unbalanced == ("gap/received-2026-02-16/covc_visits.csv",)


@pytest.mark.parametrize(
    ("reported", "planted", "expected"),
    [
        ("row=12;col=Status", "row=12;col=status", True),
        ("row=12;col=Status", "row=12", True),
        ("row=12", "row=12;col=Status", False),
        ("row=123", "row=12", False),
        ("sheet=Findings;cell=B7", "sheet=Findings;row=7", True),
        ("sheet=Findings;cell=B17", "sheet=Findings;row=7", False),
        ("sheet=Other;cell=B7", "sheet=Findings;row=7", False),
        ("$.assessments[3].questions.emsmgmt.value", "$.assessments[3]", True),
        ("$.assessments[31]", "$.assessments[3]", False),
        ("line=3;$.status", "line=3;$", True),
        ("line=31;$", "line=3;$", False),
        ("file", "header", False),
    ],
)
def test_places(reported: str, planted: str, expected: bool) -> None:
    assert is_within(reported, planted) is expected


def test_a_gzipped_file_is_one_file() -> None:
    assert canonical_path("harbour/fem.csv.gz!/fem.csv") == "harbour/fem.csv.gz"
    assert canonical_path("bfc/a.zip!/b.csv") == "bfc/a.zip!/b.csv"


def test_pair_score_by_hand() -> None:
    result = pair_score([("a", 1), ("a", 1), ("a", 2), ("b", 2), ("b", None)])
    assert result.precision == pytest.approx(1 / 2)
    assert result.recall == pytest.approx(1 / 4)
    assert result.f1 == pytest.approx(1 / 3)
    assert result.missing == 1
