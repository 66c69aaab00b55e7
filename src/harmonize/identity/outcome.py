"""What resolving finds before ids are given: factories as groups of mentions, pairs, notices.

It depends on mentions, identifiers, decisions and knowledge alone. If none of them has changed since the last run it is
read back whole; ids are given anew each time, since the ledger grows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass

import numpy as np
import pyarrow as pa

from harmonize.identity.block import CommonKey
from harmonize.identity.identified import Notice
from harmonize.identity.ledger import ClusterKeys
from harmonize.identity.memory import Memory

__all__ = ["LINKED", "PAIRS", "Outcome", "keep_outcome", "recall_outcome"]

LINKED = pa.schema(
    {
        "mention_id": pa.string(),
        "cluster": pa.int32(),
        "link_method": pa.string(),
        "link_probability": pa.float64(),
        "decision_key": pa.string(),
    }
)
PAIRS = pa.schema(
    {
        "mention_a": pa.string(),
        "mention_b": pa.string(),
        "probability": pa.float64(),
        "verdict": pa.string(),
        "reasons": pa.string(),
    }
)
_CLUSTERS = pa.schema({"keys": pa.list_(pa.string()), "spare": pa.string()})
_NOTICES = pa.schema({name: pa.string() for name in ("mention_id", "code", "value", "message")})
_COMMON = pa.schema({"country": pa.string(), "key": pa.string(), "profiles": pa.int64()})
_ALONE = pa.schema({"mention_id": pa.string()})
_PARTS = {
    "inputs": pa.schema({"hash": pa.string()}),
    "linked": LINKED,
    "pairs": PAIRS,
    "clusters": _CLUSTERS,
    "notices": _NOTICES,
    "passed_over": _COMMON,
    "alone": _ALONE,
}
_OUTCOME = "outcome"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was found.

    Attributes:
        linked: one row per mention, with the position of its factory in `clusters`.
        pairs: compared pairs above the floor.
        clusters: the ledger keys of every factory.
        notices: what a steward should look at.
        passed_over: keys that too many profiles of a country share to bring any together.
        alone: mentions all of whose keys were passed over: they were compared with none.
    """

    linked: pa.Table
    pairs: pa.Table
    clusters: list[ClusterKeys]
    notices: list[Notice]
    passed_over: list[CommonKey]
    alone: list[str]


def keep_outcome(memory: Memory, inputs: str, outcome: Outcome) -> None:
    """Keep `outcome` for the inputs of that hash."""
    tables = {
        "inputs": _rows([{"hash": inputs}], "inputs"),
        "linked": outcome.linked,
        "pairs": outcome.pairs,
        "clusters": _rows(
            ({"keys": sorted(found.keys), "spare": found.spare} for found in outcome.clusters), "clusters"
        ),
        "notices": _rows(map(asdict, outcome.notices), "notices"),
        "passed_over": _rows(map(asdict, outcome.passed_over), "passed_over"),
        "alone": _rows(({"mention_id": found} for found in outcome.alone), "alone"),
    }
    memory.keep(_OUTCOME, pa.table({name: _as_one_row(table) for name, table in tables.items()}))


def recall_outcome(memory: Memory, inputs: str) -> Outcome | None:
    """The outcome of the last run, if its inputs had that hash."""
    table = memory.recall(_OUTCOME)
    if table is None or table.schema.names != list(_PARTS) or table.num_rows != 1:
        return None
    parts = {
        name: pa.Table.from_struct_array(table[name].chunk(0).flatten()).cast(schema) for name, schema in _PARTS.items()
    }
    if parts["inputs"].to_pylist() != [{"hash": inputs}]:
        return None
    return Outcome(
        linked=parts["linked"],
        pairs=parts["pairs"],
        clusters=[ClusterKeys(frozenset(row["keys"]), row["spare"]) for row in parts["clusters"].to_pylist()],
        notices=[Notice(**row) for row in parts["notices"].to_pylist()],
        passed_over=[CommonKey(**row) for row in parts["passed_over"].to_pylist()],
        alone=parts["alone"]["mention_id"].to_pylist(),
    )


def _rows(rows: Iterable[Mapping[str, object]], part: str) -> pa.Table:
    return pa.Table.from_pylist(list(rows), schema=_PARTS[part])


def _as_one_row(table: pa.Table) -> pa.Array:
    """A table as a list of rows in a single cell, so that all tables of an outcome stand or fall together."""
    rows = table.combine_chunks().to_struct_array()
    rows = rows.combine_chunks() if isinstance(rows, pa.ChunkedArray) else rows
    return pa.LargeListArray.from_arrays(np.array([0, len(rows)]), rows)
