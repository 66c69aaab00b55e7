"""Invent addresses inside real provinces and districts.

Unit siblings stand at one address and differ in `unit` only; sister sites of a company stand in other districts.
"""

from __future__ import annotations

import string
from dataclasses import dataclass
from random import Random

from harmonize.demo.material import Country, Province

__all__ = ["Address", "invent_address"]

ESTATE_SHARE = 0.45
SPREAD_DEGREES = 0.09
"""How far a site lies from the middle of its province, at most."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a site stands; coordinates in decimal degrees (WGS 84)."""

    plot: str
    street: str
    commune: str
    district: str
    province: Province
    latitude: float
    longitude: float


def invent_address(country: Country, rng: Random) -> Address:
    """One address; plot numbers are drawn wide enough to keep most addresses distinct."""
    province = rng.choice(country.provinces)
    plot = rng.choice(country.plots).format(
        letter=rng.choice(string.ascii_uppercase[:10]), n=rng.randint(2, 298), m=rng.randint(1, 19)
    )
    street = rng.choice(country.estates if rng.random() < ESTATE_SHARE else country.streets)
    return Address(
        plot=plot,
        street=street,
        commune=rng.choice(country.communes),
        district=rng.choice(province.districts),
        province=province,
        latitude=round(province.at[0] + rng.uniform(-SPREAD_DEGREES, SPREAD_DEGREES), 5),
        longitude=round(province.at[1] + rng.uniform(-SPREAD_DEGREES, SPREAD_DEGREES), 5),
    )
