"""Rows of findings: what is one, what is several, and what losing deliveries said of them."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.pipeline.worlds import Release, deliver, run_inbox
from tests.sources.delivering import gap, table
from tests.sources.workbooks import build

_FINDINGS = "SELECT clause_raw, severity_raw, status, due_on FROM finding ORDER BY ALL"


def _pvh(folder: Path, *rows: list[Any]) -> Release:
    titles = [
        "Assessment ID",
        "PVH Factory ID",
        "Factory Name",
        "Country",
        "Assessment Type",
        "Assessment Date",
        "Rating",
    ]
    header = ["P-1", "PF-1", "Sao Mai Garment", "Vietnam", "Full", "07-Mar-2026", "Green"]
    columns = ["Assessment ID", "Finding No", "Code Element", "Finding Class", "Description", "Due Date", "Status"]
    book = build({"Assessments": [titles, header], "Findings": [columns, *rows]})
    return run_inbox(deliver(folder / "inbox", {"pvh/book.xlsx": book}), folder / "out")


def test_two_findings_of_one_number_stay_two(tmp_path: Path) -> None:
    release = _pvh(
        tmp_path,
        ["P-1", "3", "Wages", "Minor", "Pay slip lacks a line", None, "Closed"],
        ["P-1", "3", "Child Labor", "Zero Tolerance", "A worker of 13", "02-Feb-2026", "Open"],
        ["P-1", "4", "Wages", "Minor", "Something else", None, "Open"],
    )
    assert release.query(_FINDINGS) == [
        ("Child Labor", "Zero Tolerance", "open", date(2026, 2, 2)),
        ("Wages", "Minor", "open", None),
        ("Wages", "Minor", "closed", None),
    ]
    assert release.query("SELECT value, count(*) FROM issue WHERE code = 'finding_number_twice' GROUP BY ALL") == [
        ("3", 2)
    ]


def test_rows_that_differ_in_what_they_say_of_a_matter_are_all_kept(tmp_path: Path) -> None:
    rows = [
        {"Severity": severity, "CAPStatus": status} for severity, status in (("key", "Closed"), ("critical", "Open"))
    ]
    release = run_inbox(deliver(tmp_path / "inbox", {"gap/a.csv": gap(*rows)}), tmp_path / "out")
    stated = release.query("SELECT severity_raw, status FROM finding ORDER BY severity_raw")
    assert stated == [("critical", "open"), ("key", "closed")]
    assert release.column("SELECT code FROM issue WHERE code = 'finding_twice'") == ["finding_twice"]
    assert release.query("SELECT status FROM file") == [("loaded",)]


def test_an_amended_export_updates_its_findings_row_by_row(tmp_path: Path) -> None:
    many = [{"ProvisionCode": f"II.{letter}", "FindingText": letter} for letter in "ABCDEFGHIJK"]
    before = [{**row, "CAPStatus": "Open"} for row in many]
    after = [{**row, "CAPStatus": "Closed"} for row in reversed(many)]
    inbox = deliver(
        tmp_path / "inbox",
        {"gap/received-2026-04-01/a.csv": gap(*before), "gap/received-2026-05-01/a.csv": gap(*after)},
    )
    release = run_inbox(inbox, tmp_path / "out")
    assert release.query("SELECT status, count(*) FROM finding GROUP BY ALL") == [("closed", len(many))]
    lost = "SELECT question_id, value_raw, winning_value_raw, reason FROM conflict WHERE question_id = 'finding II.A'"
    assert release.query(lost) == [
        ("finding II.A", "Open", "Closed", "the winning delivery states its status otherwise")
    ]
    again = run_inbox(inbox, tmp_path / "out")
    assert again.query("SELECT count(*) FROM conflict") == [(len(many),)]


def _ersa(folder: Path, *rows: list[Any]) -> Release:
    titles = ["Provision", "Sub-provision", "Question No", "Question", "Answer", "Rating", "Finding", "Local Law",
              "Recommendation", "Timeline"]  # fmt: skip
    overview = [["Facility Name", "Sao Mai Garment"], ["Country", "Vietnam"], ["Assessment Date", "2026-02-10"]]
    book = build({"Overview": overview, "Results": [titles, *rows]})
    return run_inbox(deliver(folder / "inbox", {"lrqa/report.xlsx": book}), folder / "out")


def test_a_grave_answer_to_an_unknown_question_is_a_finding(tmp_path: Path) -> None:
    release = _ersa(
        tmp_path,
        ["Unheard Of", "General", "1", "", "No", "Critical", "Own words", None, "Do it", "30 days"],
        ["Unheard Of", "General", "2", "", "Yes", "Minor", "Own words", None, None, None],
        ["Unheard Of", "General", "3", "", "No", None, None, None, None, None],
    )
    assert release.query(_FINDINGS) == [("Unheard Of/1", "Critical", None, date(2026, 3, 12))]
    assert release.query("SELECT indicator_id, topic_id, made_from FROM finding") == [(None, None, "answer")]
    assert release.query("SELECT action FROM corrective_action") == [("Do it",)]
    assert release.query("SELECT cells_total, cells_loaded FROM file") == [(3, 3)]


@pytest.mark.parametrize("timeline", ["2026-05-20", {"date": "2026-05-20"}])
def test_a_timeline_may_be_a_day(timeline: Any, tmp_path: Path) -> None:
    release = _ersa(
        tmp_path, ["H&S", "Fire", "H&S/14", "", "No", "Critical", "Exit blocked", None, "Clear it", timeline]
    )
    assert release.query("SELECT due_on FROM finding") == [(date(2026, 5, 20),)]
    assert release.query("SELECT status FROM file") == [("loaded",)]


def _nike(*rows: list[str]) -> str:
    titles = "factory_code,factory_name,address,city,state,postal_code,country,audit_id,audit_tool,audit_date,rating,"
    head = [*(titles + "clc_category,finding,level,cap_due,cap_status").split(",")]
    site = [
        "NF-1",
        "Sao Mai Garment",
        "12 Road 3",
        "Bien Hoa",
        "",
        "",
        "Vietnam",
        "N-1",
        "SMSI",
        "2026-02-10",
        "Bronze",
    ]
    return table([head, *([*site, *row] for row in rows)])


def test_a_finding_without_clause_is_kept_and_a_row_without_anything_is_a_clean_visit(tmp_path: Path) -> None:
    rows = [["", "Own words", "serious", "2026-03-10", "open"], ["", "", "", "", ""]]
    release = run_inbox(deliver(tmp_path / "inbox", {"nike/a.csv": _nike(*rows)}), tmp_path / "out")
    assert release.query(_FINDINGS) == [(None, "serious", "open", date(2026, 3, 10))]
    assert release.query("SELECT cells_total, cells_loaded FROM file") == [(1, 1)]
    assert release.query("SELECT code FROM issue WHERE severity <> 'info'") == [("finding_without_clause",)]


def test_an_audit_without_its_key_belongs_to_nothing(tmp_path: Path) -> None:
    document = {
        "monitoringId": None, "siteAmforiId": "704-035945-002", "startDate": 1770681600000,
        "site": {"name": {"en_GB": "Sao Mai Garment"}, "country": "Vietnam"}, "overallRating": "C",
        "performanceAreas": [{"number": 5, "score": 71, "questions": [{"number": "5.1", "answer": "YES"}]}],
    }  # fmt: skip
    inbox = deliver(tmp_path / "inbox", {"member/monitoring.json": json.dumps(document)})
    release = run_inbox(inbox, tmp_path / "out")
    assert release.query("SELECT count(*) FROM assessment") == [(0,)]
    assert release.query("SELECT cells_total, cells_quarantined FROM file") == [(1, 1)]
    assert release.column("SELECT code FROM quarantine") == ["blank_key"]
