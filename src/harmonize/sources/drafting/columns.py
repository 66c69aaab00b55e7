"""The columns of a sample: what stands above each and what it holds, whether of a table or of a label/value block."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from harmonize.reading.sheets import Cell, CellError, cell_text, is_blank
from harmonize.sources.drafting.dates import is_date
from harmonize.values.numbers import looks_numeric
from harmonize.values.text import clean, word_key

__all__ = ["Column"]

_MOSTLY = 0.6
_FEW_WORDS = 4
_MOST_WORDS = 12
_LONGEST_WORD = 40


@dataclass(frozen=True)
class Column:
    """A header or label with the cells below or beside it. (Not slotted: what is worked out of the cells is kept.)

    Attributes:
        index: place among the columns of its table, or among the labels of its block.
    """

    index: int
    title: str
    cells: Sequence[Cell]

    @cached_property
    def stated(self) -> list[Cell]:
        """Cells that say something and are no Excel errors."""
        return [cell for cell in self.cells if not is_blank(cell) and not isinstance(cell, CellError)]

    @cached_property
    def texts(self) -> list[str]:
        """The stated cells as cleaned texts; typed dates are none."""
        return [text for cell in self.stated if not isinstance(cell, date) and (text := clean(cell_text(cell)))]

    @cached_property
    def words(self) -> list[str]:
        """The different texts, in the order of their first place; spellings that differ in case are one."""
        return list({word_key(text): text for text in reversed(self.texts)}.values())[::-1]

    @property
    def holds(self) -> str:
        """What it holds, in a word or two."""
        if not self.stated:
            return "nothing"
        if self.has_dates or sum(map(is_date, self.texts)) > _MOSTLY * len(self.texts):
            return "dates"
        if all(map(looks_numeric, self.texts)):
            return "numbers"
        few = "one word" if len(self.words) == 1 else f"{len(self.words)} different words"
        return few if self.is_closed_list else "texts"

    @property
    def has_dates(self) -> bool:
        """Some cells are typed dates."""
        return any(isinstance(cell, date) for cell in self.stated)

    @property
    def is_blank_somewhere(self) -> bool:
        """Some row says nothing here."""
        return any(is_blank(cell) for cell in self.cells)

    @property
    def is_closed_list(self) -> bool:
        """A few short words that repeat, as of a list to choose from."""
        repeats = len(self.words) <= _FEW_WORDS or 2 * len(self.words) <= len(self.texts)
        return repeats and len(self.words) <= _MOST_WORDS and all(len(word) <= _LONGEST_WORD for word in self.words)
