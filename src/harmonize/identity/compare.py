"""Measure how far two profiles say the same: pure functions from pairs of profiles to the features of the model.

Every feature lies between 0 and 1, is the same in both directions and has a meaning that can be told to a person. What
a pair gives does not depend on the pairs it is measured with.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz
from rapidfuzz.distance import JaroWinkler
from rapidfuzz.process import cpdist

from harmonize.identity.forms import read_address, read_name
from harmonize.identity.lexicon import KINDS, Lexicon, Numbers, WordLists, spread
from harmonize.identity.model import FEATURES, WordWeights
from harmonize.identity.overlap import Entries, entries_of, lay_over
from harmonize.identity.prepare import Profile
from harmonize.values.names import ComparableAddress, ComparableName, TradeWord

__all__ = ["Comparison", "distance_km"]

Values = NDArray[np.float64]
Flags = NDArray[np.bool_]
Item = TypeVar("Item", bound=Hashable)

_SAME_TRADE = 0.75
_THIN_ADDRESS_WORDS = 3
_WIDE_KINDS = frozenset({"road", "block", "floor"})
_EARTH_RADIUS_KM = 6371.0
_NAME_FEATURES = FEATURES.index("address_overlap")
_LIKENESS = 5
_DISTINCTIVE, _PLACE = KINDS.index("distinctive"), KINDS.index("place")


@dataclass(frozen=True, slots=True)
class _Names:
    """All names, with the lists of their words."""

    forms: list[ComparableName]
    lists: WordLists
    texts: Numbers
    trades: Numbers
    trade_sets: list[frozenset[TradeWord]]
    has_units: Flags


@dataclass(frozen=True, slots=True)
class _Addresses:
    """All addresses, with the lists of their words and numbers.

    Attributes:
        kinds: per address, kind of designator -> values.
        kind_bits: per address, a bit for every kind of designator in it.
    """

    forms: list[ComparableAddress]
    lists: WordLists
    number_starts: Numbers
    numbers: Numbers
    kinds: list[dict[str, set[str]]]
    kind_bits: NDArray[np.uint64]


class Comparison:
    """Profiles made ready to be compared in any pairs.

    Args:
        profiles: all profiles that stand in a pair.
    """

    def __init__(self, profiles: Sequence[Profile], weights: WordWeights) -> None:
        name_number: dict[str, int] = {}
        address_number: dict[str, int] = {}
        for profile in profiles:
            address_number.setdefault(profile.address, len(address_number))
            for name in profile.names:
                name_number.setdefault(name, len(name_number))
        names = [read_name(form) for form in name_number]
        addresses = [read_address(form) for form in address_number]
        self._lexicon = Lexicon.of(
            word for form in chain[ComparableName | ComparableAddress](names, addresses) for word, _ in form.words
        )
        self._weights = weights
        self._names = _names(names, self._lexicon)
        self._addresses = _addresses(addresses, self._lexicon)
        self._name_starts = np.cumsum([0, *(len(profile.names) for profile in profiles)], dtype=np.int64)
        self._name_of = np.array([name_number[name] for profile in profiles for name in profile.names], np.int64)
        self._address_of = np.array([address_number[profile.address] for profile in profiles], np.int64)
        self._province_of = _numbered(chain([None], (profile.province for profile in profiles)))[0][1:]

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
        both = (name[:, 1] * address[:, 1], name[:, 3] * address[:, 0])
        return np.column_stack([name, address, apart, *both])

    def _name_pairs(self, ones: Numbers, others: Numbers) -> tuple[Numbers, Numbers, Numbers]:
        """Every name of one side with every name of the other: the number of the pair, and the two names."""
        pair, first = spread(self._name_starts, ones)
        at, second = spread(self._name_starts, others[pair])
        return pair[at], self._name_of[first[at]], self._name_of[second]

    def _name_features(self, ones: Numbers, others: Numbers, here: Numbers, there: Numbers) -> Values:
        """A word of a name that stands in an address as well is a place: it tells little of who is there."""
        names, forms = self._names, self._names.forms
        ours, our_cores = self._with_places(ones, here, there)
        theirs, their_cores = self._with_places(others, here, there)
        overlap, containment = lay_over(
            (names.lists, ones, others),
            (ours, theirs),
            self._lexicon,
            self._weights,
            lambda pair: self._spoken(here[pair]) | self._spoken(there[pair]),
        )
        one_units, other_units = names.has_units[ones], names.has_units[others]
        both = one_units & other_units
        shared = np.zeros(len(ones), bool)
        for at in np.flatnonzero(both).tolist():
            shared[at] = not forms[ones[at]].units.isdisjoint(forms[others[at]].units)
        squeezed = [form.squeezed for form in forms]
        return np.column_stack(
            [
                overlap,
                containment,
                _alike(
                    [squeezed[at] for at in ones.tolist()], [squeezed[at] for at in others.tolist()], fuzz.ratio, 100
                ),
                _alike(our_cores, their_cores, JaroWinkler.similarity, 1),
                (names.texts[ones] > 0) & (names.texts[ones] == names.texts[others]),
                self._trade_differs(ones, others),
                shared,
                both & ~shared,
                one_units ^ other_units,
            ]
        )

    def _spoken(self, address: int) -> set[str]:
        return {word for word, _ in self._addresses.forms[address].words}

    def _with_places(self, names: Numbers, here: Numbers, there: Numbers) -> tuple[Entries, list[str]]:
        """The words of names, and their cores, with the words of either address counted as places."""
        forms = self._names.forms
        entries = entries_of(self._names.lists, names)
        distinctive = np.flatnonzero(entries.once_distinctive)
        pair, word = entries.pair[distinctive], entries.word[distinctive]
        lists = self._addresses.lists
        marked = distinctive[lists.holds(here[pair], word) | lists.holds(there[pair], word)]
        kinds = entries.kind.copy()
        kinds[marked[kinds[marked] == _DISTINCTIVE]] = _PLACE
        cores = [forms[at].core for at in names.tolist()]
        if not len(marked):
            return replace(entries, kind=kinds), cores
        known: dict[tuple[int, ...], str] = {}
        pairs, starts = np.unique(entries.pair[marked], return_index=True)
        for at, places in zip(pairs.tolist(), np.split(entries.word[marked], starts[1:]), strict=True):
            key = (int(names[at]), *places.tolist())
            if key not in known:
                known[key] = self._core(forms[key[0]], {self._lexicon.words[number] for number in key[1:]})
            cores[at] = known[key]
        return replace(entries, kind=kinds), cores

    def _core(self, name: ComparableName, places: set[str]) -> str:
        core = "".join(word for word, weight in name.words if weight == "distinctive" and word not in places)
        return core or name.core

    def _trade_differs(self, ones: Numbers, others: Numbers) -> Flags:
        """Whether both names say what is done there and nothing is the same but for spelling, ending or language."""
        sets = self._names.trade_sets
        pairs, at = np.unique(self._names.trades[ones] * len(sets) + self._names.trades[others], return_inverse=True)
        differs = [_trade_differs(sets[pair // len(sets)], sets[pair % len(sets)]) for pair in pairs.tolist()]
        return np.array(differs, bool)[at]

    def _address_features(self, ones: Numbers, others: Numbers) -> Values:
        lists, forms = self._addresses.lists, self._addresses.forms
        entries = (entries_of(lists, ones), entries_of(lists, others))
        overlap, containment = lay_over((lists, ones, others), entries, self._lexicon, self._weights)
        texts = [form.text for form in forms]
        counts = np.diff(self._addresses.number_starts)
        fewer = np.minimum(counts[ones], counts[others])
        shared = self._shared_numbers(ones, others)
        words = np.array([len(form.words) for form in forms], np.int64)
        return np.column_stack(
            [
                overlap,
                containment,
                _alike(
                    [texts[at] for at in ones.tolist()],
                    [texts[at] for at in others.tolist()],
                    fuzz.token_sort_ratio,
                    100,
                ),
                np.divide(shared, fewer, out=np.zeros(len(ones)), where=fewer > 0),
                (fewer > 0) & (shared == 0),
                self._designators_differ(ones, others),
                np.minimum(words[ones], words[others]) < _THIN_ADDRESS_WORDS,
            ]
        )

    def _shared_numbers(self, ones: Numbers, others: Numbers) -> Numbers:
        """How many numbers the two addresses of each pair share."""
        starts, numbers = self._addresses.number_starts, self._addresses.numbers
        size = int(numbers.max(initial=0)) + 1
        (pair, entry), (other_pair, other_entry) = spread(starts, ones), spread(starts, others)
        shared = np.isin(pair * size + numbers[entry], other_pair * size + numbers[other_entry])
        return np.bincount(pair[shared], minlength=len(ones))

    def _designators_differ(self, ones: Numbers, others: Numbers) -> Flags:
        """Whether both name a plot, building or unit and none is the same; roads and blocks if nothing agrees."""
        bits, kinds, forms = self._addresses.kind_bits, self._addresses.kinds, self._addresses.forms
        differs = np.zeros(len(ones), bool)
        for at in np.flatnonzero(bits[ones] & bits[others]).tolist():
            one, other = ones[at], others[at]
            differs[at] = _designators_differ((kinds[one], forms[one].numbers), (kinds[other], forms[other].numbers))
        return differs


def distance_km(ones: Values, others: Values) -> Values:
    """Great-circle distances of places, rows of (latitude, longitude) in degrees, in kilometres."""
    (latitude_a, longitude_a), (latitude_b, longitude_b) = np.radians(ones).T, np.radians(others).T
    half = (
        np.sin((latitude_b - latitude_a) / 2) ** 2
        + np.cos(latitude_a) * np.cos(latitude_b) * np.sin((longitude_b - longitude_a) / 2) ** 2
    )
    distances: Values = 2 * _EARTH_RADIUS_KM * np.arcsin(np.minimum(1.0, np.sqrt(half)))
    return distances


def _names(forms: list[ComparableName], lexicon: Lexicon) -> _Names:
    trades, trade_sets = _numbered(form.trade for form in forms)
    return _Names(
        forms,
        WordLists.of([form.words for form in forms], lexicon),
        _numbered(chain([""], (form.text for form in forms)))[0][1:],
        trades,
        trade_sets,
        np.array([bool(form.units) for form in forms], bool),
    )


def _addresses(forms: list[ComparableAddress], lexicon: Lexicon) -> _Addresses:
    kinds = [_by_kind(form) for form in forms]
    bit_of = {kind: 1 << (number & 63) for number, kind in enumerate(sorted({kind for held in kinds for kind in held}))}
    return _Addresses(
        forms,
        WordLists.of([form.words for form in forms], lexicon),
        np.cumsum([0, *(len(form.numbers) for form in forms)], dtype=np.int64),
        _numbered(number for form in forms for number in form.numbers)[0],
        kinds,
        np.array([sum({bit_of[kind] for kind in held}) for held in kinds], np.uint64),
    )


def _numbered(items: Iterable[Item]) -> tuple[Numbers, list[Item]]:
    """Items as numbers, equal ones with the same, and the item of every number."""
    numbers: dict[Item, int] = {}
    found = [numbers.setdefault(item, len(numbers)) for item in items]
    return np.array(found, np.int64), list(numbers)


def _best(pair: Numbers, values: Values) -> Numbers:
    """The row of each pair whose words agree best."""
    likeness = np.zeros(len(pair))
    for column in range(_LIKENESS):
        likeness += values[:, column]
    order = np.lexsort((*(values[:, column] for column in reversed(range(_NAME_FEATURES))), likeness, pair))
    return order[np.flatnonzero(np.diff(pair[order], append=-1) != 0)]


def _alike(ones: Sequence[str], others: Sequence[str], scorer: Callable[..., float], best: float) -> Values:
    """How alike texts are spelled, 0 where there is none on a side."""
    if not ones:
        return np.zeros(0)
    stated = [bool(one) and bool(other) for one, other in zip(ones, others, strict=True)]
    return np.where(stated, cpdist(ones, others, scorer=scorer, dtype=np.float64) / best, 0.0)


def _trade_differs(ones: frozenset[TradeWord], others: frozenset[TradeWord]) -> bool:
    return bool(ones and others) and not any(_same_trade(one, other) for one in ones for other in others)


def _same_trade(one: TradeWord, other: TradeWord) -> bool:
    if one.english == other.english and (one.translated or other.translated):
        return True
    return fuzz.ratio(one.written, other.written) / 100 >= _SAME_TRADE


def _designators_differ(
    one: tuple[dict[str, set[str]], frozenset[str]], other: tuple[dict[str, set[str]], frozenset[str]]
) -> bool:
    (ours, our_numbers), (theirs, their_numbers) = one, other
    shared = ours.keys() & theirs.keys()
    differ = {
        kind
        for kind in shared
        if not ours[kind] & theirs[kind] and not ours[kind] & their_numbers and not theirs[kind] & our_numbers
    }
    return bool(differ - _WIDE_KINDS) or (bool(differ) and differ == shared)


def _by_kind(address: ComparableAddress) -> dict[str, set[str]]:
    values: dict[str, set[str]] = {}
    for kind, value in address.designators:
        values.setdefault(kind, set()).add(value)
    return values
