"""A large JSON document, read entry by entry, is the one that is read whole; and no nesting takes the reader down."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harmonize.errors import RefusedFile
from harmonize.reading.documents import Document, open_document
from harmonize.reading.json_structure import is_deeper
from harmonize.reading.limits import Limits

WHOLE = Limits()
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=6) | st.sampled_from(['"', "\\", "[{", "]},:", '\\"'])
LEAF = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT
VALUE = st.recursive(LEAF, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3))
ENTRIES = st.lists(VALUE, min_size=1, max_size=5)


def _by_entry(data: bytes, path: str = "c/x.json") -> Document:
    """Read as a document that is too large to be read whole; one entry may still be of any size."""
    return open_document(data, path, Limits(json_whole_bytes=max(len(data) - 1, 1)))


def _entries(document: Document) -> list[tuple[str, Any]]:
    """Every object that may be an assessment, with its place."""
    found: list[tuple[str, Any]] = []
    for value in document.values:
        root, node = value.root, value.value
        if value.is_entry:
            found.append((root, node))
            continue
        listed = node.get("assessments") if isinstance(node, dict) else node
        base = f"{root}.assessments" if isinstance(node, dict) else root
        if isinstance(listed, list):
            found.extend((f"{base}[{at}]", item if isinstance(item, dict) else None) for at, item in enumerate(listed))
        else:
            found.append((root, node))
    return found


@given(ENTRIES, st.sampled_from([None, 1]), st.booleans(), st.sampled_from(["", "\n", "  \r\n\t"]))
def test_entry_by_entry_is_the_same_as_whole(entries: list[Any], indent: int | None, is_page: bool, blank: str) -> None:
    document = {"page": 1, "[": "]", "assessments": entries, "next": None} if is_page else entries
    for ascii_only in (True, False):
        data = (blank + json.dumps(document, indent=indent, ensure_ascii=ascii_only) + blank).encode()
        assert _entries(_by_entry(data)) == _entries(open_document(data, "c/x.json", WHOLE))


@given(st.lists(VALUE.map(json.dumps) | st.sampled_from(["", "{", "[1,", "nul"]), min_size=1, max_size=6))
def test_lines_one_by_one_are_the_same_as_whole(lines: list[str]) -> None:
    data = "\n".join([*lines, "{}"]).encode()
    one_by_one, whole = _by_entry(data, "c/x.jsonl"), open_document(data, "c/x.jsonl", WHOLE)
    assert list(one_by_one.values) == list(whole.values)
    assert one_by_one.broken_lines == whole.broken_lines


@given(ENTRIES, st.data())
def test_what_is_cut_or_spoiled_is_refused_either_way(entries: list[Any], data: st.DataObject) -> None:
    text = bytearray(json.dumps(entries).encode())
    at = data.draw(st.integers(0, len(text) - 1))
    text[at : at + data.draw(st.integers(0, 3))] = data.draw(st.sampled_from([b"", b"]", b",", b'"', b"}", b"x", b" "]))
    results = []
    for limits in (WHOLE, Limits(json_whole_bytes=max(len(text) - 1, 1))):
        try:
            results.append(str(_entries(open_document(b"[" + bytes(text)[1:], "c/x.json", limits))))
        except RefusedFile as refused:
            results.append(refused.code)
    assert results[0] == results[1]


def test_the_entries_can_be_asked_for_again() -> None:
    data = json.dumps([{"id": number} for number in range(9)]).encode()
    values = _by_entry(data).values
    assert [value.value["id"] for value in values] == [value.value["id"] for value in values] == list(range(9))
    assert (values[3].root, values[3].value) == ("$[3]", {"id": 3})
    assert len(values) == 9


@pytest.mark.parametrize(
    ("text", "limits", "code"),
    [
        ('[{"a": "' + "x" * 200 + '"}, {}]', Limits(json_whole_bytes=100), "too_large"),
        ('{"a": "' + "x" * 200 + '"}', Limits(json_whole_bytes=100), "too_large"),
        ("[{}, {}, {}]", Limits(json_whole_bytes=5, json_entries=2), "too_large"),
        ('[{"a": 1, "a": 2}, {}]', Limits(), "broken_json"),
        ('[{"a": 1, "a": 2}, {}]', Limits(json_whole_bytes=20), "broken_json"),
        ('{"assessments": [{}], "assessments": [{}]}', Limits(json_whole_bytes=20), "broken_json"),
        ('{"a":' * 300, Limits(), "too_deep"),
        ("[" * 2_000_000, Limits(), "too_deep"),
        ("[" * 300 + "]" * 300 + "\n{}\n", Limits(json_whole_bytes=10), "too_deep"),
        ('[{"n": ' + "9" * 10**5 + "}]", Limits(), "broken_json"),
    ],
)
def test_what_costs_too_much_is_refused(text: str, limits: Limits, code: str) -> None:
    with pytest.raises(RefusedFile) as refused:
        open_document(text.encode(), "c/x.json", limits)
    assert refused.value.code == code
    assert refused.value.hint


def test_a_file_of_broken_lines_is_refused() -> None:
    with pytest.raises(RefusedFile) as refused:
        open_document(b"{}\n" + b"{x\n" * 20, "c/x.jsonl", Limits(json_broken_lines=19))
    assert refused.value.code == "broken_json"
    assert "line=2" in str(refused.value)


def test_words_for_no_number_stay_words() -> None:
    ((value,),) = [open_document(b'{"a": NaN, "b": -Infinity}', "c/x.json", WHOLE).values]
    assert value.value == {"a": "NaN", "b": "-Infinity"}


def _depth(value: Any) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inner is None else 1 + max(map(_depth, inner), default=0)


@given(VALUE, st.sampled_from([0, 1, 7, 1 << 20]), st.integers(0, 6))
def test_depth_is_that_of_the_brackets_outside_of_texts(value: Any, padding: int, limit: int) -> None:
    """Padding moves texts and escapes across what is looked at together."""
    padded = ["\\" * padding, value]
    assert is_deeper(json.dumps(padded).encode(), limit) == (1 + _depth(value) > limit)
