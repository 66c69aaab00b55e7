"""The accounting law: of every file, each answer-bearing cell is blank, loaded, ignored with a reason or withheld.

`cells_total = cells_blank + cells_loaded + cells_ignored + cells_quarantined`; the total is counted by the reader,
independently of what the later stages loaded.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

__all__ = ["Breach", "breaches"]


@dataclass(frozen=True, slots=True)
class Breach:
    """A file whose cells do not add up. All numbers count cells."""

    path: str
    total: int
    blank: int
    loaded: int
    ignored: int
    quarantined: int

    @property
    def missing(self) -> int:
        """Cells that are nowhere; negative when some are counted twice."""
        return self.total - self.blank - self.loaded - self.ignored - self.quarantined


def breaches(connection: duckdb.DuckDBPyConnection) -> list[Breach]:
    """Files that break the accounting law, by path."""
    rows = connection.execute(
        """
        SELECT path, cells_total, cells_blank, cells_loaded, cells_ignored, cells_quarantined
        FROM file
        WHERE cells_total <> cells_blank + cells_loaded + cells_ignored + cells_quarantined
        ORDER BY path
        """
    ).fetchall()
    return [Breach(*row) for row in rows]
