"""What audiences of the invented world are given is right, and everything wrong in a file costs."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import duckdb
import pytest
from tests.pipeline.worlds import demo_world
from tests.queries import audience_folder

from harmonize.demo import Tally, score_shares


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A copy of what was published of the invented world, to be spoiled."""
    for name in ("audiences", "steward"):
        shutil.copytree(audience_folder("").parent / name, tmp_path / name)
    return tmp_path


def _score(out: Path) -> Tally:
    world = demo_world()
    return score_shares(out, world.release.database, world.truth)


def _damage(out: Path, audience: str, statement: str) -> None:
    with duckdb.connect(str(out / "audiences" / audience / f"{audience}.duckdb")) as connection:
        connection.execute(statement)


def test_everybody_sees_what_he_may_see_and_nothing_else(out: Path) -> None:
    found = _score(out)
    assert found.examples == ()
    assert found.right == found.checked > 80


def test_a_report_that_is_missing_costs(out: Path) -> None:
    _damage(out, "gap", "DELETE FROM assessment WHERE instrument = 'better_work_cat'")
    found = _score(out)
    assert 0 < found.right < found.checked
    assert all("sees nothing" in said for said in found.examples)


def test_a_report_of_another_audience_costs(out: Path) -> None:
    with duckdb.connect(str(out / "audiences/pvh/pvh.duckdb"), read_only=True) as connection:
        ((foreign,),) = connection.execute("SELECT min(assessment_id) FROM assessment").fetchall()
    first = "(SELECT min(assessment_id) FROM assessment)"
    _damage(out, "gap", f"UPDATE assessment SET assessment_id = '{foreign}' WHERE assessment_id = {first}")
    assert any(f"may see nothing of {foreign}" in said for said in _score(out).examples)


def test_more_than_the_scope_opens_costs(out: Path) -> None:
    """Findings of a report of which a summary was granted."""
    _damage(
        out,
        "nike",
        "UPDATE finding SET assessment_id = (SELECT min(assessment_id) FROM assessment WHERE instrument = 'higg_fem') "
        "WHERE finding_id = (SELECT min(finding_id) FROM finding)",
    )
    assert any("may see summary" in said and "finding" in said for said in _score(out).examples)


def test_an_audience_that_is_not_published_costs(out: Path) -> None:
    folder = next((out / "audiences").glob("manufacturer-*"))
    name = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["audience"]
    sees = _score(out).checked
    shutil.rmtree(folder)
    left = _score(out)
    assert left.checked < sees or any(name in said for said in left.examples)
