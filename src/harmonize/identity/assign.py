"""Give every factory an id that it keeps, out of the ledger or new.

When factories merge, the oldest id stays and the others become aliases, remembered under the key `alias:<old id>`. When
a factory is divided, the part that has its oldest key keeps the id.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from harmonize.database import scratch
from harmonize.identity.ledger import LEDGER

__all__ = ["Assignment", "ClusterKeys", "assign_ids"]

_CROCKFORD = np.frombuffer(b"0123456789ABCDEFGHJKMNPQRSTVWXYZ", "S1")
_SHIFTS = np.arange(55, -1, -5, dtype=np.uint64)
_ALIAS = "alias:"


@dataclass(frozen=True, slots=True)
class ClusterKeys:
    """The keys of all factories.

    Attributes:
        of: per key the number of its factory.
        keys: a key may stand several times, and under several factories.
        spares: per factory a key of its own, for one that shares all of its keys with others.
    """

    of: pa.Array
    keys: pa.Array
    spares: pa.Array


@dataclass(frozen=True, slots=True)
class Assignment:
    """The ids of all factories, in their order, with what is new to the ledger and which old ids are aliases.

    Attributes:
        minted: key, facility_id (`LEDGER`), ordered by both.
        aliases: (old id, the id that holds now).
    """

    ids: pa.Array
    minted: pa.Table
    aliases: list[tuple[str, str]]


def assign_ids(clusters: ClusterKeys, minted: pa.Table) -> Assignment:
    """The id of every factory.

    Args:
        clusters: a key of two factories identifies neither of them.
        minted: the ledger (`LEDGER`), the oldest key first, every key once.
    """
    with scratch() as connection:
        numbers = pa.array(np.arange(len(clusters.spares), dtype=np.int32))
        connection.register("holding", pa.table([clusters.of, clusters.keys], ["cluster", "key"]))
        connection.register("spare", pa.table([numbers, clusters.spares], ["cluster", "key"]))
        connection.register("minted", minted.append_column("age", pa.array(np.arange(len(minted)))))
        connection.execute(_statements())
        connection.register("mint", _mint(connection))
        ids = connection.execute(
            """
            CREATE TEMP TABLE id AS
            SELECT cluster, facility_id FROM won WHERE place = 1 UNION ALL SELECT cluster, facility_id FROM mint;
            SELECT facility_id FROM id ORDER BY cluster
            """
        ).to_arrow_table()["facility_id"]
        aliases = _aliases(connection, ids)
        return Assignment(ids.cast(pa.string()).combine_chunks(), _entries(connection, aliases), aliases)


@cache
def _statements() -> str:
    return files("harmonize.identity").joinpath("assign.sql").read_text(encoding="utf-8")


def _mint(connection: duckdb.DuckDBPyConnection) -> pa.Table:
    """New ids: cluster, facility_id. Where a hash names another factory, the first by its key is served first."""
    coming = connection.execute("FROM coming ORDER BY key").to_arrow_table()
    ids = _written(coming["number"].to_numpy())
    # (Only of what is not unique are ids worked out one by one.)
    order, count = np.unique(ids, return_inverse=True, return_counts=True)[1:]
    names = pa.array(ids.astype(str), pa.string())
    known = connection.execute("SELECT DISTINCT facility_id FROM minted").to_arrow_table()["facility_id"]
    is_taken = pc.is_in(names, known.cast(pa.string())).to_numpy(zero_copy_only=False) | (count[order] > 1)
    if is_taken.any():
        taken = {*known.to_pylist(), *names.filter(pa.array(~is_taken)).to_pylist()}
        keys = coming["key"].filter(pa.array(is_taken)).to_pylist()
        names = pc.replace_with_mask(names, pa.array(is_taken), pa.array(list(_free(keys, taken)), pa.string()))
    return pa.table([coming["cluster"], names], ["cluster", "facility_id"])


def _written(numbers: NDArray[np.uint64]) -> NDArray[np.bytes_]:
    """Ids of numbers of sixty bits: `HF` and twelve characters of five bits each."""
    letters = _CROCKFORD[(numbers[:, None] >> _SHIFTS).astype(np.int64) & 31]
    return np.char.add(b"HF", np.ascontiguousarray(letters).view(f"S{len(_SHIFTS)}").ravel())


def _free(keys: list[str], taken: set[str]) -> Iterator[str]:
    """Of every key an id that nobody has: from the key, or from the key and a count."""
    for key in keys:
        count, text = 1, key
        while (found := _hashed(text)) in taken:
            count += 1
            text = f"{key}#{count}"
        taken.add(found)
        yield found


def _hashed(text: str) -> str:
    number = int.from_bytes(hashlib.sha256(text.encode("utf-8")).digest()[:8], "big") >> 4
    return str(_written(np.array([number], np.uint64)).astype(str)[0])


def _aliases(connection: duckdb.DuckDBPyConnection, ids: pa.ChunkedArray) -> list[tuple[str, str]]:
    """(old id, id of today) for every merged id that is not in use again, through any chain of mergers."""
    leads = dict(
        connection.execute(
            f"""
            SELECT key[{len(_ALIAS) + 1}:], facility_id FROM minted WHERE starts_with(key, '{_ALIAS}')
            UNION ALL
            (SELECT w.facility_id, i.facility_id FROM won w JOIN id i USING (cluster) WHERE w.place > 1)
            """
        ).fetchall()
    )
    asked = pa.array([*leads, *leads.values()], pa.string())
    live = set(asked.filter(pc.is_in(asked, ids.cast(pa.string()))).to_pylist())
    return [(old, _led(old, leads, live)) for old in sorted(leads.keys() - live)]


def _led(old: str, leads: Mapping[str, str], live: set[str]) -> str:
    seen, now = {old}, leads[old]
    while now in leads and now not in live and now not in seen:
        seen.add(now)
        now = leads[now]
    return now


def _entries(connection: duckdb.DuckDBPyConnection, aliases: list[tuple[str, str]]) -> pa.Table:
    """What the ledger does not say yet."""
    olds, news = ([alias[side] for alias in aliases] for side in (0, 1))
    named = pa.table(
        [pa.array([_ALIAS + old for old in olds], pa.string()), pa.array(news, pa.string())], schema=LEDGER
    )
    connection.register("alias", named)
    entries = connection.execute(
        """
        SELECT o.key, i.facility_id
        FROM own o
        JOIN id i USING (cluster)
        LEFT JOIN minted m USING (key)
        -- (What names an id that this factory has outlived leads to it already.)
        LEFT JOIN won w ON w.facility_id = m.facility_id AND w.place > 1
        LEFT JOIN id g ON g.cluster = w.cluster
        WHERE m.facility_id IS DISTINCT FROM i.facility_id AND g.facility_id IS DISTINCT FROM i.facility_id
        UNION ALL
        SELECT a.key, a.facility_id
        FROM alias a
        LEFT JOIN minted m USING (key)
        WHERE m.facility_id IS DISTINCT FROM a.facility_id
        ORDER BY ALL
        """
    )
    return entries.to_arrow_table().cast(LEDGER)
