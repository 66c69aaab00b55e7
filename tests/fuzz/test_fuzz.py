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
from tests.pipeline.worlds import AS_OF, TODAY, Release, alone, deliver, delivered_files, demo_world, settings
from tests.sources.exports import delivered, exports

ROUNDS = 60 if os.environ.get("HARMONIZE_FUZZ") == "long" else 2
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
def originals() -> Mapping[str, bytes]:
    """Every demo file and every fixture, by a name of its own."""
    world = demo_world()
    found = {path.relative_to(world.inbox).as_posix(): path.read_bytes() for path in delivered_files(world.inbox)}
    for path in exports():
        data, name = delivered(path)
        found[f"{path.parent.name}/{name}"] = data
    return found


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_damaged_files_never_stop_a_run(seed: int, originals: Mapping[str, bytes], tmp_path: Path) -> None:
    files = dict(damaged(name, data, seed) for name, data in sorted(originals.items()))
    inbox = deliver(tmp_path / "inbox", {**files, "gap/whole.csv": originals["gap/contributor/visits.csv"]})
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
            "AND NOT EXISTS (SELECT 1 FROM issue i WHERE i.file_id = f.file_id AND i.severity = 'error')"
        )
        == []
    )
    assert release.query("SELECT code FROM quarantine WHERE locator IS NULL OR message IS NULL OR hint IS NULL") == []
    for table, key in UNIQUE.items():
        assert release.query(f"SELECT {key} FROM {table} GROUP BY ALL HAVING count(*) > 1") == []
