"""Write a factory's name and address the way one contributor writes them.

A contributor writes a factory the same way every time (its master data), except that a new name replaces the old one
on the day of the change. Designators of units are never dropped: without them siblings could not be told apart.
"""

from __future__ import annotations

import string
from dataclasses import dataclass
from datetime import date
from random import Random

from anyascii import anyascii

from harmonize.demo.material import Material, Naming, Style
from harmonize.demo.streams import stream
from harmonize.demo.world import Factory

__all__ = ["Written", "district_in_english", "write_factory"]

PROVINCES_MERGED = date(2025, 7, 1)
DISTRICT_KINDS = {
    "Thành phố ": " City",
    "Thị xã ": " Town",
    "Huyện ": " District",
    "Quận ": " District",
    "Kabupaten ": " Regency",
}


@dataclass(frozen=True, slots=True)
class Written:
    """A factory as a contributor writes it; `address` is the street line, `one_line` the whole address."""

    name: str
    name_local: str
    address: str
    city: str
    province: str
    postal: str
    country: str
    one_line: str


def write_factory(factory: Factory, contributor: str, material: Material, seed: int, day: date) -> Written:
    """What `contributor` prints for `factory` on `day`."""
    style = material.styles[contributor]
    naming = material.naming[factory.country]
    rng = stream(seed, contributor, factory.key)
    name = _cased(_name(factory, naming, style, rng, day), style)
    street, city, province = _address(factory, style, rng, day)
    if rng.random() < style.typos:
        name = _slip(name, rng)
    elif rng.random() < style.typos:
        street = _slip(street, rng)
    country = material.places[factory.country].spellings[style.country]
    parts = [part for part in (street, city, province) if part]
    one_line = ", ".join([*reversed(parts)] if style.order == "province_first" else parts)
    return Written(
        name=name,
        name_local=_local_name(factory, naming, day),
        address=one_line if style.order != "street_first" else street,
        city=city,
        province=province,
        postal=factory.address.province.postal,
        country=country.upper() if style.case == "upper" else country,
        one_line=one_line,
    )


def district_in_english(district: str) -> str:
    """`Huyện Yên Phong` -> `Yen Phong District`; names without a kind are kept."""
    for prefix, suffix in DISTRICT_KINDS.items():
        if district.startswith(prefix):
            rest = district.removeprefix(prefix)
            return f"District {rest}" if rest.isdigit() else anyascii(rest) + suffix
    return anyascii(district)


def _name(factory: Factory, naming: Naming, style: Style, rng: Random, day: date) -> str:
    company = factory.name_on(day)
    trade = naming.trades[company.trade]
    forms = naming.legal_forms[company.legal_form]
    spellings = forms.local if style.language == "local" else forms.english
    drawn = rng.randrange(len(spellings))
    legal = spellings[min(style.legal if style.legal is not None else drawn, len(spellings) - 1)]
    if style.language == "local":
        text = naming.local.format(legal=legal, trade=trade.local, stem=company.stem_local)
    else:
        text = naming.english.format(legal=legal, trade=trade.english, stem=company.stem)
    place = district_in_english(factory.address.district).removesuffix(" District").removesuffix(" City")
    if factory.unit:
        designator = naming.unit.local if style.language == "local" else rng.choice(naming.unit.english)
        text = f"{text} - {designator.format(n=factory.unit)}"
    elif factory.branch and rng.random() < 0.6:
        designator = naming.branch.local if style.language == "local" else rng.choice(naming.branch.english)
        text = f"{text} {designator.format(place=place)}"
    return text if style.marks else anyascii(text)


def _local_name(factory: Factory, naming: Naming, day: date) -> str:
    company = factory.name_on(day)
    text = naming.local.format(
        legal=naming.legal_forms[company.legal_form].local[0],
        trade=naming.trades[company.trade].local,
        stem=company.stem_local,
    )
    return f"{text} - {naming.unit.local.format(n=factory.unit)}" if factory.unit else text


def _address(factory: Factory, style: Style, rng: Random, day: date) -> tuple[str, str, str]:
    place = factory.address
    commune = place.commune if rng.random() < 0.7 else ""
    street = ", ".join(part for part in (place.plot, place.street, commune) if part)
    province = _province(factory, style, day)
    if style.marks:
        return street, place.district, province
    return (
        _cased(anyascii(street), style),
        _cased(district_in_english(place.district), style),
        _cased(province, style),
    )


def _province(factory: Factory, style: Style, day: date) -> str:
    province = factory.address.province
    if factory.country != "VN" or style.province == "english":
        return province.english
    name = province.now if style.province == "now" or day >= PROVINCES_MERGED else province.name
    return name if style.marks else anyascii(name)


def _cased(text: str, style: Style) -> str:
    return text.upper() if style.case == "upper" else text


def _slip(text: str, rng: Random) -> str:
    """One slip of the finger inside a word of five letters or more: dropped, doubled or swapped letters."""
    words = text.split(" ")
    places = [at for at, word in enumerate(words) if len(word) >= 5 and word.isalpha() and word.isascii()]
    if not places:
        return text
    at = rng.choice(places)
    word = words[at]
    letter = rng.randrange(1, len(word) - 2)
    slips = (
        word[:letter] + word[letter + 1 :],
        word[:letter] + word[letter] + word[letter:],
        word[:letter] + word[letter + 1] + word[letter] + word[letter + 2 :],
        word[:letter] + rng.choice(string.ascii_lowercase) + word[letter + 1 :],
    )
    words[at] = rng.choice(slips)
    return " ".join(words)
