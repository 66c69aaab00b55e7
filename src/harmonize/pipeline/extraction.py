"""Extracts and reports of a finished release, written while it is held against its expectations.

Both only read the release. The gate is one thread of Python and the extracts are DuckDB's work, so that together they
take little longer than the longer of them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from harmonize.database import beside
from harmonize.insight.summary import figures, write_reports
from harmonize.store.datapackage import datapackage
from harmonize.store.parquet import Previous, write_parquet

__all__ = ["Extracts", "extracting"]


@dataclass(frozen=True, slots=True)
class Extracts:
    """What was written.

    Attributes:
        parts: the hash of what each parquet file says, by its path.
        figures: counts of everything that the run did.
    """

    parts: Mapping[str, str]
    figures: Mapping[str, Any]


def extracting(
    connection: duckdb.DuckDBPyConnection,
    telling: duckdb.DuckDBPyConnection,
    release: Path,
    release_id: str,
    as_of: str,
    digests: Mapping[str, str],
    previous: Previous | None,
    *,
    continues: bool,
    report: Callable[[duckdb.DuckDBPyConnection], None] | None = None,
) -> AbstractContextManager[Future[Extracts]]:
    """Write parquet and reports beside what the caller does meanwhile; an error of the caller's stops it.

    Args:
        connection, telling: a finished release, for this alone, and for the report and the figures alone: after a small
            change both are many short statements, of which none keeps two cores busy.
        release: its folder.
        digests: the hash of what each table says.
        previous: the extracts of the release before.
        continues: this release continues that one.
        report: writes the report of the release; None where none is wanted.
    """

    def extract(connection: duckdb.DuckDBPyConnection) -> Extracts:
        with beside(telling, tell) as told:
            folder = release / "parquet"
            parts = write_parquet(connection, folder, digests, previous, continues=continues)
            package = json.dumps(datapackage(folder, release_id, as_of), ensure_ascii=False, indent=1)
            (folder / "datapackage.json").write_text(package, encoding="utf-8")
            write_reports(connection, release / "reports")
            return Extracts(parts, told.result())

    def tell(connection: duckdb.DuckDBPyConnection) -> dict[str, Any]:
        if report is not None:
            report(connection)
        return figures(connection)

    return beside(connection, extract)
