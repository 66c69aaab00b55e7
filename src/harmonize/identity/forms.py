"""Write comparable names and addresses as plain text and read them back.

Equal forms are equal texts: a text serves as the identity of its form, is compared and hashed at the cost of a string,
and is kept from one run to the next. The separators are control characters, which no comparable word holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from harmonize.values.names import ComparableAddress, ComparableName, TradeWord, Weight

__all__ = [
    "FIELD",
    "ITEM",
    "LETTERS",
    "PART",
    "read_address",
    "read_name",
    "read_pairs",
    "read_trade",
    "read_units",
    "trade_of",
    "units_of",
    "write_address",
    "write_name",
]

_TRADE, _UNITS = 4, 5
FIELD, ITEM, PART = "\x1f", "\x1e", "\x1d"
LETTERS: dict[Weight, str] = {"distinctive": "d", "place": "p", "trade": "t"}
_WEIGHTS: dict[str, Weight] = {letter: weight for weight, letter in LETTERS.items()}


def write_name(name: ComparableName) -> str:
    """A comparable name as text; equal names give equal texts."""
    trade = sorted((word.written, word.english, "1" if word.translated else "0") for word in name.trade)
    units, designators = ITEM.join(sorted(name.units)), _items(sorted(name.designators))
    said = (name.text, _words(name.words), name.squeezed, name.core, _items(trade), units, designators)
    return FIELD.join((*said, _flag(name.is_head_office)))


def write_address(address: ComparableAddress) -> str:
    """A comparable address as text; equal addresses give equal texts."""
    numbers, designators = ITEM.join(sorted(address.numbers)), _items(sorted(address.designators))
    zones, houses = _items(sorted(address.zones)), _items(sorted(address.houses))
    said = (address.text, _words(address.words), numbers, designators, zones, houses)
    return FIELD.join((*said, _flag(address.is_head_office)))


def read_name(form: str) -> ComparableName:
    """The name that was written as `form`."""
    text, words, squeezed, core, trade, units, designators, head_office = form.split(FIELD)
    return ComparableName(
        text=text,
        words=_read_words(words),
        squeezed=squeezed,
        core=core,
        trade=read_trade(trade),
        units=read_units(units),
        designators=read_pairs(designators),
        is_head_office=bool(head_office),
    )


def trade_of(form: str) -> frozenset[TradeWord]:
    """What is done where the name was written as `form`."""
    return read_trade(form.split(FIELD)[_TRADE])


def units_of(form: str) -> frozenset[str]:
    """The units of the name that was written as `form`."""
    return read_units(form.split(FIELD)[_UNITS])


def read_trade(text: str) -> frozenset[TradeWord]:
    """The field of a name that says what is done there."""
    return frozenset(
        TradeWord(written, english, translated == "1") for written, english, translated in _read_items(text)
    )


def read_units(text: str) -> frozenset[str]:
    """The field of a name that says which units are meant."""
    return frozenset(text.split(ITEM)) if text else frozenset()


def read_address(form: str) -> ComparableAddress:
    """The address that was written as `form`."""
    text, words, numbers, designators, zones, houses, head_office = form.split(FIELD)
    return ComparableAddress(
        text=text,
        words=_read_words(words),
        numbers=frozenset(numbers.split(ITEM)) if numbers else frozenset(),
        designators=read_pairs(designators),
        zones=read_pairs(zones),
        houses=read_pairs(houses),
        is_head_office=bool(head_office),
    )


def _flag(is_true: bool) -> str:
    return "1" if is_true else ""


def read_pairs(text: str) -> frozenset[tuple[str, str]]:
    """A field of kinds and values, or of names and numbers."""
    return frozenset((one, other) for one, other in _read_items(text))


def _items(items: Iterable[tuple[str, ...]]) -> str:
    return ITEM.join(PART.join(item) for item in items)


def _read_items(text: str) -> Iterator[list[str]]:
    return (item.split(PART) for item in text.split(ITEM)) if text else iter(())


def _words(words: Iterable[tuple[str, Weight]]) -> str:
    return ITEM.join(LETTERS[weight] + word for word, weight in words)


def _read_words(text: str) -> tuple[tuple[str, Weight], ...]:
    return tuple((item[1:], _WEIGHTS[item[0]]) for item in text.split(ITEM)) if text else ()
