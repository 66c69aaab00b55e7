"""The invented inbox is reproducible, and what its truth says stands where it says."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.demo.inbox import content_of, csv_rows, value_at

from harmonize.demo import generate
from harmonize.errors import InboxError
from harmonize.values.identifiers import os_id_check_character

SCHEMAS = Path(__file__).resolve().parents[2] / "schemas"
TruthTable = Callable[[str], list[dict[str, str]]]


def test_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    written = []
    for name in ("one", "two"):
        generate(tmp_path / name, facilities=9, seed=3, schemas=SCHEMAS)
        files = sorted(path for path in (tmp_path / name).rglob("*") if path.is_file())
        written.append({path.relative_to(tmp_path / name): path.read_bytes() for path in files})
    assert written[0] == written[1]


def test_another_seed_is_another_world(tmp_path: Path) -> None:
    names = []
    for seed in (1, 2):
        generate(tmp_path / str(seed), facilities=6, seed=seed, schemas=SCHEMAS)
        names.append((tmp_path / str(seed) / "truth/facilities.csv").read_text(encoding="utf-8"))
    assert names[0] != names[1]


@pytest.mark.parametrize("facilities", [1, 2, 5])
def test_tiny_worlds_are_written_too(tmp_path: Path, facilities: int) -> None:
    summary = generate(tmp_path, facilities=facilities, seed=4, schemas=SCHEMAS)
    assert summary.facilities == facilities
    assert (summary.truth / "files.csv").exists()


def test_foreign_files_in_the_inbox_are_left_alone(tmp_path: Path) -> None:
    own = tmp_path / "inbox/gap/visits.csv"
    own.parent.mkdir(parents=True)
    own.write_text("ours", encoding="utf-8")
    with pytest.raises(InboxError, match=r"visits\.csv"):
        generate(tmp_path, facilities=2, seed=4, schemas=SCHEMAS)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [own]


def test_the_same_demo_may_be_written_again(tmp_path: Path) -> None:
    first = generate(tmp_path, facilities=2, seed=4, schemas=SCHEMAS)
    assert generate(tmp_path, facilities=2, seed=4, schemas=SCHEMAS) == first


def test_every_fault_stands_in_one_place_only(truth: TruthTable) -> None:
    places = Counter((fault["path"], fault["locator"]) for fault in truth("faults"))
    assert places
    assert max(places.values()) == 1


def test_planted_values_stand_where_the_truth_says(demo: Path, truth: TruthTable) -> None:
    checked = Counter[str]()
    for fault in truth("faults"):
        if fault["locator"] in ("file", "header") or fault["code"] in (
            "blank_key",
            "repeated_row",
            "orphan_finding",
        ):
            continue
        found = value_at(demo, fault["path"], fault["locator"])
        expected = "" if fault["code"] == "excel_error" else fault["value"]
        assert str(found) == expected, fault
        checked[fault["code"]] += 1
    assert len(checked) >= 13


def test_added_rows_are_what_they_are_called(demo: Path, truth: TruthTable) -> None:
    for blank in (fault for fault in truth("faults") if fault["code"] == "blank_key"):
        row = value_at(demo, blank["path"], blank["locator"])
        assert "" in row
        assert any(row)
    faults = {fault["code"]: fault for fault in reversed(truth("faults"))}
    orphan = faults["orphan_finding"]
    orphan_row = value_at(demo, orphan["path"], orphan["locator"])
    assert orphan_row[0] == orphan["value"]
    repeated = faults["repeated_row"]
    rows = csv_rows(demo, repeated["path"])[1:]
    at = int(repeated["locator"].removeprefix("row="))
    assert rows[at - 1] in rows[: at - 1]


def test_excel_errors_are_error_cells_and_not_words(demo: Path, truth: TruthTable) -> None:
    for fault in truth("faults"):
        if fault["code"] != "excel_error":
            continue
        cell = fault["locator"].rpartition("cell=")[2]
        with zipfile.ZipFile(io.BytesIO(content_of(demo, fault["path"]))) as book:
            sheets = [book.read(name).decode() for name in book.namelist() if name.startswith("xl/worksheets/")]
        assert any(re.search(rf'<c r="{cell}"[^>]* t="e"', sheet) for sheet in sheets), fault


def test_places_of_assessments_hold_their_native_ids(demo: Path, truth: TruthTable) -> None:
    native = {row["assessment"]: row["native_id"] for row in truth("assessments")}
    checked = 0
    for copy in truth("copies"):
        prints_numbers = not copy["path"].startswith(("better-work/", "mlvt", "moha", "wrap"))
        if copy["path"].endswith((".csv", ".csv.gz")) and prints_numbers:
            assert native[copy["assessment"]] in value_at(demo, copy["path"], copy["locator"]), copy
            checked += 1
    assert checked > 40


def test_most_files_are_clean_and_faults_are_a_minority(truth: TruthTable) -> None:
    status = Counter(file["status"] for file in truth("files"))
    assert status["loaded"] > status["loaded_with_issues"] + status["refused"]
    assert len(truth("faults")) < len(truth("answers")) / 20


def test_every_planned_kind_of_fault_is_planted(truth: TruthTable) -> None:
    planted = {fault["code"] for fault in truth("faults")}
    assert planted == {
        "bad_check_digit", "blank_key", "broken_archive", "deleted_assessment", "drift_column", "empty_file",
        "excel_error", "missing_column", "missing_unit", "negative_quantity", "nested_archive", "never_posted",
            "not_a_registrar", "refused_grant", "unreadable_grant",
        "orphan_finding", "rating_against_areas", "repeated_row", "truncated_json", "unknown_answer",
        "unknown_clause", "unknown_format", "unknown_rating", "unknown_severity", "unknown_status",
        "unknown_timescale", "unknown_unit", "unreadable_date", "unreadable_number", "wrong_encoding",
    }  # fmt: skip


def test_byte_identical_files_carry_no_fault(truth: TruthTable) -> None:
    contents = Counter(file["content"] for file in truth("files"))
    twins = {file["path"] for file in truth("files") if contents[file["content"]] > 1}
    assert twins
    assert not twins & {fault["path"] for fault in truth("faults")}


def test_answers_that_were_spoiled_are_not_in_the_truth(truth: TruthTable) -> None:
    spoiled = {(fault["assessment"], fault["question"]) for fault in truth("faults") if fault["assessment"]}
    assert spoiled
    assert not spoiled & {(answer["assessment"], answer["question_id"]) for answer in truth("answers")}


def test_yes_to_a_violation_is_bad(tmp_path: Path) -> None:
    generate(tmp_path, facilities=40, seed=5, schemas=SCHEMAS)
    with (tmp_path / "truth/answers.csv").open(encoding="utf-8", newline="") as lines:
        states = Counter(
            row["state"] for row in csv.DictReader(lines) if row["question_id"] == "sipgovenvviolation2018"
        )
    assert states["met"] > states["not_met"]


def test_energy_is_stated_in_megajoules(demo: Path, truth: TruthTable) -> None:
    header, *lines = csv_rows(demo, "higg/received-2025-07-18/fem2024_others.csv")
    amounts = {
        (row["native_id"], row["question_id"]): row
        for row in truth("answers")
        if row["instrument"] == "higg_fem" and row["question_id"] == "ensourceelectricpurchquant"
    }
    factors = {"kWh": 3.6, "MWh": 3600.0, "MJ": 1.0}
    checked = 0
    for line in lines:
        row = dict(zip(header, line, strict=True))
        expected = amounts.get((row["surveyid"], "ensourceelectricpurchquant"))
        if expected is not None:
            in_megajoules = float(row["ensourceelectricpurchquant"]) * factors[row["ensourceelectricpurchunit"]]
            assert float(expected["value_number"]) == pytest.approx(in_megajoules)
            checked += 1
    assert checked


def test_identifiers_are_well_formed_and_belong_to_one_site(truth: TruthTable) -> None:
    codes = [row["os_id"] for row in truth("facilities")]
    assert len(set(codes)) == len(codes)
    assert all(code[-1] == os_id_check_character(code[:14]) for code in codes)


def test_no_two_factories_are_written_alike_by_one_contributor(demo: Path, truth: TruthTable) -> None:
    path = "pvh/received-2026-01-12/facility_list.csv"
    rows = csv_rows(demo, path)[1:]
    mentions = [mention for mention in truth("mentions") if mention["path"] == path]
    assert len({tuple(row[:5]) for row in rows}) == len(rows) == len(mentions)
