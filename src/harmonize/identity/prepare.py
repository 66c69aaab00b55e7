"""Bring mentions into comparable form; mentions that say the same of a factory share one profile.

A profile depends only on what is written in it, never on the row or file it stands in, so that order cannot matter.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from harmonize.identity.knowledge import Knowledge
from harmonize.values.geography import spelling_key
from harmonize.values.identifiers import Level
from harmonize.values.names import ComparableAddress, ComparableName

__all__ = ["Identifier", "Mention", "Profile", "name_key", "prepare"]

Cell = str | float | int | None


@dataclass(frozen=True, slots=True, order=True)
class Identifier:
    """A valid identifier of a mention, in its canonical writing."""

    scheme: str
    value: str
    level: Level


@dataclass(frozen=True, slots=True)
class Profile:
    """What is written about a factory, ready to be compared.

    Attributes:
        country: ISO 3166-1 alpha-2, or empty.
        names: the name and, where there is one, the local name.
        address: street, city and province together.
        province: the province of today, or None.
        place: latitude and longitude in degrees, or None.
        company_ids: identifiers of the company behind the factory.
    """

    country: str
    names: tuple[ComparableName, ...]
    address: ComparableAddress
    province: str | None
    place: tuple[float, float] | None
    company_ids: frozenset[Identifier]

    @property
    def is_placed(self) -> bool:
        """Whether the address says more than a province."""
        return bool(self.address.numbers) or any(weight == "distinctive" for _, weight in self.address.words)

    @property
    def text(self) -> str:
        """Name, address and country as one text; equal texts are equal statements."""
        return "|".join([" / ".join(name.text for name in self.names), self.address.text, self.country])


@dataclass(frozen=True, slots=True)
class Mention:
    """One mention with its profile and its valid identifiers."""

    mention_id: str
    contributor: str
    instrument: str
    key: str
    profile: Profile
    identifiers: tuple[Identifier, ...] = field(default=())

    @property
    def exact_key(self) -> str:
        """Mentions with equal keys are one factory; without an address only inside one instrument, nameless never."""
        name = next((name.text for name in self.profile.names if name.text), None)
        if name is None:
            return f"mention:{self.mention_id}"
        if self.profile.is_placed:
            return "|".join([name, self.profile.address.text, self.profile.country])
        return "|".join([name, self.profile.address.text, self.profile.country, self.instrument])


def name_key(row: Mapping[str, Cell], knowledge: Knowledge) -> str:
    """`name|address|country` in plain words; free of the word lists, so that decisions outlive their changes."""
    country = _text(row, "country")
    return "|".join(
        [
            spelling_key(_text(row, "name") or _text(row, "name_local")),
            spelling_key(_text(row, "address") or " ".join([_text(row, "city"), _text(row, "admin1")])),
            (knowledge.geography.country_code(country) or spelling_key(country)).casefold(),
        ]
    )


def prepare(
    mentions: Iterable[Mapping[str, Cell]], identifiers: Iterable[Mapping[str, Cell]], knowledge: Knowledge
) -> list[Mention]:
    """All mentions in comparable form, ordered by their id. Invalid identifiers are left out."""
    stated: dict[str, list[tuple[str, str]]] = {}
    for row in identifiers:
        if row["valid"]:
            stated.setdefault(str(row["mention_id"]), []).append((str(row["scheme"]), str(row["value"])))
    words = _Forms(knowledge)
    prepared = (_mention(row, stated.get(str(row["mention_id"]), ()), words) for row in mentions)
    return sorted(prepared, key=lambda mention: mention.mention_id)


class _Forms:
    """Comparable forms, each text worked on once: exports repeat the same factory many times."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self._names: dict[str, ComparableName] = {}
        self._addresses: dict[str, ComparableAddress] = {}

    def name(self, text: str) -> ComparableName:
        if text not in self._names:
            self._names[text] = self.knowledge.words.name(text)
        return self._names[text]

    def address(self, text: str) -> ComparableAddress:
        if text not in self._addresses:
            self._addresses[text] = self.knowledge.words.address(text)
        return self._addresses[text]


def _mention(row: Mapping[str, Cell], stated: Iterable[tuple[str, str]], forms: _Forms) -> Mention:
    knowledge = forms.knowledge
    country = knowledge.geography.country_code(_text(row, "country")) or ""
    rules = knowledge.identifiers
    identifiers = sorted(
        {
            Identifier(scheme, rules.clean(scheme, value), rules.level(scheme, value, country))
            for scheme, value in stated
        }
    )
    address = ", ".join(_address_parts(row))
    profile = Profile(
        country=country,
        names=tuple(forms.name(text) for text in dict.fromkeys(_names(row))) or (forms.name(""),),
        address=forms.address(address),
        province=_province(row, country, address, knowledge),
        place=_place(row),
        company_ids=frozenset(identifier for identifier in identifiers if identifier.level == "company"),
    )
    return Mention(
        mention_id=str(row["mention_id"]),
        contributor=_text(row, "contributor"),
        instrument=_text(row, "instrument"),
        key=name_key(row, knowledge),
        profile=profile,
        identifiers=tuple(identifiers),
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
    return (float(latitude), float(longitude)) if inside and (latitude, longitude) != (0, 0) else None


def _text(row: Mapping[str, Cell], name: str) -> str:
    value = row.get(name)
    return "" if value is None else str(value).strip()
