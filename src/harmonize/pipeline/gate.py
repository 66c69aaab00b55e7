"""The gate before publication: the tables of a release held against the expectations of the pipeline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from harmonize.errors import PublicationError
from harmonize.project import Project
from harmonize.settings import PipelineSettings

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
) -> dict[str, Any]:
    """Hold dimension tables and laws against the expectations.

    Args:
        connection: a finished release.
        reports: its folder of reports.
        previous: that of the release before, from which what has not changed is taken over.
        touched: assessments that were made anew or are gone since; None where all were made.

    Raises:
        PublicationError: a critical expectation failed.
    """
    if not settings.expectations:
        return {"checked": 0, "failed_warnings": []}
    # pandas and Great Expectations take seconds to import.
    from harmonize.quality.expectations import check_release
    from harmonize.quality.violations import touched_rows

    rows: Mapping[str, str] | None = None
    if touched is not None:
        connection.register("arriving", pa.table({"assessment_id": pa.array(touched, pa.string())}))
        connection.execute("CREATE TEMP TABLE touched AS FROM arriving")
        rows = touched_rows(connection, "touched")
    result = check_release(
        connection,
        _CHECKED,
        project.files("pipelines/expectations", "*.yml"),
        reports,
        docs=settings.data_docs,
        previous=previous,
        touched=rows,
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
