"""The invented world: companies and their factory sites, as they truly are.

Sites of one company are sister sites (other district, other factory) or unit siblings (one address, other unit);
some companies change their name at the same address. Everything follows from the number of sites and the seed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from random import Random

from harmonize.demo.identifiers import SiteIdentifiers, site_identifiers
from harmonize.demo.material import Material
from harmonize.demo.names import CompanyName, invent_name
from harmonize.demo.places import Address, invent_address
from harmonize.demo.streams import stream

__all__ = ["Factory", "build_world"]

COUNTRY_WEIGHTS = {"VN": 50, "KH": 20, "TH": 14, "BD": 8, "ID": 8}
BUYER_SHARES = {"pvh": 0.55, "gap": 0.55, "levis": 0.45, "northline": 0.4, "harbour": 0.4}
LATER_BUYER_SHARES = {"nike": 0.4, "adidas": 0.35}
CAMBODIAN = (10, 5)
"""Of every ten companies the fifth stands in Cambodia: a small world knows all three countries."""
RENAMED_SHARE = 0.06
RENAMED_BETWEEN = (date(2025, 1, 15), date(2025, 12, 15))


@dataclass(frozen=True, slots=True)
class Factory:
    """One site, with everything that is true of it.

    Attributes:
        unit: number of the unit where several share the address, else 0.
        branch: the site is a branch and says so in its name (the place is its district).
        previous: name before `renamed_on`.
        buyers: contributors that buy here.
    """

    key: str
    company: int
    country: str
    name: CompanyName
    address: Address
    identifiers: SiteIdentifiers
    workers: int
    sector: str
    facility_type: str
    unit: int
    branch: bool
    buyers: tuple[str, ...]
    previous: CompanyName | None
    renamed_on: date | None

    def name_on(self, day: date) -> CompanyName:
        """The name in use on a day."""
        if self.previous is not None and self.renamed_on is not None and day < self.renamed_on:
            return self.previous
        return self.name


@dataclass(frozen=True, slots=True)
class _Site:
    company: int
    country: str
    name: CompanyName
    address: Address
    unit: int
    ordinal: int


def build_world(material: Material, facilities: int, seed: int) -> tuple[Factory, ...]:
    """`facilities` factories with distinct names or addresses."""
    sites: list[_Site] = []
    taken: set[str] = set()
    company = 0
    while len(sites) < facilities:
        company += 1
        rng = stream(seed, "company", company)
        sites.extend(_company_sites(material, company, rng, taken))
    return tuple(_factory(material, site, number, seed) for number, site in enumerate(sites[:facilities], start=1))


def _company_sites(material: Material, company: int, rng: Random, taken: set[str]) -> list[_Site]:
    countries = sorted(COUNTRY_WEIGHTS)
    drawn = rng.choices(countries, [COUNTRY_WEIGHTS[code] for code in countries])[0]
    every, at = CAMBODIAN
    country = "KH" if company % every == at else drawn
    name = _distinct_name(material, country, rng, taken)
    address = invent_address(material.places[country], rng)
    draw = rng.random()
    if draw < 0.68:
        return [_Site(company, country, name, address, 0, 0)]
    if draw < 0.86:
        other = invent_address(material.places[country], rng)
        while other.district == address.district:
            other = invent_address(material.places[country], rng)
        return [_Site(company, country, name, address, 0, 0), _Site(company, country, name, other, 0, 1)]
    units = rng.choice((2, 2, 3))
    return [_Site(company, country, name, address, unit, unit - 1) for unit in range(1, units + 1)]


def _distinct_name(material: Material, country: str, rng: Random, taken: set[str]) -> CompanyName:
    while True:
        name = invent_name(material.naming[country], material.coined, rng)
        if name.stem not in taken:
            taken.add(name.stem)
            return name


def _factory(material: Material, site: _Site, number: int, seed: int) -> Factory:
    rng = stream(seed, "factory", number)
    previous = None
    renamed_on = None
    if rng.random() < RENAMED_SHARE and not site.unit and not site.ordinal:
        previous = invent_name(material.naming[site.country], material.coined, rng)
        first, last = RENAMED_BETWEEN
        renamed_on = date.fromordinal(rng.randint(first.toordinal(), last.toordinal()))
    return Factory(
        key=f"F{number:05d}",
        company=site.company,
        country=site.country,
        name=site.name,
        address=site.address,
        identifiers=site_identifiers(site.country, number, site.company, site.ordinal, seed),
        workers=rng.choice((90, 240, 480, 900, 1600, 3200)) + rng.randint(0, 79),
        sector=rng.choice(material.higg_fem.sectors),
        facility_type=rng.choice(material.higg_fem.types),
        unit=site.unit,
        branch=site.ordinal > 0 and not site.unit,
        buyers=_buyers(number, seed, rng),
        previous=previous,
        renamed_on=renamed_on,
    )


def _buyers(number: int, seed: int, rng: Random) -> tuple[str, ...]:
    first = tuple(buyer for buyer, share in BUYER_SHARES.items() if rng.random() < share) or ("pvh",)
    later = stream(seed, "later-buyers", number)
    return first + tuple(buyer for buyer, share in LATER_BUYER_SHARES.items() if later.random() < share)
