"""What each column of a sample means: by its header, then by what it holds, then by what is left."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from harmonize.sources.drafting.columns import Column
from harmonize.sources.drafting.dates import is_date
from harmonize.sources.drafting.fields import Contents
from harmonize.sources.drafting.words import HeaderWords, Meaning, Sense, header_key

__all__ = ["Reader", "Understood", "understand"]

_ADDRESS = "address"


@dataclass(frozen=True, slots=True)
class Understood:
    """A column with its meaning.

    Attributes:
        why: what shows it, as the end of a sentence.
        is_sure: its header says so in full.
    """

    column: Column
    meaning: Meaning
    why: str
    is_sure: bool


@dataclass(frozen=True, slots=True)
class Reader:
    """What columns are understood by.

    Attributes:
        brand: the name of the source, which may stand in its own headers.
        told: meanings that a person has told, by header.
    """

    words: HeaderWords
    contents: Contents
    brand: str
    told: Mapping[frozenset[str], Meaning]


def understand(columns: Sequence[Column], reader: Reader, fields: Collection[str]) -> list[Understood]:
    """The columns that mean one of `fields` or an identifier, in their order; each meaning once but for addresses."""
    contents = reader.contents
    found = [
        Understood(column, meaning, "you said so", True)
        for column in columns
        if (meaning := reader.told.get(header_key(column.title))) and (meaning.is_identifier or meaning.name in fields)
    ]
    found += _by_header(columns, found, reader, fields)
    found += _by_contents(columns, found, contents, fields)
    found += _only_date(columns, found, fields)
    return sorted(found, key=lambda one: one.column.index)


def _by_header(
    columns: Sequence[Column], told: Sequence[Understood], reader: Reader, fields: Collection[str]
) -> list[Understood]:
    senses = [
        (sense, column)
        for column in _left(columns, told)
        for sense in reader.words.senses(_without(column.title, reader.brand))
        if (sense.meaning.is_identifier or sense.meaning.name in fields) and reader.contents.fits(sense.meaning, column)
    ]
    senses.sort(key=lambda pair: (not pair[0].is_exact, -pair[0].votes, pair[1].index, pair[0].meaning))
    taken: dict[int, Understood] = {}
    meant = {one.meaning for one in told}
    for sense, column in senses:
        is_free = sense.meaning not in meant or (sense.meaning.name == _ADDRESS and sense.is_exact)
        if column.index not in taken and is_free:
            taken[column.index] = Understood(column, sense.meaning, _why(sense), sense.is_exact)
            meant.add(sense.meaning)
    return list(taken.values())


def _without(title: str, brand: str) -> str:
    """A header without the name of the brand, if more than that stands in it."""
    rest = header_key(title) - header_key(brand)
    return " ".join(sorted(rest)) if rest and rest != header_key(title) else title


def _why(sense: Sense) -> str:
    return "its header says so" if sense.is_exact else f"its header holds {sense.like!r}"


def _left(columns: Sequence[Column], found: Iterable[Understood]) -> list[Column]:
    taken = {one.column.index for one in found}
    return [column for column in columns if column.index not in taken]


def _by_contents(
    columns: Sequence[Column], found: Sequence[Understood], contents: Contents, fields: Collection[str]
) -> list[Understood]:
    """Columns whose values alone show what they are; countries first, for provinces are known by their country."""
    added: list[Understood] = []
    for wanted in (["country"], list(fields)):
        countries = {
            code
            for one in (*found, *added)
            if one.meaning.name == "country"
            for text in one.column.words
            if (code := contents.geography.country_code(text))
        }
        for column in _left(columns, [*found, *added]):
            name, why = contents.evident(column, sorted(countries)) or ("", "")
            meaning = Meaning(name, name == "os_id")
            is_free = all(one.meaning != meaning for one in (*found, *added))
            if is_free and (meaning.is_identifier or (name in fields and name in wanted)):
                added.append(Understood(column, meaning, why, False))
    return added


def _only_date(columns: Sequence[Column], found: Sequence[Understood], fields: Collection[str]) -> list[Understood]:
    """The day of the visit, where no header names it and one column of dates is left."""
    if "assessed_on" not in fields or any(one.meaning.name == "assessed_on" for one in found):
        return []
    dated = [
        column
        for column in _left(columns, found)
        if column.has_dates or (column.texts and all(map(is_date, column.texts)))
    ]
    if len(dated) != 1:
        return []
    return [Understood(dated[0], Meaning("assessed_on"), "no other column of dates is left", False)]
