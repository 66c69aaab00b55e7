"""What stewards decided about sensitive free texts: an append-only ledger, and the texts that wait for a decision.

A line names a text by the hash of its words and its place: `{"text", "verdict", "by", "at", "why", "act"}`; lines of
one act share `act`, others take one back (`harmonize.ledgers`). A text that a re-export changes waits anew. Of two
decisions the later one holds, of two at one moment the refusal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Literal, NamedTuple

import duckdb
import pyarrow as pa
from pydantic import BaseModel, ConfigDict, TypeAdapter

from harmonize.ledgers import act_name, append_lines, lines_by_act
from harmonize.sharing.withholding import create_rule_tables, create_temp_table, flag_texts, known_indicators
from harmonize.sharing.withholding_rules import WithholdingRules

__all__ = [
    "ReviewAct",
    "Verdict",
    "append_review",
    "approved_texts",
    "read_acts",
    "review_lines",
    "reviewable_texts",
    "verdicts",
]

Verdict = Literal["approved", "refused"]


class _Line(BaseModel):
    """A line that decides."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    text: str
    verdict: Verdict
    by: str
    at: str
    why: str = ""
    act: str


_LINE = TypeAdapter(_Line)


class ReviewAct(NamedTuple):
    """What a steward decided at once.

    Attributes:
        texts: their ids.
        at: ISO 8601 time.
    """

    act_id: str
    texts: tuple[str, ...]
    verdict: Verdict
    by: str
    at: str
    why: str
    is_undone: bool


def read_acts(path: Path) -> list[ReviewAct]:
    """All acts, in the order in which they begin in the file; a missing file has none.

    Raises:
        LedgerError: a line cannot be read.
    """
    return [
        ReviewAct(
            act.act_id, tuple(line.text for line in act.lines), one.verdict, one.by, one.at, one.why, act.is_undone
        )
        for act in lines_by_act(path, _LINE, lambda line: line.act)
        for one in act.lines[:1]
    ]


def verdicts(acts: Sequence[ReviewAct]) -> dict[str, Verdict]:
    """What holds of each text that was decided."""
    # ("approved" sorts before "refused": of one moment the refusal is last and holds.)
    standing = sorted((act for act in acts if not act.is_undone), key=lambda act: (act.at, act.verdict))
    return {text: act.verdict for act in standing for text in act.texts}


def approved_texts(path: Path) -> frozenset[str]:
    """The ids of the texts that a steward let go.

    Raises:
        LedgerError: the ledger cannot be read.
    """
    return frozenset(text for text, verdict in verdicts(read_acts(path)).items() if verdict == "approved")


def append_review(path: Path, texts: Sequence[str], verdict: Verdict, by: str, at: str, why: str) -> str:
    """Append one act; returns its id.

    Raises:
        LedgerError: the ledger cannot be written.
    """
    act, lines = review_lines(texts, verdict, by, at, why)
    append_lines(path, lines)
    return act


def review_lines(
    texts: Sequence[str], verdict: Verdict, by: str, at: str, why: str
) -> tuple[str, list[Mapping[str, str]]]:
    """The id of an act that says this, and its lines."""
    act = act_name("R", (sorted(texts), verdict, by, at, why))
    return act, [{"text": text, "verdict": verdict, "by": by, "at": at, "why": why, "act": act} for text in texts]


_TEXTS = """
    SELECT DISTINCT value_text AS text FROM answer
    UNION SELECT DISTINCT reason::VARCHAR FROM answer
    UNION SELECT unnest([description, root_cause]) FROM finding
    UNION SELECT action FROM corrective_action
"""


def reviewable_texts(connection: duckdb.DuckDBPyConnection, rules: WithholdingRules) -> pa.Table:
    """The sensitive free texts of a release: `text_id`, whose, of what, and the text.

    Args:
        connection: to the release; temp tables are made in it.
    """
    known = known_indicators(connection, "indicator")
    create_rule_tables(connection, rules, known)
    everybody = {"buyer", "manufacturer", "government", "civil_society", "financier"}
    never = {
        indicator_id
        for indicator_id, name in rules.classes_of(known)
        for one in rules.classes
        if one.name == name and everybody <= set(one.denied_to) and not one.unless_right
    }
    create_temp_table(connection, "never_leaving", pa.table({"indicator_id": pa.array(sorted(never), pa.string())}))
    flag_texts(connection, rules, _TEXTS)
    folder = files("harmonize.sharing")
    connection.execute(folder.joinpath("text_key.sql").read_text(encoding="utf-8"))
    return connection.execute(folder.joinpath("waiting_texts.sql").read_text(encoding="utf-8")).to_arrow_table()
