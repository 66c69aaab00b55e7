"""Ids of an audience's file, which are its own, back to those of the steward's release.

`publish` keeps them where only stewards look: `<out>/steward/tokens.duckdb`, table
`token(audience, token, kind, master_id)`. Without that file an id means what it says.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from harmonize.errors import InboxError

__all__ = ["TOKENS", "Master", "master_of"]

TOKENS = Path("steward", "tokens.duckdb")
"""Below the output folder."""


@dataclass(frozen=True, slots=True)
class Master:
    """What an audience's id stands for.

    Attributes:
        kind: facility, assessment, copy, mention, answer, finding, action, file, grant.
        id: in the steward's release; of an answer `assessment/question/answered_by`.
    """

    audience: str
    kind: str
    id: str


def master_of(out: Path, said: str) -> Master | None:
    """What an id stands for in some audience's file; None where none has it.

    Raises:
        InboxError: the file of ids cannot be read, or audiences mean different things by it.
    """
    path = out / TOKENS
    if not path.exists():
        return None
    try:
        with duckdb.connect(str(path), read_only=True) as connection:
            rows = connection.execute(
                "SELECT string_agg(DISTINCT audience, ', ' ORDER BY audience), kind, master_id FROM token "
                "WHERE token = ? GROUP BY kind, master_id ORDER BY ALL",
                [said],
            ).fetchall()
    except duckdb.Error as problem:
        raise InboxError(f"{path}: cannot be read: {problem}. `harmonize publish` writes it anew.") from problem
    if len(rows) > 1:
        told = "; ".join(f"{kind} {master_id} ({audience})" for audience, kind, master_id in rows)
        raise InboxError(f"{said!r} means several things: {told}. Name the one by its own id.")
    return Master(*rows[0]) if rows else None
