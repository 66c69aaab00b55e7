"""Law 4: no file crashes the run. Damaged files of demo and fixtures go through the whole pipeline in batches.

The pass of `make test` is short; `HARMONIZE_FUZZ=long` (`make fuzz`) takes every file through many more damages.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from harmonize.pipeline import run
from tests.fuzz.damage import damaged
from tests.fuzz.originals import WIDE, originals
from tests.pipeline.worlds import AS_OF, TODAY, Release, alone, deliver, delivered_files, settings

ROUNDS = 40 if os.environ.get("HARMONIZE_FUZZ") == "long" else 1
WIDE_TIMES = 10
"""Damages of each export of full width in a round; of every other file one."""
UNIQUE = {
    "issue": "issue_id",
    "finding": "finding_id",
    "answer": "assessment_id, question_id, answered_by",
    "assessment_copy": "copy_id",
    "facility_mention": "mention_id",
    "corrective_action": "action_id",
}
LIMITS = {"file_bytes": 4_000_000, "archive_bytes": 4_000_000, "sheet_cells": 1_000_000}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, bytes]:
    """Every demo file, every fixture and exports of full width, by a name of their own."""
    return originals(tmp_path_factory.mktemp("wide"))


def _damaged_round(seed: int, whole: Mapping[str, bytes]) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    for name, data in sorted(whole.items()):
        for time in range(WIDE_TIMES if name.startswith(WIDE) else 1):
            files.update([damaged(name, data, WIDE_TIMES * seed + time)])
    return files


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_damaged_files_never_stop_a_run(seed: int, whole: Mapping[str, bytes], tmp_path: Path) -> None:
    files = _damaged_round(seed, whole)
    inbox = deliver(tmp_path / "inbox", {**files, "gap/whole.csv": whole["gap/contributor/visits.csv"]})
    release = Release(run(alone(), settings(limits=LIMITS), inbox, tmp_path / "out", AS_OF, TODAY))
    _hold_laws(release, inbox)
    assert release.one("SELECT status FROM file WHERE path = 'gap/whole.csv'") != "refused"


def _hold_laws(release: Release, inbox: Path) -> None:
    paths = release.column("SELECT path FROM file")
    rows = {path.partition("!/")[0] for path in paths}
    assert rows == {path.relative_to(inbox).as_posix() for path in delivered_files(inbox)}
    assert (
        release.query(
            "SELECT path, cells_total, cells_blank, cells_loaded, cells_ignored, cells_quarantined FROM file "
            "WHERE cells_total <> cells_blank + cells_loaded + cells_ignored + cells_quarantined"
        )
        == []
    )
    assert (
        release.query(
            "SELECT path FROM file f WHERE status = 'refused' "
            "AND NOT EXISTS (SELECT 1 FROM issue i WHERE i.file_id = f.file_id AND i.severity = 'error' "
            "AND i.code <> '' AND i.message <> '' AND i.hint <> '')"
        )
        == []
    )
    assert release.query("SELECT code FROM quarantine WHERE locator IS NULL OR message IS NULL OR hint IS NULL") == []
    for table, key in UNIQUE.items():
        assert release.query(f"SELECT {key} FROM {table} GROUP BY ALL HAVING count(*) > 1") == []
