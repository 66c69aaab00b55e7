"""The gate of a continued release: laws are judged on the touched assessments, and find there what all would show."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from harmonize.pipeline import gate
from harmonize.quality.violations import Violations, count_violations
from tests.pipeline.worlds import demo_world

BREAKS = {
    "unreal_number": "UPDATE compact.stored_answer SET value_number = 'inf' WHERE {chosen}",
    "duplicate_answer": "INSERT INTO compact.stored_answer FROM compact.stored_answer WHERE {chosen}",
    "answer_without_file": "UPDATE compact.stored_answer SET delivery_no = "
    "(SELECT delivery_no FROM compact.delivery WHERE file_id = 'gone') WHERE {chosen}",
}


def _judged(database: Path, touched: list[str] | None) -> dict[str, Violations]:
    with duckdb.connect(str(database), read_only=True) as connection:
        if touched is None:
            return count_violations(connection)
        rows, screened = gate._touched(connection, touched)
        return count_violations(connection, rows, (), screened)


@pytest.mark.parametrize("law", BREAKS)
def test_what_breaks_a_law_in_a_touched_assessment_is_found(tmp_path: Path, law: str) -> None:
    database = tmp_path / "release.duckdb"
    shutil.copyfile(demo_world().release.database, database)
    with duckdb.connect(str(database)) as connection:
        numbered = connection.execute(
            "SELECT assessment_no, assessment_id FROM compact.stored_assessment WHERE answers > 0 ORDER BY 1 LIMIT 2"
        ).fetchall()
        (number, broken), (_, sound) = numbered
        connection.execute("INSERT INTO compact.delivery SELECT max(delivery_no) + 1, 'gone' FROM compact.delivery")
        connection.execute(BREAKS[law].format(chosen=f"assessment_no = {number}"))
    assert _judged(database, [broken, sound])[law] == _judged(database, None)[law]
    assert _judged(database, [broken])[law].count > 0
    assert _judged(database, [sound])[law].count == 0


def test_all_laws_hold_in_the_touched_assessments_of_a_sound_release() -> None:
    release = demo_world().release
    touched = release.column("SELECT assessment_id FROM assessment ORDER BY 1 LIMIT 5")
    assert not any(found.count for found in _judged(release.database, touched).values())
