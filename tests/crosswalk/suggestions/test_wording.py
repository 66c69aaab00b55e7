"""Synonyms, endings and spellings meet in one term; what says nothing is left out."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harmonize.crosswalk.suggestions.wording import Wording, load_wording
from harmonize.errors import ConfigurationError
from tests.crosswalk.suggestions.conftest import SUGGESTIONS

WORDING = load_wording(SUGGESTIONS / "synonyms.yml")


def _keys(text: str) -> list[str]:
    return [term.key for term in WORDING.terms(text)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("salaries", "Wages"),
        ("OT", "overtime hours"),
        ("PPE", "personal protective equipment"),
        ("MSDS", "safety data sheets"),
        ("tiền lương", "wage"),
        ("lối thoát hiểm", "emergency exit"),
        ("ប្រាក់ឈ្នួល", "wage"),
        ("ค่าจ้าง", "wage"),
        ("verified", "verify"),
        ("inspections", "inspected"),
    ],
)
def test_what_means_the_same_is_one_term(one: str, other: str) -> None:
    assert _keys(one) == _keys(other) != []


def test_the_longest_phrase_counts() -> None:
    assert _keys("minimum wage") == ["=minimum wage"]
    assert _keys("wage") == ["=wage"]


@pytest.mark.parametrize("text", ["", "   ", "Please select all that apply", "Is the", "🙂", "1", "=", "\x00"])
def test_what_says_nothing_has_no_terms(text: str) -> None:
    assert _keys(text) == []


def test_words_inside_a_run_without_blanks_are_found() -> None:
    (term, *_) = [term for term in WORDING.terms("จ่ายเงินเดือนตรงเวลา") if term.key == "=wage"]
    assert term.said == "เงินเดือน"
    assert "=on time" in _keys("จ่ายเงินเดือนตรงเวลา")


@given(st.text(max_size=300))
def test_any_text_has_terms_that_it_says(text: str) -> None:
    assert all(term.key and term.said for term in WORDING.terms(text))
    assert all(len(piece) == 4 for piece in WORDING.pieces(text))


def test_a_megabyte_costs_no_more_than_its_beginning(wording: Wording) -> None:
    assert len(wording.pieces("wages " * 200_000)) < 20_000


@pytest.mark.parametrize(
    "text", ["same: {}", "left_out: {}\nsame: {wage: [1, no]}", "left_out: [a]\nsame: {}", "- a", ""]
)
def test_a_broken_list_is_a_sentence(text: str, tmp_path: Path) -> None:
    path = tmp_path / "synonyms.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"synonyms\.yml"):
        load_wording(path)
