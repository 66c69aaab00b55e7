"""`harmonize help`: every code has a page, and it tells what a release has of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from tests.cli.conftest import Command, sentence
from tests.pipeline.worlds import ROOT, Release, deliver, run_inbox
from tests.sources.delivering import gap

CATALOGUE = yaml.safe_load((ROOT / "schemas/issues.yml").read_text(encoding="utf-8"))
CODES = [str(entry["code"]) for entry in CATALOGUE]


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    folder = tmp_path_factory.mktemp("help")
    files: dict[str, str | bytes] = {
        "gap/a.csv": gap({"VisitDate": "20/13/2026"}),
        "gap/junk.bin": b"\x00\x01" * 50,
        "pvh/junk.bin": b"\x00\x02" * 50,
        "pvh/empty.csv": b"",
    }
    return run_inbox(deliver(folder / "inbox", files), folder / "out")


@pytest.fixture
def out(release: Release) -> Path:
    return release.result.folder.parents[1]


def _page(text: str) -> dict[str, str]:
    """The lines of a page, by their labels."""
    return {line[:11].strip(): line[11:] for line in text.splitlines() if line[:11].strip()}


@pytest.mark.parametrize("language", ["en", "vi"])
def test_the_list_has_every_code_with_its_severity_and_cause(harmonize: Command, language: str) -> None:
    said = harmonize("help", "--lang", language)
    assert said.code == 0, said
    rows = [line.split("\t") for line in said.out.splitlines()[1:-1]]
    assert rows == [[entry["code"], entry["severity"], entry["cause"][language]] for entry in CATALOGUE]


def test_the_list_counts_what_the_release_has(harmonize: Command, out: Path, release: Release) -> None:
    rows = [line.split("\t") for line in harmonize("help", "--out", out).out.splitlines()[1:-1]]
    counted = release.query("SELECT code, count(*) FROM issue GROUP BY code")
    assert {row[0]: int(row[2]) for row in rows if row[2] != "0"} == dict(counted)


@pytest.mark.parametrize("code", CODES)
def test_every_code_has_a_page_in_both_languages(harmonize: Command, code: str) -> None:
    entry = CATALOGUE[CODES.index(code)]
    english = harmonize("help", code)
    assert english.code == 0, english
    page = _page(english.out)
    assert page["code"] == code
    assert page["severity"].startswith(f"{entry['severity']}: ")
    parts = ("cause", "became", "cure")
    assert [page[part] for part in parts] == [entry[part]["en"] for part in parts]
    assert page["here"] == "no release in data yet"
    spoken = _page(harmonize("--lang", "vi", "help", code).out)
    assert [spoken[part] for part in ("lý do", "dữ liệu", "khắc phục")] == [entry[part]["vi"] for part in parts]
    assert len(spoken) == len(page)


def test_a_page_tells_how_many_there_are_and_where_to_look(harmonize: Command, out: Path, release: Release) -> None:
    ((code, count),) = release.query(
        "SELECT code, count(*) FROM issue JOIN file USING (file_id) WHERE path LIKE '%junk.bin' GROUP BY code"
    )
    said = harmonize("help", code, "--out", out)
    page = _page(said.out)
    assert page["here"] == f"{count} in {out / 'current'}, 0 of them withheld"
    assert page["from"] == "gap 1, pvh 1"
    assert page["look"].startswith(f"{out / 'current/reports/issues.csv'}: ")
    (issue,) = re.findall(r"`harmonize trace (\S+)`", said.out)
    assert harmonize("trace", issue, "--out", out).code == 0


def test_a_page_tells_what_was_withheld(harmonize: Command, out: Path, release: Release) -> None:
    for code, count in release.query("SELECT code, count(*) FROM quarantine GROUP BY code"):
        page = _page(harmonize("help", code, "--out", out).out)
        assert f"{count} of them withheld" in page["here"]
        assert "quarantine" in page["became"]


def test_a_code_that_the_release_lacks_is_told(harmonize: Command, out: Path) -> None:
    assert _page(harmonize("help", "bad_coordinate", "--out", out).out)["here"] == f"none in {out / 'current'}"


def test_a_code_is_found_however_it_is_written(harmonize: Command) -> None:
    assert harmonize("help", " Bad-Score ").out == harmonize("help", "bad_score").out


def test_an_unknown_code_names_the_nearest(harmonize: Command) -> None:
    assert sentence(harmonize("help", "bad_scor")).startswith(
        "harmonize: There is no code 'bad_scor'; near are bad_score, "
    )


def test_a_law_and_an_expectation_have_a_page(harmonize: Command) -> None:
    law = _page(harmonize("help", "answer_without_assessment").out)
    assert law["meaning"] == "Every answer belongs to an assessment."
    assert law["severity"] == "critical: it stops publication; the last release stays"
    checks = harmonize("help", "facility.facility_id").out
    assert checks.count("meaning    ") == checks.count("code       facility.facility_id") > 1
    assert "Every factory has an id." in checks


def test_a_release_of_another_form_is_a_sentence(harmonize: Command, tmp_path: Path) -> None:
    deliver(tmp_path, {"out/current/harmonized.duckdb": b"nothing"})
    assert "the release cannot be read" in sentence(harmonize("help", "bad_score", "--out", "out"))
