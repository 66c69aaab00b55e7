"""Law 2 for copies: reports that come one by one, with decisions in between, end where a run of all at once ends."""

from __future__ import annotations

import shutil
from pathlib import Path
from random import Random

import pytest

from harmonize.ledgers import append_lines
from tests.assessments.hostile import hostile_corpus
from tests.pipeline.worlds import contents, deliver, run_inbox


@pytest.mark.slow
def test_files_in_any_order_and_decisions_give_the_release_of_all_at_once(tmp_path: Path) -> None:
    rng = Random(21)
    corpus = hostile_corpus(2, 21)
    paths = sorted(corpus.files)
    rng.shuffle(paths)
    inbox, out = tmp_path / "inbox", tmp_path / "out"
    decided = [
        {"key_a": "pvh|number|P0001", "key_b": "pvh|number|P0002", "verdict": "same", "at": "2026-01-01"},
        {
            "key_a": "gap|gap|number|G-0000",
            "key_b": "levis|gap|number|G-0000",
            "verdict": "different",
            "at": "2026-01-02",
        },
    ]
    step = len(paths) // 4 + 1
    for number, begin in enumerate(range(0, len(paths), step)):
        deliver(inbox, {path: corpus.files[path] for path in paths[begin : begin + step]})
        if 0 < number <= len(decided):
            append_lines(out / "decisions/assessment_decisions.jsonl", [{**decided[number - 1], "by": "s", "why": ""}])
        if number == 2:
            # What is gone is gone, also from what it was compared with.
            (inbox / paths[0]).unlink()
        continued = run_inbox(inbox, out)
    shutil.copytree(out / "decisions", tmp_path / "afresh/decisions")
    afresh = run_inbox(inbox, tmp_path / "afresh")
    assert continued.hash == afresh.hash
    one, other = contents(continued), contents(afresh)
    assert [name for name in one if one[name] != other[name]] == []
    assert continued.query("SELECT count(*) FROM assessment_copy WHERE evidence = 'a person''s decision'") != [(0,)]
