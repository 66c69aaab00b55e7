"""What resolving finds before ids are given: factories as groups of mentions, pairs, notices; kept from run to run.

It depends on mentions, identifiers, decisions and knowledge alone. If none of them has changed since the last run it is
read back whole; otherwise piece by piece and pair by pair, by hashes of all that each depends on. Ids are given anew
each time, since the ledger grows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass

import numpy as np
import pyarrow as pa

from harmonize.identity.assign import ClusterKeys
from harmonize.identity.block import CommonKey
from harmonize.identity.decided_pairs import STRATA
from harmonize.identity.identified import Notice
from harmonize.identity.memory import Memory
from harmonize.identity.relations import RELATIONS

__all__ = ["LINKED", "NOTICED", "PAIRS", "TOLD", "Outcome", "Remembered", "keep_outcome", "recall"]

_OF_PIECE = {"piece_0": pa.uint64(), "piece_1": pa.uint64()}
LINKED = pa.schema(
    {
        **_OF_PIECE,
        "mention_id": pa.large_string(),
        "head": pa.large_string(),
        "sure_group": pa.large_string(),
        "cluster": pa.int32(),
        "link_method": pa.string(),
        "link_probability": pa.float64(),
        "decision_key": pa.large_string(),
    }
)
"""One row per mention, with the first mention of its factory and the factory's number.

`sure_group` is the first mention of those that hang together with it without the model.
"""
PAIRS = pa.schema(
    {
        "mention_a": pa.string(),
        "mention_b": pa.string(),
        "probability": pa.float64(),
        "verdict": pa.string(),
        "reasons": pa.string(),
    }
)
TOLD = pa.schema(
    [("state_0", pa.uint64()), ("state_1", pa.uint64()), *PAIRS, ("is_told", pa.bool_()), ("judged", pa.string())]
)
"""Pairs that are alike enough, by the hash of all that decides what becomes of them.

`judged` is the verdict of the model alone, before identifiers and people; null where one key leads to both mentions, so
that nobody can decide on them.
"""
_NOTICE = {name: pa.string() for name in ("mention_id", "code", "value", "message")}
NOTICED = pa.schema({**_OF_PIECE, **_NOTICE})
"""Notices by the piece whose joining showed them."""
_HELD = pa.schema({"cluster": pa.int32(), "key": pa.large_string()})
_SPARES = pa.schema({"key": pa.large_string()})
_COMMON = pa.schema({"country": pa.string(), "key": pa.string(), "profiles": pa.int64()})
_ALONE = pa.schema({"mention_id": pa.string()})
_PARTS = {
    "inputs": pa.schema({"hash": pa.string()}),
    "linked": LINKED,
    "told": TOLD,
    "noticed": NOTICED,
    "shared": pa.schema(_NOTICE),
    "held": _HELD,
    "spares": _SPARES,
    "passed_over": _COMMON,
    "alone": _ALONE,
    "related": RELATIONS,
    "strata": STRATA,
}
_OUTCOME = "outcome"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was found.

    Attributes:
        linked, told, noticed: see `LINKED`, `TOLD` and `NOTICED`.
        shared: notices on identifiers of companies, which no piece shows alone.
        clusters: the ledger keys of every factory.
        related: factories that belong together without being one (`RELATIONS`).
        strata: compared pairs, and those of them that were drawn and decided (`STRATA`).
        passed_over: name and address keys that too many profiles of a country share to bring any together.
        alone: mentions all of whose keys were passed over: they were compared with none.
    """

    linked: pa.Table
    told: pa.Table
    noticed: pa.Table
    shared: list[Notice]
    clusters: ClusterKeys
    passed_over: list[CommonKey]
    alone: list[str]
    related: pa.Table
    strata: pa.Table

    @property
    def pairs(self) -> pa.Table:
        """Compared pairs that are still questions, or joins by likeness; the likeliest first."""
        told = self.told.filter(self.told["is_told"]).select(PAIRS.names)
        return told.sort_by([("probability", "descending"), ("mention_a", "ascending"), ("mention_b", "ascending")])

    @property
    def notices(self) -> list[Notice]:
        """What a steward should look at."""
        return sorted([*self.shared, *(Notice(**row) for row in self.noticed.select(list(_NOTICE)).to_pylist())])


@dataclass(frozen=True, slots=True)
class Remembered:
    """What was kept of the last outcome.

    Attributes:
        whole: all of it, where its inputs were these.
        linked, told, noticed: its tables; empty where nothing was kept.
    """

    whole: Outcome | None
    linked: pa.Table
    told: pa.Table
    noticed: pa.Table


def keep_outcome(memory: Memory, inputs: str, outcome: Outcome) -> None:
    """Keep `outcome` for the inputs of that hash."""
    tables = {
        "inputs": _rows([{"hash": inputs}], "inputs"),
        "linked": outcome.linked,
        "told": outcome.told,
        "noticed": outcome.noticed,
        "shared": _rows(map(asdict, outcome.shared), "shared"),
        "held": pa.table([outcome.clusters.of, outcome.clusters.keys], schema=_HELD),
        "spares": pa.table([outcome.clusters.spares], schema=_SPARES),
        "passed_over": _rows(map(asdict, outcome.passed_over), "passed_over"),
        "alone": _rows(({"mention_id": found} for found in outcome.alone), "alone"),
        "related": outcome.related,
        "strata": outcome.strata,
    }
    memory.keep(_OUTCOME, pa.table({name: _as_one_row(table) for name, table in tables.items()}))


def recall(memory: Memory, inputs: str) -> Remembered:
    """What was kept of the last run's outcome."""
    table = memory.recall(_OUTCOME)
    if table is None or table.schema.names != list(_PARTS) or table.num_rows != 1:
        return Remembered(None, *(_PARTS[part].empty_table() for part in ("linked", "told", "noticed")))

    def part(name: str) -> pa.Table:
        return pa.Table.from_struct_array(table[name].chunk(0).flatten()).cast(_PARTS[name])

    linked, told, noticed = part("linked"), part("told"), part("noticed")
    if part("inputs").to_pylist() != [{"hash": inputs}]:
        return Remembered(None, linked, told, noticed)
    shared = [Notice(**row) for row in part("shared").to_pylist()]
    held, spares = part("held"), part("spares")
    clusters = ClusterKeys(*(column.combine_chunks() for column in (held["cluster"], held["key"], spares["key"])))
    passed_over = [CommonKey(**row) for row in part("passed_over").to_pylist()]
    alone = part("alone")["mention_id"].to_pylist()
    whole = Outcome(linked, told, noticed, shared, clusters, passed_over, alone, part("related"), part("strata"))
    return Remembered(whole, linked, told, noticed)


def _rows(rows: Iterable[Mapping[str, object]], part: str) -> pa.Table:
    return pa.Table.from_pylist(list(rows), schema=_PARTS[part])


def _as_one_row(table: pa.Table) -> pa.Array:
    """A table as a list of rows in a single cell, so that all tables of an outcome stand or fall together."""
    rows = table.combine_chunks().to_struct_array()
    rows = rows.combine_chunks() if isinstance(rows, pa.ChunkedArray) else rows
    return pa.LargeListArray.from_arrays(np.array([0, len(rows)]), rows)
