"""Divide all records into pieces that can be joined apart from one another, and tell which are as they were.

A piece is what identifiers, equal statements, decisions and matches connect, however indirectly: nothing that happens
inside one changes what is joined in another. Its hash covers all that its outcome depends on, so that a piece of the
same hash has the same outcome.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from harmonize.identity.decide import VERDICTS, Judgements
from harmonize.identity.decisions import Decision
from harmonize.identity.hashes import Hashes, Positions, add_up, hash_of, mixed, paired
from harmonize.identity.records import ProfileIndex, Records

__all__ = ["Mask", "Pairs", "Pieces", "Touching", "connected", "divide"]

Mask = NDArray[np.bool_]

_RECORD, _DECISION, _MATCH, _APART, _PIECE, _PAIR, _ONE, _OTHER = range(1, 9)


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of profiles that were judged."""

    ones: Positions
    others: Positions
    judged: Judgements

    def take(self, places: Positions) -> Pairs:
        """The pairs at `places`."""
        return Pairs(self.ones[places], self.others[places], self.judged.take(places))


@dataclass(frozen=True, slots=True)
class Touching:
    """Which profiles have records in which pieces; one entry for both, in the order of the profiles.

    Attributes:
        count: of all profiles.
    """

    profiles: Positions
    pieces: Positions
    count: int

    def sole(self) -> Positions:
        """Per profile its piece; -1 where there are several."""
        sole = np.full(self.count, -1, np.int64)
        sole[self.profiles] = self.pieces
        sole[np.bincount(self.profiles, minlength=self.count) > 1] = -1
        return sole

    def all_of(self, profiles: Positions) -> Positions:
        """The pieces with a record of any of the profiles."""
        chosen = np.zeros(self.count, bool)
        chosen[profiles] = True
        return np.unique(self.pieces[chosen[self.profiles]])

    def of(self, profile: int) -> set[int]:
        """The pieces of a profile."""
        first, last = np.searchsorted(self.profiles, [profile, profile + 1])
        return set(self.pieces[first:last].tolist())


@dataclass(frozen=True, slots=True)
class Pieces:
    """The pieces of all records.

    Attributes:
        of: per record the number of its piece.
        hashes: per piece, of all that decides how its records are joined.
        apart: pairs of profiles, both in one piece, that no chain of matches may join.
        touching: which profiles have records in which pieces.
        plain: which pieces are touched by no decision and no identifier but that of a company.
    """

    of: Positions
    hashes: Hashes
    apart: Pairs
    touching: Touching
    plain: Mask

    def states(self, hashes: Hashes, pairs: Pairs) -> Hashes:
        """Per pair the hash of all that decides what becomes of it: its profiles, and all pieces with records of them.

        Args:
            hashes: of every profile.
        """
        sums = (np.zeros(self.touching.count, np.uint64), np.zeros(self.touching.count, np.uint64))
        add_up(sums, self.touching.profiles, mixed(_take(self.hashes, self.touching.pieces), _PIECE))
        parts = [
            mixed(paired(hashes, pairs.ones, pairs.others), _PAIR),
            mixed(_take(sums, pairs.ones), _ONE),
            mixed(_take(sums, pairs.others), _OTHER),
        ]
        first, second = (parts[0][half] + parts[1][half] + parts[2][half] for half in (0, 1))
        return first, second

    def touched_by(self, pairs: Pairs) -> Positions:
        """The pieces with a record of any profile of the pairs."""
        return self.touching.all_of(np.concatenate([pairs.ones, pairs.others]))

    def inside(self, chosen: Mask, pairs: Pairs) -> Positions:
        """The pairs all of whose records are in the chosen pieces."""
        whole = np.ones(self.touching.count, bool)
        whole[self.touching.profiles[~chosen[self.touching.pieces]]] = False
        return np.flatnonzero(whole[pairs.ones] & whole[pairs.others])

    def apart_in(self, chosen: Mask) -> Pairs:
        """The pairs that are held apart in some chosen piece."""
        some = np.zeros(self.touching.count, bool)
        some[self.touching.profiles[chosen[self.touching.pieces]]] = True
        return self.apart.take(np.flatnonzero(some[self.apart.ones] & some[self.apart.others]))


def _records_of(records: Records, decisions: Sequence[Decision]) -> list[list[int]]:
    """Per decision the records that its keys lead to."""
    if not decisions:
        return []
    # (No mention has a key that is no Unicode text.)
    texts = {key for found in decisions for key in (found.key_a, found.key_b) if _is_text(key)}
    wanted = pa.array(sorted(texts), pa.large_string())
    keys = records.column("keys")
    flat, of = pc.list_flatten(keys), pc.list_parent_indices(keys)
    chosen = pc.is_in(flat, wanted)
    led: dict[str, list[int]] = {}
    for key, at in zip(flat.filter(chosen).to_pylist(), of.filter(chosen).to_pylist(), strict=True):
        led.setdefault(key, []).append(at)
    return [sorted({*led.get(found.key_a, ()), *led.get(found.key_b, ())}) for found in decisions]


def _is_text(key: str) -> bool:
    try:
        key.encode()
    except UnicodeEncodeError:
        return False
    return True


def divide(records: Records, index: ProfileIndex, pairs: Pairs, decisions: Sequence[Decision]) -> Pieces:
    """The pieces of all records.

    Args:
        pairs: all pairs of profiles that were judged.
        decisions: those that hold, each once.
    """
    decided = [
        (decision, members)
        for decision, members in zip(decisions, _records_of(records, decisions), strict=True)
        if members
    ]
    matches = pairs.take(np.flatnonzero(pairs.judged.verdict == VERDICTS.index("match")))
    exact, identified = _stated(records)
    of = connected(
        len(records),
        [
            exact,
            identified,
            *((np.array(members), np.zeros(len(members), np.int64)) for _, members in decided),
            *_matched(index, matches),
        ],
    )
    count = int(of.max()) + 1 if len(of) else 0
    hashes = (np.zeros(count, np.uint64), np.zeros(count, np.uint64))
    add_up(hashes, of, mixed(records.hashes("record"), _RECORD))
    for decision, members in decided:
        first, second = hash_of(*astuple(decision))
        add_up(hashes, of[members[:1]], mixed((np.array([first], np.uint64), np.array([second], np.uint64)), _DECISION))
    matched = mixed(paired(index.hashes, matches.ones, matches.others), _MATCH)
    add_up(hashes, of[index.first[matches.ones]], matched)
    held = np.unique(index.of * max(count, 1) + of)
    touching = Touching(held // max(count, 1), held % max(count, 1), len(index.first))
    places, inside = _apart(touching, pairs)
    apart = pairs.take(places)
    add_up(hashes, inside, mixed(paired(index.hashes, apart.ones, apart.others), _APART))
    plain = np.ones(count, bool)
    plain[of[identified[0]]] = False
    for _, members in decided:
        plain[of[members]] = False
    return Pieces(of, hashes, pairs.take(np.unique(places)), touching, plain)


def _stated(records: Records) -> tuple[tuple[Positions, Positions], tuple[Positions, Positions]]:
    """Records by what they state alike: an exact key, an identifier of a site or of one assessment."""
    exact = records.exact_keys().dictionary_encode().indices.to_numpy().astype(np.int64)
    lists = records.column("identifiers")
    of, flat = pc.list_parent_indices(lists).to_numpy().astype(np.int64), pc.list_flatten(lists)
    links = pc.not_equal(flat.field("level"), "company").to_numpy(zero_copy_only=False)
    named = pc.binary_join_element_wise(
        flat.field("scheme"), flat.field("value"), pa.scalar("\n", pa.large_string())
    ).dictionary_encode()
    return (np.arange(len(exact)), exact), (of[links], named.indices.to_numpy().astype(np.int64)[links])


def _matched(index: ProfileIndex, matches: Pairs) -> list[tuple[Positions, Positions]]:
    """Records by the matches of their profiles: a match connects all records of both sides."""
    is_matched = np.zeros(len(index.first), bool)
    is_matched[matches.ones] = is_matched[matches.others] = True
    members = np.flatnonzero(is_matched[index.of])
    number = np.arange(len(matches.ones))
    return [
        (members, index.of[members]),
        (index.first[np.concatenate([matches.ones, matches.others])], np.concatenate([number, number])),
    ]


def connected(count: int, links: Sequence[tuple[Positions, Positions]]) -> Positions:
    """Per record the number of what it is connected with, by the smallest record.

    Args:
        links: records with the number of a group, of as many kinds of groups as there are.
    """
    shift, members, groups = 0, [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for of, group in links:
        members.append(of)
        groups.append(group + shift)
        shift += int(group.max()) + 1 if len(group) else 0
    member, group = np.concatenate(members), np.concatenate(groups)
    label = np.arange(count)
    while True:
        least = np.full(shift, count, np.int64)
        np.minimum.at(least, group, label[member])
        lower = label.copy()
        np.minimum.at(lower, member, least[group])
        # What a record is labelled with learns of it too: else a lower label would crawl along a chain link by link.
        np.minimum.at(lower, label[member], least[group])
        lower = lower[lower]
        if np.array_equal(lower, label):
            return np.unique(label, return_inverse=True)[1].astype(np.int64)
        label = lower


def _apart(touching: Touching, pairs: Pairs) -> tuple[Positions, Positions]:
    """Places of pairs that are held apart inside a piece, and that piece; once per piece with records of both."""
    sole = touching.sole()
    at = np.flatnonzero(pairs.judged.apart)
    one, other = sole[pairs.ones[at]], sole[pairs.others[at]]
    plain = (one >= 0) & (one == other)
    places, inside = [at[plain]], [one[plain]]
    for place in at[(one < 0) | (other < 0)].tolist():
        shared = touching.of(pairs.ones[place]) & touching.of(pairs.others[place])
        places.append(np.full(len(shared), place))
        inside.append(np.array(sorted(shared), np.int64))
    return np.concatenate(places), np.concatenate(inside)


def _take(hashes: Hashes, places: Positions) -> Hashes:
    return hashes[0][places], hashes[1][places]
