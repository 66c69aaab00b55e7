"""`harmonize cap` and `harmonize needs` as a person calls them, with what nobody made for them too."""

from __future__ import annotations

import csv
import io
import shutil
import zipfile
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
from python_calamine import CalamineWorkbook

from tests.cli.conftest import Command, sentence
from tests.pipeline.worlds import Release, deliver, demo_world, run_inbox
from tests.sources.delivering import gap


@pytest.fixture(scope="module")
def out() -> Path:
    """Where the releases of the invented world stand."""
    return demo_world().out


def _factory(release: Release, order: str = "count(*) DESC") -> tuple[str, str]:
    """A factory with an OS ID and many findings, and that id."""
    ((facility_id, os_id),) = release.query(f"""
        SELECT facility_id, os_id FROM v_corrective_action_source JOIN facility USING (facility_id)
        WHERE os_id IS NOT NULL AND country = 'VN' GROUP BY ALL ORDER BY {order}, facility_id LIMIT 1
    """)
    return facility_id, os_id


def test_the_plan_is_told_in_short_and_written_in_full(harmonize: Command, out: Path, tmp_path: Path) -> None:
    release = demo_world().release
    facility_id, os_id = _factory(release)
    said = harmonize("cap", "--facility", os_id, "-o", "plans/cap.xlsx", "--out", out)
    assert said.code == 0, said
    assert facility_id in said.out
    assert "nothing is closed by this" in said.out
    book = CalamineWorkbook.from_path(str(tmp_path / "plans/cap.xlsx"))
    assert book.sheet_names == ["Plan", "Sources", "Proposed closings", "History", "About", "Choices"]
    plan = book.get_sheet_by_name("Plan").to_python()
    assert "Due\nHạn" in plan[0]
    lines = release.column("SELECT line_id FROM v_corrective_action_plan WHERE facility_id = ?", facility_id)
    assert sorted(row[-1] for row in plan[1:]) == sorted(lines)
    for title in ("Responsible\nNgười phụ trách", "Done on\nNgày hoàn thành", "Evidence\nBằng chứng"):
        assert {row[plan[0].index(title)] for row in plan[1:]} == {""}, "the factory fills it in"
    sources = release.column("SELECT source_id FROM v_corrective_action_source WHERE facility_id = ?", facility_id)
    told = book.get_sheet_by_name("Sources").to_python()
    assert sorted(row[told[0].index("Finding\nMã phát hiện")] for row in told[1:]) == sorted(sources)
    with zipfile.ZipFile(tmp_path / "plans/cap.xlsx") as archive:
        assert "dataValidation" in archive.read("xl/worksheets/sheet1.xml").decode()


def test_proposals_are_counted_apart_from_the_findings_that_they_would_close(
    harmonize: Command, tmp_path: Path
) -> None:
    found = {"VisitID": "G-1", "VisitDate": "03/20/2025", "ProvisionCode": "II.G.3", "CAPStatus": "Open"}
    closed = [
        {**found, "VisitID": f"G-{number}", "VisitDate": day, "VisitType": "Follow-up", "CAPStatus": "Closed"}
        for number, day in ((2, "04/20/2025"), (3, "05/20/2025"))
    ]
    run_inbox(deliver(tmp_path / "inbox", {"gap/v.csv": gap(found, *closed)}), tmp_path / "out")
    said = harmonize("cap", "--facility", "Sao Mai Garment", "--out", tmp_path / "out")
    assert "2 proposals for 1 findings, 0 remarks; nothing is closed by this" in said.out


@pytest.mark.parametrize("language", ["en", "km", "th"])
def test_another_language_may_be_wanted(harmonize: Command, out: Path, tmp_path: Path, language: str) -> None:
    facility_id, _ = _factory(demo_world().release)
    said = harmonize("cap", "--facility", facility_id, "--lang", language, "-o", "cap.xlsx", "--out", out)
    assert said.code == 0, said
    titles = CalamineWorkbook.from_path(str(tmp_path / "cap.xlsx")).get_sheet_by_name("Plan").to_python()[0]
    assert titles.count("Matter") == 1
    assert len(titles) == (17 if language == "en" else 18)


def test_tables_for_programs_say_the_same(harmonize: Command, out: Path, tmp_path: Path) -> None:
    facility_id, _ = _factory(demo_world().release)
    for name in ("cap.csv", "cap.parquet", "needs.csv", "needs.parquet"):
        command = name.partition(".")[0]
        assert harmonize(command, "--facility", facility_id, "-o", name, "--out", out).code == 0
    rows = list(csv.DictReader(io.StringIO((tmp_path / "cap.csv").read_text(encoding="utf-8"))))
    table = pq.read_table(tmp_path / "cap.parquet")
    assert [row["line_id"] for row in rows] == table["line_id"].to_pylist()
    assert table.schema.field("actions").type.value_type == "string"
    parts = set(pq.read_table(tmp_path / "needs.parquet")["part"].to_pylist())
    assert {"need", "level"} <= parts


def test_all_plans_go_into_a_folder(harmonize: Command, out: Path, tmp_path: Path) -> None:
    said = harmonize("cap", "--all", "-o", "plans", "--out", out)
    assert said.code == 0, said
    rows = list(csv.DictReader(io.StringIO((tmp_path / "plans/index.csv").read_text(encoding="utf-8"))))
    wanted = demo_world().release.column("SELECT DISTINCT facility_id FROM v_corrective_action_plan ORDER BY 1")
    assert [row["facility_id"] for row in rows] == wanted
    assert {path.name for path in (tmp_path / "plans").glob("*.xlsx")} == {row["file"] for row in rows}


def test_needs_are_told(harmonize: Command, out: Path, tmp_path: Path) -> None:
    facility_id, _ = _factory(demo_world().release)
    said = harmonize("needs", "--facility", facility_id, "-o", "needs.xlsx", "--out", out)
    assert said.code == 0, said
    assert "What presses" in said.out or "matter\twhy" in said.out
    assert (tmp_path / "needs.xlsx").exists()


@pytest.mark.parametrize("command", ["cap", "needs"])
def test_what_is_wrong_is_one_sentence(harmonize: Command, out: Path, command: str) -> None:
    facility_id, _ = _factory(demo_world().release)
    assert "no factory 'nobody'" in sentence(harmonize(command, "--facility", "nobody", "--out", out))
    assert "has no name" in sentence(harmonize(command, "--facility", " ", "--out", out))
    assert ".xlsx, .csv, .parquet" in sentence(
        harmonize(command, "--facility", facility_id, "-o", "plan.pdf", "--out", out)
    )
    assert "harmonize run" in sentence(harmonize(command, "--facility", facility_id, "--out", "nowhere"))
    assert "cannot be written" in sentence_after(
        harmonize(command, "--facility", facility_id, "-o", "/proc/none/plan.xlsx", "--out", out)
    )
    assert harmonize(command, "--facility", facility_id, "--as-of", "soon", "--out", out).code == 2
    past = harmonize(command, "--facility", facility_id, "--as-of", "1999-01-01", "--out", out)
    assert past.code == 0, past


def sentence_after(said: object) -> str:
    """The refusal of a command that had told something before."""
    assert getattr(said, "code", None) == 2
    return str(getattr(said, "err", "")).strip()


def test_one_factory_or_all_of_them(harmonize: Command, out: Path) -> None:
    for words in ([], ["--all"], ["--all", "--facility", "x", "-o", "y"]):
        said = harmonize("cap", *words, "--out", out)
        assert said.code == 2
        assert "--all -o FOLDER" in said.err.replace("\n", " ")
    assert "folder, not a file" in sentence(harmonize("cap", "--all", "-o", "plan.xlsx", "--out", out))
    assert "'fr'" in sentence(harmonize("cap", "--facility", "x", "--lang", "fr", "--out", out))


def test_words_and_rules_that_are_broken_name_their_file(harmonize: Command, out: Path, tmp_path: Path) -> None:
    deliver(tmp_path, {"schemas/corrective_actions.yml": "words: [", "schemas/benchmarks.yml": "least_groups: 3"})
    assert "corrective_actions.yml: not valid YAML" in sentence(harmonize("cap", "--facility", "x", "--out", out))
    assert "benchmarks.yml: " in sentence(harmonize("needs", "--facility", "x", "--out", out))


def test_a_factory_without_findings_has_an_empty_plan(harmonize: Command, tmp_path: Path) -> None:
    run_inbox(deliver(tmp_path / "inbox", {"gap/visits.csv": gap({"ProvisionCode": ""})}), tmp_path / "one")
    said = harmonize("cap", "--facility", "sao mai garment", "-o", "cap.xlsx", "--out", "one")
    assert said.code == 0, said
    assert "0 from 0 findings" in said.out
    assert len(CalamineWorkbook.from_path(str(tmp_path / "cap.xlsx")).get_sheet_by_name("Plan").to_python()) == 1
    assert "No open matter" in harmonize("needs", "--facility", "sao mai garment", "--out", "one").out


def test_a_release_of_an_older_version_says_so(harmonize: Command, tmp_path: Path) -> None:
    release = run_inbox(deliver(tmp_path / "inbox", {"gap/visits.csv": gap({})}), tmp_path / "made")
    target = tmp_path / "old/current/harmonized.duckdb"
    target.parent.mkdir(parents=True)
    shutil.copyfile(release.database, target)
    with duckdb.connect(str(target)) as connection:
        connection.execute("DROP MACRO TABLE corrective_action_plan_on")
    for command in ("cap", "needs"):
        assert "an older version made it" in sentence(harmonize(command, "--facility", "sao mai", "--out", "old"))


def test_a_factory_is_found_by_whatever_names_it(harmonize: Command, tmp_path: Path) -> None:
    rows = [
        {"FacilityName": "Đại Phát Garment", "FacilityID": "GF-7"},
        {"FacilityName": "Hoa Sen Textile", "FacilityID": "GF-8", "VisitID": "G-8", "StreetAddress": "9 Quay 4",
         "City": "Hai Phong", "Region": "Hai Phong"},
        {"FacilityName": "Hoa Sen Footwear", "FacilityID": "GF-9", "VisitID": "G-9", "StreetAddress": "77 Lane 2",
         "City": "Can Tho", "Region": "Can Tho"},
    ]  # fmt: skip
    release = run_inbox(deliver(tmp_path / "inbox", {"gap/visits.csv": gap(*rows).encode("utf-8")}), tmp_path / "o")
    ((facility_id, mention_id),) = release.query(
        "SELECT facility_id, mention_id FROM facility_mention JOIN facility_identifier USING (facility_id) "
        "WHERE value = 'GF-7'"
    )
    for name in (facility_id, mention_id, "GF-7", "gf 7", "gap_facility:GF-7"):
        said = harmonize("cap", "--facility", name, "--out", "o")
        assert said.code == 0, (name, said)
        assert facility_id in said.out
    told = sentence(harmonize("cap", "--facility", "hoa sen", "--out", "o"))
    assert "2 factories" in told
    assert "Name one by its id" in told
