"""The benchmark's own inbox is read whole: a ratio against files that are refused would say nothing."""

from __future__ import annotations

from pathlib import Path

from tests.benchmarks.__main__ import write_wide
from tests.pipeline.worlds import run_inbox


def test_the_wide_inbox_of_the_benchmark_is_loaded_without_a_loss(tmp_path: Path) -> None:
    write_wide(tmp_path / "inbox/higg/fem.csv", 3)
    release = run_inbox(tmp_path / "inbox", tmp_path / "out")
    assert release.one("SELECT count(*) FROM assessment") == 3
    total, loaded = release.query("SELECT cells_total, cells_loaded FROM file")[0]
    assert loaded > total / 3
