"""Measure how far two profiles say the same: a pure function from two profiles to the features of the model.

Every feature lies between 0 and 1, is the same in both directions and has a meaning that can be told to a person.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from rapidfuzz import fuzz
from rapidfuzz.distance import JaroWinkler

from harmonize.identity.model import WordWeights
from harmonize.identity.prepare import Profile
from harmonize.values.names import ComparableAddress, ComparableName, TradeWord, Weight

__all__ = ["distance_km", "features"]

_NEAR_SPELLING = 0.84
_SAME_TRADE = 0.75
_SHORTEST_NEAR_WORD = 4
_THIN_ADDRESS_WORDS = 3
_WIDE_KINDS = {"road", "block", "floor"}
_EARTH_RADIUS_KM = 6371.0

Words = tuple[tuple[str, Weight], ...]


def features(one: Profile, other: Profile, weights: WordWeights) -> tuple[float, ...]:
    """The features of a pair in the order of `FEATURES`; of several names the two that agree best are compared."""
    places = {word for word, _ in (*one.address.words, *other.address.words)}
    name = max(
        (_name_features(a, b, places, weights) for a in one.names for b in other.names),
        key=lambda found: (sum(found[:5]), found),
    )
    address = _address_features(one.address, other.address, weights)
    apart = one.province is not None and other.province is not None and one.province != other.province
    both = (name[1] * address[1], name[3] * address[0])
    return (*name, *address, float(apart), *both)


def _name_features(
    one: ComparableName, other: ComparableName, places: set[str], weights: WordWeights
) -> tuple[float, ...]:
    """A word of a name that stands in an address as well is a place: it tells little of who is there."""
    ours, theirs = _with_places(one.words, places), _with_places(other.words, places)
    overlap, containment = _lay_over(ours, theirs, weights)
    core, other_core = _core(ours) or one.core, _core(theirs) or other.core
    shared, stated = one.units & other.units, bool(one.units) + bool(other.units)
    return (
        overlap,
        containment,
        fuzz.ratio(one.squeezed, other.squeezed) / 100 if one.squeezed and other.squeezed else 0.0,
        JaroWinkler.similarity(core, other_core) if core and other_core else 0.0,
        float(bool(one.text) and one.text == other.text),
        float(_trade_differs(one, other)),
        float(bool(shared)),
        float(stated == 2 and not shared),
        float(stated == 1),
    )


def _trade_differs(one: ComparableName, other: ComparableName) -> bool:
    """Whether both names say what is done there and nothing is the same but for spelling, ending or language."""
    return bool(one.trade and other.trade) and not any(_same_trade(a, b) for a in one.trade for b in other.trade)


def _same_trade(one: TradeWord, other: TradeWord) -> bool:
    if one.english == other.english and (one.translated or other.translated):
        return True
    return fuzz.ratio(one.written, other.written) / 100 >= _SAME_TRADE


def _with_places(words: Words, places: set[str]) -> Words:
    return tuple((word, "place" if word in places and weight == "distinctive" else weight) for word, weight in words)


def _core(words: Words) -> str:
    return "".join(word for word, weight in words if weight == "distinctive")


def _address_features(one: ComparableAddress, other: ComparableAddress, weights: WordWeights) -> tuple[float, ...]:
    overlap, containment = _lay_over(one.words, other.words, weights)
    fewer = min(len(one.numbers), len(other.numbers))
    shared = len(one.numbers & other.numbers)
    return (
        overlap,
        containment,
        fuzz.token_sort_ratio(one.text, other.text) / 100 if one.text and other.text else 0.0,
        shared / fewer if fewer else 0.0,
        float(bool(fewer) and not shared),
        float(_designators_differ(one, other)),
        float(min(len(one.words), len(other.words)) < _THIN_ADDRESS_WORDS),
    )


def _designators_differ(one: ComparableAddress, other: ComparableAddress) -> bool:
    """Whether both name a plot, building, unit or suite and none is the same; roads and blocks if nothing agrees."""
    ours, theirs = _by_kind(one), _by_kind(other)
    shared = ours.keys() & theirs.keys()
    differ = {
        kind
        for kind in shared
        if not ours[kind] & theirs[kind] and not ours[kind] & other.numbers and not theirs[kind] & one.numbers
    }
    return bool(differ - _WIDE_KINDS) or (bool(differ) and differ == shared)


def _by_kind(address: ComparableAddress) -> dict[str, set[str]]:
    values: dict[str, set[str]] = {}
    for kind, value in address.designators:
        values.setdefault(kind, set()).add(value)
    return values


def _lay_over(one: Words, other: Words, weights: WordWeights) -> tuple[float, float]:
    """How much of two lists of words is shared, as a part of all words and as a part of the lighter list."""
    ours, theirs = _worth(_joined(one, other), weights), _worth(_joined(other, one), weights)
    if not ours or not theirs:
        return 0.0, 0.0
    shared = sum(min(worth, theirs[word]) for word, worth in ours.items() if word in theirs)
    left, right = [word for word in ours if word not in theirs], [word for word in theirs if word not in ours]
    for near, word, match in _near_words(left, right):
        shared += near * min(ours[word], theirs[match])
    total, lighter = sum(ours.values()) + sum(theirs.values()), min(sum(ours.values()), sum(theirs.values()))
    return shared / (total - shared), shared / lighter


def _near_words(left: Iterable[str], right: Iterable[str]) -> list[tuple[float, str, str]]:
    """Pairs of words that differ by a slip of the pen, the nearest first, every word at most once."""
    pairs = sorted(
        (
            (-fuzz.ratio(a, b) / 100, a, b)
            for a in left
            if len(a) >= _SHORTEST_NEAR_WORD
            for b in right
            if len(b) >= _SHORTEST_NEAR_WORD and abs(len(a) - len(b)) <= 2
        ),
    )
    taken: set[str] = set()
    found: list[tuple[float, str, str]] = []
    for negative, a, b in pairs:
        if -negative >= _NEAR_SPELLING and a not in taken and b not in taken:
            taken.update((a, b))
            found.append((-negative, a, b))
    return found


def _joined(words: Words, other: Words) -> Words:
    """`words` with neighbours joined where the other side writes them as one: `dong guan` against `dongguan`."""
    single = {word for word, _ in other}
    result: list[tuple[str, Weight]] = []
    for word, weight in words:
        if result and result[-1][0] + word in single:
            result[-1] = (result[-1][0] + word, weight)
        else:
            result.append((word, weight))
    return tuple(result)


def _worth(words: Words, weights: WordWeights) -> dict[str, float]:
    worth = {"distinctive": weights.distinctive, "place": weights.place, "trade": weights.trade}
    return {word: worth[weight] for word, weight in words}


def distance_km(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Great-circle distance of two (latitude, longitude) in degrees, in kilometres."""
    latitude_a, longitude_a, latitude_b, longitude_b = map(math.radians, (*one, *other))
    half = (
        math.sin((latitude_b - latitude_a) / 2) ** 2
        + math.cos(latitude_a) * math.cos(latitude_b) * math.sin((longitude_b - longitude_a) / 2) ** 2
    )
    return 2 * _EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(half)))
