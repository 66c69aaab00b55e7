"""Names and addresses as columns of numbers and texts, ready to be compared in any pairs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from harmonize.identity.form_columns import SpokenWords, Texts, fields_of, items_of, numbered, texts_of
from harmonize.identity.forms import PART, read_pairs, read_trade, read_units
from harmonize.identity.lexicon import KINDS, Lexicon, Numbers, WordLists
from harmonize.values.names import TradeWord

__all__ = ["ADDRESS_FIELDS", "NAME_FIELDS", "Addresses", "Bits", "NamedNumber", "Names"]

Flags = NDArray[np.bool_]
Bits = NDArray[np.uint64]
NamedNumber = tuple[str, str]
"""A kind and its value: `unit` 2, `branch` of a place, `zone` of a name."""

NAME_FIELDS, ADDRESS_FIELDS = 7, 6
"""How many fields of the texts that `forms` writes are compared here."""
_BEGINNING = 4
"""So many letters of the word behind a number: words of other tongues are spelled alike where they begin."""
_WIDE_KINDS = frozenset({"road", "block", "floor"})


@dataclass(frozen=True, slots=True)
class Names:
    """All names, with the lists of their words.

    Attributes:
        texts: the number of each name's text, 0 for none.
        trades, units: the number of what is done there, and of the units, among `trade_sets` and `unit_sets`.
        has_places: whether a place is among the words.
        sites: the number of the designators (`unit` 2, `branch` of a place) among `site_sets`.
    """

    lists: WordLists
    texts: Numbers
    squeezed: Texts
    cores: Texts
    trades: Numbers
    trade_sets: list[frozenset[TradeWord]]
    units: Numbers
    unit_sets: list[frozenset[str]]
    has_units: Flags
    has_places: Flags
    sites: Numbers
    site_sets: list[frozenset[NamedNumber]]

    @classmethod
    def of(cls, fields: Sequence[pa.Array], words: SpokenWords, lexicon: Lexicon) -> Names:
        """The names whose fields these are."""
        text, _, squeezed, core, trade, units, sites = fields
        site_numbers, site_texts = numbered(sites)
        trades, trade_texts = numbered(trade)
        unit_numbers, unit_texts = numbered(units)
        of = np.repeat(np.arange(len(text)), np.diff(words.starts))
        return cls(
            WordLists.of(words.starts, words.words, words.kinds, lexicon),
            numbered(pa.concat_arrays([pa.array([""], text.type), text]))[0][1:],
            texts_of(squeezed),
            texts_of(core),
            trades,
            [read_trade(found) for found in trade_texts],
            unit_numbers,
            [read_units(found) for found in unit_texts],
            pc.not_equal(units, "").to_numpy(zero_copy_only=False),
            np.bincount(of, words.kinds == KINDS.index("place"), len(text)) > 0,
            site_numbers,
            [read_pairs(found) for found in site_texts],
        )


@dataclass(frozen=True, slots=True)
class Addresses:
    """All addresses, with the lists of their words, numbers and designators.

    Attributes:
        texts: the words of each text, in alphabetical order.
        spoken: how many words each has.
        held_numbers: address * `size` + number, in order.
        kind_bits: per designator, the bit of its kind.
        values: per designator, its value as a number of an address; what no address has as a number stands apart.
        held_designators: address * `size` + number of kind and value, in order.
        wide_bits: of the kinds of designators that several sites share.
        zones: the number of each address's industrial zones among `zone_sets`.
        houses: numbers with the beginning of the word behind them, an entry each.
        held_houses: address * `size` + house, in order.
    """

    lists: WordLists
    texts: Texts
    spoken: Numbers
    number_starts: Numbers
    numbers: Numbers
    held_numbers: Numbers
    designator_starts: Numbers
    designators: Numbers
    values: Numbers
    kind_bits: Bits
    held_designators: Numbers
    wide_bits: np.uint64
    zones: Numbers
    zone_sets: list[frozenset[NamedNumber]]
    house_starts: Numbers
    houses: Numbers
    held_houses: Numbers
    size: int

    @classmethod
    def of(cls, fields: Sequence[pa.Array], words: SpokenWords, lexicon: Lexicon) -> Addresses:
        """The addresses whose fields these are."""
        text, _, numbers, designators, zones, houses = fields
        zone_numbers, zone_texts = numbered(zones)
        stated, named, numbered_words = items_of(numbers), items_of(designators), items_of(houses)
        kinds, values = fields_of(named.flat, 2, PART)
        number_of, value_of = _joint_numbers(stated.flat, values)
        kind_of, kind_names = numbered(kinds)
        bits = np.array([1 << (number & 63) for number in range(len(kind_names))], np.uint64)
        wide = sum({int(bit) for bit, kind in zip(bits, kind_names, strict=True) if kind in _WIDE_KINDS})
        size = len(stated.flat) + len(named.flat) + len(numbered_words.flat) + 1
        pair_of, house_of = numbered(named.flat)[0], _houses(numbered_words.flat)
        return cls(
            lists=WordLists.of(words.starts, words.words, words.kinds, lexicon),
            texts=np.array([" ".join(sorted(found.split())) for found in text.to_pylist()], object),
            spoken=np.diff(words.starts),
            number_starts=stated.starts,
            numbers=number_of,
            held_numbers=_held(stated.starts, number_of, size),
            designator_starts=named.starts,
            designators=pair_of,
            values=value_of,
            kind_bits=bits[kind_of],
            held_designators=_held(named.starts, pair_of, size),
            wide_bits=np.uint64(wide),
            zones=zone_numbers,
            zone_sets=[read_pairs(found) for found in zone_texts],
            house_starts=numbered_words.starts,
            houses=house_of,
            held_houses=_held(numbered_words.starts, house_of, size),
            size=size,
        )


def _houses(items: pa.Array) -> Numbers:
    number, word = fields_of(items, 2, PART)
    beginning = pc.utf8_slice_codeunits(word, 0, _BEGINNING)
    return numbered(pc.binary_join_element_wise(number, beginning, pa.scalar(PART, number.type)))[0]


def _joint_numbers(one: pa.Array, other: pa.Array) -> tuple[Numbers, Numbers]:
    """Two columns of texts as numbers of one count."""
    both = numbered(pa.concat_arrays([one, other]))[0]
    return both[: len(one)], both[len(one) :]


def _held(starts: Numbers, items: Numbers, size: int) -> Numbers:
    """list * size + item of all items, in order."""
    return np.sort(np.repeat(np.arange(len(starts) - 1), np.diff(starts)) * size + items)
