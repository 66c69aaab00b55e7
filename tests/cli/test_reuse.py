"""`harmonize reuse` and `harmonize facilities event` as a steward calls them, on the demo's release."""

from __future__ import annotations

import csv
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from python_calamine import CalamineWorkbook

from tests.cli.conftest import Command, sentence
from tests.pipeline.worlds import demo_world

EXAMPLE = Path(__file__).parents[2] / "pipelines" / "requirements" / "example-buyer.yml"
CONTRIBUTORS = "SELECT DISTINCT contributor FROM file"
DAY = ("--as-of", "2026-06-30")
WORDS = yaml.safe_load((Path(__file__).parents[2] / "schemas" / "reuse_words.yml").read_text(encoding="utf-8"))
_PORTFOLIO = ("facility_id", "facility", "country", "workers", "required", "assessed", "to_ask_on_site",
              "to_close_at_a_desk", "grants_missing", "always_asked", "last_visit_that_counts", "full_days", "audit",
              "days_needed", "days_saved", "money_saved")  # fmt: skip
HEADINGS = {WORDS["headings"][name]["en"]: name for name in _PORTFOLIO}
ENDED_BY_MOVE = "SELECT count(*) FROM '{}' WHERE ended_by = 'move'"


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A folder with the demo's release and a ledger of its own."""
    folder = tmp_path / "out"
    (folder / "decisions").mkdir(parents=True)
    (folder / "current").symlink_to(demo_world().release.result.folder)
    return folder


def _sheet(path: Path, name: str) -> list[list[Any]]:
    return CalamineWorkbook.from_path(str(path)).get_sheet_by_name(name).to_python()


def test_a_plan_in_every_format_says_the_same(harmonize: Command, out: Path, tmp_path: Path) -> None:
    for ending in ("csv", "parquet", "xlsx"):
        said = harmonize("reuse", "--buyer", "example-buyer", *DAY, "--out", out, "-o", tmp_path / f"p.{ending}")
        assert said.code == 0, said.err
    with duckdb.connect() as connection:
        counted = dict(connection.execute(f"SELECT status, count(*) FROM '{tmp_path}/p.parquet' GROUP BY 1").fetchall())
    assert counted["assessed"] > 0
    with (tmp_path / "p.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    assert len(lines) == sum(counted.values())
    assert len(_sheet(tmp_path / "p.xlsx", "Already assessed")) == counted["assessed"] + 1
    assert len(_sheet(tmp_path / "p.xlsx", "Still to ask")) == len(lines) - counted["assessed"] + 1
    assert "equivalent" not in said.out
    assert "compliant" not in said.out


def test_the_portfolio_is_the_sum_of_its_rows(harmonize: Command, out: Path, tmp_path: Path) -> None:
    said = harmonize("reuse", "--buyer", "example-buyer", *DAY, "--out", out, "-o", tmp_path / "p.xlsx")
    for scenario in ("as granted", "if all were granted"):
        titles, *rows, total = _sheet(tmp_path / "p.xlsx", f"Portfolio {scenario}")
        head = [HEADINGS[str(title)] for title in titles]
        days, money = head.index("days_saved"), head.index("money_saved")
        assert total[days] == sum(float(str(row[days])) for row in rows)
        assert total[money] == sum(float(str(row[money])) for row in rows)
        audits = [row[head.index("audit")] for row in rows]
        line = next(line for line in said.out.splitlines() if line.startswith(scenario))
        assert (
            f"dropped {audits.count('dropped')}, shortened {audits.count('shortened')}, kept {audits.count('kept')}"
            in line
        )
        for row in rows:
            one = dict(zip(head, row, strict=True))
            left = one["to_ask_on_site"], one["to_close_at_a_desk"], one["assessed"]
            assert sum(float(str(part)) for part in left) == one["required"]
            assert one["audit"] != "dropped" or one["to_ask_on_site"] == 0
    assert len(_sheet(tmp_path / "p.xlsx", "Assumptions")) > 15


def test_a_workbook_begins_with_a_summary_and_its_headings_are_words(
    harmonize: Command, out: Path, tmp_path: Path
) -> None:
    call = ("reuse", "--buyer", "example-buyer", *DAY, "--out", out, "-o")
    harmonize(*call, tmp_path / "p.parquet")
    said = harmonize(*call, tmp_path / "p.xlsx", "--lang", "vi")
    assert said.code == 0, said.err
    book = CalamineWorkbook.from_path(str(tmp_path / "p.xlsx"))
    assert book.sheet_names[0] == "Summary"
    for name in book.sheet_names[1:]:
        titles = [str(title) for title in book.get_sheet_by_name(name).to_python()[0]]
        assert not [title for title in titles if "_" in title or "\n" not in title], name
    summary = _sheet(tmp_path / "p.xlsx", "Summary")
    preface = "\n".join(str(row[0]) for row in summary[:5])
    for told in ("example-buyer", DAY[1], "as granted", demo_world().release.one("SELECT release_id FROM release")):
        assert told in preface
    figures = {str(row[0]).split("\n")[0]: row[1] for row in summary}
    with duckdb.connect() as connection:
        counted = connection.execute(
            "SELECT count(*), count(*) FILTER (status = 'assessed'), count(*) FILTER (status = 'ask'), "
            "count(*) FILTER (days_left <= 60), count(*) FILTER (days_left <= 90), count(ended_by) "
            f"FROM '{tmp_path}/p.parquet'"
        ).fetchone()
    names = ("Matters required", "Already assessed", "Still to ask", "Expiring within 60 days",
             "Expiring within 90 days", "Reuse ended")  # fmt: skip
    assert tuple(figures[name] for name in names) == counted
    # No savings without the assumptions beside them (domain rule 21).
    assert figures["Days saved, as granted"] >= 0
    assert figures["Assumption: day rate"] != ""
    assert sum(name.startswith("Assumption: ") for name in figures) > 10


def test_the_questionnaire_asks_what_is_not_assessed_and_always_the_three(
    harmonize: Command, out: Path, tmp_path: Path
) -> None:
    plan, folder = tmp_path / "p.parquet", tmp_path / "asked"
    said = harmonize("reuse", "--buyer", "example-buyer", *DAY, "--out", out, "-o", plan, "--questionnaire", folder)
    assert said.code == 0, said.err
    with duckdb.connect() as connection:
        lines = connection.execute(f"SELECT facility_id, indicator_id, status FROM '{plan}'").fetchall()
    for facility in {line[0] for line in lines}:
        rows = _sheet(folder / f"{facility}.xlsx", "Questions")
        (head,) = (at for at, row in enumerate(rows) if str(row[-1]).startswith("Indicator id"))
        asked = [str(row[7]) for row in rows[head + 1 :]]
        assert asked[:3] == ["always:records_integrity", "always:walk_through", "always:interviews"]
        left = {
            indicator
            for one, indicator, status in lines
            if one == facility and status not in ("assessed", "always_ask")
        }
        assert "always_ask" in {status for one, _, status in lines if one == facility}
        known = {indicator for one, indicator, status in lines if one == facility and status == "assessed"}
        assert sorted(asked[3:]) == sorted(left)
        assert not left & known


def test_the_questionnaire_says_who_asks_whom_when_and_whose_words_it_has(
    harmonize: Command, out: Path, tmp_path: Path
) -> None:
    release = demo_world().release
    ((facility, name, release_id),) = release.query(
        "SELECT facility_id, name, release_id FROM facility, release WHERE country = 'VN' ORDER BY 1 LIMIT 1"
    )
    call = ("reuse", "--buyer", "example-buyer", "--facility", facility, *DAY, "--out", out)
    for language, is_machine in (("vi", True), ("en", False)):
        harmonize(*call, "--questionnaire", tmp_path / "q.xlsx", "--lang", language)
        head = "\n".join(str(row[0]) for row in _sheet(tmp_path / "q.xlsx", "Questions")[:7])
        buyer = yaml.safe_load(EXAMPLE.read_text(encoding="utf-8"))["title"]
        for told in (f": example-buyer, {buyer}", f"{name} ({facility})", DAY[1], release_id):
            assert told in head
        assert ("machine's translation" in head) is is_machine


def test_the_buyers_plan_tells_nothing_of_what_is_not_granted_and_the_stewards_does(
    harmonize: Command, out: Path, tmp_path: Path
) -> None:
    plan, contributors = tmp_path / "p.csv", {row[0] for row in demo_world().release.query(CONTRIBUTORS)}
    call = ("reuse", "--buyer", "example-buyer", *DAY, "--out", out, "-o", plan)
    mine = str(yaml.safe_load(EXAMPLE.read_text(encoding="utf-8"))["contributor"])
    told: dict[str, set[str]] = {}
    for option in ((), ("--if-all-granted",), ("--for-steward", "--if-all-granted")):
        said = harmonize(*call, *option)
        assert said.code == 0, said.err
        assert ("Do not hand it on" in said.out) is ("--for-steward" in option)
        with plan.open(encoding="utf-8", newline="") as file:
            lines = list(csv.DictReader(file))
        told[" ".join(option)] = {line["path"].split("/")[0] for line in lines if line["path"]}
        if "--for-steward" not in option:
            hidden = [line for line in lines if line["seen_by_right_of"] == "not granted"]
            assert hidden
            for column in ("state", "native_id", "path", "locator", "assessment_id", "verifier_body", "value"):
                assert {line[column] for line in hidden} == {""}
    assert told[""] == told["--if-all-granted"] == {mine}
    assert told["--for-steward --if-all-granted"] & (contributors - {mine})


def test_a_day_after_the_releases_own_is_cautioned_of(harmonize: Command, out: Path) -> None:
    ((own, facility),) = demo_world().release.query("SELECT as_of, min(facility_id) FROM release, facility GROUP BY 1")
    for call in (("reuse", "--buyer", "example-buyer"), ("cap", "--facility", facility)):
        for day, is_later in ((own, False), (own + timedelta(days=1), True)):
            said = harmonize(*call, "--as-of", day.isoformat(), "--out", out)
            assert (f"evidence after that day is not in it, and the day is {day}" in said.out) is is_later


def test_an_event_ends_reuse_until_it_is_taken_back(harmonize: Command, out: Path, tmp_path: Path) -> None:
    plan = tmp_path / "p.parquet"
    call = ("reuse", "--buyer", "example-buyer", *DAY, "--out", out, "-o", plan)
    harmonize(*call)
    with duckdb.connect() as connection:
        ((facility, assessed),) = connection.execute(
            f"SELECT facility_id, count(*) FROM '{plan}' WHERE status = 'assessed' GROUP BY 1 ORDER BY 2 DESC LIMIT 1"
        ).fetchall()
        said = harmonize(
            "facilities", "event", facility, "--kind", "move", "--on", "2026-06-29", "--by", "s1", "--out", out
        )
        assert said.code == 0, said.err
        harmonize(*call)
        ((moved,),) = connection.execute(ENDED_BY_MOVE.format(plan)).fetchall()
        assert moved >= assessed
        event = said.out.split("--undo ")[1].split()[0]
        assert harmonize("facilities", "event", "--undo", event, "--by", "s1", "--out", out).code == 0
        harmonize(*call)
        assert connection.execute(ENDED_BY_MOVE.format(plan)).fetchall() == [(0,)]
    assert event in sentence(harmonize("facilities", "event", "--undo", event, "--by", "s1", "--out", out))


def test_a_factory_is_named_by_id_identifier_or_name(harmonize: Command, out: Path) -> None:
    ((facility, os_id),) = demo_world().release.query(
        "SELECT facility_id, os_id FROM facility WHERE os_id IS NOT NULL ORDER BY 1 LIMIT 1"
    )
    for named in (facility, os_id, f"os_id:{os_id}"):
        said = harmonize("reuse", "--buyer", "example-buyer", "--facility", named, *DAY, "--out", out)
        assert said.code in (0, 1), said.err
        assert facility in said.out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--buyer", "nobody"), "pipelines/requirements/nobody.yml"),
        (("--buyer", "example-buyer", "--facility", "Nowhere Ltd"), "no factory 'Nowhere Ltd'"),
        (("--buyer", "example-buyer", "-o", "plan.docx"), ".xlsx, .csv, .parquet"),
        (("--buyer", "example-buyer", "--questionnaire", "gap.xlsx"), "Name one with --facility, or a folder"),
        (("--buyer", "example-buyer", "--lang", "fr"), "no words in 'fr'"),
        (("--buyer", "missing.yml"), "missing.yml: cannot be read"),
    ],
)
def test_what_cannot_be_planned_is_refused_in_one_sentence(
    harmonize: Command, out: Path, arguments: tuple[str, ...], told: str
) -> None:
    assert told in sentence(harmonize("reuse", *arguments, "--out", out))


def test_without_a_release_there_is_nothing_to_plan(harmonize: Command, tmp_path: Path) -> None:
    assert "no release yet" in sentence(harmonize("reuse", "--buyer", "example-buyer", "--out", tmp_path / "none"))


def test_a_buyer_who_handed_in_nothing_is_told_who_did(harmonize: Command, out: Path, tmp_path: Path) -> None:
    profile = tmp_path / "pipelines" / "requirements" / "pvh2.yml"
    profile.parent.mkdir(parents=True)
    profile.write_text("requirements: [{pillar: labour}]\n", encoding="utf-8")
    told = sentence(harmonize("reuse", "--buyer", "pvh2", "--out", out))
    assert "has handed in no record of any factory" in told
    assert "northline" in told
    shutil.copyfile(profile, profile.with_name("pvh.yml"))
    assert harmonize("reuse", "--buyer", "pvh", *DAY, "--out", out).code == 0


def test_before_anything_was_assessed_all_is_to_ask(harmonize: Command, out: Path) -> None:
    said = harmonize("reuse", "--buyer", "example-buyer", "--as-of", "2001-01-01", "--out", out)
    assert said.code == 1
    assert "already assessed" in said.out
