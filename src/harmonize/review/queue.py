"""The queue: every open item of a release, those on which most hangs first.

Set-based: each kind is one SQL file over the release, with its grants judged (`harmonize.sharing.grants`), and over
what the ledgers say. What was decided since the run is no item any more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import duckdb
import pyarrow as pa

from harmonize.review import evidence
from harmonize.review.items import Item
from harmonize.review.kinds import KINDS, LEDGERS
from harmonize.review.rules import ReviewRules
from harmonize.review.saying import Standing
from harmonize.review.words import Spoken
from harmonize.sharing.text_reviews import reviewable_texts
from harmonize.sharing.withholding_rules import WithholdingRules

__all__ = ["TOLD_PAIR", "Material", "open_items", "rows_of_kind"]

TOLD_PAIR = pa.schema(
    {"mention_a": pa.string(), "mention_b": pa.string(), "probability": pa.float64(), "reasons": pa.string()}
)
"""Compared pairs of records on which a person should look."""
_DECIDED = pa.schema(dict.fromkeys(("ledger", "one", "other", "verdict"), pa.string()))


@dataclass(frozen=True, slots=True)
class Material:
    """What the queue is made of.

    Attributes:
        connection: uses a steward's release, with the temp tables of judged grants beside it.
        pairs: compared pairs that are still questions (`TOLD_PAIR`).
        suggest: gives questions their candidates, the likeliest first; None leaves them without.
    """

    connection: duckdb.DuckDBPyConnection
    pairs: pa.Table
    rules: ReviewRules
    withholding: WithholdingRules
    standing: Standing
    words: Spoken
    suggest: evidence.Suggest | None = None


def open_items(material: Material, kinds: Sequence[str] = tuple(KINDS)) -> list[Item]:
    """The items of these kinds that nobody has decided, in their order."""
    _prepare(material)
    found = [item for kind in kinds for item in _items(material, kind)]
    undecided = (item for item in found if any(material.standing.of(item.kind, keys) is None for keys in item.keys))
    return sorted({item.item_id: item for item in undecided}.values(), key=lambda item: item.rank)


def _prepare(material: Material) -> None:
    connection, rules = material.connection, material.rules
    decided = [
        {"ledger": ledger, "one": one, "other": other, "verdict": holding.content[0]}
        for ledger in LEDGERS
        for (one, other), holding in material.standing.keys(ledger).items()
    ]
    given = {
        "told_pair": material.pairs,
        "decided_key": pa.Table.from_pylist(decided, schema=_DECIDED),
        "value_code": pa.table({"code": pa.array(sorted(rules.values), pa.string())}),
        "conflicting_issue": pa.table({"code": pa.array(rules.conflicting_issues, pa.string())}),
    }
    for name, table in given.items():
        connection.register("arriving", table)
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS FROM arriving")
        connection.unregister("arriving")
    connection.execute("SET VARIABLE within = ?::INTEGER", [rules.grants_end_within[1]])
    connection.execute("SET VARIABLE language = ?", [material.words.language])
    for name in ("reach.sql", "withheld.sql"):
        connection.execute(_text(name))


def _text(name: str) -> str:
    return files("harmonize.review").joinpath(name).read_text(encoding="utf-8")


def rows_of_kind(connection: duckdb.DuckDBPyConnection, name: str) -> Iterator[Mapping[str, Any]]:
    """The rows of the query that finds items of a kind."""
    cursor = connection.execute(_text(name))
    names = [column[0] for column in cursor.description or ()]
    return (dict(zip(names, row, strict=True)) for row in cursor.fetchall())


_MADE: Mapping[str, tuple[str, Callable[[Mapping[str, Any], evidence.Teller], Item | None]]] = {
    "facility_pair": ("facility_pairs.sql", evidence.facility_pair),
    "copy_pair": ("copy_pairs.sql", evidence.copy_pair),
    "value": ("values.sql", evidence.value),
    "grant": ("ending_grants.sql", evidence.grant),
    "conflict": ("conflicts.sql", evidence.conflict),
    "quarantine": ("quarantined.sql", evidence.quarantined),
}
"""Kinds whose items are rows of one query."""


def _items(material: Material, kind: str) -> Iterator[Item]:
    teller = evidence.Teller(material.rules, material.words)
    if kind == "text":
        yield from _texts(material, teller)
    elif kind == "question":
        rows = list(rows_of_kind(material.connection, "questions.sql"))
        offered = material.suggest(rows) if material.suggest and rows else [()] * len(rows)
        yield from (evidence.question(row, candidates, teller) for row, candidates in zip(rows, offered, strict=True))
    else:
        name, make = _MADE[kind]
        yield from filter(None, (make(row, teller) for row in rows_of_kind(material.connection, name)))


def _texts(material: Material, teller: evidence.Teller) -> Iterator[Item]:
    """Sensitive texts; they touch the audiences that were granted scope `full` of their factory's assessments."""
    table = reviewable_texts(material.connection, material.withholding)
    shown = material.connection.execute(
        "SELECT r.facility_id, count(DISTINCT c.audience_no) FROM covered_copy c "
        "JOIN review_reach r USING (assessment_id) WHERE c.scope_rank = 4 GROUP BY 1"
    ).fetchall()
    audiences = dict(shown)
    labels: dict[str | None, str] = dict(
        material.connection.execute(
            "SELECT topic_id, coalesce(labels ->> getvariable('language'), labels ->> 'en') FROM topic"
        ).fetchall()
    )
    for row in table.to_pylist():
        topic = labels.get(row["topic_id"], row["topic_id"] or "")
        yield evidence.text(row, audiences.get(row["facility_id"], 0), topic, teller)
