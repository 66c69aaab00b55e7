"""A run as a whole: what it refuses, what it leaves alone, what it keeps."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from harmonize.errors import HarmonizeError, InboxError, LedgerError, PublicationError
from harmonize.pipeline import run
from harmonize.project import Project
from harmonize.store.releases import exclusive
from tests.pipeline.worlds import AS_OF, ROOT, TODAY, alone, deliver, run_inbox, settings
from tests.sources.delivering import better_work, gap, wide


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    return deliver(tmp_path / "inbox", {"gap/visits.csv": gap({})})


def test_the_same_release_made_again_is_kept_as_it_stands(inbox: Path, tmp_path: Path) -> None:
    first = run_inbox(inbox, tmp_path / "out")
    stamp = first.database.stat().st_mtime_ns
    second = run_inbox(inbox, tmp_path / "out")
    assert (first.result.is_new, second.result.is_new) == (True, False)
    assert second.result.release_id == first.result.release_id
    assert second.database.stat().st_mtime_ns == stamp
    assert "quality" in first.result.seconds, "what a run tells of itself"
    assert "quality" not in second.result.seconds, "is its own, not that of the run that made the release"
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        ".lock", "current", "decisions", "releases", "stage",
    ]  # fmt: skip


def test_a_second_run_in_one_folder_is_refused_at_once(inbox: Path, tmp_path: Path) -> None:
    with exclusive(tmp_path / "out"), pytest.raises(PublicationError, match="another run is at work"):
        run_inbox(inbox, tmp_path / "out")


def test_a_second_run_in_one_project_is_refused_even_with_another_out(inbox: Path, tmp_path: Path) -> None:
    (tmp_path / "project/mappings").mkdir(parents=True)
    project = Project((tmp_path / "project", *alone().roots), tmp_path / "project")
    holder = (
        "import sys, time; from pathlib import Path; from harmonize.project import Project\n"
        "from harmonize.pipeline import Observer, run\n"
        "from tests.pipeline.worlds import AS_OF, TODAY, alone, settings\n"
        "class Slow(Observer):\n"
        "    def stage(self, name):\n"
        "        if name == 'read': print('reading', flush=True); time.sleep(60)\n"
        "folder = Path(sys.argv[1])\n"
        "project = Project((folder, *alone().roots), folder)\n"
        "run(project, settings(), Path(sys.argv[2]), folder / 'one', AS_OF, TODAY, Slow())"
    )
    worker = subprocess.Popen(
        [sys.executable, "-c", holder, str(tmp_path / "project"), str(inbox)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert worker.stdout is not None
    try:
        assert worker.stdout.readline().strip() == "reading"
        # The ledger of the project is one, whatever the output folder.
        with pytest.raises(HarmonizeError, match="another run"):
            run_inbox(inbox, tmp_path / "project/two", project)
    finally:
        worker.kill()
        worker.wait()
        worker.stdout.close()


def test_a_missing_inbox_is_named(tmp_path: Path) -> None:
    with pytest.raises(InboxError, match="no such inbox"):
        run_inbox(tmp_path / "nowhere", tmp_path / "out")
    assert not (tmp_path / "out/current").exists()


def test_an_empty_inbox_leaves_the_last_release(inbox: Path, tmp_path: Path) -> None:
    first = run_inbox(inbox, tmp_path / "out")
    shutil.rmtree(inbox / "gap")
    with pytest.raises(InboxError, match="empty"):
        run_inbox(inbox, tmp_path / "out")
    assert (tmp_path / "out/current").resolve() == first.result.folder.resolve()
    assert not list((tmp_path / "out").glob(".building-*"))


def test_a_broken_ledger_line_stops_the_run_with_its_place(inbox: Path, tmp_path: Path) -> None:
    first = run_inbox(inbox, tmp_path / "out")
    ledger = tmp_path / "out/decisions/facility_ids.jsonl"
    lines = ledger.read_text(encoding="utf-8").splitlines()
    ledger.write_text("\n".join(["not a line", *lines]) + "\n", encoding="utf-8")
    with pytest.raises(LedgerError, match=r"facility_ids\.jsonl:1"):
        run_inbox(inbox, tmp_path / "out")
    assert (tmp_path / "out/current").resolve() == first.result.folder.resolve()


def test_a_broken_decision_stops_the_run_with_its_file(inbox: Path, tmp_path: Path) -> None:
    for line in ('{"key_a": "x"}', '{"key_a": "x", "key_b": "y", "verdict": "perhaps"}', "[1]"):
        path = tmp_path / "out/decisions/facility_decisions.jsonl"
        deliver(path.parent, {path.name: line + "\n"})
        with pytest.raises(LedgerError, match=r"facility_decisions\.jsonl"):
            run_inbox(inbox, tmp_path / "out")


def test_a_broken_stage_is_made_again(inbox: Path, tmp_path: Path) -> None:
    first = run_inbox(inbox, tmp_path / "out")
    for manifest in (tmp_path / "out/stage").rglob("staged.json"):
        manifest.write_text("{", encoding="utf-8")
    assert run_inbox(inbox, tmp_path / "out").hash == first.hash


def test_a_lost_staged_table_is_made_again(inbox: Path, tmp_path: Path) -> None:
    first = run_inbox(inbox, tmp_path / "out")
    for table in (tmp_path / "out/stage").rglob("*.parquet"):
        table.write_bytes(b"")
    assert run_inbox(inbox, tmp_path / "out").hash == first.hash


def test_an_unknown_source_is_named_with_the_known_ones(inbox: Path, tmp_path: Path) -> None:
    with pytest.raises(HarmonizeError, match=r"'lantern'.*gap"):
        run(alone(), settings(), inbox, tmp_path / "out", AS_OF, TODAY, source="lantern")


def test_source_overrides_what_the_content_looks_like(inbox: Path, tmp_path: Path) -> None:
    result = run(alone(), settings(), inbox, tmp_path / "out", AS_OF, TODAY, source="levis")
    assert result.manifest["figures"]["files_refused"] == 1


def test_grants_of_anyone_but_a_registrar_are_refused(tmp_path: Path) -> None:
    grants = (ROOT / "tests/fixtures/consent/grants.csv").read_bytes()
    inbox = deliver(tmp_path / "inbox", {"gap/grants.csv": grants, "consent/grants.csv": grants})
    release = run_inbox(inbox, tmp_path / "out")
    statuses = dict(release.query("SELECT path, status FROM file"))
    assert statuses["gap/grants.csv"] == "refused"
    assert statuses["consent/grants.csv"].startswith("loaded")
    assert release.one("SELECT count(*) FROM consent_grant") > 0
    assert (
        release.query("SELECT file_id FROM consent_grant EXCEPT SELECT file_id FROM file WHERE contributor = 'consent'")
        == []
    )


@pytest.mark.slow
def test_a_failed_critical_expectation_leaves_the_last_release(inbox: Path, tmp_path: Path) -> None:
    first = run_inbox(inbox, tmp_path / "out")
    folder = tmp_path / "project"
    shutil.copytree(ROOT / "pipelines/expectations", folder / "pipelines/expectations")
    suite = folder / "pipelines/expectations/facility.yml"
    project = Project((folder, *alone().roots), None)
    deliver(inbox, {"gap/more.csv": gap({"VisitID": "G-9", "FacilityID": "GF-9", "FacilityName": "Lotus Knit"})})
    suite.write_text(
        "table: facility\nexpectations:\n"
        "  - type: expect_table_row_count_to_equal\n    kwargs: {value: 90}\n    severity: critical\n"
        "    meaning: There are ninety factories.\n",
        encoding="utf-8",
    )
    with pytest.raises(PublicationError, match="ninety"):
        run(project, settings(expectations=True), inbox, tmp_path / "out", AS_OF, TODAY)
    assert (tmp_path / "out/current").resolve() == first.result.folder.resolve()
    assert [path.name for path in (tmp_path / "out/releases").iterdir()] == [first.result.release_id]
    assert not list((tmp_path / "out").glob(".building-*"))


def test_an_unknown_word_in_a_question_that_nothing_maps_is_quarantined(tmp_path: Path) -> None:
    export = better_work({"CP": "Dragons", "Question.ID": "9999", "Finding": "maybe"}, {"Question.ID": "4001"})
    release = run_inbox(deliver(tmp_path / "inbox", {"bw/a.csv": export}), tmp_path / "out")
    assert release.query("SELECT locator, code FROM quarantine") == [("row=1;col=Finding", "unknown_answer")]
    assert release.query("SELECT cells_loaded, cells_quarantined FROM file") == [(1, 1)]
    told = "SELECT value, message LIKE '%unmapped: 0 in all.' FROM issue WHERE code = 'drift'"
    assert release.query(told) == [("9999", True)], "that nobody maps it is said all the same"


def test_a_question_that_nothing_maps_is_told_once_where_it_stands_first(tmp_path: Path) -> None:
    def files(*days: int) -> dict[str, str]:
        return {
            f"higg/received-2024-05-{day}/f.csv": wide(["newquestion"], {"surveyid": f"s-{day}", "newquestion": "Yes"})
            for day in days
        }

    inbox = deliver(tmp_path / "inbox", files(11, 12))
    told = "SELECT path, locator, value, message FROM issue JOIN file USING (file_id) WHERE code = 'drift'"
    ((path, *place, message),) = run_inbox(inbox, tmp_path / "out").query(told)
    assert (path, *place) == ("higg/received-2024-05-11/f.csv", "header", "newquestion")
    assert message.endswith("unmapped: 2 in all.")
    deliver(inbox, files(10))
    ((path, *place, message),) = run_inbox(inbox, tmp_path / "out").query(told)
    assert path == "higg/received-2024-05-10/f.csv"
    assert message.endswith("unmapped: 3 in all.")


def _asked(country: str, question: str) -> dict[str, str]:
    """A Better Work row of a factory of its country, under a point that nothing maps."""
    names = {"Quest.ID": country, "Factory.Assessed.ID": f"BW-{country}", "Factory.Assessed.Name": f"Sao Mai {country}"}
    return {"Country": country, "CP": "Dragons", "Question.ID": question, **names}


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"a": [("Cambodia", "1.1.1.3"), ("Vietnam", "4001")], "b": [("Vietnam", "1.1.1.3")]}, ["bw/b.csv"]),
        ({"a": [("Cambodia", "1.1.1.3"), ("Vietnam", "1.1.1.3")]}, ["bw/a.csv"]),
        ({"a": [("Cambodia", "1.1.1.3")]}, []),
    ],
    ids=["at another file", "beside it", "nowhere else"],
)
def test_a_question_that_is_mapped_for_one_country_is_told_where_another_asks_it(
    asked: dict[str, list[tuple[str, str]]], told: list[str], tmp_path: Path
) -> None:
    files = {f"bw/{name}.csv": better_work(*(_asked(*row) for row in rows)) for name, rows in asked.items()}
    release = run_inbox(deliver(tmp_path / "inbox", files), tmp_path / "out")
    query = "SELECT path FROM issue JOIN file USING (file_id) WHERE code = 'drift' AND value = '1.1.1.3'"
    assert release.column(query) == told


@pytest.mark.parametrize(
    ("folder", "is_told"),
    [
        ("received-2027-13-40", True),
        ("Received-2026-3-1", True),
        ("received-yesterday", True),
        ("received-2026-03-01", False),
        ("received-2026-03-01/received-again", False),
        ("reception", False),
    ],
)
def test_a_folder_that_should_name_the_day_of_receipt_and_does_not_is_told(
    tmp_path: Path, folder: str, is_told: bool
) -> None:
    release = run_inbox(deliver(tmp_path / "inbox", {f"gap/{folder}/visit.csv": gap({})}), tmp_path / "out")
    told = release.query("SELECT value, severity, hint FROM issue WHERE code = 'bad_received_day'")
    assert told == ([(folder, "warning", "Name it received-YYYY-MM-DD by the day of receipt.")] if is_told else [])
    assert release.one("SELECT received_at IS NULL FROM assessment_copy") is (is_told or folder == "reception")
