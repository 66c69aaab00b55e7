"""What answers and findings imply for an indicator: reuse, overlap, topics; and plans that say it late."""

from __future__ import annotations

import pytest

from tests.pipeline.worlds import Release, deliver, run_inbox
from tests.sources.delivering import better_work, gap, table
from tests.sources.workbooks import build

PLAN = ["Factory ID", "Cycle", "Compliance.point", "Issue", "Action", "Due Date (dd/mm/yyyy)", "Status"]
KHMER = {
    "Country": "Cambodia",
    "Factory.Assessed.ID": "BF-7",
    "Factory.Assessed.Name": "Angkor Thmey Apparel",
    "Quest.ID": "800100",
    "Cycle": "2",
}


def _levis(*rows: list[str]) -> bytes:
    header = [
        "Audit Ref",
        "Supplier",
        "Factory",
        "Factory Address",
        "Country",
        "Audit Date",
        "TOE Requirement",
        "Class",
    ]
    titles = [["Terms of engagement"], [""], [""]]
    return build({"Audits": [*titles, [*header, "Class", "Finding", "Closed On"], *rows]})


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    folder = tmp_path_factory.mktemp("implied")
    place = ["Angkor Thmey Apparel", "12 Street 371, Phnom Penh", "Cambodia"]
    files: dict[str, str | bytes] = {
        "bfc/answers.csv": better_work(
            # One indicator, two questions: the nearer one is met, a narrower part of it is not.
            {**KHMER, "Question.ID": "1.7.1.1", "CP": "Minimum Wages", "Q.Label": "one", "Finding": "0"},
            {**KHMER, "Question.ID": "1.7.1.3", "CP": "Minimum Wages", "Q.Label": "two", "Finding": "1"},
            # Only a narrower part is asked, and met: that proves nothing of the whole.
            {**KHMER, "Question.ID": "1.8.4.1", "CP": "Termination", "Q.Label": "three", "Finding": "0"},
        ),
        "bfc/plan.csv": table(
            [
                PLAN,
                ["BF-7", "2", "Minimum Wages", "two", "Pay arrears", "01/02/2026", "Completed"],
                ["BF-7", "2", "Minimum Wages", "two", "Mend payroll", "01/03/2026", "Halfway"],
            ]
        ),
        "gap/visits.csv": gap(
            {
                "VisitID": "G-9",
                "FacilityName": place[0],
                "StreetAddress": place[1],
                "City": "",
                "Region": "",
                "Country": place[2],
                "VisitDate": "03/10/2026",
                "ProvisionCode": "II.C",
            }
        ),
        "levis/audits.xlsx": _levis(
            ["L-9", "", *place, "2026-05-10", "11.1", "IA", "Long weeks in peak season", "2026-06-01"],
        ),
        "levis/received-2026-09-01/audits.xlsx": _levis(
            ["L-9", "", *place, "2026-05-10", "11.1", "IA", "Long weeks in peak season", ""],
        ),
    }
    return run_inbox(deliver(folder / "inbox", files), folder / "out")


def test_a_part_that_is_not_met_makes_the_whole_not_met(release: Release) -> None:
    query = "SELECT state FROM v_reuse WHERE indicator_id = 'labour.compensation.minimum_wage.paid'"
    assert release.query(query) == [("not_met",)]


def test_a_part_that_is_met_proves_nothing_of_the_whole(release: Release) -> None:
    query = "SELECT state FROM v_reuse WHERE indicator_id = 'labour.contracts.termination.final_payments'"
    assert release.query(query) == []


def test_findings_of_two_brands_show_that_one_matter_was_asked_twice(release: Release) -> None:
    query = "SELECT times_asked FROM overlap WHERE indicator_id = 'labour.working_time.overtime.within_limits'"
    assert release.query(query) == [(2,)]


def test_an_action_whose_state_cannot_be_read_keeps_its_finding_open(release: Release) -> None:
    query = "SELECT status, due_on::VARCHAR FROM finding WHERE clause_raw = '1.7.1.3'"
    assert release.query(query) == [(None, "2026-03-01")]


def test_a_finding_that_was_opened_again_is_not_closed_on_its_old_day(release: Release) -> None:
    query = "SELECT DISTINCT status, closed_on FROM finding WHERE clause_raw = '11.1'"
    assert release.query(query) == [("open", None)]


def test_a_topic_with_a_breach_is_not_met(release: Release) -> None:
    query = (
        "SELECT DISTINCT state, is_breach FROM v_topic_matrix "
        "WHERE topic_id = 'labour.compensation.minimum_wage' AND instrument = 'better_work_cat'"
    )
    assert release.query(query) == [("not_met", True)]
