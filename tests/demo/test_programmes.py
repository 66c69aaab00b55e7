"""What the programmes of the invented world deliver makes sense: one stay in several exports, grades that follow."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

from tests.demo.inbox import content_of, workbook_rows

from harmonize.demo import generate
from harmonize.sources.overall_grade import OverallGrade, overall_grade
from harmonize.yaml_text import read_yaml

SCHEMAS = Path(__file__).resolve().parents[2] / "schemas"
TruthTable = Callable[[str], list[dict[str, str]]]

INSTRUMENTS = {
    "adidas", "amfori_bsci", "better_work_cat", "consent", "ersa", "facility_list", "gap", "higg_fem",
    "kh_self_declaration", "levis", "nike", "pvh", "slcp_caf", "smeta", "th_tls8001", "vn_labour_inspection", "wrap",
}  # fmt: skip


def test_every_instrument_that_is_read_is_in_the_inbox(truth: TruthTable) -> None:
    mapped = {path.parent.name for path in SCHEMAS.parent.glob("mappings/*/source.yml")}
    # (The Accord and the RSC inspect in Bangladesh and Pakistan, where no invented factory stands.)
    elsewhere = {"accord_rsc"}
    assert {file["instrument"] for file in truth("files")} - {""} == INSTRUMENTS == mapped - elsewhere


def test_an_assessment_that_two_buyers_deliver_has_two_copies(truth: TruthTable) -> None:
    contributors: dict[str, set[str]] = {}
    for copy in truth("copies"):
        contributors.setdefault(copy["assessment"], set()).add(copy["contributor"])
    for instrument, both in (
        ("caf", {"nike", "adidas"}),
        ("caf", {"nike", "gap"}),
        ("amfori_bsci", {"harbour", "northline"}),
        ("smeta7", {"levis", "northline"}),
        ("bw", {"better-work", "better-work-vietnam"}),
    ):
        assert any(name.startswith(f"{instrument}-") and both <= found for name, found in contributors.items()), both


def test_several_instruments_report_one_stay(truth: TruthTable) -> None:
    reported: dict[str, set[str]] = {}
    days: dict[str, set[str]] = {}
    for assessment in truth("assessments"):
        reported.setdefault(assessment["stay"], set()).add(assessment["instrument"])
        days.setdefault(assessment["stay"], set()).add(assessment["assessed_on"])
    together = list(reported.values())
    assert {"nike", "adidas"} in [found & {"nike", "adidas"} for found in together]
    assert any({"slcp_caf", "nike"} <= found and "better_work_cat" not in found for found in together)
    seen = [stay for stay, found in reported.items() if {"slcp_caf", "better_work_cat"} <= found]
    assert seen
    assert all(len(days[stay]) == 2 for stay in seen), "a few days apart"


def test_overall_grades_follow_from_the_areas(demo: Path, truth: TruthTable) -> None:
    scheme = read_yaml(SCHEMAS.parent / "mappings/amfori_bsci/source.yml")["overall_grade"]
    path = "harbour/received-2026-03-16/bsci_monitorings.json"
    told = {fault["locator"] for fault in truth("faults") if fault["code"] == "rating_against_areas"}
    printed: dict[bool, set[str]] = {True: set(), False: set()}
    for at, monitoring in enumerate(json.loads(content_of(demo, path))):
        points = [area["score"] for area in monitoring["performanceAreas"]]
        is_spoiled = f"$[{at}].overallRating" in told
        follows = overall_grade(points, OverallGrade.model_validate(scheme)) == monitoring["overallRating"]
        assert follows is not is_spoiled
        printed[is_spoiled].add(monitoring["overallRating"])
    assert len(printed[False]) > 1
    assert printed[True]


def test_one_form_is_in_the_old_encoding(demo: Path, truth: TruthTable) -> None:
    paths = [file["path"] for file in truth("files") if file["instrument"] == "vn_labour_inspection"]
    texts = [content_of(demo, path) for path in paths if path.endswith(".csv")]
    encoded = {"Kết quả".encode(): "utf-8", b"K\xd5t qu\xb6": "tcvn3"}
    assert {encoding for text in texts for sign, encoding in encoded.items() if sign in text} == {"utf-8", "tcvn3"}
    assert any(path.endswith(".xlsx") for path in paths)


def test_thai_inspections_print_thai_digits_and_buddhist_years(demo: Path) -> None:
    rows = workbook_rows(demo, "dlpw/received-2026-02-04/inspections.xlsx")
    clauses, days = {row[4] for row in rows}, {row[3] for row in rows}
    assert not any(re.search("[0-9]", text) for text in clauses | days)
    assert all("๒๕๖" in day for day in days)


def test_decisions_name_declarations_and_are_not_written_twice(tmp_path: Path) -> None:
    ledger = tmp_path / "decisions/facility_decisions.jsonl"
    made = generate(tmp_path, facilities=9, seed=7, schemas=SCHEMAS)
    lines = ledger.read_text(encoding="utf-8").splitlines()
    assert len(lines) == made.decisions > 0
    ledger.write_text("".join(f"{line}\n" for line in [*lines, '{"key_a": "mine"}']), encoding="utf-8")
    generate(tmp_path, facilities=9, seed=7, schemas=SCHEMAS)
    assert ledger.read_text(encoding="utf-8").splitlines() == [*lines, '{"key_a": "mine"}']
