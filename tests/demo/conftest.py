"""One invented inbox for all tests of the demo, and a database that says exactly what its truth says."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from pathlib import Path

import duckdb
import pytest

from harmonize.demo import generate

TruthTable = Callable[[str], list[dict[str, str]]]

SCHEMAS = Path(__file__).resolve().parents[2] / "schemas"

TABLES = """
CREATE TABLE file (file_id VARCHAR, path VARCHAR, status VARCHAR, cells_total INT, cells_blank INT, cells_loaded INT,
    cells_ignored INT, cells_quarantined INT);
CREATE TABLE facility_mention (file_id VARCHAR, locator VARCHAR, facility_id VARCHAR);
CREATE TABLE assessment (assessment_id VARCHAR, assessed_on DATE, rating_raw VARCHAR, verified_of VARCHAR,
    visit_id VARCHAR);
CREATE TABLE assessment_copy (file_id VARCHAR, locator VARCHAR, assessment_id VARCHAR);
CREATE TABLE answer (assessment_id VARCHAR, question_id VARCHAR, answered_by VARCHAR, state VARCHAR,
    value_number DOUBLE, unit VARCHAR);
CREATE TABLE finding (assessment_id VARCHAR, clause_raw VARCHAR, due_on DATE, status VARCHAR, severity_raw VARCHAR);
CREATE TABLE issue (file_id VARCHAR, locator VARCHAR, code VARCHAR);
CREATE TABLE quarantine (file_id VARCHAR, locator VARCHAR, code VARCHAR);
"""


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a small invented world."""
    out = tmp_path_factory.mktemp("demo")
    generate(out, facilities=24, seed=7, schemas=SCHEMAS)
    return out


@pytest.fixture(scope="session")
def truth(demo: Path) -> TruthTable:
    """Rows of one truth table."""

    def rows(name: str) -> list[dict[str, str]]:
        with (demo / "truth" / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
            return list(csv.DictReader(lines))

    return rows


@pytest.fixture
def database(tmp_path: Path, truth: TruthTable) -> Path:
    """A finished database without a single mistake."""
    path = tmp_path / "harmonized.duckdb"
    duplicates = {file["path"] for file in truth("files") if file["status"] == "duplicate"}
    with duckdb.connect(str(path)) as connection:
        connection.execute(TABLES)
        _fill(connection, "file", map(_file, truth("files")))
        _fill(connection, "assessment", map(_assessment, truth("assessments")))
        kept = (r for r in truth("mentions") if r["path"] not in duplicates)
        _fill(connection, "facility_mention", ((r["path"], r["locator"], f"HF{r['facility']}") for r in kept))
        copies = ((r["path"], r["locator"], f"HA{r['assessment']}") for r in truth("copies"))
        _fill(connection, "assessment_copy", copies)
        _fill(connection, "answer", map(_answer, truth("answers")))
        _fill(connection, "finding", map(_finding, truth("findings")))
        _fill(connection, "quarantine", ((r["path"], r["locator"], r["code"]) for r in truth("faults")))
    return path


def _file(row: dict[str, str]) -> tuple[object, ...]:
    return row["path"], row["path"], row["status"], row["cells"], 0, row["cells"], 0, 0


def _assessment(row: dict[str, str]) -> tuple[object, ...]:
    verified_of = f"HA{row['verified_of']}" if row["verified_of"] else None
    return f"HA{row['assessment']}", row["assessed_on"], row["rating"] or None, verified_of, f"HV{row['stay']}"


def _answer(row: dict[str, str]) -> tuple[object, ...]:
    number = float(row["value_number"]) if row["value_number"] else None
    return (
        f"HA{row['assessment']}",
        row["question_id"],
        row["answered_by"],
        row["state"],
        number,
        row["unit"] or None,
    )


def _finding(row: dict[str, str]) -> tuple[object, ...]:
    status = "closed" if row["closed"] == "True" else "open"
    return f"HA{row['assessment']}", row["clause"], row["due_on"] or None, status, row["severity_raw"] or None


def _fill(connection: duckdb.DuckDBPyConnection, table: str, rows: Iterable[tuple[object, ...]]) -> None:
    listed = list(rows)
    connection.begin()
    connection.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(listed[0]))})", listed)
    connection.commit()
