"""Numbers in answer cells: typed ones as stored, printed ones in the style of their file."""

from __future__ import annotations

from harmonize.values.numbers import NumberProblem, NumberStyle, finite, looks_numeric, parse_number

__all__ = ["NumberReader"]

_KEPT = 100_000
_BEGINNINGS = frozenset("0123456789+-.,")


class NumberReader:
    """Reads the numbers of one file; words that repeat are read once.

    Attributes:
        style: the number style of the file.
    """

    def __init__(self, style: NumberStyle) -> None:
        self.style = style
        self._known: dict[str, tuple[float | None, str | None]] = {}

    def read(self, value: object, printed: str) -> tuple[float | None, str | None]:
        """The number of a cell, or why it is none (`unreadable`, `undecidable`)."""
        if isinstance(value, int | float) and not isinstance(value, bool):
            number = finite(value)
            return number, None if number is not None else NumberProblem.UNREADABLE.value
        found = self._known.get(printed)
        if found is None:
            found = self._read_text(printed)
            if len(self._known) < _KEPT:
                self._known[printed] = found
        return found

    def _read_text(self, printed: str) -> tuple[float | None, str | None]:
        is_plain_word = printed.isascii() and printed.lstrip()[:1] not in _BEGINNINGS
        if is_plain_word or not looks_numeric(printed):
            return None, NumberProblem.UNREADABLE.value
        number = parse_number(printed, self.style)
        return (number, None) if isinstance(number, float) else (None, number.value)
