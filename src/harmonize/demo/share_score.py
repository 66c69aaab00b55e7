"""Hold what audiences were given against who may see what: by what stands in their files, not what is said of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import duckdb

from harmonize.database import quoted
from harmonize.demo.measures import Tally
from harmonize.demo.score import assessments_found, read_truth

__all__ = ["score_shares"]

EXAMPLES = 20
TABLES = ("finding", "answer")
OPENED = {"summary": (), "findings": ("finding",), "answers": TABLES, "full": TABLES}
"""Of which tables a scope tells."""
OWN = "own"

Shown = Mapping[tuple[str, str], frozenset[str]]
"""By audience and assessment of the release, which tables tell of it."""


def score_shares(out: Path, database: Path, truth: Path) -> Tally:
    """Every assessment that an audience surely may see, or sees: whether it sees what its scope opens, and no more.

    Args:
        out: the folder with `audiences` and `steward`.
        database: the DuckDB file of the release that was published.
    """
    places = assessments_found(database, truth)
    true_ones = {found: true for true, found in places.items()}
    rows = read_truth(truth, "shares")
    keys = [(row["audience"], places.get(row["assessment"], row["assessment"])) for row in rows]
    may = {key: row["scope"] for key, row in zip(keys, rows, strict=True)}
    unsure = {key for key, row in zip(keys, rows, strict=True) if row["surely"] != "True"}
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH {quoted(database)} AS source (READ_ONLY)")
        whole = {table: _assessments(connection, "source", table) for table in TABLES}
        shown = _shown(connection, out)
    wrong = []
    judged = sorted((may.keys() - unsure) | shown.keys())
    for key in judged:
        scope, tables = may.get(key), shown.get(key)
        if not _is_right(scope, tables, frozenset(table for table in TABLES if key[1] in whole[table])):
            audience, found = key
            told = "nothing" if tables is None else ", ".join(["header", *sorted(tables)])
            wrong.append(f"{audience} may see {scope or 'nothing'} of {true_ones.get(found, found)} and sees {told}")
    return Tally(len(judged), len(judged) - len(wrong), tuple(wrong[:EXAMPLES]))


def _is_right(scope: str | None, tables: frozenset[str] | None, there: frozenset[str]) -> bool:
    if scope is None or tables is None:
        return False
    # (What it handed in need not be all that there is, nor what stands: a copy of before an amendment tells otherwise.)
    return scope == OWN or tables == there & frozenset(OPENED[scope])


def _shown(connection: duckdb.DuckDBPyConnection, out: Path) -> Shown:
    """What stands in the files; an id that is none of the audience's own stays as it is."""
    shown: dict[tuple[str, str], frozenset[str]] = {}
    connection.execute(f"ATTACH {quoted(out / 'steward' / 'tokens.duckdb')} AS steward (READ_ONLY)")
    for path in sorted((out / "audiences").glob("*/*.duckdb")):
        audience = str(json.loads((path.parent / "manifest.json").read_text(encoding="utf-8"))["audience"])
        connection.execute(f"ATTACH {quoted(path)} AS share (READ_ONLY)")
        told = {table: _assessments(connection, "share", table) for table in TABLES}
        rows = connection.execute(
            "SELECT a.assessment_id, coalesce(t.master_id, a.assessment_id) FROM share.assessment a "
            "LEFT JOIN steward.token t ON t.token = a.assessment_id AND t.audience = ? ORDER BY ALL",
            [audience],
        ).fetchall()
        for shared_id, master_id in rows:
            shown[audience, master_id] = frozenset(table for table in TABLES if shared_id in told[table])
        connection.execute("DETACH share")
    return shown


def _assessments(connection: duckdb.DuckDBPyConnection, catalogue: str, table: str) -> frozenset[str]:
    rows = connection.execute(f"SELECT DISTINCT assessment_id FROM {catalogue}.{table}").fetchall()
    return frozenset(key for (key,) in rows)
