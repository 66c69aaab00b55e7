"""What the crosswalks and the language say of one another, as statements that can be put side by side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from harmonize.crosswalk.language import Language
from harmonize.crosswalk.mapping import INDICATOR_PREFIX, Edition, MappingEntry

__all__ = ["Reading", "Statement", "statements"]

Reading = tuple[str, str]
"""How answers are read: scale and polarity."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One row: how near two things are, or (`is_denied`) are not, where that stands, and when and where it holds.

    Attributes:
        subject, object: questions as `instrument:question`, indicators as `hz:indicator`. A question keeps its name
            from edition to edition.
        predicate: exact, close, broad (the object is broader), narrow, related.
        place: the file and what names the row in it.
        reading: how answers are read, where the row maps them.
        begin, end: the first and last day, empty where open.
        countries: the only ones that it holds in; empty for all.
    """

    subject: str
    predicate: str
    object: str
    place: str
    is_denied: bool = False
    reading: Reading | None = None
    begin: str = ""
    end: str = ""
    countries: frozenset[str] = frozenset()

    def holds(self, day: str, country: str) -> bool:
        """It is said of that day (as ISO text) and country."""
        is_dated_so = self.begin <= day and (not self.end or day <= self.end)
        return is_dated_so and (not self.countries or country in self.countries)


def statements(editions: Iterable[Edition], language: Language) -> list[Statement]:
    """Everything that rows in force or in preparation say; retired ones say nothing."""
    said = [
        statement
        for edition in editions
        for entry in edition.entries.values()
        if entry.rule("status") != "retired"
        for statement in _of_entry(edition, entry)
    ]
    said += [
        Statement(f"{INDICATOR_PREFIX}{one.indicator_id}", "broad", f"{INDICATOR_PREFIX}{one.broader_id}", one.place)
        for one in language.broader
    ]
    return said


def _of_entry(edition: Edition, entry: MappingEntry) -> Iterator[Statement]:
    subject = f"{entry.instrument}:{entry.question}"
    place = f"{edition.instrument}/{edition.sssom_path.name}: {entry.question}"
    holding = (entry.rule("valid_from") or "", entry.rule("valid_to") or "", entry.countries)
    if entry.indicator_id is not None and entry.predicate is not None:
        reading = (entry.rule("scale") or "", entry.rule("polarity") or "")
        target = f"{INDICATOR_PREFIX}{entry.indicator_id}"
        yield Statement(subject, entry.predicate, target, place, False, reading, *holding)
    for aside in entry.asides:
        yield Statement(subject, aside.predicate, aside.object, place, aside.is_denied, None, *holding)
