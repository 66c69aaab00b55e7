"""Breaks of a series by law: which laws on a matter came into force between one year and the next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import duckdb

__all__ = ["LegalRegimes", "read_regimes"]

_LAWS = """
    SELECT DISTINCT r.indicator_id, i.topic_id, l.country, l.number, l.valid_from
    FROM indicator_law r JOIN law l USING (law_id) JOIN indicator i USING (indicator_id)
    WHERE l.valid_from IS NOT NULL
    ORDER BY ALL
"""


@dataclass(frozen=True, slots=True)
class LegalRegimes:
    """Laws with the day from which they hold, by country and matter (an indicator, or a topic and all above it)."""

    laws: Mapping[tuple[str, str], Sequence[tuple[date, str]]]

    def breaks(self, country: str | None, matter: str, year: int | None) -> str | None:
        """What makes a year not comparable with the one before; None where nothing does, or years stand together.

        A law of 1 January breaks once. A law that came in the middle of a year makes that year and the next one break:
        the first is mixed.
        """
        if country is None or year is None:
            return None
        found = [
            f"{number} in force since {since.isoformat()}"
            for since, number in self.laws.get((country, matter), ())
            if date(year - 1, 1, 1) < since <= date(year, 12, 31)
        ]
        return "; ".join(found) or None


def read_regimes(connection: duckdb.DuckDBPyConnection) -> LegalRegimes:
    """The laws that indicators refer to, of the connection's default database."""
    found: dict[tuple[str, str], set[tuple[date, str]]] = {}
    for indicator_id, topic_id, country, number, since in connection.execute(_LAWS).fetchall():
        names = topic_id.split(".")
        for matter in (indicator_id, *(".".join(names[:depth]) for depth in range(1, len(names) + 1))):
            found.setdefault((country, matter), set()).add((since, number))
    return LegalRegimes({key: sorted(laws) for key, laws in found.items()})
