"""The ledger of reviews: append-only, mergeable in any order of its lines, the cautious side on a tie."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harmonize.errors import LedgerError
from harmonize.ledgers import append_undo
from harmonize.sharing.text_reviews import append_review, approved_texts, read_acts

_ACTS = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from(["approved", "refused"]), st.integers(1, 3), st.booleans()),
    max_size=6,
)


def test_a_missing_ledger_approves_nothing(tmp_path: Path) -> None:
    assert approved_texts(tmp_path / "none.jsonl") == frozenset()


def test_the_later_word_holds_and_an_undone_one_does_not(tmp_path: Path) -> None:
    ledger = tmp_path / "reviews.jsonl"
    first = append_review(ledger, ["t1", "t2"], "approved", "k7", "2026-01-01", "")
    append_review(ledger, ["t1"], "refused", "k8", "2026-01-02", "names a worker")
    assert approved_texts(ledger) == {"t2"}
    append_undo(ledger, first, "k7", "2026-01-03", "")
    assert approved_texts(ledger) == frozenset()
    assert [act.is_undone for act in read_acts(ledger)] == [True, False]


@settings(max_examples=60, deadline=None)
@given(_ACTS, st.randoms(use_true_random=False))
def test_the_order_of_lines_is_no_matter(tmp_path_factory: pytest.TempPathFactory, acts: list, random: object) -> None:  # type: ignore[type-arg]
    ledger = tmp_path_factory.mktemp("ledger") / "reviews.jsonl"
    ledger.touch()
    for text, verdict, day, is_undone in acts:
        act = append_review(ledger, [text, f"{text}2"], verdict, "k7", f"2026-01-0{day}", "")
        if is_undone:
            append_undo(ledger, act, "k7", "2026-02-01", "")
    lines = ledger.read_text(encoding="utf-8").splitlines()
    told = approved_texts(ledger)
    random.shuffle(lines)  # type: ignore[attr-defined]
    ledger.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    assert approved_texts(ledger) == told


def test_of_one_moment_the_refusal_holds(tmp_path: Path) -> None:
    ledger = tmp_path / "reviews.jsonl"
    append_review(ledger, ["t"], "refused", "k7", "2026-01-01", "")
    append_review(ledger, ["t"], "approved", "k8", "2026-01-01", "")
    assert approved_texts(ledger) == frozenset()


@pytest.mark.parametrize("line", [{"text": "t"}, {"text": "t", "verdict": "maybe", "by": "k", "at": "x", "act": "R1"}])
def test_a_line_that_says_nothing_is_refused(tmp_path: Path, line: dict[str, str]) -> None:
    ledger = tmp_path / "reviews.jsonl"
    ledger.write_text(json.dumps(line) + "\n", encoding="utf-8")
    with pytest.raises(LedgerError, match=":1: "):
        approved_texts(ledger)
