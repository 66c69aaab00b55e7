"""Findings stand once per assessment; amended exports update them, unmet answers make them, plans follow them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.pipeline.worlds import Release, deliver, run_inbox
from tests.sources.delivering import better_work, gap, table
from tests.sources.workbooks import build

PLAN = ["Factory ID", "Cycle", "Compliance.point", "Issue", "Action", "Due Date (dd/mm/yyyy)", "Status"]


def _pvh(*findings: list[Any]) -> bytes:
    header = ["Assessment ID", "Factory Name", "Country", "Assessment Date", "Rating", "PVH Factory ID"]
    columns = ["Assessment ID", "Finding No", "Code Element", "Finding Class", "Description", "Due Date", "Status"]
    visit = ["P-1", "Angkor Thmey Apparel", "Cambodia", "07-Mar-2026", "Yellow", "PF-1"]
    return build({"Assessments": [header, visit], "Findings": [columns, *findings]})


def _plan(*rows: list[str]) -> str:
    return table([PLAN, *rows])


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    folder = tmp_path_factory.mktemp("findings")
    files: dict[str, str | bytes] = {
        "gap/received-2026-04-01/visits.csv": gap(
            {"ProvisionCode": "III.B.08", "FindingText": "Hours too long", "CAPStatus": "Open"},
            {"ProvisionCode": "I.A", "FindingText": "Hours too long", "CAPStatus": "Open"},
            {"ProvisionCode": "I.B", "FindingText": "Letters held", "CAPStatus": "Open"},
        ),
        "gap/received-2026-05-01/visits.csv": gap(
            {
                "ProvisionCode": "III.B.08",
                "FindingText": "  hours too  long.",
                "CAPStatus": "Closed",
                "TargetDate": "05/20/2026",
            },
            {"ProvisionCode": "I.A", "FindingText": "Hours too long", "CAPStatus": "Overdue"},
        ),
        # Texts in letters that are no ASCII are texts as well.
        "gap/received-2026-04-02/local.csv": gap(
            {"VisitID": "G-KH", "ProvisionCode": "I.A", "FindingText": "ខ្វះឯកសារ"},
            {"VisitID": "G-KH", "ProvisionCode": "I.A", "FindingText": "ច្រកចេញត្រូវបានរារាំង"},
            {"VisitID": "G-VN", "ProvisionCode": "I.A", "FindingText": "Thiếu bảo hộ"},
            {"VisitID": "G-VN", "ProvisionCode": "I.A", "FindingText": "Thiếu báo hồ"},
        ),
        "pvh/received-2026-04-01/p.xlsx": _pvh(
            ["P-1", 1, "Wages", "Major", "Late pay", "07-Jun-2026", "Open"],
            ["P-1", 2, "Wages", "Major", "Late pay", "07-Jun-2026", "Open"],
        ),
        "pvh/received-2026-05-01/p.xlsx": _pvh(
            ["P-1", 1, "Wages", "Minor", "Late pay, now mended in part", "07-Jul-2026", "In Progress"],
            ["P-1", 2, "Wages", "Major", "Late pay", "07-Jun-2026", "Closed"],
        ),
        "better-work-vietnam/received-2026-01-01/answers.csv": better_work(
            {"Question.ID": "4001", "Q.Label": "Our label one", "Finding": "1"},
            {"Question.ID": "4002", "Q.Label": "Our label two", "Finding": "1"},
            {"Question.ID": "4003", "Q.Label": "Our label three", "Finding": "0"},
            {"Question.ID": "4004", "Q.Label": "Our figure", "Finding": "1", "Question.type": "FGW"},
        ),
        "better-work-vietnam/received-2026-01-02/plan.csv": _plan(
            ["BW-12", "3", "Paid Leave", "Our label one", "Train payroll", "15/02/2026", "In Progress"],
            ["BW-12", "3", "Paid Leave", "A label that nobody printed", "Something", "15/02/2026", "Pending"],
            ["BW-12", "4", "Paid Leave", "Our label one", "Of a cycle to come", "15/02/2027", "Pending"],
        ),
        "better-work-vietnam/received-2026-03-02/plan.csv": _plan(
            ["BW-12", "3", "Paid Leave", "Our label one", "Train payroll", "15/02/2026", "Completed"],
        ),
    }
    return run_inbox(deliver(folder / "inbox", files), folder / "out")


def _findings(release: Release, native_id: str, columns: str) -> list[tuple[Any, ...]]:
    return release.query(
        f"SELECT {columns} FROM finding n JOIN assessment s USING (assessment_id) WHERE s.native_id = ? ORDER BY ALL",
        native_id,
    )


def test_clause_and_text_identify_a_gap_finding(release: Release) -> None:
    assert _findings(release, "G-500", "clause_raw, n.status, status_raw") == [
        ("I.A", "overdue", "Overdue"),
        ("I.B", "open", "Open"),
        ("III.B.08", "closed", "Closed"),
    ]


def test_an_amended_export_updates_the_due_date(release: Release) -> None:
    ((due,),) = release.query(
        "SELECT n.due_on::VARCHAR FROM finding n JOIN assessment s USING (assessment_id) "
        "WHERE s.native_id = 'G-500' AND clause_raw = 'III.B.08'"
    )
    assert due == "2026-05-20"


@pytest.mark.parametrize("visit", ["G-KH", "G-VN"])
def test_texts_without_ascii_letters_are_told_apart(visit: str, release: Release) -> None:
    assert len(_findings(release, visit, "description")) == 2


def test_the_number_identifies_a_pvh_finding(release: Release) -> None:
    assert _findings(release, "P-1", "n.native_id, severity, n.status, due_on::VARCHAR") == [
        ("1", "minor", "in_progress", "2026-07-07"),
        ("2", "major", "closed", "2026-06-07"),
    ]


def test_answers_of_compliance_questions_that_are_not_met_make_findings(release: Release) -> None:
    assert _findings(release, "900101", "clause_raw, made_from, severity") == [
        ("4001", "answer", None),
        ("4002", "answer", None),
    ]


def test_a_plan_belongs_to_the_finding_of_its_label(release: Release) -> None:
    found = release.query(
        "SELECT DISTINCT n.clause_raw, c.action FROM corrective_action c LEFT JOIN finding n USING (finding_id) "
        "JOIN file f ON f.file_id = c.file_id WHERE f.path LIKE '%plan.csv' ORDER BY 2"
    )
    assert found == [(None, "Of a cycle to come"), (None, "Something"), ("4001", "Train payroll")]


def test_the_later_plan_says_how_the_finding_stands(release: Release) -> None:
    assert ("4001", "closed") in _findings(release, "900101", "clause_raw, n.status")


def test_the_same_plan_delivered_again_is_the_same_action(release: Release) -> None:
    assert release.query("SELECT status FROM corrective_action WHERE action = 'Train payroll'") == [("closed",)]


def test_every_finding_has_a_home_topic_where_its_clause_is_known(release: Release) -> None:
    assert release.query("SELECT clause_raw FROM finding WHERE indicator_id IS NOT NULL AND topic_id IS NULL") == []
