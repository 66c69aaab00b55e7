"""The gate before publication: the tables of a release held against the expectations of the pipeline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from harmonize.errors import PublicationError
from harmonize.project import Project
from harmonize.quality.judging import Judging
from harmonize.settings import PipelineSettings
from harmonize.store.named_answers import classified_answers, name_answers

__all__ = ["check"]

_CHECKED = (
    "facility",
    "facility_identifier",
    "facility_mention",
    "assessment",
    "assessment_copy",
    "file",
    "indicator",
    "topic",
    "crosswalk",
    "consent_grant",
)


def check(
    connection: duckdb.DuckDBPyConnection,
    settings: PipelineSettings,
    project: Project,
    reports: Path,
    previous: Path | None,
    touched: Sequence[str] | None,
    judging: Judging,
) -> dict[str, Any]:
    """Hold dimension tables and laws against the expectations.

    Args:
        connection: a finished release.
        reports: its folder of reports.
        previous: that of the release before, from which what has not changed is taken over.
        touched: assessments that were made anew or are gone since; None where all were made.
        judging: who judges.

    Raises:
        PublicationError: a critical expectation failed.
    """
    if not settings.expectations:
        return {"checked": 0, "failed_warnings": []}
    # pandas takes half a second to import.
    from harmonize.quality.expectations import check_release

    rows, screened = ({}, _screened(connection)) if touched is None else _touched(connection, touched)
    result = check_release(
        connection,
        _CHECKED,
        project.files("pipelines/expectations", "*.yml"),
        reports,
        docs=settings.data_docs,
        previous=previous,
        touched=None if touched is None else rows,
        screened=screened,
        judging=judging,
    )
    if result.failed_critical:
        first = result.failed_critical[0]
        raise PublicationError(
            f"expectation failed: {first.table}.{first.column or '*'} {first.expectation}: {first.message} "
            f"The last release stays. ({len(result.failed_critical)} critical in all.)"
        )
    return {
        "checked": len(result.results),
        "failed_warnings": [
            {
                "table": entry.table,
                "expectation": entry.expectation,
                "column": entry.column,
                "message": entry.message,
            }
            for entry in result.failed_warnings
        ],
    }


def _screened(connection: duckdb.DuckDBPyConnection) -> Mapping[str, str]:
    """What screens read of the answers, as a view that costs less than `answer`, and the questions asked."""
    name_answers(connection)
    connection.execute(f"CREATE TEMP VIEW screened_answer AS {classified_answers('temp')}")
    connection.execute("CREATE TEMP VIEW screened_question AS SELECT DISTINCT question_id FROM temp.question")
    return {"answer": "screened_answer", "question": "screened_question"}


def _touched(
    connection: duckdb.DuckDBPyConnection, touched: Sequence[str]
) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Answers and findings of some assessments, and what screens read of them.

    The numbers of the assessments lead to their answers without a look at all.
    """
    connection.register("arriving", pa.table({"assessment_id": pa.array(touched, pa.string())}))
    connection.execute("CREATE TEMP TABLE touched AS FROM arriving")
    connection.execute(
        "CREATE TEMP TABLE touched_no AS "
        "SELECT assessment_no FROM compact.stored_assessment JOIN touched USING (assessment_id)"
    )
    # A view: most laws are told by what is screened, and then nobody asks for texts and places.
    connection.execute(
        "CREATE TEMP VIEW touched_answer AS "
        "SELECT * EXCLUDE (assessment_no, instrument) FROM compact.numbered_answer "
        "WHERE assessment_no IN (FROM touched_no)"
    )
    connection.execute(
        "CREATE TEMP TABLE touched_finding AS FROM finding WHERE assessment_id IN (SELECT assessment_id FROM touched)"
    )
    connection.execute(
        f"CREATE TEMP TABLE screened_answer AS SELECT * FROM ({classified_answers('compact')}) "
        "WHERE assessment_no IN (FROM touched_no)"
    )
    return (
        {"answer": "touched_answer", "finding": "touched_finding"},
        {"answer": "screened_answer", "question": "(SELECT DISTINCT question_id FROM screened_answer)"},
    )
