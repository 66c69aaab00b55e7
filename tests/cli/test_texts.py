"""`harmonize texts`: what waits, a decision, its undoing, and what is said to a wrong name."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.cli.conftest import Command, sentence
from tests.pipeline.worlds import demo_world


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """An output folder with the demo's release and decisions of its own."""
    folder = tmp_path / "out"
    (folder / "decisions").mkdir(parents=True)
    (folder / "current").symlink_to((demo_world().out / "current").resolve())
    return folder


def _waiting(harmonize: Command, out: Path, *more: str) -> list[dict[str, str]]:
    target = out / "waiting.csv"
    assert harmonize("texts", "waiting", "--out", out, "-o", target, *more).code == 0
    with target.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_a_text_waits_until_it_is_decided_and_again_when_that_is_undone(harmonize: Command, out: Path) -> None:
    waiting = _waiting(harmonize, out)
    assert {"text_id", "facility", "instrument", "topic_id", "place", "part", "text"} <= set(waiting[0])
    assert len({row["text_id"] for row in waiting}) == len(waiting) > 2
    one, other = waiting[0]["text_id"], waiting[1]["text_id"]
    assert "approved" in harmonize("texts", "approve", one[:12], "--by", "k7", "--out", out).out
    assert "refused" in harmonize("texts", "refuse", other, "--by", "k7", "--why", "a name", "--out", out).out
    assert {row["text_id"] for row in waiting} - {row["text_id"] for row in _waiting(harmonize, out)} == {one, other}
    assert harmonize("texts", "undo", "--by", "k7", "--out", out).code == 0
    assert {row["text_id"] for row in waiting} - {row["text_id"] for row in _waiting(harmonize, out)} == {one}
    # The ledger holds no word of the texts.
    ledger = (out / "decisions" / "reviewed_texts.jsonl").read_text(encoding="utf-8")
    assert waiting[0]["text"] not in ledger


def test_the_texts_of_one_factory(harmonize: Command, out: Path) -> None:
    waiting = _waiting(harmonize, out)
    facility = waiting[0]["facility_id"]
    assert _waiting(harmonize, out, "--facility", facility) == [
        row for row in waiting if row["facility_id"] == facility
    ]
    assert "approve ID --by YOU" in harmonize("texts", "waiting", "--out", out).out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["approve", "0123456789", "--by", "k7"], "no sensitive text of this release"),
        (["approve", "abc", "--by", "k7"], "no sensitive text of this release"),
        (["undo", "--by", "k7"], "no decision holds"),
        (["undo", "--by", "k7", "--decision", "R0"], "no decision R0 holds"),
        (["waiting", "--facility", "HF0"], "no factory"),
    ],
)
def test_a_wrong_name_is_answered_with_the_cure(harmonize: Command, out: Path, arguments: list[str], told: str) -> None:
    said = harmonize("texts", *arguments, "--out", out)
    assert said.code == 2
    assert told in sentence(said)


def test_nobody_decides_without_a_name(harmonize: Command, out: Path) -> None:
    assert harmonize("texts", "approve", "0123456789", "--by", " ", "--out", out).code == 2
