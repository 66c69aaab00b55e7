"""What a programme publishes of a cycle is a copy of its assessment, and an assessment of its own only without one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.pipeline.worlds import Release, deliver, run_inbox
from tests.sources.delivering import better_work, table

_TITLES = [
    "Factory Name", "Factory Type", "Country", "Assessment Date", "Assessment Method", "Cycle", "Issue",
    "In Compliance",
]  # fmt: skip


def _published(day: str, cycle: str) -> str:
    row = ["Sao Mai Garment", "Apparel", "Vietnam", day, "On-site", cycle, "An issue of the list", "No"]
    return table([_TITLES, row])


def _run(folder: Path, day: str, cycle: str) -> Release:
    inbox = deliver(
        folder / "inbox",
        {"programme/received-2026-03-01/cycle.csv": better_work({}), "public/list.csv": _published(day, cycle)},
    )
    return run_inbox(inbox, folder / "out")


def test_a_published_cycle_is_a_copy_of_its_assessment(tmp_path: Path) -> None:
    release = _run(tmp_path, "20/11/2025", "Cycle 3")
    assert release.query("SELECT kind, copy_count FROM assessment") == [("audit", 2)]
    relations = "SELECT contributor, relation FROM assessment_copy ORDER BY contributor"
    assert release.query(relations) == [("programme", "original"), ("public", "copy")]
    assert release.query("SELECT question_id, raw_value FROM answer ORDER BY question_id") == [
        ("4001", "1"),
        ("An issue of the list", "No"),
    ]


@pytest.mark.parametrize(("day", "cycle"), [("21/11/2025", "3"), ("20/11/2025", "4")])
def test_another_cycle_or_day_is_an_assessment_of_its_own(tmp_path: Path, day: str, cycle: str) -> None:
    release = _run(tmp_path, day, cycle)
    assert release.query("SELECT kind, copy_count FROM assessment ORDER BY kind") == [("audit", 1), ("transparency", 1)]
