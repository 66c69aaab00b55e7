"""A file is opened by its content: JSON in all its forms, workbooks, text; anything else is refused."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harmonize.errors import RefusedFile
from harmonize.reading.documents import Document, open_document
from harmonize.reading.limits import Limits
from tests.sources.workbooks import build

ONE, TWO = {"id": "A1", "name": "Nghĩa Hưng"}, {"id": "A2", "deep": [{"x": [1, 2.5, None, True]}]}
LINES = f"{json.dumps(ONE)}\n{json.dumps(TWO, ensure_ascii=False)}\n"


def _open(text: str | bytes, path: str = "c/x.json", limits: Limits | None = None) -> Document:
    return open_document(text.encode() if isinstance(text, str) else text, path, limits or Limits())


def _values(document: Document) -> list[tuple[str, object]]:
    return [(value.root, value.value) for value in document.values]


def _refused(text: str | bytes, path: str = "c/x.json") -> str:
    with pytest.raises(RefusedFile) as refused:
        _open(text, path)
    return refused.value.code


@pytest.mark.parametrize("value", [ONE, [ONE, TWO], {"assessments": [ONE]}], ids=["single", "array", "page"])
@pytest.mark.parametrize("path", ["c/x.json", "c/x.txt", "c/x", "c/x.csv"])
@pytest.mark.parametrize("indent", [None, 2])
def test_json_is_recognised_by_content(value: object, path: str, indent: int | None) -> None:
    assert _values(_open(json.dumps(value, indent=indent), path)) == [("$", value)]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
@pytest.mark.parametrize("path", ["c/x.json", "c/x.txt"])
def test_json_with_a_byte_order_mark(encoding: str, path: str) -> None:
    assert _values(_open(json.dumps(ONE, ensure_ascii=False).encode(encoding), path)) == [("$", ONE)]


@pytest.mark.parametrize("path", ["c/x.jsonl", "c/x.json", "c/a.zip!/x.jsonl"])
def test_json_lines_have_the_line_in_their_place(path: str) -> None:
    assert _values(_open(LINES, path)) == [("line=1;$", ONE), ("line=2;$", TWO)]


def test_one_line_of_json_lines_still_has_its_line() -> None:
    assert _values(_open(json.dumps(ONE), "c/x.jsonl")) == [("line=1;$", ONE)]


def test_blank_lines_count_but_hold_nothing() -> None:
    assert [root for root, _ in _values(_open("\n" + LINES.replace("\n", "\r\n\r\n"), "c/x.jsonl"))] == [
        "line=2;$",
        "line=4;$",
    ]


def test_a_broken_line_is_kept_with_its_place_and_the_rest_is_read() -> None:
    document = _open(f'{json.dumps(ONE)}\n{{"id": "A3", \n{json.dumps(TWO)}', "c/x.jsonl")
    assert [root for root, _ in _values(document)] == ["line=1;$", "line=3;$"]
    assert [(line.locator, line.text) for line in document.broken_lines] == [("line=2", '{"id": "A3", ')]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (json.dumps({"assessments": [ONE]})[:-5], "broken_json"),
        ("{", "broken_json"),
        ("[1, 2", "broken_json"),
        ('{"a": 1} trailing', "broken_json"),
        ("{'a': 1}", "broken_json"),
        ("", "empty_file"),
        (" \r\n\t", "empty_file"),
        ("[" * 100_000 + "]" * 100_000, "too_deep"),
        ("[" * 201 + "]" * 201, "too_deep"),
        ('{"n": ' + "9" * 5000 + "}", "broken_json"),
    ],
    ids=["cut", "brace", "cut list", "trailing", "quotes", "empty", "blank", "deepest", "deep", "number"],
)
def test_json_that_cannot_be_read_is_refused(text: str, code: str) -> None:
    assert _refused(text) == code


def test_json_at_the_limit_of_depth_is_read() -> None:
    assert len(_open("[" * 200 + "]" * 200).values) == 1


def test_a_lone_surrogate_becomes_a_character_that_can_be_stored() -> None:
    ((_, value),) = _values(_open('{"name": "cut \\ud83d emoji", "whole": "\\ud83d\\ude00"}'))
    json.dumps(value, ensure_ascii=False).encode("utf-8")
    assert isinstance(value, dict)
    assert value["whole"] == "\U0001f600"


@pytest.mark.parametrize("path", ["c/x.pdf", "c/x.csv", "c/x"])
@pytest.mark.parametrize("data", [b"%PDF-1.7\n\0\xff\xfe", b"\x89PNG\r\n\x1a\n\0\0", b"\x7fELF\0\0"])
def test_what_is_no_text_is_refused_under_any_name(path: str, data: bytes) -> None:
    assert _refused(data, path) == "unknown_format"


@pytest.mark.parametrize("path", ["c/x.xlsx", "c/x.xlsm", "c/x.csv", "c/x.txt", "c/x"])
def test_a_workbook_is_recognised_by_content(path: str) -> None:
    document = _open(build({"S": [["a"]]}), path)
    assert [sheet.name for sheet in document.sheets] == ["S"]


def test_text_named_as_a_workbook_is_refused() -> None:
    assert _refused("a,b\n1,2\n", "c/x.xlsx") == "broken_workbook"


@pytest.mark.parametrize("path", ["c/x.csv", "c/x.tsv", "c/x.txt", "c/X.CSV", "c/a.zip!/sub/x.csv"])
def test_text_is_a_table(path: str) -> None:
    (sheet,) = _open("a,b\n1,2\n", path).sheets
    assert sheet.name is None
    assert [list(row) for row in sheet.rows] == [["a", "b"], ["1", "2"]]


@given(st.binary(max_size=300), st.sampled_from(["x.csv", "x.json", "x.jsonl", "x.xlsx", "x"]))
def test_any_bytes_are_a_document_or_refused(data: bytes, path: str) -> None:
    try:
        document = open_document(data, path, Limits())
    except RefusedFile:
        return
    assert bool(document.sheets) != bool(document.values)
