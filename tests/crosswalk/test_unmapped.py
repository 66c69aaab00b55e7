"""Questions that nothing maps are still read as they are asked."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.pipeline.worlds import deliver, run_inbox
from tests.sources.delivering import better_work, envelope, page, table, wide


@pytest.mark.parametrize("version", ["fem2018", "fem2021", "fem2026"])
def test_what_takes_yes_takes_it_in_every_edition(version: str, tmp_path: Path) -> None:
    # `emstraining` is a question of FEM 4 that no crosswalk of FEM 3 lists.
    answers = {"emstraining": "Partial Yes", "emsenvpolicy": "Maybe", "sitelanguage": "Maybe"}
    inbox = deliver(tmp_path / "inbox", {"hub/fem.csv": wide(list(answers), {"version": version, **answers})})
    release = run_inbox(inbox, tmp_path / "out")
    stated = release.query("SELECT question_id, state, indicator_id FROM answer ORDER BY question_id")
    assert stated == [("emstraining", "partly_met", None), ("sitelanguage", "informational", None)]
    assert release.query("SELECT code, value FROM quarantine") == [("unknown_answer", "Maybe")]
    assert release.query("SELECT cells_loaded, cells_quarantined FROM file") == [(2, 1)]


def test_an_assessment_that_names_no_tool_is_read_by_the_common_list(tmp_path: Path) -> None:
    rows = [{"TQ.Name": "", "Question.ID": "61001", "CP": "Gender", "Cluster": "Discrimination"}]
    inbox = deliver(tmp_path / "inbox", {"bwv/answers.csv": better_work(*rows)})
    release = run_inbox(inbox, tmp_path / "out")
    assert release.query("SELECT indicator_id, comparability FROM answer") == [
        ("labour.discrimination.gender.overall", "broad")
    ]


@pytest.mark.parametrize(("word", "state"), [("Yes", "met"), ("No", "not_met")])
def test_a_published_issue_takes_yes_and_no_whatever_it_is_called(word: str, state: str, tmp_path: Path) -> None:
    titles = ["Factory Name", "Factory Type", "Country", "Assessment Date", "Assessment Method", "Cycle", "Issue",
              "In Compliance"]  # fmt: skip
    site = ["Portal One", "Footwear", "Vietnam", "01/02/2025", "virtual", "3"]
    issues = ["Are workers subject to sexual harassment?", "An issue of no list"]
    published = table([titles, *([*site, issue, word] for issue in issues)])
    release = run_inbox(deliver(tmp_path / "inbox", {"public/list.csv": published}), tmp_path / "out")
    assert release.query("SELECT DISTINCT state FROM answer") == [(state,)]
    assert release.query("SELECT cells_loaded FROM file") == [(2,)]


@pytest.mark.parametrize("day", ["2025-01-05", "2568-01-05", "๒๕๖๘-๐๑-๐๕"])
def test_a_buddhist_day_is_the_same_day(day: str, tmp_path: Path) -> None:
    node = {"value": day, "corrected": None, "selection": ""}
    caf = page(envelope(version="fslm", cafVersion="1.7", questions={"fp-bi-22": node}))
    release = run_inbox(deliver(tmp_path / "inbox", {"hub/caf.json": caf}), tmp_path / "out")
    assert release.query("SELECT value_date, raw_value FROM answer") == [(date(2025, 1, 5), day)]
    assert release.query("SELECT assessed_on FROM assessment") == [(date(2025, 1, 5),)]


def test_a_southern_latitude_is_no_negative_quantity(tmp_path: Path) -> None:
    answers = {"fp-bas-5": "-6.9531", "fp-bas-6": "107.802"}
    nodes = {key: {"value": value, "corrected": None, "selection": ""} for key, value in answers.items()}
    caf = page(envelope(version="fslm", cafVersion="1.7", country="Indonesia", questions=nodes))
    release = run_inbox(deliver(tmp_path / "inbox", {"hub/caf.json": caf}), tmp_path / "out")
    assert dict(release.query("SELECT question_id, value_text FROM answer")) == answers
    assert release.query("SELECT latitude, longitude FROM facility") == [(-6.9531, 107.802)]
    assert release.query("SELECT code FROM quarantine") == []


def test_a_judged_question_that_asks_for_a_text_carries_no_verdict(tmp_path: Path) -> None:
    # Our words ask for the members of a committee; this export holds a finding against them.
    row = {"Question.ID": "information_osh.2", "Question.type": "NCQ", "Finding": "1"}
    release = run_inbox(deliver(tmp_path / "inbox", {"bwv/answers.csv": better_work(row)}), tmp_path / "out")
    assert release.query("SELECT state, raw_value FROM answer") == [("informational", "1")]
    assert release.column("SELECT kind FROM answer JOIN indicator USING (indicator_id)") == ["text"]


def test_what_a_place_is_or_has_carries_no_verdict(tmp_path: Path) -> None:
    answers = {"sipfacilityindustrialzone": "No", "enpurchco": "Yes", "sipaudit": "Perhaps"}
    inbox = deliver(tmp_path / "inbox", {"hub/fem.csv": wide(list(answers), answers)})
    release = run_inbox(inbox, tmp_path / "out")
    stated = release.query("SELECT question_id, state, value_text FROM answer ORDER BY question_id")
    assert stated == [("enpurchco", "informational", "Yes"), ("sipfacilityindustrialzone", "informational", "No")]
    assert release.query("SELECT code, value FROM quarantine") == [("unknown_answer", "Perhaps")]
