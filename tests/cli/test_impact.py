"""`harmonize crosswalk impact` as a steward meets it: what it tells, what it refuses, what it leaves alone."""

from __future__ import annotations

import csv
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Command, sentence
from tests.pipeline.worlds import ROOT, deliver
from tests.sources.delivering import gap, wide

FEM, GAP = "mappings/higg_fem/fem2023", "mappings/gap/covc"
AIR = "\naircompliance\tyes_partial_no\tpositive\t\t1\t\t\tnational_law\t\tapproved"
DRAFT = AIR.replace("approved", "proposed")
Edit = Callable[..., None]


def _git(*arguments: str) -> None:
    person = ("-c", "user.name=steward", "-c", "user.email=steward@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *person, *arguments], check=True, capture_output=True)


@pytest.fixture
def steward(harmonize: Command, tmp_path: Path) -> Command:
    """A project folder in git that holds a part of the crosswalks, with a release made by what is committed."""
    for stem in (FEM, GAP):
        for end in (".sssom.tsv", ".rules.tsv"):
            deliver(tmp_path, {stem + end: (ROOT / (stem + end)).read_bytes()})
    row = {"siteaddress": "12 Road 3", "emsenvpolicy": "Yes"}
    rows = [{**row, "surveyid": f"S-{said}", "aircompliance": said} for said in ("Yes", "No")]
    answers = wide(["siteaddress", "emsenvpolicy", "aircompliance"], *rows)
    deliver(
        tmp_path, {"data/inbox/higg/fem.csv": answers, "data/inbox/gap/visits.csv": gap({"ProvisionCode": "I.A.2"})}
    )
    deliver(tmp_path, {".gitignore": "data/\n"})
    _git("init", "--quiet", "--initial-branch", "main")
    _git("add", "--all")
    _git("commit", "--quiet", "--message", "as it was")
    assert harmonize("run", "quick.yml", "--inbox", "data/inbox", "--as-of", "2026-06-30").code in (0, 1)
    return harmonize


@pytest.fixture
def edit(tmp_path: Path) -> Edit:
    def replace(path: str, old: str, new: str) -> None:
        text = (tmp_path / path).read_text("utf-8")
        assert old in text
        (tmp_path / path).write_text(text.replace(old, new, 1), "utf-8")

    return replace


def _cells(out: str, first: str) -> list[list[str]]:
    """The lines of the table whose head begins with a word."""
    lines = out.splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith(f"{first}\t"))
    end = next((number for number in range(at, len(lines)) if not lines[number]), len(lines))
    return [line.split("\t") for line in lines[at:end]]


def test_what_is_not_committed_is_told(steward: Command, edit: Edit, tmp_path: Path) -> None:
    edit(f"{FEM}.rules.tsv", AIR, DRAFT)
    before = (tmp_path / f"{FEM}.rules.tsv").read_bytes()
    said = steward("crosswalk", "impact", "HEAD..", "-o", "kinds.csv")
    assert said.code == 0, said
    assert "HEAD -> the working tree, release 2026-06-30-" in said.out
    assert _cells(said.out, "kind")[1] == [
        "mapping", "higg_fem", "fem2023", "aircompliance", "2", "0", "status approved -> proposed"
    ]  # fmt: skip
    assert "2 change: 2 get another state, 0 gain an indicator, 2 lose it" in said.out
    assert "0 open, 1 vanish" in said.out
    head, line = _cells(said.out, "instrument")
    by_edition = dict(zip(head, line, strict=True))
    assert (by_edition["instrument"], by_edition["answers"], by_edition["findings vanish"]) == ("higg_fem", "2", "1")
    with (tmp_path / "kinds.csv").open(encoding="utf-8", newline="") as listed:
        kinds = {row["printed_value"]: row for row in csv.DictReader(listed)}
    assert {value: (row["state_before"], row["state_after"], row["answers"]) for value, row in kinds.items()} == {
        "Yes": ("met", "informational", "1"),
        "No": ("not_met", "informational", "1"),
    }
    assert (tmp_path / f"{FEM}.rules.tsv").read_bytes() == before


def test_what_becomes_of_the_findings_of_a_list_is_told(steward: Command, edit: Edit, tmp_path: Path) -> None:
    text = (tmp_path / f"{GAP}.sssom.tsv").read_text("utf-8")
    (line,) = [line for line in text.split("\n") if line.startswith("gap:I.A.2\t")]
    cells = line.split("\t")
    edit(f"{GAP}.sssom.tsv", line, "\t".join([*cells[:3], "sssom:NoTermFound", *cells[4:]]))
    said = steward("crosswalk", "impact", "main..")
    assert "indicator " in said.out
    assert said.code == 1, "an ignored question has a reason"
    assert "gap/covc.rules.tsv: I.A.2: The question is ignored without a reason." in said.out
    assert "1 of them new" in said.out
    assert "findings     0 open, 0 vanish, 1 go to another indicator or topic" in said.out


def test_nothing_to_tell(steward: Command) -> None:
    said = steward("crosswalk", "impact", "HEAD..")
    assert (said.code, said.err) == (0, "")
    assert "No mapping, scale, unit or part of the language changes." in said.out


def test_what_only_a_run_shows_is_named(steward: Command, tmp_path: Path) -> None:
    shutil.copy(ROOT / "mappings/gap/source.yml", tmp_path / "mappings/gap/source.yml")
    (tmp_path / "mappings/gap/source.yml").write_text(
        (ROOT / "mappings/gap/source.yml").read_text("utf-8") + "# another word\n", "utf-8"
    )
    said = steward("crosswalk", "impact", "HEAD..")
    assert said.code == 0
    assert "mappings/gap/source.yml also changed: what is read of an export, only a run shows." in said.out


def test_a_release_by_other_crosswalks_is_told(steward: Command, edit: Edit) -> None:
    edit(f"{FEM}.rules.tsv", AIR, DRAFT)
    _git("commit", "--quiet", "--all", "--message", "retired")
    edit(f"{FEM}.rules.tsv", DRAFT, AIR)
    said = steward("crosswalk", "impact", "HEAD..")
    assert "The release answers 1 of these questions otherwise than the left side would" in said.out
    assert "2 gain an indicator, 0 lose it" in said.out


def test_what_cannot_be_asked_is_a_sentence(steward: Command, edit: Edit, tmp_path: Path) -> None:
    edit(f"{FEM}.rules.tsv", AIR, DRAFT)
    deliver(tmp_path, {"empty.duckdb": b"", "text.duckdb": b"no database"})
    asked = ("crosswalk", "impact")
    assert "nosuch" in sentence(steward(*asked, "nosuch.."))
    assert "LEFT..RIGHT" in sentence(steward(*asked, "main"))
    assert "none.duckdb: there is no such file" in sentence(steward(*asked, "HEAD..", "--database", "none.duckdb"))
    for name in ("empty.duckdb", "text.duckdb"):
        assert f"{name}: not the DuckDB file of a release" in sentence(steward(*asked, "HEAD..", "--database", name))
    assert "no folder" in sentence(steward(*asked, "HEAD..", "-o", "nowhere/kinds.csv"))
    assert "cannot be written" in _last(steward(*asked, "HEAD..", "-o", "data").err)
    shutil.rmtree(tmp_path / "data/stage")
    assert "is no longer there" in sentence(steward(*asked, "HEAD.."))


def _last(text: str) -> str:
    return text.strip().splitlines()[-1]


def test_a_revision_that_cannot_be_read_is_named(steward: Command, edit: Edit) -> None:
    edit(f"{FEM}.rules.tsv", AIR, f"{AIR}\textra")
    _git("commit", "--quiet", "--all", "--message", "broken")
    edit(f"{FEM}.rules.tsv", f"{AIR}\textra", AIR)
    said = sentence(steward("crosswalk", "impact", "HEAD.."))
    assert f"HEAD:{FEM}.rules.tsv:" in said
    assert "mend the tabs of this line" in said


def test_outside_of_a_project_and_of_git_is_a_sentence(harmonize: Command, tmp_path: Path) -> None:
    assert "There is no project here" in sentence(harmonize("crosswalk", "impact", "HEAD.."))
    deliver(tmp_path, {"mappings/README.md": "x"})
    assert "in no git repository" in sentence(harmonize("crosswalk", "impact", "HEAD.."))
