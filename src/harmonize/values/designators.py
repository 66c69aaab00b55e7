"""Read the numbers and letters that tell one site from another: units, plots, buildings, branches, and zones.

A designator is a kind and a value, written one way: `Unit 04`, `Unit IV` and `4th unit` are (`unit`, `4`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from harmonize.values.phrases import Phrasebook

__all__ = [
    "POSTAL_CODE",
    "UnitsOfName",
    "address_designators",
    "figures",
    "is_number",
    "is_value",
    "unit_ranges",
    "zones",
]

Designator = tuple[str, str]

POSTAL_CODE = re.compile(r"0|\d{5,8}")
_NUMBER = re.compile(r"[a-z]{0,2}\d+[a-z]{0,2}")
_UNIT_LETTER = re.compile(r"[fu](\d{1,3})")
_RANGE = re.compile(r"\d\s?[-~]\s?\d")
_YEAR = re.compile(r"19[4-9]\d|20[0-4]\d|25[0-7]\d")
_ROMAN = {"ii": "2", "iii": "3", "iv": "4", "vi": "6", "vii": "7", "viii": "8", "ix": "9"}
_SHORT_ROMAN = {"i": "1", "v": "5", "x": "10", "xi": "11", "xii": "12", "xiii": "13", "xiv": "14", "xv": "15"}
_NUMBER_WORDS = frozenset({"no", "nos", "so", "num", "number", "nr"})
_STATES_UNITS = re.compile(r"\d|\bn(?:o|os|r|umber|um)\b|\bso\b|\b[ivx]+$")
_LONGEST_ZONE_NAME = 5
_LONGEST_RANGE = 30
_SOON = 2
_JOINING = frozenset({"and", "va", "dan"})


def is_number(word: str) -> bool:
    """Whether a word is a number, with up to two letters at either end."""
    return _NUMBER.fullmatch(word) is not None


def is_value(word: str) -> bool:
    """Whether a word is a number, a number with letters, or one letter."""
    return _NUMBER.fullmatch(word) is not None or (len(word) == 1 and word.isalpha())


def figures(spoken: Mapping[str, str]) -> dict[str, str]:
    """Words -> figures: those of `spoken`, Roman numerals, and numbers with zeros before them."""
    padded = {
        f"{number:0{width}}": str(number) for width in range(2, 7) for number in range(min(10 ** (width - 1), 1000))
    }
    return {**padded, **_ROMAN, **spoken}


def unit_ranges(text: str, ranges: re.Pattern[str]) -> str:
    """`text` with `units 1-4` written as `units 1 2 3 4`."""

    def counted(found: re.Match[str]) -> str:
        first, last = int(found["first"]), int(found["last"])
        if not first < last <= first + _LONGEST_RANGE:
            return found.group()
        return found["before"] + " ".join(map(str, range(first, last + 1)))

    return ranges.sub(counted, text) if _RANGE.search(text) else text


@dataclass(frozen=True, slots=True)
class UnitsOfName:
    """What the words of a name state of units.

    Attributes:
        values: every number that may name a unit, years left out, and letters behind a designator.
        designators: (kind, value) where a word such as `unit`, `building` or `branch` stands beside the value.
        years: years, which belong to the name.
        rest: the other words, designators included.
    """

    values: set[str] = field(default_factory=set)
    designators: set[Designator] = field(default_factory=set)
    years: list[str] = field(default_factory=list)
    rest: list[str] = field(default_factory=list)

    @classmethod
    def read(cls, words: Sequence[str], designators: Phrasebook[str], late: Mapping[str, str]) -> UnitsOfName:
        """Read words in figures; `late` are words that are numbers only behind a designator or a word for number."""
        if not _STATES_UNITS.search(" ".join(words)) and designators.beginnings.keys().isdisjoint(words):
            return cls(rest=list(words))
        found = cls()
        kind, is_expected, at = None, False, 0
        stated = ("", -_SOON)
        waiting: dict[str, int] = {}
        for phrase, named in designators.split(words):
            word, start, at = phrase[0], at, at + len(phrase)
            behind = words[at] if at < len(words) else ""
            if named is not None:
                found.rest.extend(part for part in phrase if part not in _NUMBER_WORDS)
                # `4 factory`: a number that no word before it has claimed belongs to the word soon behind it.
                found.designators.update((named, one) for one, since in waiting.items() if start - since < _SOON)
                waiting.clear()
                kind, is_expected, stated = named, True, (named, at)
                continue
            value = _value(word, late if is_expected else {}, is_expected or not behind)
            letter = _UNIT_LETTER.fullmatch(word)
            if letter is not None:
                found._add("unit", letter[1].lstrip("0") or "0")
            elif _YEAR.fullmatch(value):
                found.years.append(value)
            elif _NUMBER.fullmatch(value) or (is_expected and len(value) == 1):
                found._add(kind, value)
                if kind is None:
                    waiting[value] = at
            elif word in _NUMBER_WORDS and (is_value(behind) or behind in _SHORT_ROMAN or behind in late):
                # `workshop garment no 4`: the word for number reaches back to the designator.
                kind, is_expected = stated[0] if at - stated[1] <= _SOON else kind, True
            else:
                found.rest.append(word)
                # `F & D` is no unit D, but `units 1 and 2` are two.
                if word not in _JOINING or stated[1] == start:
                    kind, is_expected = None, False
        return found

    def _add(self, kind: str | None, value: str) -> None:
        self.values.add(value)
        if kind is not None:
            self.designators.add((kind, value))


def _value(word: str, late: Mapping[str, str], may_be_roman: bool) -> str:
    return late.get(word) or (_SHORT_ROMAN.get(word, word) if may_be_roman else word)


def address_designators(parts: Iterable[Sequence[str]], designators: Phrasebook[str]) -> Iterator[Designator]:
    """(kind, value) for each designator word and the values that follow it: `plot 69 and 107`, `lot 36a, 37a`.

    Values go on after a comma only if nothing else stands there: `building c, 12 green street` has one building.
    """
    kind: str | None = None
    for part in parts:
        kind = kind if kind is not None and all(map(is_value, part)) else None
        if kind is None and designators.beginnings.keys().isdisjoint(part):
            continue
        for phrase, found in designators.split(part):
            word = phrase[0]
            if found is not None:
                kind = found
            elif kind is not None and is_value(word) and not POSTAL_CODE.fullmatch(word):
                yield kind, _SHORT_ROMAN.get(word, word)
            elif word not in ("no", "so", "and"):
                kind = None


def zones(
    parts: Iterable[Sequence[str]], words: Phrasebook[str], generic: Mapping[tuple[str, ...], object]
) -> Iterator[Designator]:
    """(name, number) of every industrial zone; the number is empty where there is none: (`bien hoa`, `2`).

    Args:
        parts: words of an address between its commas.
        words: what a zone is called, with `before` where the zone's name follows, `after` where it precedes, and
            `known` for names that need no such word.
        generic: phrases that are no part of a zone's name.
    """
    for part in parts:
        if words.beginnings.keys().isdisjoint(part):
            continue
        at = 0
        found = list(words.split(part))
        for (phrase, side), (_, next_side) in zip(found, [*found[1:], ((), None)], strict=True):
            end = at + len(phrase)
            if side is not None and (side, next_side) != ("known", "after"):
                yield from _zone(part, at, end, side, generic)
            at = end


def _zone(
    part: Sequence[str], start: int, end: int, side: str, generic: Mapping[tuple[str, ...], object]
) -> Iterator[Designator]:
    def is_name(at: int) -> bool:
        return 0 <= at < len(part) and len(part[at]) > 1 and not is_value(part[at]) and (part[at],) not in generic

    def number_at(at: int) -> str:
        if not 0 <= at < len(part) or not is_value(part[at]) or POSTAL_CODE.fullmatch(part[at]):
            return ""
        letter = part[at + 1] if part[at].isdigit() and at + 1 < len(part) and at + 1 != start else ""
        return _SHORT_ROMAN.get(part[at], part[at]) + (letter if letter in ("a", "b", "c") else "")

    def ahead() -> Designator:
        last = end
        while is_name(last) and last < end + _LONGEST_ZONE_NAME:
            last += 1
        return " ".join(part[end:last]), number_at(last)

    def behind() -> Designator:
        number = number_at(start - 1) if is_name(start - 2) else ""
        last = start - 1 if number else start
        first = last
        while is_name(first - 1) and first > last - _LONGEST_ZONE_NAME:
            first -= 1
        skipped = end + 1 if end < len(part) and part[end] in _NUMBER_WORDS else end
        return " ".join(part[first:last]), number or number_at(skipped)

    if side == "known":
        yield " ".join(part[start:end]), number_at(end)
        return
    one, other = (ahead, behind) if side == "before" else (behind, ahead)
    name, number = one()
    if not name:
        name, number = other()
    if name:
        yield name, number
