"""Give every factory an id that it keeps: ids come from a ledger that is only ever appended to.

A line of `facility_ids.jsonl` is `{"key", "facility_id", "minted_on"}`; the last line of a key holds. When factories
merge, the oldest id stays and the others become aliases, remembered under the key `alias:<old id>`. When a factory is
divided, the part that has its oldest key keeps the id.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from operator import attrgetter
from pathlib import Path

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from harmonize.errors import LedgerError
from harmonize.ledgers import append_lines, read_columns, read_lines

__all__ = ["Assignment", "ClusterKeys", "LedgerEntry", "append_ledger", "assign_ids", "read_ledger"]

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_TWO = [one + other for one in _CROCKFORD for other in _CROCKFORD]
_ALIAS = "alias:"


@dataclass(frozen=True, slots=True, order=True)
class LedgerEntry:
    """One key and the facility id that it names from now on."""

    key: str
    facility_id: str


@dataclass(frozen=True, slots=True)
class ClusterKeys:
    """The keys of a cluster, and a spare one for a cluster that shares all of them with others."""

    keys: frozenset[str]
    spare: str


@dataclass(frozen=True, slots=True)
class Assignment:
    """The ids of all clusters, in their order, with what is new to the ledger and which old ids are aliases."""

    ids: list[str]
    minted: list[LedgerEntry]
    aliases: list[tuple[str, str]]


class _Line(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    key: str
    facility_id: str
    minted_on: date


_LINES = TypeAdapter(list[_Line])


def read_ledger(path: Path) -> dict[str, str]:
    """Key -> facility id, the oldest line first; a missing file is an empty ledger.

    Raises:
        LedgerError: a line cannot be read.
    """
    columns = read_columns(path, ("key", "facility_id", "minted_on"))
    if columns is not None:
        return _ledger(*(columns[name].to_pylist() for name in columns.schema.names))
    try:
        lines = _LINES.validate_python(read_lines(path))
    except ValidationError as error:
        number = int(error.errors()[0]["loc"][0]) + 1
        raise LedgerError(f"{path}:{number}: not a line of the ledger; restore the file from git.") from error
    return _ledger(
        [line.key for line in lines],
        [line.facility_id for line in lines],
        [line.minted_on.isoformat() for line in lines],
    )


def _ledger(keys: Sequence[str], facility_ids: Sequence[str], days: Sequence[str]) -> dict[str, str]:
    """Of each key what its latest line says; the keys in the order of those lines. ISO days are ordered as texts."""
    ledger: dict[str, str] = {}
    for at in sorted(range(len(keys)), key=days.__getitem__):
        ledger.pop(keys[at], None)
        ledger[keys[at]] = facility_ids[at]
    return ledger


def append_ledger(path: Path, entries: Sequence[LedgerEntry], minted_on: date) -> None:
    """Add `entries` at the end of the ledger, those of the smallest id first: of one day it counts as the oldest."""
    append_lines(
        path,
        [
            {"key": entry.key, "facility_id": entry.facility_id, "minted_on": minted_on.isoformat()}
            for entry in sorted(entries, key=lambda entry: (entry.facility_id, entry.key))
        ],
    )


def assign_ids(clusters: Sequence[ClusterKeys], minted: Mapping[str, str]) -> Assignment:
    """The id of every cluster.

    Args:
        clusters: the keys of each cluster; a key of two clusters identifies neither of them.
        minted: the ledger, the oldest key first.
    """
    own = _own_keys(clusters, minted)
    winners = _winners(own, minted)
    ids = ["" if at not in winners else winners[at][0] for at in range(len(clusters))]
    taken = set(minted.values())
    nameless = [at for at, found in enumerate(ids) if not found]
    for at, new in zip(nameless, _mint_all([own[at] for at in nameless], taken), strict=True):
        ids[at] = new
    gone = {lost: won[0] for won in winners.values() for lost in won[1:]}
    aliases = _aliases(minted, gone, set(ids))
    entries = [
        LedgerEntry(key, ids[at])
        for at, keys in enumerate(own)
        for key in keys
        if minted.get(key) != ids[at] and gone.get(minted.get(key, "")) != ids[at]
    ]
    entries += [LedgerEntry(_ALIAS + old, new) for old, new in aliases if minted.get(_ALIAS + old) != new]
    return Assignment(ids, sorted(entries, key=attrgetter("key", "facility_id")), aliases)


def _own_keys(clusters: Sequence[ClusterKeys], minted: Mapping[str, str]) -> list[list[str]]:
    """Per cluster the keys that no other cluster has, in order; where there is none, its spare key."""
    count = Counter(chain.from_iterable(cluster.keys for cluster in clusters))
    own: list[list[str]] = []
    for cluster in clusters:
        keys = [key for key in cluster.keys if count[key] == 1]
        if (not keys or cluster.spare in minted) and cluster.spare not in keys:
            keys.append(cluster.spare)
        own.append(sorted(keys))
    return own


def _winners(own: Sequence[Sequence[str]], minted: Mapping[str, str]) -> dict[int, list[str]]:
    """Cluster -> the ids of the ledger that are its own, the oldest first.

    Of the parts of a divided factory, the one with the oldest key of an id wins it.
    """
    age = {key: position for position, key in enumerate(minted)}
    claims: dict[str, tuple[int, int]] = {}
    for at, keys in enumerate(own):
        for key in keys:
            if key in minted:
                claim = (age[key], at)
                claims[minted[key]] = min(claims.get(minted[key], claim), claim)
    first: dict[str, int] = {}
    for position, facility_id in enumerate(minted.values()):
        first.setdefault(facility_id, position)
    winners: dict[int, list[str]] = {}
    for facility_id in sorted(claims, key=lambda facility_id: (first[facility_id], facility_id)):
        winners.setdefault(claims[facility_id][1], []).append(facility_id)
    return winners


def _mint_all(own: Sequence[list[str]], taken: set[str]) -> list[str]:
    """New ids for factories with these keys of their own."""
    ids = [_hash(keys[0]) for keys in own]
    if len(set(ids)) < len(ids) or not taken.isdisjoint(ids):
        # Somebody has to step aside: the first by its keys is served first.
        for _, at in sorted((list(keys), at) for at, keys in enumerate(own)):
            ids[at] = _mint(own[at][0], taken)
            taken.add(ids[at])
    return ids


def _mint(key: str, taken: set[str]) -> str:
    """A new id from a key; if another factory has that id already, from the key and a count."""
    facility_id = _hash(key)
    count = 1
    while facility_id in taken:
        count += 1
        facility_id = _hash(f"{key}#{count}")
    return facility_id


def _hash(text: str) -> str:
    """The first sixty bits of a hash, twelve characters."""
    number = int.from_bytes(hashlib.sha256(text.encode("utf-8")).digest()[:8], "big") >> 4
    return "HF" + "".join([_TWO[(number >> shift) & 1023] for shift in (50, 40, 30, 20, 10, 0)])


def _aliases(minted: Mapping[str, str], gone: Mapping[str, str], live: set[str]) -> list[tuple[str, str]]:
    """(old id, id of today) for every merged id that is not in use again, through any chain of mergers."""
    leads = {key.removeprefix(_ALIAS): new for key, new in minted.items() if key.startswith(_ALIAS)} | dict(gone)
    found: list[tuple[str, str]] = []
    for old in sorted(leads.keys() - live):
        seen, now = {old}, leads[old]
        while now in leads and now not in live and now not in seen:
            seen.add(now)
            now = leads[now]
        found.append((old, now))
    return found
