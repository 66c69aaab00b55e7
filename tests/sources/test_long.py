"""Long exports: one row per factory, assessment and question, and what such rows repeat and contradict."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sources.delivering import Reader, better_work
from tests.sources.workbooks import build


def test_rows_of_one_assessment_make_one_header_at_the_first_row(read: Reader) -> None:
    staged = read(better_work({}, {"Question.ID": "4002"}, {"Quest.ID": "900102"}))
    assert staged.column("assessment", "locator") == staged.column("mention", "locator") == ["row=1", "row=3"]
    assert staged.column("answer", "question_id") == ["4001", "4002", "4001"]


@pytest.mark.parametrize(
    ("kind", "scale"), [("NCQ", "finding_flag"), ("ncq ", "finding_flag"), ("FGW", "plain_information")]
)
def test_the_question_type_names_the_scale(read: Reader, kind: str, scale: str) -> None:
    staged = read(better_work({"Question.type": kind}))
    assert staged.column("answer", "scale") == [scale]
    assert staged.issues() == []


@pytest.mark.parametrize("kind", ["", "XYZ"])
def test_a_question_without_known_type_informs_only_and_is_said(read: Reader, kind: str) -> None:
    staged = read(better_work({"Question.type": kind}))
    assert staged.column("answer", "scale") == ["plain_information"]
    assert [code for _, code in staged.issues()] == ["unknown_question_type"]


@pytest.mark.parametrize(
    ("method", "verification"), [("On-site", "onsite"), ("VIRTUAL", "virtual"), ("hybrid", "onsite")]
)
def test_the_method_gives_the_verification(read: Reader, method: str, verification: str) -> None:
    staged = read(better_work({"Assessment.Method": method}))
    assert staged.column("answer", "verification") == [verification]
    assert staged.column("answer", "answered_by") == ["verifier"]


def test_an_unknown_method_is_said(read: Reader) -> None:
    assert read(better_work({"Assessment.Method": "by telephone"})).issues()


def test_a_repeated_row_is_ignored_and_a_contradicting_one_withheld(read: Reader) -> None:
    staged = read(better_work({"Finding": "1"}, {"Finding": "1"}, {"Finding": "0"}))
    assert staged.column("answer", "raw_value") == ["1"]
    assert staged.issues() == [("row=2", "repeated_row"), ("row=3;col=Finding", "contradicting_row")]
    assert (staged.counts.total, staged.counts.ignored) == (3, 1)
    assert staged.unaccounted() == 0


def test_one_assessment_number_of_two_factories_is_said(read: Reader) -> None:
    staged = read(better_work({}, {"Factory.Assessed.ID": "BW-99", "Question.ID": "4002"}))
    assert {locator.split(";")[0] for locator, _ in staged.issues()} == {"row=2"}
    assert staged.unaccounted() == 0


@pytest.mark.parametrize("column", ["Quest.ID", "Question.ID"])
def test_a_row_without_key_is_withheld(read: Reader, column: str) -> None:
    staged = read(better_work({}, {column: " "}, {column: "", "Finding": ""}))
    assert staged.issues() == [("row=2", "blank_key"), ("row=3", "blank_key")]
    assert len(staged["assessment"]) == len(staged["answer"]) == 1
    assert staged.unaccounted() == 0


@pytest.mark.parametrize(
    ("name", "clean"),
    [("Sao Mai (Obsolete)", "Sao Mai"), ("Sao Mai (obsolete) ", "Sao Mai"), ("(New) Mai", "(New) Mai")],
)
def test_the_mark_of_an_obsolete_factory_is_no_part_of_its_name(read: Reader, name: str, clean: str) -> None:
    assert read(better_work({"Factory.Assessed.Name": name})).column("mention", "name") == [clean]


@pytest.mark.parametrize(
    "label",
    [
        "Are exits marked?",
        "Are exits marked ?",
        "Are  exits\r\nmarked? *",
        "Are exits marked? [differentiation]",
    ],
)
def test_a_label_is_recognised_whatever_stands_around_it(read: Reader, label: str) -> None:
    plain = read(better_work({"Q.Label": "Are exits marked"}))
    assert read(better_work({"Q.Label": label})).column("answer", "label_hash") == plain.column("answer", "label_hash")


@pytest.mark.parametrize("point", ["Race & Origin", "race and origin", "4. Race and Origin", "1.4.1 Race And Origin"])
def test_a_compliance_point_is_recognised_whatever_its_number(read: Reader, point: str) -> None:
    plain = read(better_work({"CP": "Race and Origin"}))
    assert read(better_work({"CP": point})).column("answer", "context") == plain.column("answer", "context")


@pytest.mark.parametrize(
    ("printed", "meant"),
    [(".", " "), ("Assesment.Start.Date", "Assessment.Start.Date"), ("Assesment.Start.Date", "Assessment Start Date")],
)
def test_headers_are_known_with_blanks_and_spelt_right(read: Reader, printed: str, meant: str) -> None:
    header, rows = better_work({}).split("\n", 1)
    staged = read(f"{header.replace(printed, meant)}\n{rows}")
    assert (staged.issues(), staged["answer"]) == ([], read(better_work({}))["answer"])


@pytest.mark.parametrize("other", ["12.05.2024", "1.2.3", "07-2025", "10.30 - 12.15"])
def test_a_date_among_the_answers_changes_no_number(read: Reader, other: str) -> None:
    facts = {"Question.type": "FGW"}
    staged = read(
        better_work({**facts, "Question.ID": "1", "Finding": "1,234"}, {**facts, "Question.ID": "2", "Finding": other})
    )
    assert staged.column("answer", "number")[0] == 1234.0


@pytest.mark.parametrize("text", ["31/04/2025", "2025-31-01", "soon"])
def test_an_unreadable_date_leaves_the_assessment_undated(read: Reader, text: str) -> None:
    staged = read(better_work({"Assesment.Start.Date": text}))
    assert staged.column("assessment", "assessed_on") == [None]
    assert staged.issues() == [("row=1;col=Assesment.Start.Date", "unreadable_date")]


def test_a_later_row_with_another_date_is_said(read: Reader) -> None:
    staged = read(better_work({}, {"Question.ID": "4002", "Assesment.Start.Date": "21/11/2025"}))
    assert staged.column("assessment", "assessed_on") == [date(2025, 11, 20)]
    assert staged.issues() == [("row=2;col=Assesment.Start.Date", "inconsistent_header")]


def test_a_date_of_a_later_row_is_not_lost_without_a_word(read: Reader) -> None:
    staged = read(better_work({"Assesment.Start.Date": ""}, {"Question.ID": "4002"}))
    assert staged.column("assessment", "assessed_on") == [date(2025, 11, 20)] or staged.issues()


def test_the_raw_cell_of_an_extra_column_is_kept_for_every_row(read: Reader) -> None:
    lines = better_work({}, {"Question.ID": "4002"}).splitlines()
    text = "\n".join(f"{line},{extra}" for line, extra in zip(lines, ["Mood", "first", "second"], strict=True))
    staged = read(text)
    assert ("header", "drift") in staged.issues()
    kept = "".join(str(row) for name in ("assessment", "mention", "answer") for row in staged[name])
    assert "first" in kept
    assert "second" in kept


def test_an_excel_error_is_quarantined(read: Reader) -> None:
    rows = [line.split(",") for line in better_work({}, {"Question.ID": "4002"}).splitlines()]
    cells: list[list[Any]] = [rows[0], rows[1], [*rows[2][:11], {"error": "#N/A"}, *rows[2][12:]]]
    staged = read(build({"S": cells}), "c/x.xlsx")
    assert staged.issues() == [("sheet=S;cell=L3", "excel_error")]
    assert staged.counts.blank == 0
    assert staged.unaccounted() == 0


@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "Quest.ID": st.sampled_from(["900101", "900102", ""]),
                "Question.ID": st.sampled_from(["1", "2", " "]),
                "Finding": st.sampled_from(["0", "1", "", "x", "1,234"]),
                "Question.type": st.sampled_from(["NCQ", "FGW", "?"]),
            }
        ),
        max_size=8,
    )
)
def test_no_cell_is_ever_lost(read: Reader, rows: list[dict[str, str]]) -> None:
    staged = read(better_work(*rows))
    assert staged.counts.total == len(rows)
    assert staged.counts.blank == sum(not row["Finding"] for row in rows)
    assert staged.unaccounted() == 0
