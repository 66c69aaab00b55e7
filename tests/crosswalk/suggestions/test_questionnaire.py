"""A questionnaire is read whole, whatever its columns are called; what cannot be read is one sentence."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from harmonize.crosswalk.suggestions.columns import Headers, load_headers
from harmonize.crosswalk.suggestions.questionnaire import Questionnaire, read_questionnaire
from harmonize.errors import ConfigurationError, InboxError
from harmonize.reading.limits import Limits
from tests.crosswalk.suggestions.conftest import SUGGESTIONS

HEADERS: Headers = load_headers(SUGGESTIONS / "columns.yml")
Table = Sequence[Sequence[str]]


def _csv(rows: Table, delimiter: str = ",") -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue().encode()


def _xlsx(sheets: dict[str, Table]) -> bytes:
    memory = io.BytesIO()
    with xlsxwriter.Workbook(memory, {"strings_to_formulas": False}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for at, row in enumerate(rows):
                sheet.write_row(at, 0, row)
    return memory.getvalue()


def _read(data: bytes, name: str = "q.csv", **named: str) -> Questionnaire:
    return read_questionnaire(data, name, HEADERS, named, Limits())


ROWS = [
    ["Ref", "Chapter", "Question"],
    ["1.1", "Pay", "Wages on time?"],
    ["1.2", "", "Enough?"],
    ["2.1", "Hours", "OT?"],
]


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (lambda: _csv(ROWS), "q.csv"),
        (lambda: _csv(ROWS, "\t"), "q.tsv"),
        (lambda: _csv(ROWS, ";"), "q.csv"),
        (lambda: _csv([["Our code of conduct"], *ROWS]), "q.csv"),
        (lambda: _xlsx({"Code": ROWS}), "q.xlsx"),
        (lambda: _csv(ROWS).decode().encode("utf-16"), "q.csv"),
    ],
    ids=["csv", "tsv", "semicolons", "title above", "workbook", "utf-16"],
)
def test_every_format_gives_the_same_questions(make: Callable[[], bytes], name: str) -> None:
    read = _read(make(), name)
    assert [(q.question_id, q.text, q.section) for q in read.questions] == [
        ("1.1", "Wages on time?", "Pay"),
        ("1.2", "Enough?", "Pay"),
        ("2.1", "OT?", "Hours"),
    ]
    assert read.columns == {"id": "Ref", "text": "Question", "section": "Chapter"}
    assert read.notes == ()


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("QUESTION TEXT", "text"),
        ("Câu hỏi", "text"),
        ("សំណួរ", "text"),
        ("ข้อกำหนด", "text"),
        ("Question (EN)", "text"),
        ("Requirement No.", "id"),
        ("Mã", "id"),
    ],
)
def test_headers_are_found_in_any_language(header: str, field: str) -> None:
    other = {"text": "id", "id": "text"}[field]
    read = _read(_csv([[header, other], ["a", "b"]]))
    assert read.columns[field] == header


def test_named_columns_go_before_what_is_guessed() -> None:
    rows = [["id", "Text", "Said", "Note"], ["1", "wrong", "right", "n"]]
    assert _read(_csv(rows)).questions[0].text == "wrong"
    assert _read(_csv(rows), text="said").questions[0].text == "right"


def test_the_answers_of_another_column_are_no_text() -> None:
    rows = [["id", "question", "indicator", "description"], ["1", "Wages?", "labour.compensation", "details"]]
    assert _read(_csv(rows)).questions[0].texts == ("Wages?",)


def test_languages_side_by_side_and_below_one_another_are_one_question() -> None:
    beside = _read(_csv([["id", "Question EN", "Question VI"], ["1", "Wages?", "Tiền lương?"]]))
    below = _read(_csv([["id", "Question", "Language"], ["1", "Wages?", "en"], ["1", "Tiền lương?", "vi"]]))
    assert beside.questions[0].texts == below.questions[0].texts == ("Wages?", "Tiền lương?")


def test_a_number_below_another_has_its_text_above() -> None:
    rows = [["id", "text"], ["2", "Fire"], ["2.1", "Doors?"], ["2.1-a", "Locked"], ["3", "Pay"]]
    assert [q.parent for q in _read(_csv(rows)).questions] == ["", "Fire", "Doors?", ""]


def test_a_parent_may_be_named() -> None:
    rows = [["id", "text", "parent"], ["x", "Fire"], ["y", "Doors?", "x"], ["z", "Pay", "nowhere"]]
    assert [q.parent for q in _read(_csv(rows)).questions] == ["", "Fire", ""]


def test_headings_hold_until_a_wider_one_is_new() -> None:
    rows = [["id", "chapter", "topic", "text"], ["1", "Pay", "Wages", "a"], ["2", "", "", "b"], ["3", "Hours", "", "c"]]
    assert [q.section for q in _read(_csv(rows)).questions] == ["Pay / Wages", "Pay / Wages", "Hours"]


def test_sheets_are_headings() -> None:
    read = _read(
        _xlsx({"Labour": [["id", "text"], ["1", "a"]], "Notes": [["x"]], "Planet": [["id", "text"], ["2", "b"]]}),
        "q.xlsx",
    )
    assert [(q.question_id, q.section) for q in read.questions] == [("1", "Labour"), ("2", "Planet")]


def test_rows_without_an_id_are_named_by_their_place() -> None:
    read = _read(_csv([["id", "text"], ["", "Wages?"], ["k" * 500, "Hours?"], ["", ""], ["4", ""]]))
    assert [q.question_id for q in read.questions] == ["row-1", "row-2", "4"]
    assert "2 questions have no id" in read.notes[0]
    assert [q.question_id for q in _read(_csv([["text"], ["Wages?"]])).questions] == ["row-1"]


def test_hostile_cells_do_no_harm() -> None:
    rows = [["id", "text"], ["1", "=cmd|' /C calc'!A0"], ["2", "x" * 1_000_000], ["3\t4", "a\nb"], ["5", "\x01"]]
    read = _read(_csv(rows))
    assert [q.question_id for q in read.questions] == ["1", "2", "3 4", "5"]
    assert read.questions[0].text.startswith("=cmd")
    assert max(len(q.text) for q in read.questions) <= 10_000


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (b"", "q.csv", "empty"),
        (b"id,text\n", "q.csv", "no question below the header"),
        (b"Ref,Wording\n1,Wages\n", "q.csv", "There are: Ref, Wording. Name it with --columns text=HEADER"),
        (b"id,text\n1,a\n1,b\n", "q.csv", "'1' stands twice"),
        (b'{"text": "a"}', "q.json", "JSON"),
        (b"PK\x03\x04junk", "q.xlsx", "workbook"),
        (b"\n\n,,\n", "q.csv", "no table with a header"),
    ],
    ids=["empty", "header alone", "unknown columns", "id twice", "json", "broken workbook", "blank"],
)
def test_what_cannot_be_read_is_one_sentence_with_the_file(data: bytes, name: str, said: str) -> None:
    with pytest.raises(InboxError, match=name.replace(".", r"\.")) as refused:
        _read(data, name)
    assert said in str(refused.value)


def test_a_column_that_is_not_there_names_those_that_are() -> None:
    with pytest.raises(InboxError, match="text=Wording") as refused:
        _read(_csv(ROWS), text="Wording")
    assert "There are: Ref, Chapter, Question" in str(refused.value)


def test_the_same_text_twice_is_one_question() -> None:
    assert len(_read(_csv([["id", "text"], ["1", "a"], ["1", "a"]])).questions) == 1


@settings(max_examples=30)
@given(
    st.lists(st.tuples(st.text(max_size=20), st.text(max_size=20)), max_size=8, unique_by=lambda row: row[0].strip())
)
def test_no_row_of_a_table_is_lost(rows: list[tuple[str, str]]) -> None:
    from harmonize.values.text import clean

    filled = [(clean(code), clean(text)) for code, text in rows]
    kept = [(code, text) for code, text in filled if code or text]
    table = _xlsx({"S": [["id", "text"], *rows]})
    if len({code for code, _ in kept if code}) < sum(1 for code, _ in kept if code):
        return
    try:
        read = _read(table, "q.xlsx")
    except InboxError:
        assert not kept
        return
    assert len(read.questions) == len(kept)


def test_a_list_of_headers_of_other_fields_is_refused(tmp_path: object) -> None:
    from pathlib import Path

    path = Path(str(tmp_path)) / "columns.yml"
    path.write_text("text: [a]\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="the fields are"):
        load_headers(path)
