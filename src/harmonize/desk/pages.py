"""Templates, and what they may ask: words, marks of difference, and the drawing of places."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from harmonize.desk.differing import Parts, differing
from harmonize.desk.places import Drawn, drawn, place_of
from harmonize.desk.words import DeskWords
from harmonize.review.items import Item, Side
from harmonize.review.kinds import KINDS
from harmonize.review.words import Spoken

__all__ = ["Button", "Line", "Pages", "buttons", "lines_of", "map_of"]

_FACILITY = re.compile(r"HF[0-9A-Z]{12}")
_KEYS = {"same": "s", "different": "d", "unsure": "u", "seen": "s", "approved": "a", "refused": "r", "ignore": "i",
         "mistake": "m", "map": "Enter", "means": "Enter"}  # fmt: skip
"""The key of each verdict; one item never has two of the same."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the evidence, ready to be shown.

    Attributes:
        verdict: `alike`, `differs`, or `alone` where one side says nothing.
    """

    name: str
    a: Parts
    b: Parts
    verdict: str


@dataclass(frozen=True, slots=True)
class Button:
    """A decision, and the key that takes it."""

    verdict: str
    label: str
    key: str


def lines_of(item: Item) -> list[Line]:
    """The evidence of an item, with what differs marked."""
    return [_line(side) for side in item.said]


def _line(side: Side) -> Line:
    a, b = differing(side.a, side.b)
    if not side.a or not side.b:
        return Line(side.name, a, b, "alone")
    return Line(side.name, a, b, "alike" if side.a.casefold() == side.b.casefold() else "differs")


def has_two_sides(item: Item) -> bool:
    """Whether two things stand against each other."""
    return any(side.b for side in item.said)


def map_of(item: Item) -> Drawn | None:
    """The picture of both places, where an item has two."""
    for side in item.said:
        a, b = place_of(side.a), place_of(side.b)
        if a and b:
            return drawn(a, b)
    return None


def buttons(item: Item, words: Spoken, choose: str) -> list[Button]:
    """What may be said of an item.

    Args:
        choose: what the button is called that takes what was chosen.
    """
    chosen = KINDS[item.kind].chosen
    return [Button(one, choose if one == chosen else words.verdict(one), _KEYS[one]) for one in item.verdicts]


def distance(metres: float) -> str:
    """A distance as people read it."""
    return (
        f"{metres:.0f} m"
        if metres < 1000
        else f"{metres / 1000:.1f} km"
        if metres < 100_000
        else f"{metres / 1000:.0f} km"
    )


def length(metres: float) -> str:
    """The length of a scale bar."""
    return f"{metres:g} m" if metres < 1000 else f"{metres / 1000:g} km"


def cell(value: object) -> str:
    """A value of a table."""
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:.2f}"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}".replace(",", " ")
    if isinstance(value, list | tuple):
        return ", ".join(map(cell, value))
    return value.isoformat() if isinstance(value, date) else str(value)


def share(part: int, whole: int) -> str:
    """A part in percent; nothing of nothing is no share. What lacks anything is never called all."""
    if not whole:
        return "–"
    return "100 %" if part == whole else f"{min(100 * part / whole, 99.9):.1f} %"


class Pages:
    """Makes pages; every text in them is escaped."""

    def __init__(self, words: DeskWords) -> None:
        """Read the templates."""
        self.words = words
        self._templates = Environment(
            loader=PackageLoader("harmonize.desk"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters |= {"cell": cell, "distance": distance, "as_bar": length}
        self._templates.globals |= {
            "is_facility": lambda text: _FACILITY.fullmatch(text) is not None,
            "is_day": lambda value: isinstance(value, date),
            "has_two_sides": has_two_sides,
            "share": share,
            "kinds": KINDS,
        }

    def page(self, name: str, language: str, **given: Any) -> str:
        """A page in a language."""

        def say(word: str, **blanks: object) -> str:
            return self.words.say(word, language, **blanks)

        def named(word: str) -> str:
            return self.words.words.get(word, {}).get(language, word.replace("_", " "))

        told: Mapping[str, Any] = {"language": language, "t": say, "named": named, **given}
        is_unread = language != "en" and self.words.status == "machine"
        return self._templates.get_template(name).render(is_unread=is_unread, **told)
