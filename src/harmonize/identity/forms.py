"""Write comparable names and addresses as plain text and read them back.

Equal forms are equal texts: a text serves as the identity of its form, is compared and hashed at the cost of a string,
and is kept from one run to the next. The separators are control characters, which no comparable word holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from harmonize.values.names import ComparableAddress, ComparableName, TradeWord, Weight

__all__ = ["read_address", "read_name", "write_address", "write_name"]

_FIELD, _ITEM, _PART = "\x1f", "\x1e", "\x1d"
_LETTERS: dict[Weight, str] = {"distinctive": "d", "place": "p", "trade": "t"}
_WEIGHTS: dict[str, Weight] = {letter: weight for weight, letter in _LETTERS.items()}


def write_name(name: ComparableName) -> str:
    """A comparable name as text; equal names give equal texts."""
    trade = sorted((word.written, word.english, "1" if word.translated else "0") for word in name.trade)
    units, designators = _ITEM.join(sorted(name.units)), _items(sorted(name.designators))
    said = (name.text, _words(name.words), name.squeezed, name.core, _items(trade), units, designators)
    return _FIELD.join((*said, _flag(name.is_head_office)))


def write_address(address: ComparableAddress) -> str:
    """A comparable address as text; equal addresses give equal texts."""
    numbers, designators = _ITEM.join(sorted(address.numbers)), _items(sorted(address.designators))
    said = (address.text, _words(address.words), numbers, designators, _items(sorted(address.zones)))
    return _FIELD.join((*said, _flag(address.is_head_office)))


def read_name(form: str) -> ComparableName:
    """The name that was written as `form`."""
    text, words, squeezed, core, trade, units, designators, head_office = form.split(_FIELD)
    return ComparableName(
        text=text,
        words=_read_words(words),
        squeezed=squeezed,
        core=core,
        trade=frozenset(
            TradeWord(written, english, translated == "1") for written, english, translated in _read_items(trade)
        ),
        units=frozenset(units.split(_ITEM)) if units else frozenset(),
        designators=_read_pairs(designators),
        is_head_office=bool(head_office),
    )


def read_address(form: str) -> ComparableAddress:
    """The address that was written as `form`."""
    text, words, numbers, designators, zones, head_office = form.split(_FIELD)
    return ComparableAddress(
        text=text,
        words=_read_words(words),
        numbers=frozenset(numbers.split(_ITEM)) if numbers else frozenset(),
        designators=_read_pairs(designators),
        zones=_read_pairs(zones),
        is_head_office=bool(head_office),
    )


def _flag(is_true: bool) -> str:
    return "1" if is_true else ""


def _read_pairs(text: str) -> frozenset[tuple[str, str]]:
    return frozenset((one, other) for one, other in _read_items(text))


def _items(items: Iterable[tuple[str, ...]]) -> str:
    return _ITEM.join(_PART.join(item) for item in items)


def _read_items(text: str) -> Iterator[list[str]]:
    return (item.split(_PART) for item in text.split(_ITEM)) if text else iter(())


def _words(words: Iterable[tuple[str, Weight]]) -> str:
    return _ITEM.join(_LETTERS[weight] + word for word, weight in words)


def _read_words(text: str) -> tuple[tuple[str, Weight], ...]:
    return tuple((item[1:], _WEIGHTS[item[0]]) for item in text.split(_ITEM)) if text else ()
