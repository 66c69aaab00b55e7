"""The workbook of a manufacturer: profile, plan and who sees what, of its own factory and nothing else."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import duckdb
import pytest
from python_calamine import CalamineWorkbook

from tests.pipeline.worlds import demo_world
from tests.queries import audience_folder

Rows = list[tuple[Any, ...]]


def _manufacturers() -> list[Path]:
    return sorted(audience_folder("").glob("manufacturer-*"))


def _sheets(folder: Path) -> dict[str, Rows]:
    book = CalamineWorkbook.from_path(folder / f"{folder.name}.xlsx")
    sheets = {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}
    return {
        name: [tuple(None if cell == "" else cell for cell in row) for row in rows] for name, rows in sheets.items()
    }


def _truth(name: str) -> list[dict[str, str]]:
    with (demo_world().truth / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture
def books() -> dict[Path, dict[str, Rows]]:
    found = {folder: _sheets(folder) for folder in _manufacturers()}
    assert found
    return found


def test_it_says_what_the_share_says(books: dict[Path, dict[str, Rows]]) -> None:
    planned = 0
    for folder, sheets in books.items():
        with duckdb.connect(str(folder / f"{folder.name}.duckdb"), read_only=True) as connection:
            card = connection.execute("SELECT name, os_id FROM v_facility_card").fetchall()
            lines = connection.execute("SELECT count(*) FROM v_corrective_action_plan").fetchall()[0][0]
        profile = {row[0].split(" / ")[0]: row[1] for row in sheets["Profile"][1:]}
        assert (profile["Name"], profile["OS ID"]) in card
        assert len(sheets["Plan"]) - 1 == lines
        planned += lines
    assert planned > 0


def test_a_plan_holds_what_was_granted() -> None:
    """Findings of granted reports have no file in a share, and stand in its plan all the same."""
    with_findings = 0
    for folder in _manufacturers():
        with duckdb.connect(str(folder / f"{folder.name}.duckdb"), read_only=True) as connection:
            ((missing, there),) = connection.execute(
                """
                SELECT count(*) FILTER (s.finding_id IS NULL), count(*)
                FROM finding n
                LEFT JOIN v_corrective_action_source s USING (finding_id)
                JOIN assessment a ON a.assessment_id = n.assessment_id
                LEFT JOIN indicator i ON i.indicator_id = n.indicator_id
                LEFT JOIN compact.closing_check c ON c.finding_id = n.finding_id
                WHERE a.published AND coalesce(i.kind, 'compliance') = 'compliance' AND c.finding_id IS NULL
                """
            ).fetchall()
        assert missing == 0
        with_findings += there
    assert with_findings > 0


def test_who_sees_what_is_what_the_truth_grants_of_what_it_sees_itself(books: dict[Path, dict[str, Rows]]) -> None:
    shares = _truth("shares")
    facilities = {row["os_id"].lower(): row["facility"] for row in _truth("facilities")}
    of = {row["assessment"]: row["facility"] for row in _truth("assessments")}
    told = 0
    for folder, sheets in books.items():
        facility = facilities[folder.name.rpartition("-")[2]]
        granted = {row["audience"] for row in shares if of[row["assessment"]] == facility and row["scope"] != "own"}
        named = {row[0] for row in sheets["Who sees what"][1:]}
        assert named <= {name for name in granted if not name.startswith("manufacturer:")}
        told += len(named)
    assert told > 0


def test_no_text_is_a_formula(books: dict[Path, dict[str, Rows]]) -> None:
    for sheets in books.values():
        texts = [cell for rows in sheets.values() for row in rows for cell in row if isinstance(cell, str)]
        assert [text for text in texts if text.startswith(("=", "+", "-", "@"))] == []
