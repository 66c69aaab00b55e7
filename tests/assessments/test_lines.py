"""Lines of assessments: what comes after what, and what follows what, whatever the days on which they were posted."""

from __future__ import annotations

from typing import Any

import pytest

from tests.pipeline.worlds import Release, deliver, run_inbox
from tests.sources.delivering import envelope, gap, page, wide

QUESTION = "emsenvpolicy"


def _fem(number: str, **changes: str) -> dict[str, str]:
    return {"surveyid": number, "groupname": "Lotus Knit", QUESTION: "Yes", **changes}


def _caf(number: str, status: str, day: str, **changes: Any) -> dict[str, Any]:
    nodes = {"fp-bi-22": {"value": day}, "fp-ed-2": {"value": 800}}
    head = {"version": "fslm", "cafVersion": "1.7", "accountName": "Willow Denim", "accountId": "acc-9"}
    return envelope(**{**head, "id": number, "status": status, "questions": nodes, **changes})


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    folder = tmp_path_factory.mktemp("lines")
    files: dict[str, str | bytes] = {
        # The year before was posted last.
        "higg/years.csv": wide(
            [QUESTION],
            _fem("Y-24", version="fem2024", finishdate="2025-05-01"),
            _fem("Y-23", version="fem2023", finishdate="2025-06-01"),
            _fem("Y-25", version="fem2025", finishdate=""),
        ),
        # The verified one states no account; one self-assessment of the factory and year is meant.
        "higg/self.json": page(envelope(id="E-1", accountId="acc-1", accountName="Cedar Shirts")),
        "pvh/verified.json": page(
            envelope(
                id="E-1V", accountId="", accountName="Cedar Shirts", status="VRF", statusHistory={"VRF": "2024/09/01"}
            )
        ),
        # Of an edition that is no year, the last self-assessment before it is verified.
        "slcp/selves.json": page(_caf("C-1", "ASC", "2024/05/01"), _caf("C-2", "ASC", "2025/05/01")),
        "gap/verified.json": page(_caf("C-2V", "VRF", "2025/07/01"), _caf("C-1V", "VRF", "2024/07/01")),
        "gap/visits.csv": gap(
            {"VisitID": "G-1", "VisitType": "Full", "VisitDate": "03/20/2026"},
            {"VisitID": "G-2", "VisitType": "Follow-up", "VisitDate": "03/20/2026", "FindingText": "Still"},
            {"VisitID": "G-3", "VisitType": "follow up", "VisitDate": "05/20/2026", "FindingText": "Yet"},
            {"VisitID": "G-0", "VisitType": "Full", "VisitDate": "03/10/2024"},
            {"VisitID": "G-9", "VisitType": "Full", "VisitDate": "30/30/2026"},
        ),
    }
    return run_inbox(deliver(folder / "inbox", files), folder / "out")


@pytest.mark.parametrize(
    ("column", "number", "other"),
    [
        pytest.param("supersedes", "Y-24", "Y-23", id="reporting years, not days of posting"),
        pytest.param("supersedes", "Y-25", "Y-24", id="a reporting year without a day"),
        pytest.param("supersedes", "Y-23", None, id="the first year"),
        pytest.param("verified_of", "E-1V", "E-1", id="factory and edition where no account is stated"),
        pytest.param("verified_of", "C-2V", "C-2", id="the last self-assessment before"),
        pytest.param("verified_of", "C-1V", "C-1", id="not one of a later year"),
        pytest.param("follow_up_of", "G-2", "G-1", id="on the day of what it follows"),
        pytest.param("follow_up_of", "G-3", "G-1", id="the full audit, not the follow-up between"),
        pytest.param("supersedes", "G-1", "G-0", id="full audits follow each other"),
        pytest.param("supersedes", "G-9", None, id="an unreadable day"),
        pytest.param("follow_up_of", "G-1", None, id="a full audit follows nothing up"),
    ],
)
def test_a_line_is_told(column: str, number: str, other: str | None, release: Release) -> None:
    assert release.query(
        f"SELECT o.native_id FROM assessment s LEFT JOIN assessment o ON o.assessment_id = s.{column} "
        "WHERE s.native_id = ?",
        number,
    ) == [(other,)]
