"""What the report tells, read from a release once for all languages."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

import duckdb
import pyarrow as pa

from harmonize.insight.needs.owners import owner_groups
from harmonize.insight.needs.rules import BenchmarkRules
from harmonize.insight.report.queries import QUERIES
from harmonize.insight.report.words import ReportRules

__all__ = ["Material", "gather"]

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Material:
    """The rows behind the report.

    Attributes:
        rows: of every query by its name.
        queries: as they were asked.
        overlap: pairs of instruments, as `harmonize overlap` counts them; None where they were not compared.
        linkage: what the manifest says of the accuracy of the links.
        labels: of topics and indicators by id, each by language.
        intensities: the indicators that are stated per unit made.
    """

    rows: Mapping[str, Sequence[Row]]
    queries: Mapping[str, str]
    overlap: Sequence[Row] | None
    linkage: Mapping[str, Any]
    labels: Mapping[str, Mapping[str, str]]
    intensities: Sequence[str]
    rules: ReportRules
    benchmarks: BenchmarkRules
    months: int
    confidence: float

    @property
    def facts(self) -> Row:
        """The counts of the first section."""
        return self.rows["facts"][0]

    def label(self, name: str, language: str) -> str:
        """What a topic or an indicator is called; in English where the language has no word, else its id."""
        texts = self.labels.get(name, {})
        return texts.get(language) or texts.get("en") or name


def gather(
    connection: duckdb.DuckDBPyConnection,
    rules: ReportRules,
    benchmarks: BenchmarkRules,
    overlap: Sequence[Row] | None,
    linkage: Mapping[str, Any],
    months: int,
    confidence: float,
) -> Material:
    """Read a release.

    Args:
        connection: its default database is a release.
        overlap, linkage: see `Material`; each pair with the questions judged at each factory, `judged_at`.
        months: how far back an answer counts as given before.
        confidence: of the intervals of the linkage.
    """
    groups = owner_groups(connection, benchmarks.owners)
    owners = pa.table({"facility_id": [*groups], "owner_group": [*groups.values()]}, schema=_OWNERS)
    connection.register("arriving_owners", owners)
    connection.execute("CREATE OR REPLACE TEMP TABLE owner_group AS FROM arriving_owners")
    connection.unregister("arriving_owners")
    stated = {name: json.loads(said) for name, said in connection.execute(_LABELS).fetchall()}
    quantities = [name for (name,) in connection.execute(_QUANTITIES).fetchall()]
    intensities = _chosen(quantities, rules.trends.intensities)
    chosen = [*intensities, *_chosen(quantities, rules.trends.totals)]
    listed = ", ".join("'" + name.replace("'", "''") + "'" for name in chosen) or "NULL"
    queries = {
        name: query.replace("{indicators}", listed).replace("{fall}", f"{rules.fall_share:g}").strip()
        for name, query in QUERIES.items()
    }
    rows = {name: _rows(connection, query) for name, query in queries.items()}
    order = {name: place for place, name in enumerate(chosen)}
    if overlap is not None:
        overlap = [{**row, **_owners_of(row["judged_at"], groups)} for row in overlap]
    rows["trends"].sort(key=lambda row: (order[row["indicator_id"]], row["year"]))
    return Material(rows, queries, overlap, linkage, stated, intensities, rules, benchmarks, months, confidence)


def _owners_of(judged_at: Sequence[Row], groups: Mapping[str, str]) -> dict[str, float]:
    """How many owners a pair of instruments tells of, and the largest share of one of them."""
    counted: Counter[str] = Counter()
    for one in judged_at:
        counted[groups[one["facility_id"]]] += one["judged"]
    return {"groups": len(counted), "largest": max(counted.values()) / (counted.total() or 1)}


_OWNERS = pa.schema({"facility_id": pa.string(), "owner_group": pa.string()})
_LABELS = (
    "SELECT topic_id, labels FROM topic UNION ALL SELECT indicator_id, labels FROM indicator WHERE kind = 'quantity'"
)
_QUANTITIES = "SELECT indicator_id FROM indicator WHERE kind = 'quantity' ORDER BY indicator_id"


def _chosen(names: Iterable[str], patterns: Sequence[str]) -> list[str]:
    """Names that a pattern matches, in the order of the patterns."""
    known = list(names)
    return list(dict.fromkeys(name for pattern in patterns for name in known if fnmatchcase(name, pattern)))


def _rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    cursor = connection.execute(query)
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
