"""Hold a finished database against the truth of the invented inbox.

Only what the truth states is judged: pairs of mentions, of copies and of assessments of one stay, days and grades,
answers, findings, planted faults, the fate of files, their cells and the accounting law. Nothing here reads the inbox.
"""

from __future__ import annotations

import csv
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from harmonize.demo.fault_score import accused_places, caught_faults
from harmonize.demo.found_places import FoundPlaces, index_places, paths_of
from harmonize.demo.measures import PairScore, Tally, pair_score
from harmonize.demo.places_reported import canonical_path

__all__ = ["DemoScore", "assessments_found", "read_truth", "score"]

EXAMPLES = 20
"""How many mistakes of a kind are named."""
TOLERANCE = 1e-6
SPOILS_HEADERS = frozenset({"rating_against_areas", "unreadable_date", "unknown_rating"})
"""Faults that may have taken an assessment its day or its grade."""

TruthRow = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class DemoScore:
    """The result.

    Attributes:
        facilities: mentions grouped by factory.
        copies: deliveries grouped by assessment.
        stays: assessments grouped by the visit of assessors that they report.
        headers: assessments with the right day, grade and verified self-assessment.
        faults: planted faults that were reported in their place.
        accused: quarantined places where nothing was planted.
        files: files whose status is the planted one.
        cells: files with as many answer-bearing cells as were written.
        unbalanced: files that break the accounting law.
    """

    facilities: PairScore
    copies: PairScore
    stays: PairScore
    headers: Tally
    answers: Tally
    findings: Tally
    faults: Tally
    accused: tuple[str, ...]
    files: Tally
    cells: Tally
    unbalanced: tuple[str, ...]


def score(database: Path, truth: Path) -> DemoScore:
    """Judge the DuckDB file `database` (tables of contract version 1) by the folder `truth` of a generated demo."""
    files = read_truth(truth, "files")
    with duckdb.connect(str(database), read_only=True) as connection:
        places = _assessments_by_place(connection, files)
        assessments = _matched(read_truth(truth, "copies"), places)
        reported = _rows(connection, "quarantine")
        noticed = [*reported, *_rows(connection, "issue")]
        faults = read_truth(truth, "faults")
        true_assessments = _with_sound_headers(read_truth(truth, "assessments"), faults)
        return DemoScore(
            facilities=_facility_pairs(connection, read_truth(truth, "mentions"), files),
            copies=_copy_pairs(read_truth(truth, "copies"), places),
            stays=_stay_pairs(connection, true_assessments, assessments),
            headers=_headers(connection, true_assessments, assessments),
            answers=_answers(connection, read_truth(truth, "answers"), assessments),
            findings=_findings(connection, read_truth(truth, "findings"), assessments),
            faults=caught_faults(faults, noticed, files),
            accused=accused_places(faults, reported, files),
            files=_fates(connection, files),
            cells=_cells(connection, files),
            unbalanced=_unbalanced(connection),
        )


def read_truth(truth: Path, name: str) -> list[TruthRow]:
    """The rows of one table of the truth."""
    with (truth / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _rows(connection: duckdb.DuckDBPyConnection, table: str) -> list[tuple[str, str, str]]:
    query = f"SELECT f.path, t.locator, t.code FROM {table} AS t JOIN file AS f USING (file_id)"
    return [(canonical_path(path), locator, code) for path, locator, code in connection.execute(query).fetchall()]


def _alone(rows: Sequence[TruthRow]) -> frozenset[str]:
    counts = Counter(row["path"] for row in rows)
    return frozenset(path for path, count in counts.items() if count == 1)


def _facility_pairs(
    connection: duckdb.DuckDBPyConnection, mentions: Sequence[TruthRow], files: Sequence[TruthRow]
) -> PairScore:
    query = "SELECT f.path, m.locator, m.facility_id FROM facility_mention AS m JOIN file AS f USING (file_id)"
    places = index_places(connection.execute(query).fetchall(), files)
    alone = _alone(mentions)
    duplicates = {file["path"] for file in files if file["status"] == "duplicate"}
    return pair_score(
        (row["facility"], places.find(row["path"], row["locator"], alone=row["path"] in alone))
        for row in mentions
        if row["path"] not in duplicates
    )


def _assessments_by_place(connection: duckdb.DuckDBPyConnection, files: Sequence[TruthRow]) -> FoundPlaces:
    query = "SELECT f.path, c.locator, c.assessment_id FROM assessment_copy AS c JOIN file AS f USING (file_id)"
    places = index_places(connection.execute(query).fetchall(), files)
    return FoundPlaces(places.values, places.by_path, {})


def _copy_pairs(copies: Sequence[TruthRow], places: FoundPlaces) -> PairScore:
    alone = _alone(copies)
    return pair_score(
        (row["assessment"], places.find(row["path"], row["locator"], alone=row["path"] in alone)) for row in copies
    )


def assessments_found(database: Path, truth: Path) -> dict[str, str]:
    """The assessment of the database that stands for each true one."""
    with duckdb.connect(str(database), read_only=True) as connection:
        places = _assessments_by_place(connection, read_truth(truth, "files"))
    return _matched(read_truth(truth, "copies"), places)


def _matched(copies: Sequence[TruthRow], places: FoundPlaces) -> dict[str, str]:
    """Found assessment of every true one: where most of its copies ended up."""
    alone = _alone(copies)
    votes: dict[str, Counter[str]] = {}
    for row in copies:
        found = places.find(row["path"], row["locator"], alone=row["path"] in alone)
        if found is not None:
            votes.setdefault(row["assessment"], Counter())[found] += 1
    return {true: count.most_common(1)[0][0] for true, count in votes.items()}


def _with_sound_headers(assessments: Sequence[TruthRow], faults: Sequence[TruthRow]) -> list[TruthRow]:
    """Assessments whose day and grade nobody spoiled."""
    spoiled = {fault["assessment"] for fault in faults if fault["code"] in SPOILS_HEADERS}
    return [row for row in assessments if row["assessment"] not in spoiled]


def _stay_pairs(
    connection: duckdb.DuckDBPyConnection, true_assessments: Sequence[TruthRow], assessments: Mapping[str, str]
) -> PairScore:
    visits = dict(connection.execute("SELECT assessment_id, visit_id FROM assessment").fetchall())
    return pair_score((row["stay"], visits.get(assessments.get(row["assessment"]))) for row in true_assessments)


def _headers(
    connection: duckdb.DuckDBPyConnection, true_assessments: Sequence[TruthRow], assessments: Mapping[str, str]
) -> Tally:
    query = "SELECT assessment_id, assessed_on, rating_raw, verified_of FROM assessment"
    given = {
        assessment: (str(day or ""), rating or "", verified_of)
        for assessment, day, rating, verified_of in connection.execute(query).fetchall()
    }
    wrong: list[str] = []
    for row in true_assessments:
        wanted = (row["assessed_on"], row["rating"], assessments.get(row["verified_of"]))
        found = given.get(assessments.get(row["assessment"], ""))
        if found != wanted:
            wrong.append(f"{row['assessment']}: {wanted}, got {found}")
    return Tally(len(true_assessments), len(true_assessments) - len(wrong), tuple(wrong[:EXAMPLES]))


def _answers(
    connection: duckdb.DuckDBPyConnection, answers: Sequence[TruthRow], assessments: Mapping[str, str]
) -> Tally:
    query = "SELECT assessment_id, lower(question_id), answered_by, state, value_number, unit FROM answer"
    given = {tuple(row[:3]): row[3:] for row in connection.execute(query).fetchall()}
    wrong: list[str] = []
    for row in answers:
        key = (assessments.get(row["assessment"]), row["question_id"].lower(), row["answered_by"])
        found = given.get(key)
        if found is None or not _same_answer(row, found):
            wrong.append(f"{row['assessment']} {row['question_id']} {row['answered_by']}: {_wanted(row)}, got {found}")
    return Tally(len(answers), len(answers) - len(wrong), tuple(wrong[:EXAMPLES]))


def _wanted(row: TruthRow) -> str:
    return " ".join(part for part in (row["state"], row["value_number"], row["unit"]) if part)


def _same_answer(row: TruthRow, found: tuple[str, float | None, str | None]) -> bool:
    state, number, unit = found
    if state != row["state"]:
        return False
    if not row["value_number"]:
        return True
    return (
        number is not None
        and unit == row["unit"]
        and math.isclose(number, float(row["value_number"]), rel_tol=TOLERANCE)
    )


def _findings(
    connection: duckdb.DuckDBPyConnection, findings: Sequence[TruthRow], assessments: Mapping[str, str]
) -> Tally:
    """Findings are told apart by assessment, clause and due date; how many there are must agree too."""
    query = "SELECT assessment_id, clause_raw, due_on, coalesce(status, '') = 'closed', severity_raw FROM finding"
    given: dict[tuple[str | None, str, str], list[tuple[bool, str | None]]] = {}
    for assessment, clause, due_on, closed, severity in connection.execute(query).fetchall():
        given.setdefault((assessment, str(clause), str(due_on or "")), []).append((closed, severity))
    wrong: list[str] = []
    # One whose severity is not stated must not take the place of one whose severity is.
    for row in sorted(findings, key=lambda row: not row["severity_raw"]):
        candidates = given.get((assessments.get(row["assessment"]), row["clause"], row["due_on"]), [])
        match = next((each for each in candidates if _same_finding(row, each)), None)
        if match is None:
            wrong.append(
                f"{row['assessment']} {row['clause']} due {row['due_on']} closed {row['closed']}: {candidates}"
            )
        else:
            candidates.remove(match)
    return Tally(len(findings), len(findings) - len(wrong), tuple(wrong[:EXAMPLES]))


def _same_finding(row: TruthRow, found: tuple[bool, str | None]) -> bool:
    closed, severity = found
    return closed == (row["closed"] == "True") and (not row["severity_raw"] or severity == row["severity_raw"])


def _fates(connection: duckdb.DuckDBPyConnection, files: Sequence[TruthRow]) -> Tally:
    """Which of several byte-identical files is loaded is free; that exactly one is, is not."""
    found = {
        canonical_path(path): status for path, status in connection.execute("SELECT path, status FROM file").fetchall()
    }
    groups: dict[str, list[TruthRow]] = {}
    for file in files:
        groups.setdefault(file["content"], []).append(file)
    wrong: list[str] = []
    for group in groups.values():
        got = [
            next((found[path] for path in paths_of(file["path"], files) if path in found), "no row") for file in group
        ]
        planned = Counter(file["status"] for file in group)
        surplus = Counter(got) - planned
        wrong.extend(f"{group[0]['path']}: {status}" for status in surplus.elements())
    return Tally(len(files), len(files) - len(wrong), tuple(wrong))


def _cells(connection: duckdb.DuckDBPyConnection, files: Sequence[TruthRow]) -> Tally:
    """Refused files are left out: nobody counts their cells."""
    query = "SELECT path, cells_total FROM file"
    found = {canonical_path(path): str(cells) for path, cells in connection.execute(query).fetchall()}
    loaded = [file for file in files if file["status"] != "refused"]
    wrong = [
        f"{file['path']}: {file['cells']} cells, got {found.get(file['path'], 'no row')}"
        for file in loaded
        if found.get(file["path"]) != file["cells"]
    ]
    return Tally(len(loaded), len(loaded) - len(wrong), tuple(wrong[:EXAMPLES]))


def _unbalanced(connection: duckdb.DuckDBPyConnection) -> tuple[str, ...]:
    query = """
        SELECT path FROM file
        WHERE cells_total <> cells_blank + cells_loaded + cells_ignored + cells_quarantined
        ORDER BY path
    """
    return tuple(path for (path,) in connection.execute(query).fetchall())
