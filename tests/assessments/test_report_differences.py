"""One report that says different things to different receivers: recorded with both sides, decided by nobody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tests.pipeline.worlds import Release, deliver, run_inbox
from tests.sources.delivering import envelope, gap, page

QUESTION = "wh-3"
PLACE = f"$.assessments[0].questions.{QUESTION}"


def _caf(case: str, answer: str, **changes: Any) -> str:
    return page(
        envelope(
            **{
                "id": f"C-{case}", "status": "VRF", "version": "fslm", "cafVersion": "1.7", "accountId": f"acc-{case}",
                "accountName": f"{case.title()} Garment", "lastUpdated": 1772668800,
                "questions": {QUESTION: {"value": answer}, "wh-6": {"value": "Yes"}}, **changes,
            }
        )
    )  # fmt: skip


def _counted(case: str, workers: str) -> str:
    return _caf(case, "Yes", questions={QUESTION: {"value": "Yes"}, "fp-ed-3": {"value": workers}})


def _visit(case: str, *texts: str, **changes: str) -> str:
    header = {"VisitID": f"G-{case}", "FacilityID": f"GF-{case}", "FacilityName": f"{case.title()} Sewing", **changes}
    return gap(*({**header, "FindingText": text, "ProvisionCode": "I.A"} for text in texts))


# Files by case, and the version of the difference that must stand; None where there is none.
CASES: Mapping[str, tuple[Mapping[str, str], str | None]] = {
    "aligned": ({"pvh": _caf("aligned", "Yes"), "gap": _caf("aligned", "Yes", createdOn=1)}, None),
    "doctored": ({"pvh": _caf("doctored", "Yes"), "gap": _caf("doctored", "No")}, "same"),
    "renewed": ({"pvh": _caf("renewed", "Yes"), "gap": _caf("renewed", "No", lastUpdated=1782668800)}, None),
    "raised": ({"pvh": _caf("raised", "Yes"), "gap": _caf("raised", "No", status="VRC")}, None),
    "alone": ({"pvh": _caf("alone", "Yes"), "pvh/later": _caf("alone", "No")}, None),
    "styled": ({"pvh": _counted("styled", "1,150"), "gap": _counted("styled", "1.150")}, None),
    "counted": ({"pvh": _counted("counted", "1,150"), "gap": _counted("counted", "1.151")}, "same"),
    "graver": ({"gap": _visit("graver", "Exit"), "levis": _visit("graver", "Exit", Severity="critical")}, "same"),
    "hidden": ({"gap": _visit("hidden", "Exit", "Guard"), "levis": _visit("hidden", "Exit")}, "same"),
    "dated": (
        {
            "gap/received-2026-04-01": _visit("dated", "Exit"),
            "levis/received-2026-05-01": _visit("dated", "Exit", Severity="critical"),
        },
        "unknown",
    ),
    "worked": (
        {
            "gap/received-2026-04-01": _visit("worked", "Exit"),
            "levis/received-2026-05-01": _visit("worked", "Exit", CAPStatus="Closed"),
        },
        None,
    ),
    # A time that is printed in days counts from the day of the report.
    "shifted": (
        {
            "gap": _visit("shifted", "Exit", VisitDate="03/10/2026", TargetDate="04/10/2026"),
            "levis": _visit("shifted", "Exit", VisitDate="03/11/2026", TargetDate="04/11/2026"),
        },
        None,
    ),
    "postponed": (
        {
            "gap": _visit("postponed", "Exit", VisitDate="03/10/2026", TargetDate="04/10/2026"),
            "levis": _visit("postponed", "Exit", VisitDate="03/10/2026", TargetDate="06/10/2026"),
        },
        "same",
    ),
}


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    folder = tmp_path_factory.mktemp("differences")
    files = {
        f"{place}/{case}.{'json' if text.startswith('{') else 'csv'}": text
        for case, (deliveries, _) in CASES.items()
        for place, text in deliveries.items()
    }
    return run_inbox(deliver(folder / "inbox", files), folder / "out")


@pytest.mark.parametrize("case", CASES)
def test_a_difference_is_told_where_it_is_none_of_time(case: str, release: Release) -> None:
    rows = release.query(
        "SELECT DISTINCT d.version FROM report_difference d JOIN assessment s USING (assessment_id) "
        "WHERE ends_with(s.native_id, ?)",
        f"-{case}",
    )
    version = CASES[case][1]
    assert rows == ([] if version is None else [(version,)])


def test_both_sides_stand_with_values_and_places(release: Release) -> None:
    assert release.query(
        "SELECT question_id, contributor_a, value_a, locator_a, contributor_b, value_b, locator_b "
        "FROM report_difference d JOIN assessment s USING (assessment_id) WHERE s.native_id = 'C-doctored'"
    ) == [(QUESTION, "gap", "No", PLACE, "pvh", "Yes", PLACE)]


def test_a_finding_that_one_receiver_was_not_told_stands_with_nothing_on_its_side(release: Release) -> None:
    assert release.query(
        "SELECT contributor_a, value_a, contributor_b, value_b FROM report_difference d "
        "JOIN assessment s USING (assessment_id) WHERE s.native_id = 'G-hidden'"
    ) == [("gap", "I.A: Guard", "levis", None)]


def test_the_steward_is_told_at_both_files(release: Release) -> None:
    rows = release.query(
        "SELECT f.path, i.severity::VARCHAR, i.message FROM issue i JOIN file f USING (file_id) "
        "WHERE i.code = 'report_differs_between_receivers' AND contains(f.path, 'doctored') ORDER BY 1"
    )
    assert [(path, severity) for path, severity, _ in rows] == [
        ("gap/doctored.json", "warning"),
        ("pvh/doctored.json", "warning"),
    ]
    assert "pvh was given the same report with other content (pvh/doctored.json" in rows[0][2]
    assert "'No' here and 'Yes' there" in rows[0][2]


def test_what_may_be_an_amendment_is_information(release: Release) -> None:
    assert release.query(
        "SELECT DISTINCT i.severity::VARCHAR FROM issue i JOIN file f USING (file_id) "
        "WHERE i.code = 'report_differs_between_receivers' AND contains(f.path, '/dated.')"
    ) == [("info",)]


def test_what_was_given_later_wins_and_the_loser_stays(release: Release) -> None:
    assert release.query(
        "SELECT value_raw, winning_value_raw, locator, winning_locator FROM conflict "
        "JOIN assessment s USING (assessment_id) WHERE s.native_id = 'C-renewed'"
    ) == [("Yes", "No", PLACE, PLACE)]
