"""What factories answer to a question for other countries says nothing of the indicator, and nothing of it is lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.pipeline.worlds import ROOT, Release, deliver, knowing, run_inbox
from tests.sources.delivering import envelope, gap, page

VIETNAM, CAMBODIA, BOX = "hs-hsp-2", "hs-che-9", "wb-wag-121x"
"""Questions on the law of one country, one of them a tick box beside boxes for all."""
COMMON, COMMON_BOX = "fl-4--5", "wb-wag-70"


def _survey(number: int, country: str, **questions: Any) -> dict[str, Any]:
    return envelope(
        id=f"fslmsurvey:{number}", version="fslm", cafVersion="1.7", accountId=f"acc-{number}",
        accountName=f"Factory {number}", country=country, questions=questions,
    )  # fmt: skip


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    """The same answers of factories in Vietnam, in Cambodia, and in a country that nobody stated."""
    folder = tmp_path_factory.mktemp("countries")
    answers = {VIETNAM: "No", CAMBODIA: "No", COMMON: "No", BOX: "X", COMMON_BOX: "X"}
    surveys = [_survey(number, country, **answers) for number, country in enumerate(("Vietnam", "Cambodia", ""))]
    odd = _survey(3, "Cambodia", **{VIETNAM: "whatever", COMMON: "Yes"})
    return run_inbox(deliver(folder / "inbox", {"buyer/page.json": page(*surveys, odd)}), folder / "out")


def _states(release: Release, country: str | None) -> dict[str, tuple[bool, str | None]]:
    return {
        question: (is_unmapped, reason)
        for question, is_unmapped, reason in release.query(
            "SELECT a.question_id, a.indicator_id IS NULL, a.reason FROM answer a JOIN facility f USING (facility_id) "
            "WHERE f.country IS NOT DISTINCT FROM ? AND f.name <> 'Factory 3'",
            country,
        )
    }


ELSEWHERE = (True, "other_country")


@pytest.mark.parametrize(("country", "elsewhere"), [("VN", {CAMBODIA}), ("KH", {VIETNAM, BOX}), (None, set())])
def test_only_questions_of_other_countries_lose_their_indicator(
    country: str | None, elsewhere: set[str], release: Release
) -> None:
    states = _states(release, country)
    assert {question for question, said in states.items() if said == ELSEWHERE} == elsewhere
    assert {states[question] for question in {*states} - elsewhere} == {(False, None)}
    assert release.query("SELECT DISTINCT state FROM answer WHERE raw_value IN ('No', 'X')") == [("not_met",)]
    assert set(states) == {VIETNAM, CAMBODIA, COMMON, BOX, COMMON_BOX}


@pytest.mark.parametrize(
    ("country", "breached"),
    [("VN", {VIETNAM, COMMON, BOX, COMMON_BOX}), ("KH", {CAMBODIA, COMMON, COMMON_BOX})],
)
def test_a_question_of_another_country_makes_no_breach(country: str, breached: set[str], release: Release) -> None:
    clauses = release.column(
        "SELECT n.clause_raw FROM finding n JOIN assessment USING (assessment_id) JOIN facility f USING (facility_id) "
        "WHERE f.country = ?",
        country,
    )
    assert (len(clauses), set(clauses)) == (len(breached), breached)


def test_a_question_of_another_country_says_nothing_of_the_indicator_and_its_topic(release: Release) -> None:
    for view in ("v_latest_value", "v_reuse"):
        stated = release.column(
            f"SELECT f.country FROM {view} v JOIN facility f USING (facility_id) WHERE indicator_id = ?",
            "labour.osh.management_systems.annual_plan",
        )
        assert sorted(stated, key=str) == [None, "VN"], view
    asked = release.query(
        "SELECT country, asked FROM v_topic_matrix WHERE topic_id = 'labour.osh.management_systems' AND asked > 0"
    )
    assert sorted(asked, key=str) == [("VN", 1), (None, 1)]


def test_what_another_country_prints_there_is_read_by_its_scale(release: Release) -> None:
    assert release.query("SELECT code, value FROM quarantine") == [("unknown_answer", "whatever")]
    (cells,) = release.query(
        "SELECT cells_total - cells_blank, cells_loaded + cells_ignored, cells_quarantined FROM file"
    )
    assert cells[0] == cells[1] + cells[2]
    assert cells[2] == 1


def test_the_condition_is_published(release: Release) -> None:
    assert release.column("SELECT condition FROM crosswalk WHERE question_id = ?", VIETNAM) == ["country=VN"]


def test_a_finding_of_another_country_is_shown_and_not_read(tmp_path: Path) -> None:
    rules = (ROOT / "mappings/gap/covc.rules.tsv").read_text(encoding="utf-8")
    told = rules.replace("\nI.A.3\tfinding\tpositive\t\t\t\t\t", "\nI.A.3\tfinding\tpositive\t\t\t\tcountry=KH\t")
    assert told != rules
    visits = [{"Country": name, "VisitID": name, "FacilityID": name, "ProvisionCode": "I.A.3"} for name in ("VN", "KH")]
    found = run_inbox(
        deliver(tmp_path / "inbox", {"gap/visits.csv": gap(*visits)}),
        tmp_path / "out",
        knowing(tmp_path / "project", {"mappings/gap/covc.rules.tsv": told}),
    )
    assert found.query(
        "SELECT f.country, n.clause_raw, n.indicator_id IS NULL FROM finding n JOIN assessment USING (assessment_id) "
        "JOIN facility f USING (facility_id) ORDER BY ALL"
    ) == [("KH", "I.A.3", False), ("VN", "I.A.3", True)]
    assert found.column("SELECT value FROM issue WHERE code = 'unmapped_code'") == ["I.A.3"]
