"""The gate before publication: the tables of a release held against the expectations of the pipeline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa

from harmonize.database import blocks_as_joined
from harmonize.errors import PublicationError
from harmonize.project import Project
from harmonize.quality.judging import Judging
from harmonize.settings import PipelineSettings
from harmonize.store.named_answers import classified_answers, name_answers, numbered_answers

if TYPE_CHECKING:
    from harmonize.quality.expectations import BegunCheck

__all__ = ["begin", "check"]

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
_TOUCHED = "touched_stored_answer"


def begin(
    connection: duckdb.DuckDBPyConnection,
    settings: PipelineSettings,
    project: Project,
    previous: Path | None,
    judging: Judging,
) -> BegunCheck | None:
    """Have the dimension tables of a release held against the expectations; nothing where none are wanted.

    Args:
        connection: its default database is a release whose tables stand.
        previous: the reports of the release before, from which what has not changed is taken over.
        judging: who judges.
    """
    if not settings.expectations:
        return None
    # pandas takes half a second to import.
    from harmonize.quality.expectations import begin_check

    suites = project.files("pipelines/expectations", "*.yml")
    return begin_check(connection, _CHECKED, suites, docs=settings.data_docs, previous=previous, judging=judging)


def check(
    begun: BegunCheck | None, connection: duckdb.DuckDBPyConnection, reports: Path, touched: Sequence[str] | None
) -> dict[str, Any]:
    """Hold the laws of a release against the expectations, and let it pass or not.

    Args:
        begun: what is being found of its tables.
        connection: the finished release.
        reports: its folder of reports.
        touched: assessments that were made anew or are gone since the release before; None where all were made.

    Raises:
        PublicationError: a critical expectation failed.
    """
    if begun is None:
        return {"checked": 0, "failed_warnings": []}
    with blocks_as_joined(connection):
        rows, screened = (None, _screened(connection)) if touched is None else _touched(connection, touched)
        result = begun.finish(connection, reports, rows, screened)
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
    # Chosen before anything is joined to them, so that the blocks of all others are not read.
    connection.execute(
        f"CREATE TEMP VIEW {_TOUCHED} AS FROM compact.stored_answer WHERE assessment_no IN (FROM touched_no)"
    )
    # A view: most laws are told by what is screened, and then nobody asks for texts and places.
    connection.execute(
        "CREATE TEMP VIEW touched_answer AS "
        f"SELECT * EXCLUDE (assessment_no, instrument) FROM ({numbered_answers('compact', _TOUCHED)})"
    )
    connection.execute(
        "CREATE TEMP TABLE touched_finding AS FROM finding WHERE assessment_id IN (SELECT assessment_id FROM touched)"
    )
    # (Each screen reads a few columns: to join those anew costs less than to write all of them down once.)
    connection.execute(f"CREATE TEMP VIEW screened_answer AS {classified_answers('compact', _TOUCHED)}")
    return (
        {"answer": "touched_answer", "finding": "touched_finding"},
        {"answer": "screened_answer", "question": "(SELECT DISTINCT question_id FROM screened_answer)"},
    )
