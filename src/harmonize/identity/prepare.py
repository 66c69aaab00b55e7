"""Bring mentions into comparable form; mentions that say the same of a factory share one profile.

A profile depends only on what is written in it, never on the row or file it stands in, so that order cannot matter.
What is written is worked on once, however many mentions repeat it, and may be known from an earlier run.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from harmonize.identity.block import block_keys
from harmonize.identity.forms import write_address, write_name
from harmonize.identity.knowledge import Knowledge
from harmonize.values.geography import spelling_key
from harmonize.values.identifiers import Level
from harmonize.values.names import ComparableAddress, ComparableName

__all__ = [
    "WRITTEN",
    "Identifier",
    "Mention",
    "Profile",
    "Statement",
    "Statements",
    "Written",
    "mentions_of",
    "prepare",
]

Cell = str | float | int | None
Written = tuple[Cell, ...]

WRITTEN = ("name", "name_local", "address", "city", "admin1", "country")
"""The fields of a mention that make its statement."""


class Identifier(NamedTuple):
    """A valid identifier of a mention, in its canonical writing."""

    scheme: str
    value: str
    level: Level


@dataclass(frozen=True, slots=True)
class Statement:
    """What is written of a factory in words, in comparable form.

    Attributes:
        country: ISO 3166-1 alpha-2, or empty.
        names: the name and, where there is one, the local name, as `forms` writes them.
        address: street, city and province together, as `forms` writes them.
        province: the province of today, or None.
        is_placed: whether the address says more than a province.
        text: name, address and country as one text; equal texts are equal statements.
        said: the same with the first of the names alone; empty where there is none.
        key: `name|address|country` in plain words, free of the word lists.
        block_keys: what the statement is looked up under, one a line; none without a country.
    """

    country: str
    names: tuple[str, ...]
    address: str
    province: str | None
    is_placed: bool
    text: str
    said: str
    key: str
    block_keys: str


@dataclass(frozen=True, slots=True)
class Profile:
    """A statement with what else tells factories apart; equal profiles say the same.

    Attributes:
        place: latitude and longitude in degrees, or None.
        company_ids: identifiers of the company behind the factory.
    """

    country: str
    names: tuple[str, ...]
    address: str
    province: str | None
    place: tuple[float, float] | None
    company_ids: frozenset[Identifier]
    is_placed: bool = field(compare=False)
    text: str = field(compare=False)
    block_keys: str = field(compare=False)

    @property
    def lookup_keys(self) -> str | None:
        """All keys by which it is found, those of its company included, one a line; None without a country."""
        if not self.country:
            return None
        return "\n".join([self.block_keys, *(f"{found.scheme} {found.value}" for found in sorted(self.company_ids))])


@dataclass(frozen=True, slots=True)
class Mention:
    """One mention with what it states, its profile and its valid identifiers."""

    mention_id: str
    contributor: str
    instrument: str
    statement: Statement
    profile: Profile
    identifiers: tuple[Identifier, ...]

    @classmethod
    def of(
        cls,
        mention_id: str,
        contributor: str,
        instrument: str,
        statement: Statement,
        place: tuple[float, float] | None,
        identifiers: tuple[Identifier, ...],
    ) -> Mention:
        """A mention whose profile is that of the statement, the place and the identifiers of its company."""
        profile = Profile(
            statement.country,
            statement.names,
            statement.address,
            statement.province,
            place,
            frozenset(identifier for identifier in identifiers if identifier.level == "company"),
            statement.is_placed,
            statement.text,
            statement.block_keys,
        )
        return cls(mention_id, contributor, instrument, statement, profile, identifiers)

    @property
    def country(self) -> str:
        """ISO 3166-1 alpha-2, or empty."""
        return self.statement.country

    @property
    def key(self) -> str:
        """`name|address|country` in plain words."""
        return self.statement.key

    @property
    def exact_key(self) -> str:
        """Equal keys are one factory; without an address only inside one instrument, nameless ones never."""
        if not self.statement.said:
            return f"mention:{self.mention_id}"
        return self.statement.said if self.statement.is_placed else f"{self.statement.said}|{self.instrument}"


class Statements:
    """Statements by what is written, each worked on once: exports repeat the same factory many times.

    Args:
        known: statements of an earlier run with the same knowledge; never changed.
    """

    def __init__(self, knowledge: Knowledge, known: Mapping[Written, Statement] | None = None) -> None:
        self.knowledge = knowledge
        self._known = dict(known or {})
        self._countries: dict[str, str] = {}
        self._names: dict[str, tuple[ComparableName, str]] = {}
        self._addresses: dict[str, tuple[ComparableAddress, str]] = {}

    def of(self, row: Mapping[str, Cell]) -> Statement:
        """The statement of a row of the mentions table."""
        written = tuple(map(row.get, WRITTEN))
        statement = self._known.get(written)
        if statement is None:
            statement = self._known[written] = self._work_out(row)
        return statement

    def _work_out(self, row: Mapping[str, Cell]) -> Statement:
        country = self._country(_text(row, "country"))
        place = ", ".join(_address_parts(row))
        names = [self._name(text) for text in dict.fromkeys(_names(row))] or [self._name("")]
        named = next((name.text for name, _ in names if name.text), "")
        address, address_form = self._address(place)
        return Statement(
            country=country,
            names=tuple(form for _, form in names),
            address=address_form,
            province=_province(row, country, place, self.knowledge),
            is_placed=bool(address.numbers) or any(weight == "distinctive" for _, weight in address.words),
            text="|".join([" / ".join(name.text for name, _ in names), address.text, country]),
            said="|".join([named, address.text, country]) if named else "",
            key=_name_key(row, country),
            block_keys="\n".join(sorted(set(block_keys([name for name, _ in names], address)))) if country else "",
        )

    def _country(self, text: str) -> str:
        if text not in self._countries:
            self._countries[text] = self.knowledge.geography.country_code(text) or ""
        return self._countries[text]

    def _name(self, text: str) -> tuple[ComparableName, str]:
        if text not in self._names:
            name = self.knowledge.words.name(text)
            self._names[text] = (name, write_name(name))
        return self._names[text]

    def _address(self, text: str) -> tuple[ComparableAddress, str]:
        if text not in self._addresses:
            address = self.knowledge.words.address(text)
            self._addresses[text] = (address, write_address(address))
        return self._addresses[text]


def _name_key(row: Mapping[str, Cell], country: str) -> str:
    """`name|address|country` in plain words; free of the word lists, so that decisions outlive their changes."""
    return "|".join(
        [
            spelling_key(_text(row, "name") or _text(row, "name_local")),
            spelling_key(_text(row, "address") or " ".join([_text(row, "city"), _text(row, "admin1")])),
            (country or spelling_key(_text(row, "country"))).casefold(),
        ]
    )


def prepare(
    mentions: Iterable[Mapping[str, Cell]], identifiers: Iterable[Mapping[str, Cell]], statements: Statements
) -> list[Mention]:
    """All mentions in comparable form, ordered by their id. Invalid identifiers are left out."""
    return sorted(mentions_of(mentions, identifiers, statements), key=lambda mention: mention.mention_id)


def mentions_of(
    mentions: Iterable[Mapping[str, Cell]], identifiers: Iterable[Mapping[str, Cell]], statements: Statements
) -> Iterator[Mention]:
    """All mentions in comparable form, in the order of the rows."""
    stated: dict[str, list[tuple[str, str]]] = {}
    for row in identifiers:
        if row["valid"]:
            stated.setdefault(str(row["mention_id"]), []).append((str(row["scheme"]), str(row["value"])))
    return (_mention(row, stated.get(str(row["mention_id"]), ()), statements) for row in mentions)


def _mention(row: Mapping[str, Cell], stated: Sequence[tuple[str, str]], statements: Statements) -> Mention:
    statement, rules = statements.of(row), statements.knowledge.identifiers
    identifiers = tuple(
        sorted(
            {
                Identifier(scheme, rules.clean(scheme, value), rules.level(scheme, value, statement.country))
                for scheme, value in stated
            }
        )
        if stated
        else ()
    )
    return Mention.of(
        str(row["mention_id"]), _text(row, "contributor"), _text(row, "instrument"), statement, _place(row), identifiers
    )


def _names(row: Mapping[str, Cell]) -> Iterator[str]:
    yield from (text for text in (_text(row, "name"), _text(row, "name_local")) if text)


def _address_parts(row: Mapping[str, Cell]) -> Sequence[str]:
    """Street, city and province; what the street already says is not said again."""
    parts = [_text(row, "address")]
    for field_name in ("city", "admin1"):
        part = _text(row, field_name)
        if part and spelling_key(part) not in spelling_key(parts[0]):
            parts.append(part)
    return [part for part in parts if part]


def _province(row: Mapping[str, Cell], country: str, address: str, knowledge: Knowledge) -> str | None:
    stated = knowledge.geography.admin1(country, _text(row, "admin1"))
    found = stated or knowledge.geography.admin1_within(country, address)
    return None if found is None else found.name


def _place(row: Mapping[str, Cell]) -> tuple[float, float] | None:
    latitude, longitude = row.get("latitude"), row.get("longitude")
    if not isinstance(latitude, float | int) or not isinstance(longitude, float | int):
        return None
    inside = math.isfinite(latitude) and math.isfinite(longitude) and abs(latitude) <= 90 and abs(longitude) <= 180
    # (Adding nothing makes -0 the 0 that it equals.)
    return (latitude + 0.0, longitude + 0.0) if inside and (latitude, longitude) != (0, 0) else None


def _text(row: Mapping[str, Cell], name: str) -> str:
    value = row.get(name)
    return "" if value is None else str(value).strip()
