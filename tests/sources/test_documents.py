"""Assessments that are JSON objects with lists: where they are found, what each row says, and where it stands."""

from __future__ import annotations

import json
from typing import Any

import pytest

from harmonize.errors import RefusedFile
from tests.sources.delivering import Reader


def _monitoring(number: str = "24-1", **changes: Any) -> dict[str, Any]:
    return {
        "monitoringId": number,
        "siteAmforiId": "704-1",
        "startDate": 1770681600000,
        "site": {"name": {"vi_VN": "May Sao Mai", "en_GB": "Sao Mai Garment"}, "country": "Vietnam"},
        "overallRating": "B",
        "performanceAreas": [{"number": 5, "score": 80, "questions": [{"number": "5.1", "answer": "NO"}]}],
        **changes,
    }


@pytest.mark.parametrize(
    ("wrapped", "places"),
    [
        (lambda one, other: one, ["$"]),
        (lambda one, other: [one, other], ["$[0]", "$[1]"]),
        (lambda one, other: {"page": 1, "items": [one, other]}, ["$.items[0]", "$.items[1]"]),
    ],
)
def test_objects_are_found_wherever_they_stand(read: Reader, wrapped: Any, places: list[str]) -> None:
    data = json.dumps(wrapped(_monitoring("24-1"), _monitoring("24-2")))
    staged = read(data, "contributor/export.json")
    assert staged.instrument == "amfori_bsci"
    assert staged.column("assessment", "locator") == places
    assert [row["locator"] for row in staged["answer"]] == [
        f"{p}.performanceAreas[0].questions[0].answer" for p in places
    ]
    assert staged.unaccounted() == 0


def test_every_line_may_be_one(read: Reader) -> None:
    data = "\n".join(json.dumps(_monitoring(number)) for number in ("24-1", "24-2"))
    assert read(data, "contributor/export.jsonl").column("assessment", "native_id") == ["24-1", "24-2"]


def test_a_text_in_several_languages_is_read_in_english(read: Reader) -> None:
    staged = read(json.dumps(_monitoring()), "contributor/export.json")
    assert staged.column("mention", "name") == ["Sao Mai Garment"]
    only = _monitoring(site={"name": {"vi_VN": "May Sao Mai"}, "country": "Vietnam"})
    assert read(json.dumps(only), "contributor/export.json").column("mention", "name") == ["May Sao Mai"]


@pytest.mark.parametrize("areas", [[], [{"number": 5, "questions": []}], [{"number": 5}], None, "none", [3]])
def test_an_object_without_rows_is_an_assessment_without_answers(read: Reader, areas: Any) -> None:
    staged = read(json.dumps(_monitoring(performanceAreas=areas)), "contributor/export.json")
    assert len(staged["assessment"]) == 1
    assert (staged.counts.total, staged["answer"]) == (0, [])


@pytest.mark.parametrize("number", [10**400, -(10**400)])
def test_a_number_beyond_all_measure_stops_nothing(read: Reader, number: int) -> None:
    odd = _monitoring(startDate=number, site={"name": "Sao Mai Garment", "latitude": number})
    odd["performanceAreas"][0] |= {"score": number, "questions": [{"number": "5.1", "answer": number}]}
    staged = read(json.dumps(odd), "contributor/export.json")
    assert staged.unaccounted() == 0
    assert {code for _, code in staged.issues()} >= {"bad_coordinate", "bad_score", "unreadable_date"}


def test_a_list_of_one_may_be_printed_as_that_one_and_keys_in_any_case(read: Reader) -> None:
    area = {"Number": 5, "Questions": {"NUMBER": "5.1", "Answer": "NO"}}
    whole = {key.upper(): value for key, value in _monitoring(performanceAreas=[area]).items()}
    staged = read(json.dumps(whole), "contributor/export.json")
    assert [(row["question_id"], row["raw_value"]) for row in staged["answer"]] == [("5.1", "NO")]
    assert staged.column("mention", "name") == ["Sao Mai Garment"]


@pytest.mark.parametrize(("kind", "findings"), [("NC", 1), ("Remark", 0), (None, 0)])
def test_an_entry_of_an_unknown_kind_is_withheld(read: Reader, kind: str | None, findings: int) -> None:
    audit = {
        "audit": {"reference": "ZAA1", "startDate": "2026-02-10"},
        "site": {"name": "Sao Mai Garment", "country": "Vietnam"},
        "findings": [{"id": "ZAF1", "requirement": "3.H", "type": kind}],
    }
    staged = read(json.dumps(audit), "contributor/export.json")
    assert (len(staged["finding"]), staged.unaccounted()) == (findings, 0)
    assert ("unknown_finding_kind" in {code for _, code in staged.issues()}) == (not findings)


def test_the_same_object_twice_is_read_once(read: Reader) -> None:
    staged = read(json.dumps([_monitoring(), _monitoring()]), "contributor/export.json")
    assert len(staged["assessment"]) == 1
    assert (staged.counts.ignored, staged.unaccounted()) == (1, 0)
    assert ("$[1]", "repeated_row") in staged.issues()


def test_what_is_no_such_object_is_reported_and_the_rest_read(read: Reader) -> None:
    staged = read(json.dumps([_monitoring(), {"monitoringId": "24-9"}, 7]), "contributor/export.json")
    assert len(staged["assessment"]) == 1
    assert [place for place, code in staged.issues() if code == "not_an_object"] == ["$[1]", "$[2]"]


def test_an_object_that_lacks_a_key_is_refused_with_its_name(read: Reader) -> None:
    audit = {"audit": {"reference": "ZAA1"}, "site": {"name": "Sao Mai Garment"}}
    with pytest.raises(RefusedFile) as refused:
        read(json.dumps(audit), "contributor/export.json")
    assert (refused.value.code, refused.value.value) == ("missing_columns", "findings")


def test_points_of_sections_are_kept(read: Reader) -> None:
    staged = read(json.dumps(_monitoring()), "contributor/export.json")
    assert [(row["section"], row["score"], row["maximum"]) for row in staged["score"]] == [("5", 80.0, 100.0)]


def test_an_answer_that_is_an_object_is_not_blank(read: Reader) -> None:
    area = {"number": 5, "questions": [{"number": "5.1", "answer": {"key": "NO"}}, {"number": "5.2", "answer": {}}]}
    staged = read(json.dumps(_monitoring(performanceAreas=[area])), "contributor/export.json")
    assert (staged.counts.total, staged.counts.blank) == (2, 1)
    assert [row["question_id"] for row in staged["answer"]] == ["5.1"]


@pytest.mark.parametrize(
    ("end", "codes"), [(1770768000000, []), (1770681600000, []), (1770595200000, ["end_before_start"])]
)
def test_a_visit_that_ends_before_it_begins_is_noticed(read: Reader, end: int, codes: list[str]) -> None:
    staged = read(json.dumps(_monitoring(endDate=end)), "contributor/export.json")
    assert [code for _, code in staged.issues() if code != "bad_identifier"] == codes
    assert staged.column("assessment", "assessed_on")[0].isoformat() == "2026-02-10"


@pytest.mark.parametrize(("kind", "role"), [("NC", None), ("Non-compliance", None), ("CAR", "remark")])
def test_a_kind_of_entry_is_a_finding_or_a_remark(read: Reader, kind: str, role: str | None) -> None:
    audit = {
        "audit": {"reference": "ZAA1", "startDate": "2026-02-10", "endDate": "2026-02-09"},
        "site": {"reference": "ZS1", "name": "Sao Mai", "country": "Vietnam"},
        "findings": [{"id": "ZAF1", "requirement": "3.H", "type": kind, "status": "Open"}],
    }
    staged = read(json.dumps(audit), "contributor/export.json")
    assert staged.column("finding", "role") == [role]
    assert ("$.audit.endDate", "end_before_start") in staged.issues()
