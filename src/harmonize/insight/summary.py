"""The closing figures of a run and the tables that a steward opens first."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from harmonize.database import quoted

__all__ = ["figures", "write_reports", "write_table"]

_FIGURES = """
    SELECT
        (SELECT count(*) FROM file) AS files,
        (SELECT count(*) FROM file WHERE status = 'loaded') AS files_loaded,
        (SELECT count(*) FROM file WHERE status = 'loaded_with_issues') AS files_loaded_with_issues,
        (SELECT count(*) FROM file WHERE status = 'duplicate') AS files_duplicate,
        (SELECT count(*) FROM file WHERE status = 'refused') AS files_refused,
        (SELECT count(*) FROM facility_mention) AS mentions,
        (SELECT count(*) FROM facility) AS facilities,
        (SELECT count(*) FROM assessment) AS assessments,
        (SELECT count(*) FROM assessment_copy) AS copies,
        (SELECT count(*) FROM assessment_copy WHERE relation <> 'original') AS copies_merged,
        (SELECT coalesce(sum(answers), 0)::BIGINT FROM compact.stored_assessment) AS answers,
        (SELECT count(*) FROM finding) AS findings,
        (SELECT count(*) FROM corrective_action) AS corrective_actions,
        (SELECT count(*) FROM conflict) AS conflicts,
        (SELECT count(*) FROM contradiction) AS contradictions,
        (SELECT count(*) FROM quarantine) AS quarantined,
        (SELECT count(*) FROM issue WHERE severity <> 'info') AS issues_to_see,
        (SELECT coalesce(sum(cells_total), 0)::BIGINT FROM file) AS cells_total,
        (SELECT coalesce(sum(cells_blank), 0)::BIGINT FROM file) AS cells_blank,
        (SELECT coalesce(sum(cells_loaded), 0)::BIGINT FROM file) AS cells_loaded,
        (SELECT coalesce(sum(cells_ignored), 0)::BIGINT FROM file) AS cells_ignored,
        (SELECT coalesce(sum(cells_quarantined), 0)::BIGINT FROM file) AS cells_quarantined,
        (SELECT sum(answers) FILTER (indicator_id IS NOT NULL) / nullif(sum(answers), 0) FROM answered)
            AS answer_coverage,
        (SELECT count(*) FILTER (indicator_id IS NOT NULL) / nullif(count(*), 0) FROM finding) AS finding_coverage
"""

_REPORTS = {
    "files": """
        SELECT path, contributor, instrument, edition, status, received_at, cells_total, cells_blank, cells_loaded,
            cells_ignored, cells_quarantined
        FROM file ORDER BY contributor, path
    """,
    "refused": """
        SELECT f.contributor, f.path, i.code, i.message, i.hint
        FROM file f JOIN issue i USING (file_id) WHERE f.status = 'refused' ORDER BY ALL
    """,
    "issues": """
        SELECT f.contributor, f.path, i.locator, i.severity, i.code, i.value, i.message, i.hint
        FROM issue i LEFT JOIN file f USING (file_id) ORDER BY
            i.severity, f.contributor, f.path, i.locator, i.code, i.value,
            i.message
    """,
    "quarantine": """
        SELECT f.contributor, f.path, q.locator, q.code, q.value, q.message, q.hint
        FROM quarantine q LEFT JOIN file f USING (file_id) ORDER BY
            f.contributor, f.path, q.locator, q.code, q.value, q.message
    """,
    "coverage": """
        SELECT *, round(mapped / answers, 4) AS share FROM (
            SELECT instrument, edition, sum(answers)::BIGINT AS answers,
                coalesce(sum(answers) FILTER (indicator_id IS NOT NULL), 0)::BIGINT AS mapped
            FROM answered GROUP BY instrument, edition
        ) ORDER BY ALL
    """,
    "burden": """
        SELECT * REPLACE (array_to_string(contributors, ', ') AS contributors) FROM v_burden
        ORDER BY country, facility, facility_id, year
    """,
    "burden_sector": "SELECT * FROM v_burden_sector ORDER BY country, year",
    "unmapped": """
        SELECT instrument, edition, question, sum(asked)::BIGINT AS answers FROM (
            SELECT instrument, edition, question_id AS question, answers AS asked
            FROM answered WHERE indicator_id IS NULL
            UNION ALL
            SELECT s.instrument, s.edition, n.clause_raw, 1
            FROM finding n JOIN assessment s USING (assessment_id) WHERE n.indicator_id IS NULL
        ) GROUP BY ALL ORDER BY answers DESC, instrument, edition, question
    """,
}


def figures(connection: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """Counts of everything a run did."""
    _count_answers(connection)
    relation = connection.execute(_FIGURES)
    names = [column[0] for column in relation.description or []]
    return dict(zip(names, relation.fetchall()[0], strict=True))


def _count_answers(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `answered`: one look at all answers for everything that counts them."""
    connection.execute("CREATE TEMP TABLE IF NOT EXISTS answered AS FROM compact.answered_question")


def write_reports(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Write the small tables as CSV."""
    folder.mkdir(parents=True, exist_ok=True)
    _count_answers(connection)
    for name, query in _REPORTS.items():
        write_table(connection, query, folder / f"{name}.csv")


def write_table(connection: duckdb.DuckDBPyConnection, query: str, path: Path) -> None:
    """Write what a query finds as CSV; text that a spreadsheet would run as a formula is neutralised by a quote."""
    relation = connection.execute(f"SELECT * FROM ({query}) LIMIT 0")
    # (Numbers and days are no formulas.)
    columns = ", ".join(
        _neutral(name) if str(kind) == "VARCHAR" else f'"{name}"' for name, kind, *_ in relation.description or []
    )
    connection.execute(f"COPY (SELECT {columns} FROM ({query})) TO {quoted(path)} (HEADER, DELIMITER ',')")


_FORMULA = r"^(\s*[=+@\x{FF1D}\x{FF0B}\x{FF0D}\x{FF20}-]|[\t\r\n])"
_NUMBER = r"[+-]?[0-9]+([.,][0-9]+)*([eE][+-]?[0-9]+)? ?%?"
"""As `harmonize.workbooks.neutral` has them."""


def _neutral(column: str) -> str:
    text = f'"{column}"::VARCHAR'
    return (
        f"CASE WHEN regexp_matches({text}, {quoted(_FORMULA)}) AND NOT regexp_full_match({text}, {quoted(_NUMBER)}) "
        f"THEN '''' || {text} ELSE {text} END AS \"{column}\""
    )
