"""Wide FEM exports: every column that is neither envelope nor score is an answer, and none is lost."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sources.delivering import Reader, wide
from tests.sources.workbooks import build

QUANTITY = ["ensourceelectricpurchquant", "ensourceelectricpurchunit"]


def _sheet(questions: list[str], *rows: list[object]) -> bytes:
    header = ["surveyid", "version", "status", "groupname", "sitecountry", *questions]
    front = ["S-1", "fem2023", "ASC", "Sao Mai Garment", "Vietnam"]
    return build({"S": [header, *([*front, *row] for row in rows)]})


@pytest.mark.parametrize("above", [[], ["higg export"], [f"Q{number}" for number in range(300)]], ids=len)
def test_the_header_of_a_wide_sheet_stands_below_a_title_or_a_row_of_codes(read: Reader, above: list[object]) -> None:
    questions = [f"zz_question{number}" for number in range(300)]
    header = ["surveyid", "version", "status", "groupname", "sitecountry", *questions]
    # (A row of answers is as full of different words as the header is.)
    row = ["S-1", "fem2023", "ASC", "Sao Mai Garment", "Vietnam", *(f"said {number}" for number in range(300))]
    staged = read(build({"S": [*([above] if above else []), header, row, row]}), "c/x.xlsx")
    assert staged.column("answer", "question_id")[:300] == questions


def test_known_or_not_a_column_is_an_answer_in_lower_case(read: Reader) -> None:
    staged = read(wide(["EMSmgmt", "zz_new"], {"EMSmgmt": "Yes", "zz_new": "42"}))
    assert staged.column("answer", "question_id") == ["emsmgmt", "zz_new"]
    assert staged.column("answer", "raw_value") == ["Yes", "42"]


@pytest.mark.parametrize("blank", ["", " ", "\t", "\u00a0"])
def test_an_empty_cell_was_not_asked(read: Reader, blank: str) -> None:
    staged = read(wide(["emsmgmt", "emsb"], {"emsmgmt": blank, "emsb": "No"}))
    assert staged.column("answer", "question_id") == ["emsb"]
    assert (staged.counts.total, staged.counts.blank) == (2, 1)


@pytest.mark.parametrize("word", ["Not Applicable", "Unknown", "Partial Yes", "-", "0", "N/A"])
def test_a_word_is_no_blank(read: Reader, word: str) -> None:
    assert read(wide(["emsmgmt"], {"emsmgmt": word})).column("answer", "raw_value") == [word]


def test_quantity_and_unit_make_one_answer_of_two_cells(read: Reader) -> None:
    staged = read(wide(QUANTITY, {QUANTITY[0]: "1,234.5", QUANTITY[1]: "MWh"}))
    (answer,) = staged["answer"]
    assert (answer["number"], answer["raw_unit"], answer["measured"]) == (1234.5, "MWh", True)
    assert answer["unit_place"] == f"row=1;col={QUANTITY[1]}"
    assert staged.counts.total == 2


def test_the_number_style_is_that_of_the_file(read: Reader) -> None:
    staged = read(
        wide(
            [*QUANTITY, "watquant", "watunit"],
            {"surveyid": "S-1", QUANTITY[0]: "1.234", QUANTITY[1]: "MWh", "watquant": "0,5", "watunit": "m3"},
        )
    )
    assert staged.column("answer", "number") == [1234.0, 0.5]


@pytest.mark.parametrize(
    ("printed", "longitude"), [("104,698", 104.698), ("104.698", 104.698), ("104,98841", 104.98841)]
)
def test_a_coordinate_has_no_thousands(read: Reader, printed: str, longitude: float) -> None:
    staged = read(wide(["lat", "lng", *QUANTITY], {"lat": "10,97", "lng": printed, QUANTITY[0]: "1.234,5"}))
    assert staged.column("mention", "longitude") == [longitude]
    assert "bad_coordinate" not in {code for _, code in staged.issues()}


def test_in_a_mixed_file_what_is_unclear_is_undecidable(read: Reader) -> None:
    rows = [
        {"surveyid": f"S-{n}", QUANTITY[0]: text, QUANTITY[1]: "L"} for n, text in enumerate(["1,5", "1.5", "1,234"])
    ]
    staged = read(wide(QUANTITY, *rows))
    assert staged.column("answer", "number") == [1.5, 1.5, None]
    assert staged.column("answer", "number_problem") == [None, None, "undecidable"]


@pytest.mark.parametrize(
    ("cells", "codes", "answers"),
    [
        (["Yes", {"error": "#N/A"}], ["excel_error"], 1),
        ([{"error": "#DIV/0!"}, {"error": "#REF!"}], ["excel_error", "excel_error"], 0),
    ],
)
def test_an_excel_error_is_a_quarantined_cell(
    read: Reader, cells: list[object], codes: list[str], answers: int
) -> None:
    staged = read(_sheet(["emsa", "emsb"], cells), "c/x.xlsx")
    assert [code for _, code in staged.issues()] == codes
    assert len(staged["answer"]) == answers
    assert staged.counts.blank == 0
    assert staged.unaccounted() == 0


@pytest.mark.parametrize("quantity", [None, 5, {"error": "#N/A"}], ids=["blank", "number", "error"])
@pytest.mark.parametrize("unit", [None, "kWh", {"error": "#REF!"}], ids=["blank", "unit", "error"])
def test_every_pair_of_quantity_and_unit_is_accounted_for(read: Reader, quantity: object, unit: object) -> None:
    staged = read(_sheet(QUANTITY, [quantity, unit]), "c/x.xlsx")
    errors = [cell for cell in (quantity, unit) if isinstance(cell, dict)]
    assert [code for _, code in staged.issues()] == ["excel_error"] * len(errors)
    assert sum(staged.column("issue", "cells")) == len(errors)
    assert staged.counts.blank == [quantity, unit].count(None)
    assert staged.unaccounted() == 0


def test_a_verified_row_names_its_self_assessment(read: Reader) -> None:
    staged = read(
        wide(
            ["emsopsimpact", "other"],
            {"surveyid": "S-1", "emsopsimpact": "Yes", "other": "a"},
            {
                "surveyid": "S-1V",
                "status": "VRF",
                "related_rfi_answer": "S-1",
                "emsopsimpact": "No",
                "other": "a",
            },
        )
    )
    own, verified = staged["assessment"]
    assert (own["kind"], own["verified"], own["related_native_id"]) == ("self", False, None)
    assert (verified["kind"], verified["verified"], verified["related_native_id"]) == (
        "verified",
        True,
        "S-1",
    )
    assert staged.column("answer", "answered_by") == ["facility", "facility", "verifier", "verifier"]
    assert staged.column("answer", "verification") == ["none", "none", "onsite", "none"]


def test_the_column_verified_proves_nothing(read: Reader) -> None:
    staged = read(wide(["verified", "emsmgmt"], {"verified": "TRUE", "emsmgmt": "Yes"}))
    assert staged.column("assessment", "verified") == [False]


@pytest.mark.parametrize(
    ("status", "posted", "published"),
    [
        ("ASC", "TRUE", True),
        ("ASC", "", True),
        ("ASD", "TRUE", False),
        ("ASI", "", False),
        ("ASC", "no", False),
    ],
)
def test_deleted_and_unposted_assessments_keep_their_header_only(
    read: Reader, status: str, posted: str, published: bool
) -> None:
    staged = read(wide(["posted", "emsmgmt"], {"status": status, "posted": posted, "emsmgmt": "Yes"}))
    assert staged.column("assessment", "published") == [published]
    assert len(staged["answer"]) == published
    assert staged.counts.ignored == (0 if published else 1)


def test_a_row_without_id_is_withheld_with_its_cells(read: Reader) -> None:
    staged = read(wide(["emsa", "emsb"], {"surveyid": " ", "emsa": "Yes", "emsb": "No"}))
    assert staged.issues() == [("row=1", "blank_key")]
    assert staged["mention"] == staged["assessment"] == []
    assert staged.unaccounted() == 0


def test_a_repeated_row_is_ignored_with_its_cells(read: Reader) -> None:
    staged = read(wide(["emsa"], {"emsa": "Yes"}, {"emsa": "Yes"}, {"emsa": "No"}))
    assert staged.issues() == [("row=2", "repeated_row")]
    assert staged.counts.ignored == 1
    assert len(staged["assessment"]) == 2


@pytest.mark.parametrize(
    ("text", "day"),
    [("2024-05-14", date(2024, 5, 14)), ("2024/05/14", date(2024, 5, 14)), ("14/05/2024", None)],
)
def test_an_unreadable_date_is_quarantined_and_the_assessment_kept(read: Reader, text: str, day: date | None) -> None:
    staged = read(wide(["emsa"], {"finishdate": text, "emsa": "Yes"}))
    assert staged.column("assessment", "assessed_on") == [day]
    assert staged.issues() == ([] if day else [("row=1;col=finishdate", "unreadable_date")])


def test_a_repeated_header_gives_no_second_answer_in_silence(read: Reader) -> None:
    text = "surveyid,version,status,groupname,sitecountry,emsa,emsa\nS-1,fem2023,ASC,Sao Mai,Vietnam,Yes,No\n"
    staged = read(text)
    assert staged.column("answer", "raw_value") == ["Yes"]
    assert staged.issues()
    assert staged.unaccounted() == 0


@pytest.mark.parametrize("cells", ["Yes,No", ",No"], ids=["beyond the header", "beyond, after a blank"])
def test_a_cell_beyond_the_header_is_said(read: Reader, cells: str) -> None:
    staged = read(f"surveyid,version,status,groupname,sitecountry,emsa\nS-1,fem2023,ASC,Sao Mai,Vietnam,{cells}\n")
    assert staged.issues()


@given(
    cells=st.lists(
        st.lists(st.sampled_from(["", " ", "Yes", "No", "5", "x"]), min_size=4, max_size=4),
        min_size=1,
        max_size=6,
    ),
    keys=st.data(),
)
def test_no_cell_is_ever_lost(read: Reader, cells: list[list[str]], keys: st.DataObject) -> None:
    questions = ["emsa", "aquant", "aunit", "bquant"]
    status = st.sampled_from(["ASC", "ASD", "VRF", "??"])
    rows = [
        {
            **dict(zip(questions, row, strict=True)),
            "surveyid": keys.draw(st.sampled_from(["S-1", "S-2", ""])),
            "status": keys.draw(status),
        }
        for row in cells
    ]
    staged = read(wide(questions, *rows))
    assert staged.counts.total == 4 * len(rows)
    assert staged.counts.blank == sum(not cell.strip() for row in cells for cell in row)
    assert staged.unaccounted() == 0
