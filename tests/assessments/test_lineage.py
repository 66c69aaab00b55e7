"""What links assessments of one factory: verification, follow-up, succession, one visit under two instruments."""

from __future__ import annotations

from typing import Any

import pytest

from tests.pipeline.worlds import Release, deliver, run_inbox
from tests.sources.delivering import better_work, envelope, gap, page, wide
from tests.sources.workbooks import build

QUESTION = "emsenvpolicy"


def _pvh(number: str, day: str, **changes: str) -> list[str]:
    row = {
        "Assessment ID": number, "PVH Factory ID": "PF-1", "Factory Name": "Sao Mai Garment", "Address": "12 Road 3",
        "City": "Bien Hoa", "Province": "Dong Nai", "Country": "Vietnam", "OS ID": "VN2020090123450",
        "Assessment Type": "Full", "Assessment Date": day, "Rating": "Blue",
    }  # fmt: skip
    return list({**row, **changes}.values())


def _pvh_workbook(*rows: list[str]) -> bytes:
    header = ["Assessment ID", "PVH Factory ID", "Factory Name", "Address", "City", "Province", "Country", "OS ID",
              "Assessment Type", "Assessment Date", "Rating"]  # fmt: skip
    findings = ["Assessment ID", "Finding No", "Code Element", "Finding Class", "Description"]
    return build(
        {"Assessments": [header, *rows], "Findings": [findings, [rows[0][0], "1", "Wages", "Major", "Late pay"]]}
    )


def _verified(number: str, account: str, **changes: Any) -> dict[str, Any]:
    answers = {QUESTION: {"value": "Yes"}}
    history = {"VRF": "2024/09/01"}
    name = f"Factory of {account}"
    return envelope(
        id=number,
        accountId=account,
        accountName=name,
        status="VRF",
        statusHistory=history,
        questions=answers,
        **changes,
    )


def _self(number: str, account: str, **changes: Any) -> dict[str, Any]:
    return envelope(
        id=number,
        accountId=account,
        accountName=f"Factory of {account}",
        questions={QUESTION: {"value": "No"}},
        **changes,
    )


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    folder = tmp_path_factory.mktemp("lineage")
    files: dict[str, str | bytes] = {
        "higg/related.csv": wide(
            [QUESTION],
            {"surveyid": "S-1", "groupname": "Lotus Knit", QUESTION: "Yes"},
            {
                "surveyid": "S-1V",
                "groupname": "Lotus Knit",
                "status": "VRF",
                "related_rfi_answer": "S-1",
                "finishdate": "2024-09-01",
                QUESTION: "No",
            },
        ),
        "higg/accounts.json": page(
            _self("E-1", "acc-one"),
            _verified("E-1V", "acc-one"),
            _self("E-2", "acc-two"),
            _verified("E-2V", "acc-two", version="fem2024"),
            _self("E-3a", "acc-three"),
            _self("E-3b", "acc-three"),
            _verified("E-3V", "acc-three"),
            _self("E-4", "acc-four", status="ASD"),
            _verified("E-4V", "acc-four"),
        ),
        "gap/visits.csv": gap(
            {"VisitID": "G-1", "VisitType": "Full", "VisitDate": "01/10/2026"},
            {"VisitID": "G-2", "VisitType": "Follow-up", "VisitDate": "04/10/2026"},
            {"VisitID": "G-3", "VisitType": "Full", "VisitDate": "11/20/2025"},
        ),
        "pvh/blue.xlsx": _pvh_workbook(_pvh("P-1", "20-Nov-2025"), _pvh("P-2", "21-Nov-2025")),
        "better-work-vietnam/bw.csv": better_work({"Assesment.Start.Date": "20/11/2025"}),
    }
    return run_inbox(deliver(folder / "inbox", files), folder / "out")


def _linked(release: Release, column: str) -> dict[str, str | None]:
    return dict(
        release.query(
            f"SELECT s.native_id, o.native_id FROM assessment s LEFT JOIN assessment o ON o.assessment_id = s.{column}"
        )
    )


@pytest.mark.parametrize(
    ("verified", "self_assessment"),
    [
        pytest.param("S-1V", "S-1", id="named partner"),
        pytest.param("E-1V", "E-1", id="account and edition"),
        pytest.param("E-2V", None, id="another edition"),
        pytest.param("E-3V", None, id="two self-assessments"),
        pytest.param("E-4V", None, id="deleted self-assessment"),
    ],
)
def test_a_verified_assessment_names_what_it_verifies(
    verified: str, self_assessment: str | None, release: Release
) -> None:
    assert _linked(release, "verified_of")[verified] == self_assessment


def test_self_and_verified_values_both_stay(release: Release) -> None:
    assert release.query(
        "SELECT s.native_id, s.kind, s.verified, a.state FROM answer a JOIN assessment s USING (assessment_id) "
        "WHERE s.native_id IN ('S-1', 'S-1V') ORDER BY 1"
    ) == [("S-1", "self", False, "met"), ("S-1V", "verified", True, "not_met")]


def test_a_deleted_assessment_stays_without_answers(release: Release) -> None:
    assert release.query(
        "SELECT s.status, s.published, count(a.question_id) FROM assessment s LEFT JOIN answer a USING (assessment_id) "
        "WHERE s.native_id = 'E-4' GROUP BY ALL"
    ) == [("ASD", False, 0)]


def test_a_follow_up_is_an_assessment_of_its_own(release: Release) -> None:
    assert _linked(release, "follow_up_of")["G-2"] == "G-1"
    assert _linked(release, "follow_up_of")["G-1"] is None
    assert _linked(release, "supersedes")["G-1"] == "G-3"


def test_assessments_of_one_factory_and_day_are_one_visit(release: Release) -> None:
    visits = dict(release.query("SELECT native_id, visit_id FROM assessment"))
    assert visits["P-1"] == visits["G-3"]
    assert visits["P-2"] != visits["P-1"]
    assert visits["S-1"] != visits["S-1V"]


def test_instruments_of_one_visit_stay_assessments_of_their_own(release: Release) -> None:
    assert (
        release.one("SELECT count(DISTINCT assessment_id) FROM assessment WHERE assessed_on = DATE '2025-11-20'") == 3
    )
