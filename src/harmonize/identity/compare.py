"""Measure how far two profiles say the same: pure functions from pairs of profiles to the features of the model.

Every feature lies between 0 and 1, is the same in both directions and has a meaning that can be told to a person. What
a pair gives does not depend on the pairs it is measured with.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from rapidfuzz import fuzz
from rapidfuzz.distance import JaroWinkler
from rapidfuzz.process import cpdist

from harmonize.identity.comparable_columns import (
    ADDRESS_FIELDS,
    NAME_FIELDS,
    Addresses,
    Bits,
    NamedNumber,
    Names,
)
from harmonize.identity.form_columns import Texts, fields_of, words_of
from harmonize.identity.hashes import scattered
from harmonize.identity.lexicon import KINDS, Lexicon, Numbers, among, spread
from harmonize.identity.model import FEATURES, MatchModel
from harmonize.identity.overlap import Entries, entries_of, lay_over
from harmonize.identity.prepare import Profile
from harmonize.identity.profiles import Profiles
from harmonize.values.names import TradeWord

__all__ = ["Comparison", "distance_km"]

Values = NDArray[np.float64]
Flags = NDArray[np.bool_]
Item = TypeVar("Item")

_SAME_TRADE = 0.75
_SHORTEST_TRADE, _STEM = 3, 4
_SHORTEST_CORE = 4
_SAME_ZONE, _OTHER_ZONE = 85, 70
"""How alike (0 to 100) the names of industrial zones are that may be one, and below which they are two."""
_THIN_ADDRESS_WORDS = 3
_MUCH_IN_COMMON, _MUCH_APART = 3, 2
"""So many rare words of an address, or more, are as much as can be."""
_EARTH_RADIUS_KM = 6371.0
_NAME_FEATURES = FEATURES.index("address_overlap")
_LIKENESS = 5
_DISTINCTIVE, _PLACE = KINDS.index("distinctive"), KINDS.index("place")


class Comparison:
    """Profiles made ready to be compared in any pairs.

    Args:
        profiles: all profiles that stand in a pair.
        model: what kinds of words are worth, and which are common.
    """

    def __init__(self, profiles: Sequence[Profile] | Profiles, model: MatchModel) -> None:
        columns = profiles if isinstance(profiles, Profiles) else Profiles.of(profiles)
        names = columns.names.flatten().dictionary_encode()
        addresses = columns.addresses.dictionary_encode()
        name_fields, address_fields = (
            fields_of(names.dictionary, NAME_FIELDS),
            fields_of(addresses.dictionary, ADDRESS_FIELDS),
        )
        name_words, address_words = words_of(name_fields[1]), words_of(address_fields[1])
        self._lexicon = Lexicon.of(name_words.words, address_words.words)
        self._worth_of_kinds = np.array([getattr(model.word_weights, kind) for kind in KINDS])
        self._rarity = np.array(list(map(model.common_words.rarity, self._lexicon.words)), np.float64)
        self._names = Names.of(name_fields, name_words, self._lexicon)
        self._addresses = Addresses.of(address_fields, address_words, self._lexicon)
        self._name_starts = np.concatenate([[0], np.cumsum(pc.list_value_length(columns.names).to_numpy())])
        self._name_of = names.indices.to_numpy().astype(np.int64)
        self._address_of = addresses.indices.to_numpy().astype(np.int64)
        provinces = columns.provinces.dictionary_encode().indices
        self._province_of = pc.add(pc.fill_null(provinces, -1).cast(pa.int64()), 1).to_numpy()

    def features(self, ones: Numbers, others: Numbers) -> Values:
        """The features of pairs of positions, a row per pair in the order of `FEATURES`.

        Of several names the two that agree best are compared.
        """
        address_ones, address_others = self._address_of[ones], self._address_of[others]
        address = self._address_features(address_ones, address_others)
        pair, one_name, other_name = self._name_pairs(ones, others)
        name = self._name_features(one_name, other_name, address_ones[pair], address_others[pair])
        if len(pair) > len(ones):
            name = name[_best(pair, name)]
        here, there = self._province_of[ones], self._province_of[others]
        apart = (here > 0) & (there > 0) & (here != there)
        core = name[:, 3]
        both = (name[:, 1] * address[:, 1], core * address[:, 0], core**3, core * address[:, 3])
        return np.column_stack([name, address, apart, *both])

    def _worth(self, words: Entries) -> Values:
        worth: Values = self._worth_of_kinds[words.kind]
        return worth

    def _name_pairs(self, ones: Numbers, others: Numbers) -> tuple[Numbers, Numbers, Numbers]:
        """Every name of one side with every name of the other: the number of the pair, and the two names."""
        pair, first = spread(self._name_starts, ones)
        at, second = spread(self._name_starts, others[pair])
        return pair[at], self._name_of[first[at]], self._name_of[second]

    def _name_features(self, ones: Numbers, others: Numbers, here: Numbers, there: Numbers) -> Values:
        """A word of a name that stands in an address as well is a place: it tells little of who is there."""
        names = self._names
        ours, our_cores = self._with_places(ones, here, there)
        theirs, their_cores = self._with_places(others, here, there)
        shared_words = lay_over(
            (names.lists, ones, others),
            (ours, theirs),
            self._lexicon,
            lambda pair: self._spoken(here[pair]) | self._spoken(there[pair]),
        )
        one_units, other_units = names.has_units[ones], names.has_units[others]
        both = one_units & other_units
        shared = np.zeros(len(ones), bool)
        shared[both] = _of_two_sets(
            names.units[ones[both]], names.units[others[both]], names.unit_sets, _have_one_in_common
        )
        return np.column_stack(
            [
                *shared_words.weigh(self._worth).parts(),
                _alike(names.squeezed[ones], names.squeezed[others], fuzz.ratio, 100),
                _alike(our_cores, their_cores, JaroWinkler.similarity, 1),
                (names.texts[ones] > 0) & (names.texts[ones] == names.texts[others]),
                _contained(our_cores, their_cores),
                names.has_places[ones] ^ names.has_places[others],
                _of_two_sets(names.trades[ones], names.trades[others], names.trade_sets, _trade_differs),
                shared,
                both & ~shared,
                one_units ^ other_units,
                *self._sites_agree(ones, others),
            ]
        )

    def _sites_agree(self, ones: Numbers, others: Numbers) -> Iterator[Flags]:
        """Whether units are stated as such on both sides, equal or not; and branches, equal or on one side alone."""
        names = self._names
        ours, theirs = names.sites[ones], names.sites[others]
        for holds in (_units_agree, _units_differ, _branches_agree, _branch_on_one_side):
            yield _of_two_sets(ours, theirs, names.site_sets, holds)

    def _spoken(self, address: int) -> set[str]:
        return {self._lexicon.words[word] for word in self._addresses.lists.spoken(address)[0]}

    def _with_places(self, names: Numbers, here: Numbers, there: Numbers) -> tuple[Entries, Texts]:
        """The words of names, and their cores, with the words of either address counted as places."""
        entries = entries_of(self._names.lists, names)
        distinctive = np.flatnonzero(entries.once_distinctive)
        pair, word = entries.pair[distinctive], entries.word[distinctive]
        lists = self._addresses.lists
        marked = distinctive[lists.holds(here[pair], word) | lists.holds(there[pair], word)]
        kinds = entries.kind.copy()
        kinds[marked[kinds[marked] == _DISTINCTIVE]] = _PLACE
        cores = self._names.cores[names]
        if len(marked):
            pairs, starts = np.unique(entries.pair[marked], return_index=True)
            words = entries.word[marked]
            ends = np.append(starts[1:], len(words))
            # A name with the same places has the same core: pairs are told apart by name and a hash of the places.
            # (Nought is scattered to nought, so words count from one; names count down.)
            hashes = np.add.reduceat(scattered(words.astype(np.uint64) + np.uint64(1)), starts)
            hashes += scattered(~names[pairs].astype(np.uint64))
            _, first, at = np.unique(hashes, return_index=True, return_inverse=True)
            found = [
                self._core(int(names[pairs[place]]), set(words[starts[place] : ends[place]].tolist()))
                for place in first.tolist()
            ]
            cores[pairs] = np.array(found, object)[at]
        return replace(entries, kind=kinds), cores

    def _core(self, name: int, places: set[int]) -> str:
        words, spoken = self._lexicon.words, zip(*self._names.lists.spoken(name), strict=True)
        core = "".join([words[word] for word, kind in spoken if kind == _DISTINCTIVE and word not in places])
        return core or str(self._names.cores[name])

    def _address_features(self, ones: Numbers, others: Numbers) -> Values:
        held = self._addresses
        entries = (entries_of(held.lists, ones), entries_of(held.lists, others))
        shared_words = lay_over((held.lists, ones, others), entries, self._lexicon)
        rare = shared_words.weigh(lambda words: self._worth(words) * self._rarity[words.word])
        apart = np.minimum(rare.one, rare.other) - rare.shared
        counts = np.diff(held.number_starts)
        one_counts, other_counts = counts[ones], counts[others]
        fewer = np.minimum(one_counts, other_counts)
        shared = self._shared_numbers(ones, others)
        zones_agree = _of_two_sets(held.zones[ones], held.zones[others], held.zone_sets, _zones_agree)
        return np.column_stack(
            [
                *shared_words.weigh(self._worth).parts(),
                _alike(held.texts[ones], held.texts[others], fuzz.ratio, 100),
                np.divide(shared, fewer, out=np.zeros(len(ones)), where=fewer > 0),
                (fewer > 0) & (shared == 0),
                (one_counts > 0) ^ (other_counts > 0),
                self._house_agrees(ones, others),
                *self._designators(ones, others),
                np.minimum(held.spoken[ones], held.spoken[others]) < _THIN_ADDRESS_WORDS,
                zones_agree,
                _of_two_sets(held.zones[ones], held.zones[others], held.zone_sets, _zones_differ) & ~zones_agree,
                np.minimum(rare.shared / _MUCH_IN_COMMON, 1),
                np.clip(apart / _MUCH_APART, 0, 1),
            ]
        )

    def _shared_numbers(self, ones: Numbers, others: Numbers) -> Numbers:
        """How many numbers the two addresses of each pair share."""
        held = self._addresses
        pair, entry = spread(held.number_starts, ones)
        shared = among(held.held_numbers, others[pair] * held.size + held.numbers[entry])
        return np.bincount(pair[shared], minlength=len(ones))

    def _house_agrees(self, ones: Numbers, others: Numbers) -> Flags:
        """Whether the two addresses of each pair have a number before the same word."""
        held = self._addresses
        pair, entry = spread(held.house_starts, ones)
        shared = among(held.held_houses, others[pair] * held.size + held.houses[entry])
        return np.bincount(pair[shared], minlength=len(ones)) > 0

    def _designators(self, ones: Numbers, others: Numbers) -> tuple[Flags, Flags]:
        """Whether both name a plot, building or unit and none is the same; roads and blocks if nothing agrees.

        And whether any kind that both name has no value in common, though one may stand as a number elsewhere.
        """
        ours, our_agreed, our_same = self._designated(ones, others)
        theirs, their_agreed, _ = self._designated(others, ones)
        shared = ours & theirs
        differ = shared & ~our_agreed & ~their_agreed
        differs: Flags = ((differ & ~self._addresses.wide_bits) != 0) | ((differ != 0) & (differ == shared))
        return differs, (shared & ~our_same) != 0

    def _designated(self, ones: Numbers, others: Numbers) -> tuple[Bits, Bits, Bits]:
        """The kinds of designators in each address, those with a value that the other has or has as a number, and
        those with a value that the other has in the same kind."""
        held = self._addresses
        pair, entry = spread(held.designator_starts, ones)
        there, bits = others[pair] * held.size, held.kind_bits[entry]
        is_same = among(held.held_designators, there + held.designators[entry])
        agrees = is_same | among(held.held_numbers, there + held.values[entry])
        stated, agreed, same = (np.zeros(len(ones), np.uint64) for _ in range(3))
        np.bitwise_or.at(stated, pair, bits)
        np.bitwise_or.at(agreed, pair[agrees], bits[agrees])
        np.bitwise_or.at(same, pair[is_same], bits[is_same])
        return stated, agreed, same


def distance_km(ones: Values, others: Values) -> Values:
    """Great-circle distances of places, rows of (latitude, longitude) in degrees, in kilometres."""
    (latitude_a, longitude_a), (latitude_b, longitude_b) = np.radians(ones).T, np.radians(others).T
    half = (
        np.sin((latitude_b - latitude_a) / 2) ** 2
        + np.cos(latitude_a) * np.cos(latitude_b) * np.sin((longitude_b - longitude_a) / 2) ** 2
    )
    distances: Values = 2 * _EARTH_RADIUS_KM * np.arcsin(np.minimum(1.0, np.sqrt(half)))
    return distances


def _of_two_sets(ones: Numbers, others: Numbers, sets: Sequence[Item], holds: Callable[[Item, Item], bool]) -> Flags:
    """What holds of the two sets of each pair; each two sets are looked at once."""
    pairs, at = np.unique(ones * max(len(sets), 1) + others, return_inverse=True)
    found = [holds(sets[pair // len(sets)], sets[pair % len(sets)]) for pair in pairs.tolist()]
    return np.array(found, bool)[at]


def _have_one_in_common(ones: frozenset[str], others: frozenset[str]) -> bool:
    return not ones.isdisjoint(others)


def _best(pair: Numbers, values: Values) -> Numbers:
    """The row of each pair whose words agree best."""
    likeness = np.zeros(len(pair))
    for column in range(_LIKENESS):
        likeness += values[:, column]
    order = np.lexsort((*(values[:, column] for column in reversed(range(_NAME_FEATURES))), likeness, pair))
    return order[np.flatnonzero(np.diff(pair[order], append=-1) != 0)]


def _alike(ones: Texts, others: Texts, scorer: Callable[..., float], best: float) -> Values:
    """How alike texts are spelled, 0 where there is none on a side."""
    if not len(ones):
        return np.zeros(0)
    stated = ((ones != "") & (others != "")).astype(bool)
    return np.where(stated, cpdist(ones.tolist(), others.tolist(), scorer=scorer, dtype=np.float64) / best, 0.0)


def _contained(ones: Texts, others: Texts) -> Flags:
    """Whether one text of each pair stands inside the other, equal ones aside: `saomai` in `saomailotus`."""
    pairs = zip(ones.tolist(), others.tolist(), strict=True)
    return np.array([one != other and _is_inside(*sorted((one, other), key=len)) for one, other in pairs], bool)


def _is_inside(short: str, long: str) -> bool:
    return len(short) >= _SHORTEST_CORE and short in long


def _trade_differs(ones: frozenset[TradeWord], others: frozenset[TradeWord]) -> bool:
    return bool(ones and others) and not any(_same_trade(one, other) for one in ones for other in others)


def _same_trade(one: TradeWord, other: TradeWord) -> bool:
    if one.english == other.english and (one.translated or other.translated or _is_short(one.written, other.written)):
        return True
    return fuzz.ratio(one.written, other.written) / 100 >= _SAME_TRADE


def _is_short(one: str, other: str) -> bool:
    """Whether one is short for the other (`mfg`, `manufacturing`, `bags`, `handbag`), or both have one stem (`knits`,
    `knitting`)."""
    short, long = sorted((one, other), key=len)
    if len(short) < _SHORTEST_TRADE:
        return False
    if short[0] != long[0]:
        return short.removesuffix("s") in long
    letters = iter(long)
    return short[:_STEM] == long[:_STEM] or all(letter in letters for letter in short)


def _named(kind: str, sites: frozenset[NamedNumber]) -> frozenset[str]:
    """The values of one kind; what is named without one says nothing."""
    return frozenset(value for found, value in sites if found == kind and value)


def _units_agree(ones: frozenset[NamedNumber], others: frozenset[NamedNumber]) -> bool:
    return bool(_named("unit", ones)) and _named("unit", ones) == _named("unit", others)


def _units_differ(ones: frozenset[NamedNumber], others: frozenset[NamedNumber]) -> bool:
    ours, theirs = _named("unit", ones), _named("unit", others)
    return bool(ours and theirs) and ours.isdisjoint(theirs)


def _branches_agree(ones: frozenset[NamedNumber], others: frozenset[NamedNumber]) -> bool:
    return bool(_named("branch", ones)) and _named("branch", ones) == _named("branch", others)


def _branch_on_one_side(ones: frozenset[NamedNumber], others: frozenset[NamedNumber]) -> bool:
    return bool(_named("branch", ones)) != bool(_named("branch", others))


def _zones_agree(ones: frozenset[NamedNumber], others: frozenset[NamedNumber]) -> bool:
    """Whether a zone of each side has one name and one number, or none."""
    return any(
        number == other_number and fuzz.ratio(name, other) >= _SAME_ZONE
        for name, number in ones
        for other, other_number in others
    )


def _zones_differ(ones: frozenset[NamedNumber], others: frozenset[NamedNumber]) -> bool:
    """Whether zones of one name have different numbers, or none of the names is like any of the other side."""
    alike = [
        (number, other_number)
        for name, number in ones
        for other, other_number in others
        if fuzz.ratio(name, other) >= _SAME_ZONE
    ]
    if any(number and other_number and number != other_number for number, other_number in alike):
        return True
    return bool(ones and others) and not any(_are_near(name, other) for name, _ in ones for other, _ in others)


def _are_near(name: str, other: str) -> bool:
    return name in other or other in name or fuzz.ratio(name, other) >= _OTHER_ZONE
