"""The commands as a person calls them: exit codes, what they say, what they leave on disk."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import duckdb
import pytest

from harmonize import __version__
from harmonize.store.releases import exclusive
from tests.cli.conftest import Command, sentence
from tests.pipeline.worlds import ROOT, deliver, demo_world
from tests.sources.delivering import gap, wide


@pytest.fixture
def clean_inbox(tmp_path: Path) -> Path:
    row = {"surveyid": "S-1", "siteaddress": "12 Road 3", "emsenvpolicy": "Yes"}
    return deliver(tmp_path / "inbox", {"higg/fem.csv": wide(["siteaddress", "emsenvpolicy"], row)})


def test_a_clean_run_ends_with_zero_and_a_summary(harmonize: Command, clean_inbox: Path, tmp_path: Path) -> None:
    said = harmonize("run", "quick.yml", "--inbox", clean_inbox, "--out", "out", "--as-of", "2026-06-30")
    assert said.code == 0, said
    assert "1 loaded" in said.out
    assert (tmp_path / "out/current").readlink().name.startswith("2026-06-30-")
    assert (tmp_path / "out/current").readlink().name in said.out


def test_a_run_with_something_withheld_ends_with_one(harmonize: Command, tmp_path: Path) -> None:
    deliver(tmp_path / "inbox", {"gap/a.csv": gap({"VisitDate": "20/13/2026"}), "gap/junk.bin": b"\x00\x01\x02" * 50})
    said = harmonize("run", "quick.yml", "--inbox", "inbox", "--out", "out", "--json", "--as-of", "2026-06-30")
    assert said.code == 1, said
    lines = [json.loads(line) for line in said.out.splitlines()]
    assert {line["event"] for line in lines} == {"stage_begun", "step", "stage_done", "finished"}
    begun, done = ([line["stage"] for line in lines if line["event"] == f"stage_{end}"] for end in ("begun", "done"))
    assert begun == done
    last = lines[-1]
    assert last["event"] == "finished"
    assert last["exit_code"] == 1
    assert last["as_of"] == "2026-06-30"
    assert last["figures"]["files_refused"] == 1
    assert last["is_new"] is True
    assert (tmp_path / last["folder"] / "manifest.json").exists()
    assert (tmp_path / last["folder"]).name == last["release_id"]
    for line in lines:
        if line["event"] == "stage_done":
            assert line["seconds"] == last["seconds"].get(line["stage"], line["seconds"])
            assert line["peak_memory_mb"] > 0


def test_a_refused_run_is_a_failed_line_and_a_sentence(harmonize: Command) -> None:
    said = harmonize("run", "quick.yml", "--inbox", "nowhere", "--out", "out", "--json")
    assert said.code == 2
    (*_, failed) = [json.loads(line) for line in said.out.splitlines()]
    assert (failed["event"], failed["exit_code"]) == ("failed", 2)
    assert "nowhere" in failed["message"]
    assert said.err == f"harmonize: {failed['message']}\n"


def test_a_fault_of_ours_is_no_published_release(
    harmonize: Command, clean_inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ValueError("odd")

    monkeypatch.setattr("harmonize.pipeline.run", fail)
    said = harmonize("run", "quick.yml", "--inbox", clean_inbox, "--out", "out")
    assert said.code == 2
    assert "Traceback" in said.err
    assert said.err.splitlines()[-1].startswith("harmonize: unexpected ValueError: odd.")


def test_an_interrupt_of_a_library_ends_as_ctrl_c_does(
    harmonize: Command, clean_inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("harmonize.pipeline.run", interrupt)
    assert "Stopped" in sentence(harmonize("run", "quick.yml", "--inbox", clean_inbox, "--out", "out"))


def test_an_inbox_given_as_the_pipeline_is_told_its_option(harmonize: Command, clean_inbox: Path) -> None:
    assert f"--inbox {clean_inbox}" in sentence(harmonize("run", str(clean_inbox), "--out", "out"))


def test_a_missing_inbox_is_a_sentence(harmonize: Command, tmp_path: Path) -> None:
    assert "nowhere" in sentence(harmonize("run", "quick.yml", "--inbox", "nowhere", "--out", "out"))
    assert not (tmp_path / "out/current").exists()


def test_an_empty_inbox_is_a_sentence(harmonize: Command, tmp_path: Path) -> None:
    deliver(tmp_path / "inbox", {"gap/README.txt": "nothing", "gap/.hidden": "nothing"})
    assert "empty" in sentence(harmonize("run", "quick.yml", "--inbox", "inbox", "--out", "out"))


def test_a_file_instead_of_an_inbox_is_a_sentence(harmonize: Command) -> None:
    assert "quick.yml" in sentence(harmonize("run", "quick.yml", "--inbox", "quick.yml", "--out", "out"))


def test_no_inbox_at_all_is_a_sentence(harmonize: Command) -> None:
    assert "inbox" in sentence(harmonize("run", "quick.yml", "--out", "out"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read and write everything")
def test_an_unreadable_inbox_and_a_read_only_out_are_sentences(
    harmonize: Command, clean_inbox: Path, tmp_path: Path
) -> None:
    out = tmp_path / "locked"
    out.mkdir(mode=0o500)
    assert "locked" in sentence(harmonize("run", "quick.yml", "--inbox", clean_inbox, "--out", out))
    clean_inbox.chmod(0)
    try:
        assert "inbox" in sentence(harmonize("run", "quick.yml", "--inbox", clean_inbox, "--out", "out"))
    finally:
        clean_inbox.chmod(0o700)


def test_an_out_that_is_a_file_is_a_sentence(harmonize: Command, clean_inbox: Path) -> None:
    assert "quick.yml" in sentence(harmonize("run", "quick.yml", "--inbox", clean_inbox, "--out", "quick.yml"))


def test_a_second_run_at_once_is_a_sentence(harmonize: Command, clean_inbox: Path, tmp_path: Path) -> None:
    with exclusive(tmp_path / "out"):
        said = harmonize("run", "quick.yml", "--inbox", clean_inbox, "--out", "out")
    assert "another run" in sentence(said)


def test_an_unknown_pipeline_is_a_sentence(harmonize: Command) -> None:
    assert "nightly" in sentence(harmonize("run", "nightly"))
    assert "none.yml" in sentence(harmonize("run", "none.yml"))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param("inboxx: here\n", "inboxx", id="unknown key"),
        pytest.param("inbox: [\n", "YAML", id="no YAML"),
        pytest.param("- a\n", "odd.yml", id="a list"),
        pytest.param("limits: {file_bytes: many}\n", "limits.file_bytes", id="no number"),
    ],
)
def test_a_pipeline_that_is_wrong_is_a_sentence(
    content: str, said: str, harmonize: Command, clean_inbox: Path, tmp_path: Path
) -> None:
    deliver(tmp_path, {"odd.yml": content})
    assert said in sentence(harmonize("run", "odd.yml", "--inbox", clean_inbox, "--out", "out"))


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["run", "--as-of", "yesterday"], id="no date"),
        pytest.param(["run", "--bogus"], id="unknown option"),
        pytest.param(["bogus"], id="unknown command"),
        pytest.param(["facilities", "decide", "a", "b", "perhaps", "--by", "s"], id="unknown verdict"),
        pytest.param(["demo", "--facilities", "0"], id="no factories"),
    ],
)
def test_wrong_usage_ends_with_two(arguments: Sequence[str], harmonize: Command) -> None:
    assert harmonize(*arguments).code == 2


def test_the_installed_command_answers_and_passes_exit_codes_on(tmp_path: Path) -> None:
    command = Path(sys.executable).with_name("harmonize")
    told = subprocess.run([command, "--version"], cwd=tmp_path, capture_output=True, text=True)
    assert (told.returncode, told.stdout.strip()) == (0, f"harmonize {__version__}")
    refused = subprocess.run([command, "run", "--inbox", "nowhere"], cwd=tmp_path, capture_output=True, text=True)
    assert refused.returncode == 2
    assert "nowhere" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_sources_lists_every_instrument_of_the_registry(harmonize: Command) -> None:
    said = harmonize("sources")
    assert said.code == 0
    listed = {line.split("\t")[0] for line in said.out.splitlines()[1:]}
    assert listed == {path.parent.name for path in (ROOT / "mappings").glob("*/source.yml")}


def test_inspect_tells_known_unknown_and_missing_columns(harmonize: Command, tmp_path: Path) -> None:
    lines = gap({}).replace("VendorCode", "Weather", 1).replace("CAPAction", "Mood", 1).encode()
    deliver(tmp_path, {"export.csv": lines})
    said = harmonize("sources", "inspect", "export.csv")
    assert said.code == 0
    known, unknown, missing = (
        next((line for line in said.out.splitlines() if line.strip().startswith(word)), "")
        for word in ("known", "unknown", "missing")
    )
    assert "gap" in said.out
    assert "ProvisionCode" in known
    assert "Weather" not in known
    assert "Weather" in unknown
    assert "Mood" in unknown
    assert "CAPAction" in missing


def test_inspect_refuses_with_the_nearest_source(harmonize: Command, tmp_path: Path) -> None:
    deliver(tmp_path, {"export.csv": gap({}).replace("VisitID", "Nummer", 1)})
    said = harmonize("sources", "inspect", "export.csv")
    assert said.code == 2
    assert "gap" in said.out + said.err
    assert "VisitID" in said.out + said.err


def test_inspect_of_no_file_is_a_sentence(harmonize: Command) -> None:
    assert "none.csv" in sentence(harmonize("sources", "inspect", "none.csv"))


def test_inspect_with_an_unknown_source_is_a_sentence(harmonize: Command, tmp_path: Path) -> None:
    deliver(tmp_path, {"export.csv": gap({})})
    said = harmonize("sources", "inspect", "export.csv", "--source", "lantern")
    assert said.code == 2
    assert "lantern" in said.out + said.err


def test_lint_is_clean_and_says_how_much_it_looked_at(harmonize: Command) -> None:
    said = harmonize("crosswalk", "lint")
    assert said.code == 0, said
    assert "0 complaints" in said.out


def test_lint_of_a_broken_project_ends_with_one(harmonize: Command, tmp_path: Path) -> None:
    folder = tmp_path / "mappings/pvh"
    shutil.copytree(ROOT / "mappings/pvh", folder)
    rules = folder / "asc.rules.tsv"
    rules.write_text(rules.read_text(encoding="utf-8").replace("\tapproved\t", "\tagreed\t", 1), encoding="utf-8")
    said = harmonize("crosswalk", "lint")
    assert said.code == 1
    assert "asc.rules.tsv" in said.out
    assert "agreed" in said.out
    assert "1 complaints" in said.out or "1 complaint" in said.out


def test_coverage_counts_questions_and_answers(harmonize: Command) -> None:
    said = harmonize("crosswalk", "coverage", "--database", demo_world().release.database)
    assert said.code == 0
    rows = [line.split("\t") for line in said.out.splitlines()]
    by_question = {(row[0], row[1]): row[2:] for row in rows if len(row) == 6 and row[2].isdigit()}
    assert ("higg_fem", "fem2023") in by_question
    for questions, *parts in by_question.values():
        assert int(questions) == sum(map(int, parts))
    by_answer = [row for row in rows if len(row) == 5 and row[2].isdigit()]
    assert sum(int(row[2]) for row in by_answer) > 1000
    assert all(0 <= float(row[4]) <= 1 for row in by_answer)


def test_coverage_without_a_release_is_by_question_alone(harmonize: Command) -> None:
    said = harmonize("crosswalk", "coverage")
    assert said.code == 0
    assert "harmonize run" in said.out


def test_coverage_of_no_database_is_a_sentence(harmonize: Command, tmp_path: Path) -> None:
    said = harmonize("crosswalk", "coverage", "--database", "none.duckdb")
    assert said.code == 2
    assert "none.duckdb" in said.err
    said = harmonize("crosswalk", "coverage", "--database", "quick.yml")
    assert said.code == 2
    assert "quick.yml" in said.err


def test_init_makes_a_project_once(harmonize: Command, tmp_path: Path) -> None:
    said = harmonize("init", "programme")
    assert said.code == 0
    project = tmp_path / "programme"
    for folder in ("mappings", "schemas", "pipelines", "data/inbox", "data/decisions"):
        assert (project / folder).is_dir()
    assert {path.name for path in (project / "mappings").iterdir()} == {
        path.name for path in (ROOT / "mappings").iterdir()
    }
    assert not list(project.rglob("__pycache__"))
    (project / "schemas/scales.yml").write_text("mine", encoding="utf-8")
    assert "mappings" in sentence(harmonize("init", "programme"))
    assert (project / "schemas/scales.yml").read_text(encoding="utf-8") == "mine"


def test_decide_writes_a_line_that_the_next_run_obeys(harmonize: Command, tmp_path: Path) -> None:
    deliver(
        tmp_path / "inbox",
        {
            "gap/a.csv": gap(
                {
                    "VisitID": "G-1",
                    "FacilityID": "GF-1",
                    "FacilityName": "Blue Heron Apparel",
                    "StreetAddress": "1 Canal Road",
                },
                {
                    "VisitID": "G-2",
                    "FacilityID": "GF-2",
                    "FacilityName": "Evergreen Stitch",
                    "StreetAddress": "9 Hill Lane",
                },
            )
        },
    )
    run = ("run", "quick.yml", "--inbox", "inbox", "--out", "out", "--as-of", "2026-06-30", "--json")
    first = json.loads(harmonize(*run).out.splitlines()[-1])
    assert first["figures"]["facilities"] == 2
    one, other = _found(tmp_path)
    said = harmonize(
        "facilities", "decide", one, other, "same", "--by", "steward-1", "--why", "one gate", "--out", "out"
    )
    assert said.code == 0, said
    (line,) = (tmp_path / "out/decisions/facility_decisions.jsonl").read_text(encoding="utf-8").splitlines()
    written = json.loads(line)
    assert (written["verdict"], written["by"], written["why"]) == ("same", "steward-1", "one gate")
    assert json.loads(harmonize(*run).out.splitlines()[-1])["figures"]["facilities"] == 1


def _found(folder: Path) -> tuple[str, str]:
    with duckdb.connect(str(folder / "out/current/harmonized.duckdb"), read_only=True) as connection:
        one, other = connection.execute("SELECT mention_id FROM facility_mention ORDER BY 1").fetchall()
    return one[0], other[0]


def test_decide_on_an_unknown_mention_is_a_sentence(harmonize: Command) -> None:
    world = demo_world()
    ledger = world.out / "decisions/facility_decisions.jsonl"
    before = ledger.read_bytes()
    said = harmonize("facilities", "decide", "HM0", "HM1", "same", "--by", "s", "--out", world.out)
    assert "HM0" in sentence(said)
    assert ledger.read_bytes() == before


def test_decide_without_a_release_is_a_sentence(harmonize: Command) -> None:
    said = harmonize("facilities", "decide", "HM0", "HM1", "same", "--by", "s", "--out", "out")
    assert "harmonize run" in sentence(said)


def test_demo_writes_inbox_and_truth(harmonize: Command, tmp_path: Path) -> None:
    said = harmonize("demo", "--facilities", "2", "--out", "demo")
    assert said.code == 0
    assert list((tmp_path / "demo/inbox").rglob("*.csv"))
    assert (tmp_path / "demo/truth/faults.csv").exists()


@pytest.mark.parametrize("scale", [[], ["--scale", "full"]], ids=["sample", "full scale"])
def test_demo_runs_on_what_it_wrote(harmonize: Command, tmp_path: Path, scale: list[str]) -> None:
    said = harmonize("demo", "--facilities", "1", "--out", "demo", "--run", *scale)
    assert said.code in {0, 1}, said.err
    assert "demo/current/harmonized.duckdb" in said.out
    assert (tmp_path / "demo/current/harmonized.duckdb").exists()
    assert ("against the sample's own truth" in said.out) == (not scale)
