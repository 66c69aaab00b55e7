"""What stands beside an answer belongs to the finding that is made of it; an entry that is none makes none."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

from tests.pipeline.worlds import deliver, run_inbox
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
