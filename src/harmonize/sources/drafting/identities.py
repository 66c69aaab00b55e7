"""Take what names anybody out of a sample: factories, addresses, persons and ids become invented ones.

Only what cannot name anybody stays: dates, countries, provinces, codes, grades and words of closed lists. Everything
that is not understood is replaced, too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from harmonize.reading.sheets import Cell, CellError, cell_text, is_blank
from harmonize.sources.drafting.codes import LONGEST_CODE
from harmonize.sources.drafting.dates import is_date
from harmonize.sources.drafting.fields import DATES
from harmonize.sources.drafting.meanings import Understood
from harmonize.values.geography import Geography
from harmonize.values.identifiers import os_id_check_character
from harmonize.values.numbers import looks_numeric
from harmonize.values.text import clean, western_digits, word_key

__all__ = ["Pseudonyms"]

_KEPT_IF_CLOSED = frozenset({"severity", "status", "rating", "answer"})
_INVENTED = {
    "name": "Sample Factory {}",
    "name_local": "Sample Local Name {}",
    "address": "{} Sample Road",
    "city": "Sample Town {}",
    "admin1": "Sample Province {}",
    "country": "Sample Country {}",
    "assessor": "Sample Auditors {}",
    "responsible": "Sample Function {}",
    "description": "Sample finding {}",
    "root_cause": "Sample cause {}",
    "action": "Sample action {}",
    "legal_reference": "Sample law {}",
    "label_text": "Sample question {}",
    "clause_label": "Sample section {}",
    "sector": "Sample sector {}",
    "assessment_type": "Sample type {}",
    "announcement": "Sample announcement {}",
    "clause": "Sample clause {}",
    "question": "Sample question {}",
    "answer": "Sample answer {}",
}
_OTHER = "Sample text {}"
_IDS = frozenset({"native_id", "finding_no"})
_COORDINATES = frozenset({"latitude", "longitude"})
_WORKERS_STEP = 100


@dataclass(slots=True)
class Pseudonyms:
    """Invented values; equal values of one field become equal ones, so that what belongs together still does.

    Attributes:
        clause_pattern: how the code of a clause is told from the title beside it, which is replaced.
    """

    geography: Geography
    clause_pattern: str | None
    numbers: dict[str, dict[str, int]] = field(default_factory=dict)

    def replaced(self, cell: Cell, title: str, meaning: Understood | None) -> Cell:
        """A cell with nobody named in it.

        Args:
            title: the header or label of its column.
            meaning: None for a column that is not understood.
        """
        if is_blank(cell) or isinstance(cell, CellError | bool):
            return cell
        if meaning is None:
            return self._other(cell, title)
        name = meaning.meaning.name
        if self._names_nobody(name, cell) or (name in _KEPT_IF_CLOSED and meaning.column.is_closed_list):
            return cell
        if name == "clause" and self.clause_pattern is not None:
            return self._clause(cell)
        if name in _COORDINATES:
            return self._coarse(cell)
        if name == "workers":
            return _WORKERS_STEP * self._number(name, cell)
        if meaning.meaning.is_identifier or name in _IDS:
            return self._id(name, cell)
        return _INVENTED.get(name, _OTHER).format(self._number(name, cell))

    def _names_nobody(self, name: str, cell: Cell) -> bool:
        """A value that is what its column says: a country, a province, a date, a number, a code."""
        text = clean(cell_text(cell)) or ""
        if name == "country":
            return self.geography.country_code(text) is not None
        if name == "admin1":
            return any(self.geography.admin1(country, text) for country in self.geography.province_names)
        if name in DATES:
            return isinstance(cell, date) or is_date(text) or looks_numeric(text)
        if name in ("clause", "question"):
            return len(text) <= LONGEST_CODE and (name == "question" or self.clause_pattern is None)
        return name == "score" and looks_numeric(text)

    def _number(self, name: str, cell: Cell) -> int:
        """The number of a value among those of its field."""
        known = self.numbers.setdefault(name, {})
        return known.setdefault(word_key(cell_text(cell)), len(known) + 1)

    def _other(self, cell: Cell, title: str) -> Cell:
        """What is not understood: dates stay, numbers become small ones."""
        if isinstance(cell, date) or is_date(cell_text(cell)):
            return cell
        number = self._number(f"column {title}", cell)
        return number if looks_numeric(cell_text(cell)) else _OTHER.format(number)

    def _clause(self, cell: Cell) -> Cell:
        text = clean(western_digits(cell_text(cell))) or ""
        found = re.match(self.clause_pattern or "", text, re.IGNORECASE)
        return f"{found['code']} Sample clause" if found else _INVENTED["clause"].format(self._number("clause", cell))

    def _coarse(self, cell: Cell) -> Cell:
        """A coordinate in whole degrees, which a hundred kilometres lie between."""
        try:
            return round(float(cell_text(cell).replace(",", ".")))
        except ValueError:
            return None

    def _id(self, name: str, cell: Cell) -> Cell:
        """An id of the same shape: letters become X, digits count."""
        number = self._number(name, cell)
        text = cell_text(cell).strip()
        if name == "os_id":
            first = f"{text[:2].upper()}2026001{number:05d}"
            return first + os_id_check_character(first)
        if name == "tax_code":
            return None  # An invented one would fail its check.
        if isinstance(cell, int | float):
            return number
        digits = sum(character.isdigit() for character in text)
        counted = iter(f"{number:0{digits}d}" if digits else "")
        shape = "".join("X" if c.isalpha() else next(counted, "") if c.isdigit() else c for c in text)
        return shape + "".join(counted) if digits else f"{shape}{number}"
