"""The rows of all audiences side by side, chosen, withheld from, laid out as the stages of a run read them.

A share is not filtered out of a release: what an audience may see is chosen first, and everything is made anew of it.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection, Sequence
from importlib.resources import files

import duckdb
import pyarrow as pa

from harmonize.database import blocks_as_joined
from harmonize.sharing.audiences import Audience
from harmonize.sharing.withholding import SMALL_COUNT_REASON, withhold, withhold_questions
from harmonize.sharing.withholding_rules import WithholdingRules

__all__ = ["apply_withholding", "choose", "lay_out", "name_audiences"]

_BLOCK = 64
"""Bytes of a block of SHA-256."""
_ANSWERS_AT_ONCE = 4_000_000
"""Of several audiences; one alone may have more."""


def _run(connection: duckdb.DuckDBPyConnection, *names: str) -> None:
    for name in names:
        connection.execute(files("harmonize.sharing").joinpath(name).read_text(encoding="utf-8"))


def name_audiences(connection: duckdb.DuckDBPyConnection, audiences: Sequence[Audience], secret: bytes) -> None:
    """Make the temp table `audience`, each with the keys of its ids (HMAC-SHA-256, in two steps that SQL can do).

    Args:
        secret: of the publisher; each audience's key is made of it and of its name.
    """
    rows = []
    for number, one in enumerate(audiences, 1):
        key = hmac.new(secret, one.name.encode(), hashlib.sha256).digest().ljust(_BLOCK, b"\0")
        rows.append(
            {
                "audience_no": number,
                "audience": one.name,
                "kind": one.kind,
                "contributor": one.contributor,
                "is_named": one.named,
                "inner_key": bytes(byte ^ 0x36 for byte in key),
                "outer_key": bytes(byte ^ 0x5C for byte in key),
            }
        )
    schema = pa.schema(
        {
            "audience_no": pa.int32(),
            "audience": pa.string(),
            "kind": pa.string(),
            "contributor": pa.string(),
            "is_named": pa.bool_(),
            "inner_key": pa.binary(),
            "outer_key": pa.binary(),
        }
    )
    connection.register("arriving", pa.Table.from_pylist(rows, schema=schema))
    connection.execute("CREATE OR REPLACE TEMP TABLE audience AS SELECT * FROM arriving")
    connection.unregister("arriving")


def choose(connection: duckdb.DuckDBPyConnection, rules: WithholdingRules) -> None:
    """Choose what every audience may see; `covered_copy` says what grants open.

    Writes the tables that `withhold` reads, and the answers into `release`: some audiences after the others, so that
    each one's stand together and no more are held in memory than one audience or a few millions.
    """
    withhold_questions(connection, rules)
    _run(connection, "selection.sql", "findings_shared.sql", "answers.sql")
    for first, last in _together(connection.execute(_ANSWERS).fetchall()):
        connection.execute("SET VARIABLE first_audience = ?", [first])
        connection.execute("SET VARIABLE last_audience = ?", [last])
        with blocks_as_joined(connection):
            _run(connection, "answers_of.sql")
    _run(connection, "withheld_answers.sql")


_ANSWERS = """
    SELECT c.audience_no, sum(s.answers)::BIGINT
    FROM first_content c
    JOIN source.compact.stored_assessment s ON s.assessment_no = c.source_no
    GROUP BY ALL
    ORDER BY ALL
"""


def _together(answers: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """First and last of the audiences whose answers are chosen at once, of rising numbers and how many each has."""
    found: list[tuple[int, int]] = []
    held = 0
    for number, count in answers:
        if found and held + count <= _ANSWERS_AT_ONCE:
            found[-1] = (found[-1][0], number)
            held += count
        else:
            found.append((number, number))
            held = count
    return found


def apply_withholding(
    connection: duckdb.DuckDBPyConnection, rules: WithholdingRules, approved: Collection[str]
) -> None:
    """Withhold what the rules forbid from what was chosen.

    Args:
        approved: keys of the texts that a steward let go.
    """
    withhold(connection, rules, approved)
    connection.execute("SET VARIABLE small_count_reason = ?", [SMALL_COUNT_REASON])
    _run(connection, "applied.sql")


def lay_out(connection: duckdb.DuckDBPyConnection) -> None:
    """Lay out what is left as the workspace of a run has it."""
    _run(connection, "world.sql")
