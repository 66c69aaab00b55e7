"""The queries that are documented for buyers, with their output: `python -m tests.queries` writes the output anew."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from harmonize.pipeline.publishing import publish
from tests.pipeline.worlds import AS_OF, ROOT, alone, demo_world, settings

__all__ = ["BUYER", "DOCUMENT", "audience_folder", "documented", "printed"]

DOCUMENT = ROOT / "schemas" / "queries.md"
BUYER = "gap"
_BLOCK = re.compile(
    r"(?P<title>^## .+?$)(?P<between>.*?```sql\n)(?P<sql>.*?)```\n(?P<output>(?:\n?\|.*?\n)*)", re.DOTALL | re.MULTILINE
)
_MANY = 12
"""Columns from which on a table is turned: one line a column."""


@cache
def audience_folder(audience: str = BUYER) -> Path:
    """The published folder of an audience of the invented world."""
    world = demo_world()
    publish(alone(), settings(), world.out, AS_OF)
    return world.out / "audiences" / audience


def documented() -> list[tuple[str, str, str]]:
    """Title, query and printed output of each."""
    text = DOCUMENT.read_text(encoding="utf-8")
    return [(found["title"][3:], found["sql"], found["output"].strip()) for found in _BLOCK.finditer(text)]


def printed(database: Path, sql: str) -> str:
    """The rows of a query as a table of Markdown."""
    with duckdb.connect(str(database), read_only=True) as connection:
        found = connection.execute(sql)
        columns = [str(column[0]) for column in found.description or ()]
        rows = [[_cell(value) for value in row] for row in found.fetchall()]
    if len(columns) >= _MANY:
        head = ["column", *(f"line {number}" for number in range(1, len(rows) + 1))]
        return _table(head, [[name, *(row[at] for row in rows)] for at, name in enumerate(columns)])
    return _table(columns, rows)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return "\n".join(f"| {' | '.join(line)} |" for line in (head, ["---"] * len(head), *rows))


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case float():
            return f"{value:g}" if abs(value) < 1e6 else f"{value:.0f}"
        case date():
            return value.isoformat()
        case list():
            return ", ".join(map(str, value))
        case _:
            return str(value).replace("|", "\\|").replace("\n", " ")


def _written(text: str, database: Path) -> str:
    def block(found: re.Match[str]) -> str:
        return f"{found['title']}{found['between']}{found['sql']}```\n\n{printed(database, found['sql'])}\n"

    return _BLOCK.sub(block, text)


if __name__ == "__main__":
    told = _written(DOCUMENT.read_text(encoding="utf-8"), audience_folder() / f"{BUYER}.duckdb")
    DOCUMENT.write_text(told, encoding="utf-8")
