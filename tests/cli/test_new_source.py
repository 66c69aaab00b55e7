"""`harmonize sources new` as a steward calls it: what it writes and says, and each refusal in one sentence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from harmonize.crosswalk.mapping import load_edition
from tests.cli.conftest import Command, sentence
from tests.pipeline.worlds import deliver
from tests.sources.delivering import gap
from tests.sources.drafting.test_draft import FORM, GERMAN, TWO_SHEETS
from tests.sources.workbooks import build


@pytest.fixture(autouse=True)
def project(harmonize: Command, tmp_path: Path) -> Path:
    """A project folder with nothing of its own yet, and samples."""
    del harmonize
    (tmp_path / "mappings").mkdir()
    samples: dict[str, str | bytes] = {
        "german.csv": GERMAN,
        "two.xlsx": build(TWO_SHEETS),
        "form.xlsx": build(FORM),
        "gap.csv": gap({}),
    }
    return deliver(tmp_path, samples)


def test_it_writes_profile_crosswalk_and_fixture(harmonize: Command, project: Path) -> None:
    said = harmonize("sources", "new", "kestrel", "german.csv", "--edition", "2026.1")
    assert (said.code, said.err) == (0, "")
    written = sorted(path.name for path in (project / "mappings/kestrel").iterdir())
    assert written == [
        "2026.1.candidates.tsv",
        "2026.1.rules.tsv",
        "2026.1.sssom.tsv",
        "sample.csv",
        "source.yml",
    ]
    for name in written:
        assert f"mappings/kestrel/{name}" in said.out
    edition = load_edition(project / "mappings/kestrel/2026.1.sssom.tsv", project / "mappings/kestrel/2026.1.rules.tsv")
    assert list(edition.entries) == ["4.2", "5.1", "7.3"]
    assert {entry.rule("status") for entry in edition.entries.values()} == {"draft"}


def test_it_says_what_it_understood_what_not_and_what_is_next(harmonize: Command) -> None:
    said = harmonize("sources", "new", "kestrel", "german.csv", "--contributor", "acme").out
    for part in (
        "a list of findings",
        "header in row 3, 4 data rows",
        "Betrieb = name",
        "guessed: Prüftag = assessed_on (no other column of dates is left)",
        "not understood: Prüfung (3 different words); Bis wann (dates); Laune (2 different words)",
        "no column found for: native_id",
        "clauses: 3 to decide, ",
        "read as drafted: 3 assessments, 3 findings loaded, 0 withheld",
        "  4. harmonize crosswalk lint",
        "data/inbox/acme/",
    ):
        assert part in said, said


@pytest.mark.parametrize("name", ["no", "null", "on", "e2e5"])
def test_a_name_that_yaml_takes_for_a_value_is_a_name(harmonize: Command, name: str) -> None:
    assert harmonize("sources", "new", name, "german.csv").code == 0
    assert f"german.csv: {name} (export)" in harmonize("sources", "inspect", "german.csv").out


def test_the_lint_asks_for_every_clause_and_the_sample_is_known(harmonize: Command) -> None:
    harmonize("sources", "new", "kestrel", "german.csv")
    said = harmonize("crosswalk", "lint")
    assert said.code == 1
    assert said.out.count("kestrel/v1.rules.tsv") == 3
    assert "3 complaints" in said.out
    assert "german.csv: kestrel (export)" in harmonize("sources", "inspect", "german.csv").out


def test_a_project_with_tests_has_its_fixture_among_theirs(harmonize: Command, project: Path) -> None:
    (project / "tests/fixtures").mkdir(parents=True)
    said = harmonize("sources", "new", "kestrel", "two.xlsx")
    fixture = project / "tests/fixtures/kestrel/sample.xlsx.json"
    assert list(json.loads(fixture.read_text(encoding="utf-8"))) == ["Visits", "Issues"]
    assert "make golden" in said.out


def test_a_column_that_a_person_names_is_what_they_say(harmonize: Command, project: Path) -> None:
    said = harmonize(
        "sources", "new", "kestrel", "german.csv", "--column", "due_on=Bis wann", "--column", "native_id=Prüfung"
    )
    assert said.code == 0
    profile = (project / "mappings/kestrel/source.yml").read_text(encoding="utf-8")
    assert "due_on: Bis wann\n" in profile
    assert "native_id: Prüfung\n" in profile
    assert "kept out: 1 unreadable_date, such as 'bald'" in said.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["Kestrel", "german.csv"], "acme_code"),
        (["kestrel", "nowhere.csv"], "nowhere.csv"),
        (["kestrel", "."], "directory"),
        (["kestrel", "gap.csv"], "gap (visits)"),
        (["gap", "german.csv"], "harmonize sources"),
        (["kestrel", "empty.csv"], "empty"),
        (["kestrel", "noise.bin"], "noise.bin"),
        (["kestrel", "text.csv"], "no table"),
        (["kestrel", "list.csv"], "facility_list"),
        (["kestrel", "german.csv", "--edition", "V 1"], "V 1"),
        (["kestrel", "german.csv", "--column", "name"], "FIELD=HEADER"),
        (["kestrel", "german.csv", "--column", "name=Halle"], "Halle"),
        (["kestrel", "german.csv", "--column", "mood=Laune"], "mood"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_what_cannot_be_drafted_is_one_sentence_and_leaves_nothing(
    harmonize: Command, project: Path, arguments: list[str], said: str
) -> None:
    listed = "Factory Name,Country\nSao Mai,Vietnam\nChao Fah,Thailand\n"
    deliver(project, {"empty.csv": "", "noise.bin": b"\0\1\2" * 50, "text.csv": "own words\n", "list.csv": listed})
    assert said in sentence(harmonize("sources", "new", *arguments))
    assert list((project / "mappings").iterdir()) == []


def test_a_list_of_factories_may_be_profiled_as_something_else(harmonize: Command, project: Path) -> None:
    deliver(project, {"list.csv": "Factory Name,Country,Remark\nSao Mai,Vietnam,Exit blocked\n"})
    said = harmonize("sources", "new", "kestrel", "list.csv", "--kind", "findings", "--column", "clause=Remark")
    assert said.code == 0
    assert "facility_list reads it as a list of factories" in said.out


def test_what_is_there_is_never_overwritten(harmonize: Command, project: Path) -> None:
    deliver(project, {"mappings/kestrel/notes.txt": "mine"})
    assert "mappings/kestrel" in sentence(harmonize("sources", "new", "kestrel", "german.csv"))
    assert [path.name for path in (project / "mappings/kestrel").iterdir()] == ["notes.txt"]


def test_a_folder_that_is_no_project_is_told_how_to_become_one(harmonize: Command, project: Path) -> None:
    (project / "mappings").rmdir()
    assert "harmonize init" in sentence(harmonize("sources", "new", "kestrel", "german.csv"))


@pytest.mark.slow
def test_a_workbook_of_two_sheets_runs_before_and_after_its_clauses_are_decided(
    harmonize: Command, project: Path
) -> None:
    """From the sample to the findings: the draft, the order of its days, a run, three decisions, a run."""
    named = ["--column", "description=What was seen"]
    assert harmonize("sources", "new", "kestrel", "two.xlsx", *named).code == 0
    _edit(project / "mappings/kestrel/source.yml", {"dates: []": "dates: [dd/mm/yyyy]"})
    deliver(project, {"inbox/kestrel/visits.xlsx": build(TWO_SHEETS)})
    run = ["run", "quick.yml", "--inbox", "inbox", "--out", "out", "--as-of", "2026-06-30"]
    assert harmonize(*run).code == 1
    findings = "SELECT clause_raw, indicator_id, severity, status, due_on::VARCHAR FROM finding ORDER BY native_id, 1"
    undecided = [
        ("Fire safety", None, "major", "open", "2026-05-04"),
        ("Wages", None, "critical", "open", "2026-07-06"),
        ("Working hours", None, "minor", "closed", "2026-06-05"),
    ]
    assert sorted(_query(project, findings)) == undecided
    assert _query(project, "SELECT DISTINCT value FROM issue WHERE code = 'unmapped_code' ORDER BY 1") == [
        ("Fire safety",),
        ("Wages",),
        ("Working hours",),
    ]
    indicators = {
        "Fire%20safety": "labour.osh.emergency_preparedness.overall",
        "Wages": "labour.compensation.overall",
        "Working%20hours": "labour.working_time.overall",
    }
    decided = "skos:broadMatch\t\thz:{}\tsemapv:ManualMappingCuration\t0.8\thzp:one\t\t2026-06-30\n"
    crosswalk = project / "mappings/kestrel/v1.sssom.tsv"
    drafted = [
        line for line in crosswalk.read_text(encoding="utf-8").splitlines(keepends=True) if line[:8] != "kestrel:"
    ]
    rows = [f"kestrel:{code}\t{decided.format(name)}" for code, name in indicators.items()]
    crosswalk.write_text("".join([*drafted, *rows]), encoding="utf-8")
    _edit(
        project / "mappings/kestrel/v1.rules.tsv",
        {"\tfinding\t\t\t\t\t\t\t\tdraft": "\tfinding\tpositive\t\t\t\t\tbuyer_code\t\tdraft"},
    )
    assert harmonize("crosswalk", "lint").code == 0
    for status, who in (("proposed", "hzp:one"), ("approved", "hzp:other")):
        assert harmonize("crosswalk", "status", "kestrel/v1", "all", "--to", status, "--by", who).code == 0
    harmonize(*run)
    assert {row[:2] for row in _query(project, findings)} == {
        ("Fire safety", "labour.osh.emergency_preparedness.overall"),
        ("Wages", "labour.compensation.overall"),
        ("Working hours", "labour.working_time.overall"),
    }
    assert _query(project, "SELECT kind, assessed_on::VARCHAR, copy_count FROM assessment ORDER BY 2") == [
        ("audit", "2026-03-07", 1),
        ("audit", "2026-03-21", 1),
        ("audit", "2026-04-02", 1),
    ]
    held = "cells_total = cells_blank + cells_loaded + cells_ignored + cells_quarantined"
    assert _query(project, f"SELECT cells_total, cells_loaded, {held} FROM file") == [(3, 3, True)]


def _edit(path: Path, edits: dict[str, str]) -> None:
    text = path.read_text(encoding="utf-8")
    for old, new in edits.items():
        assert old in text, old
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")


def _query(project: Path, query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(project / "out/current/harmonized.duckdb"), read_only=True) as connection:
        return connection.execute(query).fetchall()
