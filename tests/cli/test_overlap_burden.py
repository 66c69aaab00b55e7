"""`harmonize overlap` and `harmonize burden`: what they say, write, draw and refuse."""

from __future__ import annotations

import csv
import re
import shutil
from pathlib import Path
from xml.etree import ElementTree

import duckdb
import pytest
from python_calamine import CalamineWorkbook
from typer.testing import CliRunner, Result

from harmonize.assessments.burden_rules import load_burden_rules
from harmonize.assessments.overlap import Window, overlap_of
from harmonize.cli import app
from harmonize.errors import HarmonizeError
from tests.pipeline.worlds import ROOT, demo_world, run_inbox

SVG = "{http://www.w3.org/2000/svg}"


def _run(*words: str, out: Path | None = None) -> Result:
    return CliRunner().invoke(app, [*words, "--out", str(out or demo_world().out)])


def _refusal(*words: str, out: Path | None = None) -> str:
    said = _run(*words, out=out)
    assert said.exit_code != 0
    assert isinstance(said.exception, HarmonizeError), said.output
    return str(said.exception)


def _busiest() -> str:
    return str(demo_world().release.one("SELECT arg_max(facility_id, visits) FROM burden"))


def test_the_ledger_is_printed_by_country_and_year() -> None:
    said = _run("burden", "--country", "vn", "--years", "2025")
    assert said.exit_code == 0
    lines = [line.split("\t") for line in said.stdout.splitlines() if line.startswith("VN\t2025")]
    visits = demo_world().release.one("SELECT visits FROM v_burden_sector WHERE country = 'VN' AND year = 2025")
    assert [line[3] for line in lines] == [str(visits)]
    assert "Empty is unknown, not 0" in said.stdout


def test_one_factory_is_printed_year_by_year() -> None:
    said = _run("burden", "--facility", _busiest())
    assert said.exit_code == 0
    assert "2025: delivered by" in said.stdout
    assert "2026 so far" in said.stdout


def test_follow_ups_are_shown_apart_and_in_no_count() -> None:
    rules = load_burden_rules(ROOT / "schemas/burden.yml")
    with overlap_of(demo_world().release.database, rules, Window(None, None, 12)) as overlap:
        checks = [row for row in overlap.rows("visits") if row["is_follow_up"]]
        compared = {row[side] for row in overlap.rows("pairs") for side in ("earlier", "later")}
    assert checks
    assert not any(row["asked"] for row in checks)
    assert not compared & {row["round_id"] for row in checks}
    assert f"Apart: {len(checks)} follow-ups check what earlier assessments found" in _run("overlap").stdout


def test_of_many_pairs_of_visits_a_reader_sees_a_line_a_visit() -> None:
    busiest = _busiest()
    rules = load_burden_rules(ROOT / "schemas/burden.yml")
    with overlap_of(demo_world().release.database, rules, Window(None, None, 24), busiest) as overlap:
        pairs, shown = overlap.rows("pairs"), overlap.closest(3)
        assert overlap.count("pairs") == len(pairs)
    latest = sorted({(row["later_day"], row["later"]) for row in pairs}, key=lambda one: one[0], reverse=True)[:3]
    assert [row["later_day"] for row in shown] == [day for day, _ in latest]
    told = [row["directly"] + row["by_implication"] for row in shown]
    assert told == [
        max(row["directly"] + row["by_implication"] for row in pairs if row["later"] == one["later"]) for one in shown
    ]
    lines = _run("overlap", "--facility", busiest, "--within", "24").stdout.splitlines()
    printed = sum(line.count("\t") == 7 and line[:2] == "20" for line in lines)
    assert len({row["later"] for row in pairs}) < len(pairs)
    assert 0 < printed <= min(20, len(pairs))


def test_the_ledger_is_written_as_a_workbook_and_as_text(tmp_path: Path) -> None:
    assert _run("burden", "-o", str(tmp_path / "b.xlsx")).exit_code == 0
    book = CalamineWorkbook.from_path(str(tmp_path / "b.xlsx"))
    assert book.sheet_names == ["burden", "sector", "about"]
    rows = book.get_sheet_by_name("burden").to_python()
    assert len(rows) == 1 + demo_world().release.one("SELECT count(*) FROM burden")
    assert _run("burden", "-o", str(tmp_path / "b.csv")).exit_code == 0
    with (tmp_path / "b.csv").open(encoding="utf-8") as text:
        assert len(list(csv.DictReader(text))) == len(rows) - 1
    assert (tmp_path / "b.sector.csv").is_file()


def test_the_report_of_the_release_is_the_ledger() -> None:
    release = demo_world().release
    with (release.result.folder / "reports/burden.csv").open(encoding="utf-8") as text:
        rows = list(csv.DictReader(text))
    assert sum(int(row["visits"]) for row in rows) == release.one("SELECT sum(visits) FROM burden")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--country", "XX"], "There are factories in"),
        (["--years", "25"], "such as 2023-2026"),
        (["--years", "2026-2023"], "Write 2023-2026"),
        (["--facility", "HFNONE"], "no factory 'HFNONE'"),
        (["-o", "ledger.doc"], ".csv, .parquet or .xlsx"),
    ],
)
def test_the_ledger_refuses_with_the_cure(words: list[str], said: str) -> None:
    assert said in _refusal("burden", *words)


def test_years_of_which_there_is_nothing_end_with_one() -> None:
    assert _run("burden", "--years", "1999").exit_code == 1


def test_what_was_asked_again_over_all_factories() -> None:
    said = _run("overlap")
    assert said.exit_code == 0
    asked = re.search(r"asked (\d+) questions .*, (\d+) of them again", said.stdout)
    assert asked is not None
    assert int(asked[1]) == demo_world().release.one("SELECT sum(questions_asked) FROM burden WHERE year IS NOT NULL")
    assert "In scope, not listed" in said.stdout


def test_a_window_of_one_year_agrees_with_the_table_of_overlap(tmp_path: Path) -> None:
    facility = _busiest()
    target = tmp_path / "o.csv"
    span = ("--from", "2025-01-01", "--to", "2025-12-31")
    assert _run("overlap", "--facility", facility, *span, "-o", str(target)).exit_code == 0
    with (tmp_path / "o.indicators.csv").open(encoding="utf-8") as text:
        found = {row["indicator_id"]: int(row["times_asked"]) for row in csv.DictReader(text)}
    kept = demo_world().release.query(
        "SELECT indicator_id, times_asked FROM overlap WHERE facility_id = ? AND year(window_start) = 2025", facility
    )
    assert kept
    assert {name: times for name, times in found.items() if times > 1} == dict(kept)


def test_the_view_says_who_asked() -> None:
    rows = demo_world().release.query("SELECT times_asked, instruments, contributors, assessments FROM v_overlap")
    assert len(rows) == demo_world().release.one("SELECT count(*) FROM overlap")
    for times, instruments, contributors, assessments in rows:
        assert instruments
        assert contributors
        assert len(assessments) >= times


@pytest.mark.parametrize("whose", ["factory", "all"])
def test_the_picture_says_every_share_and_has_its_table_beside_it(whose: str, tmp_path: Path) -> None:
    chosen = ["--facility", _busiest()] if whose == "factory" else []
    target = tmp_path / "m.svg"
    assert _run("overlap", *chosen, "--picture", str(target)).exit_code == 0
    drawn = [" ".join(text.itertext()) for text in ElementTree.fromstring(target.read_text("utf-8")).iter(f"{SVG}text")]
    with (tmp_path / "m.csv").open(encoding="utf-8-sig") as text:
        rows = [row for row in csv.DictReader(text) if row["share"]]
    assert rows
    for row in rows:
        assert f"{float(row['share']):.0%}" in drawn
    assert "<image" not in target.read_text("utf-8")


def test_a_page_has_the_picture_and_the_table(tmp_path: Path) -> None:
    target = tmp_path / "m.html"
    assert _run("overlap", "--picture", str(target), "--lang", "vi").exit_code == 0
    page = target.read_text("utf-8")
    assert "<svg" in page
    assert "<table>" in page
    assert "<script" not in page
    assert 'lang="vi"' in page


def test_a_wider_window_answers_no_less(tmp_path: Path) -> None:
    def told(months: str) -> int:
        target = tmp_path / f"{months}.parquet"
        assert _run("overlap", "--within", months, "-o", str(target)).exit_code == 0
        ((count,),) = duckdb.sql(f"SELECT sum(directly + by_implication) FROM '{target}'").fetchall()
        return int(count)

    assert told("3") < told("12") <= told("36")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--facility", "HFNONE"], "no factory 'HFNONE'"),
        (["--from", "2026-01-01", "--to", "2025-01-01"], "Exchange --from and --to"),
        (["--picture", "m.png"], ".svg or .html"),
        (["--lang", "xx"], "there are en, vi, km, th"),
        (["-o", "o.doc"], ".csv, .parquet or .xlsx"),
    ],
)
def test_overlap_refuses_with_the_cure(words: list[str], said: str) -> None:
    assert said in _refusal("overlap", *words)


def test_nothing_asked_in_the_window_ends_with_one() -> None:
    said = _run("overlap", "--from", "2030-01-01")
    assert said.exit_code == 1
    assert "Nothing was asked from 2030-01-01" in said.stdout


@pytest.mark.parametrize("command", ["overlap", "burden"])
def test_without_a_release_or_with_an_empty_one_there_is_one_clear_sentence(command: str, tmp_path: Path) -> None:
    assert "Run `harmonize run` first" in _refusal(command, out=tmp_path)
    (tmp_path / "inbox/gap").mkdir(parents=True)
    (tmp_path / "inbox/gap/notes.csv").write_text("cost;sheet\n1;2\n", encoding="utf-8")
    run_inbox(tmp_path / "inbox", tmp_path / "out")
    assert _run(command, out=tmp_path / "out").exit_code == 1


def test_a_release_of_an_older_version_is_named_as_such(tmp_path: Path) -> None:
    (tmp_path / "current").mkdir()
    shutil.copy(demo_world().release.database, tmp_path / "current/harmonized.duckdb")
    with duckdb.connect(str(tmp_path / "current/harmonized.duckdb")) as connection:
        connection.execute("DROP VIEW v_burden_sector; DROP VIEW v_burden; DROP TABLE compact.stored_answer CASCADE")
    assert "Make it again" in _refusal("burden", out=tmp_path)
    assert "Make the release again" in _refusal("overlap", out=tmp_path)
