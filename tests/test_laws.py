"""The laws of the design: same in, same out; in steps or at once; nothing lost; people decide.

That damaged files stop no run is in tests/fuzz, that killed runs harm nothing in tests/pipeline/test_interruption.py.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import duckdb
import pytest

from harmonize.identity import Knowledge, decision_keys
from harmonize.ledgers import append_lines
from harmonize.pipeline import run
from tests.pipeline.counting import count_delivered
from tests.pipeline.worlds import (
    AS_OF,
    ROOT,
    Release,
    alone,
    deliver,
    delivered_files,
    demo_world,
    run_inbox,
    settings,
    small_inbox,
)
from tests.sources.delivering import gap

LEDGERS = ("facility_ids.jsonl", "assessment_ids.jsonl")


def _copied(files: Iterable[Path], inbox: Path, to: Path) -> None:
    for path in files:
        target = to / path.relative_to(inbox)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)


def _ids(release: Release) -> dict[str, list[str]]:
    return {
        table: release.column(f"SELECT DISTINCT {column} FROM {table} ORDER BY 1")
        for table, column in (
            ("facility", "facility_id"),
            ("assessment", "assessment_id"),
            ("finding", "finding_id"),
            ("assessment_copy", "copy_id"),
            ("facility_mention", "mention_id"),
            ("issue", "issue_id"),
        )
    }


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_inbox(tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="module")
def small_release(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Release:
    return run_inbox(small, tmp_path_factory.mktemp("small-out"))


@pytest.mark.slow
def test_the_same_files_give_the_same_release_anywhere(small: Path, small_release: Release, tmp_path: Path) -> None:
    files = list(delivered_files(small))
    random.Random(1).shuffle(files)
    _copied(files, small, tmp_path / "elsewhere")
    script = (
        "import sys; from datetime import date; from pathlib import Path\n"
        "from tests.pipeline.worlds import run_inbox\n"
        "r = run_inbox(Path(sys.argv[1]), Path(sys.argv[2]), today=date(2027, 1, 2))\n"
        "print(r.result.folder)"
    )
    surroundings = {"TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "7", "LC_ALL": "C", "PATH": os.environ["PATH"]}
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "elsewhere"), str(tmp_path / "out")],
        env={**surroundings, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    folder = Path(done.stdout.split()[-1])
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    first = small_release.result.manifest
    assert {name: table["hash"] for name, table in manifest["tables"].items()} == {
        name: table["hash"] for name, table in first["tables"].items()
    }
    assert manifest["release_id"] == first["release_id"]
    with duckdb.connect(str(folder / "harmonized.duckdb"), read_only=True) as connection:
        found = [row[0] for row in connection.execute("SELECT facility_id FROM facility ORDER BY 1").fetchall()]
    assert found == _ids(small_release)["facility"]


def test_another_file_gives_another_release(small: Path, small_release: Release, tmp_path: Path) -> None:
    _copied(delivered_files(small), small, tmp_path / "inbox")
    deliver(tmp_path / "inbox", {"gap/received-2026-06-01/more.csv": gap({"VisitID": "G-900", "VisitType": "Spot"})})
    more = run_inbox(tmp_path / "inbox", tmp_path / "out")
    assert more.hash != small_release.hash
    assert set(_ids(small_release)["assessment"]) < set(_ids(more)["assessment"])


@pytest.mark.slow
def test_deliveries_in_steps_equal_all_at_once(small: Path, tmp_path: Path) -> None:
    files = delivered_files(small)
    inbox, out = tmp_path / "inbox", tmp_path / "steps"
    for step in range(3):
        _copied(files[step::3], small, inbox)
        last = run_inbox(inbox, out, today=date(2026, 7, 1 + step))
    for ledger in LEDGERS:
        (tmp_path / "once/decisions").mkdir(parents=True, exist_ok=True)
        shutil.copy(out / "decisions" / ledger, tmp_path / "once/decisions" / ledger)
    once = run_inbox(small, tmp_path / "once", today=date(2026, 8, 1))
    tables = {name: table["hash"] for name, table in once.result.manifest["tables"].items()}
    assert {name: table["hash"] for name, table in last.result.manifest["tables"].items()} == tables
    assert once.hash == last.hash


def test_a_removed_file_was_never_there(tmp_path: Path) -> None:
    kept = {
        "gap/a.csv": gap(
            {"VisitID": "G-1"}, {"VisitID": "G-2", "FacilityID": "GF-2", "FacilityName": "Lotus Knit", "City": "Hue"}
        )
    }
    inbox = deliver(tmp_path / "inbox", kept)
    before = run_inbox(inbox, tmp_path / "out")
    deliver(
        inbox,
        {
            "pvh-audits/received-2026-05-05/b.csv": gap({"VisitID": "G-1", "CAPStatus": "Closed"}),
            "northline/c.csv": gap({"VisitID": "G-3", "FacilityID": "GF-3", "FacilityName": "Quyet Thang Shoes"}),
        },
    )
    between = run_inbox(inbox, tmp_path / "out")
    shutil.rmtree(inbox / "pvh-audits")
    shutil.rmtree(inbox / "northline")
    after = run_inbox(inbox, tmp_path / "out")
    assert between.hash != before.hash
    assert after.result.release_id == before.result.release_id
    assert (tmp_path / "out/current").resolve() == before.result.folder.resolve()


def test_every_cell_of_the_demo_is_accounted_for() -> None:
    broken = demo_world().release.query(
        "SELECT path FROM file WHERE cells_total <> cells_blank + cells_loaded + cells_ignored + cells_quarantined"
    )
    assert broken == []


def test_the_demo_has_as_many_cells_as_an_independent_count_finds(tmp_path: Path) -> None:
    world = demo_world()
    found = {
        path: (total, blank)
        for path, total, blank in world.release.query(
            "SELECT path, cells_total, cells_blank FROM file WHERE status <> 'refused'"
        )
    }
    assert len(found) > 25
    assert found == count_delivered(world.inbox, world.release, tmp_path)


def test_every_delivered_file_of_the_demo_has_a_row() -> None:
    world = demo_world()
    rows = {path.partition("!/")[0] for path in world.release.column("SELECT path FROM file")}
    assert rows == {path.relative_to(world.inbox).as_posix() for path in delivered_files(world.inbox)}


def test_no_refused_file_lacks_a_reason() -> None:
    silent = demo_world().release.query(
        "SELECT f.path FROM file f WHERE f.status = 'refused' AND NOT EXISTS "
        "(SELECT 1 FROM issue i WHERE i.file_id = f.file_id AND i.severity = 'error' AND i.hint IS NOT NULL)"
    )
    assert silent == []


SAME, DIFFERENT, UNSURE = "same", "different", "unsure"
PAIRS = {
    # What the scores alone say: two far apart names stay apart, two sites with one name and id are one.
    SAME: (
        {"FacilityID": "GF-11", "FacilityName": "Blue Heron Apparel", "StreetAddress": "1 Canal Road", "City": "Hue"},
        {"FacilityID": "GF-12", "FacilityName": "Evergreen Stitch", "StreetAddress": "77 Hill Lane", "City": "Da Lat"},
    ),
    DIFFERENT: (
        {"FacilityID": "GF-21", "FacilityName": "Golden Carp Garment", "StreetAddress": "5 Mill Road, Unit A"},
        {"FacilityID": "GF-21", "FacilityName": "Golden Carp Garment", "StreetAddress": "5 Mill Road, Unit B"},
    ),
    UNSURE: (
        {"FacilityID": "GF-31", "FacilityName": "River Bend Footwear", "StreetAddress": "9 Dyke Street"},
        {"FacilityID": "GF-32", "FacilityName": "River Bend Footwear", "StreetAddress": "9 Dyke Street."},
    ),
}


def _visits(order: int) -> str:
    rows = [
        {**mention, "VisitID": f"G-{verdict}-{side}", "VisitDate": f"0{side + 1}/15/2026"}
        for verdict, pair in PAIRS.items()
        for side, mention in enumerate(pair)
    ]
    return gap(*(rows if order == 0 else rows[::-1]))


def _together(release: Release) -> dict[str, bool]:
    found = dict(release.query("SELECT native_id, facility_id FROM assessment"))
    return {verdict: found[f"G-{verdict}-0"] == found[f"G-{verdict}-1"] for verdict in PAIRS}


def _keys(release: Release, verdict: str) -> list[str]:
    rows = release.query(
        "SELECT m.mention_id, m.contributor, m.instrument, m.name, m.name_local, m.address, m.admin1, m.country "
        "FROM facility_mention m JOIN assessment_copy c USING (file_id, locator) "
        "JOIN assessment a USING (assessment_id) "
        "WHERE starts_with(a.native_id, ?) ORDER BY a.native_id",
        f"G-{verdict}-",
    )
    names = ("mention_id", "contributor", "instrument", "name", "name_local", "address", "admin1", "country")
    knowledge = Knowledge.from_folder(ROOT / "schemas")
    return [decision_keys(dict(zip(names, row, strict=False)), (), knowledge)[0] for row in rows]


@pytest.mark.slow
def test_what_people_decide_beats_scores_and_survives_a_new_export(tmp_path: Path) -> None:
    inbox = deliver(tmp_path / "inbox", {"gap/visits.csv": _visits(0)})
    scored = run_inbox(inbox, tmp_path / "out")
    assert _together(scored)[SAME] is False
    assert _together(scored)[DIFFERENT] is True
    decisions = [
        {"key_a": a, "key_b": b, "verdict": verdict, "by": "steward-1", "at": "2026-07-01", "why": ""}
        for verdict in PAIRS
        for a, b in [_keys(scored, verdict)]
    ]
    append_lines(tmp_path / "out/decisions/facility_decisions.jsonl", decisions)
    decided = run_inbox(inbox, tmp_path / "out")
    assert _together(decided) == {SAME: True, DIFFERENT: False, UNSURE: False}
    assert set(
        decided.column(
            "SELECT m.link_method FROM facility_mention m JOIN assessment_copy c USING (file_id, locator) "
            "JOIN assessment a USING (assessment_id) WHERE starts_with(a.native_id, 'G-same-')"
        )
    ) == {"decision"}
    shutil.rmtree(inbox)
    deliver(inbox, {"gap/received-2026-06-20/export_of_june.csv": _visits(1)})
    exported = run_inbox(inbox, tmp_path / "out")
    assert _together(exported) == {SAME: True, DIFFERENT: False, UNSURE: False}
    ids = "SELECT native_id, facility_id, assessment_id FROM assessment ORDER BY 1"
    assert exported.query(ids) == decided.query(ids)


def test_the_day_of_judgement_enters_the_release(tmp_path: Path) -> None:
    inbox = deliver(tmp_path / "inbox", {"gap/a.csv": gap({})})
    early = run(alone(), settings(), inbox, tmp_path / "out", date(2026, 1, 1), AS_OF)
    late = run(alone(), settings(), inbox, tmp_path / "out", date(2026, 2, 1), AS_OF)
    assert early.release_id.startswith("2026-01-01-")
    assert early.manifest["logical_hash"] != late.manifest["logical_hash"]
    assert Release(late).one("SELECT as_of FROM release") == date(2026, 2, 1)
