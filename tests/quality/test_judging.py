"""A process of its own judges as this one does, says what is wrong as this one does, and is not missed silently."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.quality.release import small_release
from tests.quality.test_expectations import SHIPPED, TABLES, _pages

from harmonize.errors import ConfigurationError, PublicationError
from harmonize.quality.expectations import check_release
from harmonize.quality.judging import JudgingProcess
from harmonize.quality.remembered import FILE_NAME


@pytest.fixture
def judging() -> Iterator[JudgingProcess]:
    with JudgingProcess() as process:
        yield process


@pytest.mark.slow
def test_what_a_process_finds_is_what_is_found_here(tmp_path: Path, judging: JudgingProcess) -> None:
    release = small_release()
    release.execute("UPDATE file SET bytes = -1, cells_loaded = 0")
    here, there = tmp_path / "here", tmp_path / "there"
    found = check_release(release, TABLES, SHIPPED, here)
    assert found.failed_critical
    assert check_release(release, TABLES, SHIPPED, there, judging=judging) == found
    assert _pages(there) == _pages(here)
    assert (there / FILE_NAME).read_text() == (here / FILE_NAME).read_text()


def test_a_suite_that_cannot_be_run_is_refused_by_a_process_too(tmp_path: Path, judging: JudgingProcess) -> None:
    suite = tmp_path / "suite.yml"
    suite.write_text(
        "table: file\nexpectations:\n  - {type: expect_wonders, severity: warning, meaning: Wonders happen.}\n"
    )
    with pytest.raises(ConfigurationError, match=r"suite\.yml.*expect_wonders"):
        check_release(small_release(), TABLES, [suite], tmp_path / "reports", judging=judging)


def test_a_process_that_dies_stops_the_check_with_a_sentence(tmp_path: Path, judging: JudgingProcess) -> None:
    os.kill(judging.begin().pid, signal.SIGKILL)
    with pytest.raises(PublicationError, match=r"held the release against its suites ended with -9"):
        check_release(small_release(), TABLES, SHIPPED, tmp_path, judging=judging)


def test_a_process_is_begun_once_and_ends_with_its_user() -> None:
    with JudgingProcess() as judging:
        assert judging.begin() is judging.begin()
        folder = judging.begin().folder
        assert folder.exists()
    assert not folder.exists()
    with JudgingProcess():
        pass  # Where nothing had to be judged, nothing was begun.
