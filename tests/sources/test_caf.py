"""CAF envelopes: days that are none, numbers as the file writes them, marks of a breach of law."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.sources.delivering import Reader, Staged, envelope, page


def _caf(read: Reader, *questions: dict[str, Any]) -> Staged:
    """A page with an envelope per set of questions; a bare value stands for a node without more."""
    return read(
        page(
            *(
                envelope(
                    id=f"fslm-{number}",
                    version="fslm",
                    cafVersion="1.7",
                    questions={
                        key: node if isinstance(node, dict) else {"value": node, "corrected": None, "selection": ""}
                        for key, node in stated.items()
                    },
                )
                for number, stated in enumerate(questions)
            )
        )
    )


@pytest.mark.parametrize("day", ["2026-02-10", "2026/02/10", "2569-02-10", "๒๕๖๙-๐๒-๑๐"])
def test_a_day_is_kept_however_it_is_written(read: Reader, day: str) -> None:
    staged = _caf(read, {"vd-e4": day, "vd-e5": day})
    assert [row["assessed_on"] for row in staged["assessment"]] == [date(2026, 2, 10)]
    assert [row["raw_value"] for row in staged["answer"]] == [day, day]
    assert staged.issues() == []


@pytest.mark.parametrize("question", ["vd-e4", "vd-e5", "fp-bi-22", "fp-bui-12"])
def test_what_is_no_day_is_withheld_with_its_cell(read: Reader, question: str) -> None:
    staged = _caf(read, {question: "32/01/2026", "fp-bi-1": "Sao Mai Garment"})
    assert [row["question_id"] for row in staged["answer"]] == ["fp-bi-1"]
    assert [(row["code"], row["cells"], row["withheld"]) for row in staged["issue"]] == [("unreadable_date", 1, True)]
    assert [row["assessed_on"] for row in staged["assessment"]] == [None]


def test_a_correction_that_is_no_day_leaves_the_answer(read: Reader) -> None:
    node = {"value": "2026-02-10", "corrected": "soon", "selection": "Inaccurate"}
    staged = _caf(read, {"vd-e5": node})
    assert [(row["answered_by"], row["raw_value"]) for row in staged["answer"]] == [("facility", "2026-02-10")]
    assert [(row["value"], row["cells"]) for row in staged["issue"]] == [("soon", 0)]


def test_numbers_are_written_as_the_file_writes_them(read: Reader) -> None:
    staged = _caf(read, {"fp-ed-2": "1.250", "fp-bs-10": "25.922,5"})
    assert {row["question_id"]: row["number"] for row in staged["answer"]} == {
        "fp-ed-2": 1250,
        "fp-bs-10": 25922.5,
    }
    assert [row["workers"] for row in staged["mention"]] == [1250]
    assert staged.issues() == []


def test_a_correction_too_shows_how_numbers_are_written(read: Reader) -> None:
    corrected = {"value": "1", "corrected": "2.345,5", "selection": "Inaccurate"}
    staged = _caf(read, {"fp-bs-10": corrected}, {"fp-ed-2": "1.250"})
    assert [row["number"] for row in staged["answer"] if row["question_id"] == "fp-ed-2"] == [1250]


def test_coordinates_do_not_show_how_numbers_are_written(read: Reader) -> None:
    staged = _caf(read, {"fp-bas-5": "10.95", "fp-bas-6": "106.82", "fp-bs-10": "25.922,5", "fp-ed-2": "1.250"})
    assert [row["workers"] for row in staged["mention"]] == [1250]


@pytest.mark.parametrize(
    ("mark", "is_marked"),
    [
        ("", False),
        (" ", False),
        (None, False),
        (False, False),
        ("Yes", True),
        ("Article 90", True),
        ("No", True),
        (True, True),
    ],
)
def test_any_text_marks_a_breach_of_law(read: Reader, mark: Any, is_marked: bool) -> None:
    node = {"value": "No", "corrected": None, "selection": "", "legal": mark}
    (answer,) = _caf(read, {"wh-3": node})["answer"]
    assert bool(answer.get("legal_flag")) is is_marked


@pytest.mark.parametrize("printed", ["1.6", "CAF 1.6", "caf1.6", "v1.6", "CAF v1.6", "Version 1.6"])
def test_an_edition_is_one_however_it_is_printed(read: Reader, printed: str) -> None:
    staged = read(page(envelope(version="fslm", cafVersion=printed)))
    assert staged.column("assessment", "edition") == ["caf1.6"]


@pytest.mark.parametrize(
    ("mark", "law"),
    [
        ("Labour Code 45/2019, article 98", "Labour Code 45/2019, article 98"),
        (" National law ", "National law"),
        ("Yes", None),
        ("Legal non-compliance", None),
        ("NON COMPLIANT", None),
        (True, None),
        (False, None),
        ("", None),
        (None, None),
    ],
)
def test_a_law_that_is_named_stands_beside_its_answer(read: Reader, mark: Any, law: str | None) -> None:
    staged = _caf(read, {"wh-3": {"value": "No", "corrected": None, "selection": "", "data": "", "legal": mark}})
    beside = [(row["clause"], row["legal_reference"], row["role"]) for row in staged["finding"]]
    assert beside == ([("wh-3", law, "detail")] if law else [])
    assert staged.unaccounted() == 0
