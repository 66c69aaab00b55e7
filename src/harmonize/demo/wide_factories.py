"""Invent factories by number: any one alone, without those before it, and no two with the same name.

The running number is scattered over all coined names, so that names are distinct without a list of names taken, and a
later export of the same world needs no earlier one.
"""

from __future__ import annotations

from random import Random

from harmonize.demo.identifiers import site_identifiers
from harmonize.demo.material import Coined, Material
from harmonize.demo.names import CompanyName
from harmonize.demo.places import invent_address
from harmonize.demo.streams import stream
from harmonize.demo.wide_words import FullScale
from harmonize.demo.world import Factory

__all__ = ["numbered_factory"]

STRIDE = 1_234_577
"""Prime, and no factor of the number of coined names: numbers are scattered without collisions."""
WORKERS = (90, 240, 480, 900, 1600, 3200)
NATIONAL_SHARE = 0.6
"""Share of companies with a word of the country before the coined ones."""


def numbered_factory(number: int, material: Material, words: FullScale, seed: int) -> Factory:
    """Factory `number` (from 1) of the world of this seed."""
    rng = stream(seed, "wide-factory", number)
    codes = sorted(words.countries)
    country = rng.choices(codes, [words.countries[code] for code in codes])[0]
    return Factory(
        key=f"W{number:06d}",
        company=number,
        country=country,
        name=_name(number, country, material, rng, seed),
        address=invent_address(material.places[country], rng),
        identifiers=site_identifiers(country, number, number, 0, seed),
        workers=rng.choice(WORKERS) + rng.randint(0, 79),
        sector=rng.choice(material.higg_fem.sectors),
        facility_type=rng.choice(material.higg_fem.types),
        unit=0,
        branch=False,
        buyers=(),
        previous=None,
        renamed_on=None,
    )


def _name(number: int, country: str, material: Material, rng: Random, seed: int) -> CompanyName:
    naming = material.naming[country]
    coined = _coined(number, material.coined, seed)
    syllable = rng.choice(naming.syllables[0])
    national = syllable if isinstance(syllable, str) else syllable[0]
    stem = f"{national} {coined}" if rng.random() < NATIONAL_SHARE else coined
    legal_form = "limited" if rng.random() < 0.8 else "joint_stock"
    return CompanyName(stem, stem, rng.choice(sorted(naming.trades)), legal_form)


def _coined(number: int, coined: Coined, seed: int) -> str:
    """Two coined words: one of all there are, another one for every number."""
    parts = (coined.starts, coined.middles, coined.ends, coined.starts, coined.ends)
    total = 1
    for part in parts:
        total *= len(part)
    rest = (number * STRIDE + seed) % total
    drawn = []
    for part in parts:
        rest, at = divmod(rest, len(part))
        drawn.append(part[at])
    return f"{''.join(drawn[:3])} {''.join(drawn[3:]).capitalize()}"
