"""What stands beside an answer belongs to the finding that is made of it; an entry that is none makes none."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

from tests.pipeline.worlds import deliver, run_inbox
from tests.sources.delivering import envelope, page
from tests.sources.workbooks import build


def test_a_finding_knows_how_grave_it_is_and_what_is_done(tmp_path: Path) -> None:
    titles = ["Provision", "Sub-provision", "Question No", "Question", "Answer", "Rating", "Finding", "Local Law",
              "Recommendation", "Timeline"]  # fmt: skip
    book: dict[str, list[list[Any]]] = {
        "Overview": [["Facility Name", "Sao Mai Garment"], ["Country", "Vietnam"], ["Assessment Date", "2026-02-10"]],
        "Results": [
            titles,
            ["H&S", "Fire", "H&S/14", "", "No", "Critical", "Exit blocked", "Law 1, article 2", "Clear it", "30 days"],
            ["H&S", "Fire", "H&S/15", "", "Yes", "Minor", "Signs are worn", None, "Renew them", None],
        ],
    }
    release = run_inbox(deliver(tmp_path / "inbox", {"lrqa/report.xlsx": build(book)}), tmp_path / "out")
    query = "SELECT clause_raw, severity, severity_raw, description, legal_reference, due_on FROM finding"
    assert release.query(query) == [
        ("H&S/14", "critical", "Critical", "Exit blocked", "Law 1, article 2", date(2026, 3, 12))
    ]
    assert release.query("SELECT action, due_on FROM corrective_action") == [("Clear it", date(2026, 3, 12))]
    assert release.query("SELECT cells_total, cells_loaded FROM file") == [(2, 2)]


def _node(value: str, comment: str, law: str) -> dict[str, Any]:
    return {"value": value, "corrected": None, "selection": "Accurate", "flag": False, "data": comment, "legal": law}


def test_a_finding_of_an_answer_knows_the_comment_and_the_law_beside_it(tmp_path: Path) -> None:
    questions = {
        "fp-bi-1": _node("Sao Mai Garment", "", ""),
        "vd-e4": _node("2026-02-10", "", ""),
        "wh-6": _node("No", "Records show more hours", "Labour Code 45/2019, article 107"),
        "wh-3": _node("No", "Two sets of records", "Yes"),
        "wh-6--1": _node("Yes", "Seen", "Labour Code 45/2019, article 98"),
    }
    report = page(
        envelope(id="fslm-1", version="fslm", cafVersion="1.7", status="VRF", statusHistory={"VRF": "2026/03/10"},
                 questions=questions)
    )  # fmt: skip
    book: dict[str, list[list[Any]]] = {
        "Main Survey Actual": [
            ["Key", "Number", "Master Type", "Response", "Corrected Response", "Verification Selection",
             "Verifier Comments", "Legal Non-Compliance"],
            ["fp-bi-1", "FP-BAS-1", "Question", "Hoa Sen Footwear", None, None, None, None],
            ["wh-6", "WH-WOR-11", "Question", "Yes", "No", "Inaccurate", "Records show more hours",
             "Labour Code 45/2019"],
        ]
    }  # fmt: skip
    inbox = deliver(tmp_path / "inbox", {"gateway/caf.json": report, "gateway/survey.xlsx": build(book)})
    release = run_inbox(inbox, tmp_path / "out")
    query = "SELECT clause_raw, description, legal_reference FROM finding ORDER BY legal_reference NULLS LAST"
    assert release.query(query) == [
        ("wh-6", "Records show more hours", "Labour Code 45/2019"),
        ("wh-6", "Records show more hours", "Labour Code 45/2019, article 107"),
        ("wh-3", "Two sets of records", None),
    ]
    plan = (
        "SELECT DISTINCT legal_reference FROM v_corrective_action_source WHERE legal_reference IS NOT NULL ORDER BY 1"
    )
    assert release.query(plan) == [("Labour Code 45/2019",), ("Labour Code 45/2019, article 107",)]


def test_only_a_non_compliance_is_a_finding(tmp_path: Path) -> None:
    audit = {
        "audit": {"reference": "ZAA1", "pillars": "2 pillar", "startDate": "2026-02-10"},
        "site": {"reference": "ZS1", "name": "Sao Mai Garment", "country": "Vietnam"},
        "findings": [
            {"id": f"ZAF{number}", "requirement": "3.H", "type": kind, "status": "Open*", "description": kind}
            for number, kind in enumerate(("NC", "CAR", "Observation", "GoodExample"))
        ],
    }
    release = run_inbox(deliver(tmp_path / "inbox", {"sedex/audit.json": json.dumps(audit)}), tmp_path / "out")
    assert release.query("SELECT description, status FROM finding") == [("NC", "open")]
    assert release.query("SELECT cells_total, cells_loaded FROM file") == [(4, 4)]
