"""The rules of ids once more, factory by factory in plain Python: what `assign_ids` is held against."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence, Set
from itertools import chain

__all__ = ["assigned_by_hand"]

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def assigned_by_hand(
    clusters: Sequence[Set[str]], spares: Sequence[str], minted: Mapping[str, str]
) -> tuple[list[str], list[tuple[str, str]], list[tuple[str, str]]]:
    """Ids, new entries of the ledger, aliases."""
    count = Counter(chain.from_iterable(clusters))
    own: list[list[str]] = []
    for cluster, spare in zip(clusters, spares, strict=True):
        keys = {key for key in cluster if count[key] == 1}
        own.append(sorted(keys | {spare} if not keys or spare in minted else keys))
    winners = _winners(own, minted)
    ids = [winners[at][0] if at in winners else "" for at in range(len(own))]
    taken = set(minted.values())
    for _, at in sorted((keys, at) for at, keys in enumerate(own) if not ids[at]):
        ids[at] = _new(own[at][0], taken)
        taken.add(ids[at])
    gone = {lost: won[0] for won in winners.values() for lost in won[1:]}
    leads = {key[6:]: new for key, new in minted.items() if key.startswith("alias:")} | gone
    aliases = [(old, _led(old, leads, set(ids))) for old in sorted(leads.keys() - set(ids))]
    entries = [
        (key, ids[at])
        for at, keys in enumerate(own)
        for key in keys
        if minted.get(key) != ids[at] and gone.get(minted.get(key, "")) != ids[at]
    ]
    entries += [("alias:" + old, new) for old, new in aliases if minted.get("alias:" + old) != new]
    return ids, sorted(entries), aliases


def _winners(own: Sequence[Sequence[str]], minted: Mapping[str, str]) -> dict[int, list[str]]:
    age = {key: position for position, key in enumerate(minted)}
    claims: dict[str, tuple[int, int]] = {}
    for at, keys in enumerate(own):
        for key in set(keys) & minted.keys():
            claim = (age[key], at)
            claims[minted[key]] = min(claims.get(minted[key], claim), claim)
    first: dict[str, int] = {}
    for position, facility_id in enumerate(minted.values()):
        first.setdefault(facility_id, position)
    winners: dict[int, list[str]] = {}
    for facility_id in sorted(claims, key=lambda facility_id: (first[facility_id], facility_id)):
        winners.setdefault(claims[facility_id][1], []).append(facility_id)
    return winners


def _new(key: str, taken: Set[str]) -> str:
    count, found = 1, _hashed(key)
    while found in taken:
        count += 1
        found = _hashed(f"{key}#{count}")
    return found


def _hashed(text: str) -> str:
    number = int(hashlib.sha256(text.encode()).hexdigest()[:15], 16)
    return "HF" + "".join(_LETTERS[(number >> shift) & 31] for shift in range(55, -1, -5))


def _led(old: str, leads: Mapping[str, str], live: Set[str]) -> str:
    seen, now = {old}, leads[old]
    while now in leads and now not in live and now not in seen:
        seen.add(now)
        now = leads[now]
    return now
