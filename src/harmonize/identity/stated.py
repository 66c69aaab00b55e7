"""What the rows of a table state of factories: mentions with their identifiers, and issues with what is wrong.

A row is never lost: one that cannot be trusted stays, states nothing, and has an issue.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from harmonize.identity.columns import FIELDS, Columns, Side
from harmonize.identity.knowledge import Knowledge
from harmonize.identity.prepare import Cell
from harmonize.model.issues import VALUE_LIMIT, Issue
from harmonize.values.numbers import NumberStyle, parse_number
from harmonize.values.text import clean

__all__ = ["RowReader", "StatedRecord", "StatedRow", "repeated"]

_DEGREES = {"latitude": 90.0, "longitude": 180.0}
_NUMBERS = frozenset({*_DEGREES, "workers"})
_TEXTS = tuple(name for name in FIELDS if name not in _NUMBERS)


@dataclass(frozen=True, slots=True)
class StatedRecord:
    """A factory as a row or one side of it states it.

    Attributes:
        fields: of the mentions table but `mention_id`, `contributor` and `instrument`.
        identifiers: (scheme, value in its canonical writing, whether it is valid).
    """

    fields: Mapping[str, Cell]
    identifiers: tuple[tuple[str, str, bool], ...]

    @property
    def is_named(self) -> bool:
        """Whether it has any name."""
        return bool(self.fields.get("name") or self.fields.get("name_local"))


@dataclass(slots=True)
class StatedRow:
    """A row of a table.

    Attributes:
        key: its id as written.
        locator: its place in the file.
        records: what it states, by side; none where its cells are shifted.
        written: then all that stands in it.
        doubts: issues for which nothing may be decided by machine.
        issues: the others.
    """

    key: str
    locator: str
    contributor: str = ""
    records: dict[Side, StatedRecord] = field(default_factory=dict)
    written: str = ""
    doubts: list[Issue] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)


def repeated(keys: Iterable[str]) -> frozenset[str]:
    """The keys that stand more than once; blank ones are none."""
    seen: set[str] = set()
    twice: set[str] = set()
    for key in keys:
        (twice if key in seen else seen).add(key)
    return frozenset(twice - {""})


class RowReader:
    """Reads the rows of one table.

    Args:
        columns: where the table states what.
        key_field: `pair_id` or `record_id`.
        twice: the keys that stand more than once.
        knowledge: spellings of countries, rules of identifiers.
    """

    def __init__(self, columns: Columns, key_field: str, twice: frozenset[str], knowledge: Knowledge) -> None:
        self._columns = columns
        self._key = columns.of[key_field]
        self._key_field = key_field
        self._twice = twice
        self._rules = knowledge.identifiers
        self._country_code = cache(knowledge.geography.country_code)

    def key_of(self, cells: Sequence[str]) -> str:
        """The id of a row, '' where it has none."""
        return cells[self._key].strip() if self._key < len(cells) else ""

    def read(self, locator: str, cells: Sequence[str]) -> StatedRow:
        """What a row states."""
        row = StatedRow(self.key_of(cells), locator)
        row.doubts += self._key_issues(row)
        width = self._columns.width
        if len(cells) < width or any(cell.strip() for cell in cells[width:]):
            message = f"The row has {len(cells)} cells, the header {width}: its values may be shifted."
            hint = "Quote cells that hold the delimiter, and write empty cells out."
            row.doubts.append(Issue(locator, "shifted_row", row.key, message, hint, withheld=True))
            row.written = " ".join(cells)
            return row
        row.contributor = self._text(cells, "contributor") or ""
        country = self._country(cells, row)
        for side, stated in self._columns.identifiers.items():
            row.records[side] = record = self._record(cells, side, stated, country, row)
            if not record.is_named:
                row.doubts.append(
                    Issue(
                        f"{locator};col={_of('name', side)}",
                        "nameless_record",
                        "",
                        f"There is no name{f' on side {side}' if side else ''}.",
                        "Fill it in.",
                    )
                )
        return row

    def _key_issues(self, row: StatedRow) -> Iterator[Issue]:
        if not row.key:
            message = f"The row has no {self._key_field}, so nobody can tell what is said of it."
            yield Issue(row.locator, "blank_record_id", "", message, "Give every row an id of its own.")
        elif row.key in self._twice:
            message = f"The {self._key_field} {row.key!r} stands on several rows."
            hint = "Give every row an id of its own."
            yield Issue(row.locator, "repeated_record_id", row.key[:VALUE_LIMIT], message, hint)

    def _country(self, cells: Sequence[str], row: StatedRow) -> str | None:
        text = self._text(cells, "country")
        code = self._country_code(text)
        if code is None:
            row.doubts.append(
                Issue(
                    f"{row.locator};col=country",
                    "unknown_country",
                    (text or "")[:VALUE_LIMIT],
                    f"{text!r} is no country name that is known." if text else "There is no country.",
                    "Write its name or ISO code, or add the spelling to schemas/countries.yml.",
                )
            )
        return code

    def _record(
        self,
        cells: Sequence[str],
        side: Side,
        stated: Sequence[tuple[str, int]],
        country: str | None,
        row: StatedRow,
    ) -> StatedRecord:
        fields: dict[str, Cell] = {name: self._text(cells, _of(name, side)) for name in _TEXTS}
        fields["country"] = country
        for name in _NUMBERS:
            fields[name] = self._number(cells, name, side, row)
        found = (self._identifier(scheme, cells[at].strip(), country, row) for scheme, at in stated)
        return StatedRecord(fields, tuple(filter(None, found)))

    def _text(self, cells: Sequence[str], name: str) -> str | None:
        at = self._columns.of.get(name)
        return None if at is None else clean(cells[at])

    def _number(self, cells: Sequence[str], name: str, side: Side, row: StatedRow) -> float | None:
        text = self._text(cells, _of(name, side))
        if text is None:
            return None
        # A coordinate has no thousands: a comma that stands alone separates its decimals.
        is_degree = name in _DEGREES
        style = NumberStyle.COMMA if is_degree and "," in text and "." not in text else NumberStyle.POINT
        value = parse_number(text, style)
        if isinstance(value, float) and (not is_degree or abs(value) <= _DEGREES[name]):
            return value
        place = f"{row.locator};col={_of(name, side)}"
        if is_degree:
            message, hint = f"{text!r} is no {name} in degrees.", "Write decimal degrees."
            row.issues.append(Issue(place, "bad_coordinate", text[:VALUE_LIMIT], message, hint, withheld=True))
        else:
            message = f"{text!r} is no number of workers."
            row.issues.append(Issue(place, "bad_workers", text[:VALUE_LIMIT], message, "Correct it.", withheld=True))
        return None

    def _identifier(self, scheme: str, text: str, country: str | None, row: StatedRow) -> tuple[str, str, bool] | None:
        value = self._rules.clean(scheme, text)
        if not value or text.casefold() in self._rules.placeholders:
            return None
        valid = self._rules.is_valid(scheme, value, country)
        if not valid:
            message = f"{text!r} is no valid {scheme}: its form or check character is wrong."
            hint = "Correct it with the factory; until then it links nothing."
            row.issues.append(Issue(row.locator, "bad_identifier", text[:VALUE_LIMIT], message, hint))
        return scheme, value, valid


def _of(name: str, side: Side) -> str:
    return f"{name}_{side}" if side else name
