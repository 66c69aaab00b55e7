"""Give every invented site its identifiers, all of them well-formed and, where a check character exists, valid.

Everything is derived from the running number of the site, so that no two sites share a site-level identifier.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from stdnum.th import moa
from stdnum.vn import mst

from harmonize.values.identifiers import os_id_check_character

__all__ = ["SiteIdentifiers", "digest", "site_identifiers", "tax_code"]

NUMERIC_COUNTRY = {"VN": "704", "KH": "116", "TH": "764", "BD": "050", "ID": "360"}
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
STRIDE = 7919
"""Odd, hence coprime to 32**5: running numbers are scattered without collisions."""


@dataclass(frozen=True, slots=True)
class SiteIdentifiers:
    """Identifiers of one site in every scheme; which export prints which is the writer's business."""

    os_id: str
    higg_id: str
    higg_account: str
    bw_factory: str
    pvh_factory: str
    gap_facility: str
    sedex_site: str
    sedex_company: str
    tax_code: str
    nike_factory: str
    adidas_factory: str
    wrap_facility: str
    amfori_site: str
    kh_registration: str


def digest(*parts: object) -> str:
    """32 hexadecimal digits that depend on nothing but the parts."""
    return hashlib.sha256("/".join(map(str, parts)).encode()).hexdigest()[:32]


def site_identifiers(country: str, number: int, company: int, branch: int, seed: int) -> SiteIdentifiers:
    """Identifiers of site `number`, the `branch`-th site (from 0) of company number `company`."""
    account = digest("account", seed, number)
    return SiteIdentifiers(
        os_id=_os_id(country, number, seed),
        higg_id=str(120_000 + number * 3 % 800_000 + seed % 97),
        higg_account=account[:24],
        bw_factory=str(10_001 + number * 7),
        pvh_factory=f"PVHF{20_000 + number:06d}",
        gap_facility=str(1_000_000 + number * 11),
        sedex_site=f"ZS{400_000_000 + number * 131:09d}",
        sedex_company=f"ZC{300_000_000 + company * 137:09d}",
        tax_code=tax_code(country, company, branch),
        nike_factory=f"NK{5_000 + number * 13:06d}",
        adidas_factory=f"AD-{3_000 + number * 17:05d}",
        wrap_facility=str(8_000 + number * 19),
        amfori_site=f"{NUMERIC_COUNTRY[country]}-{30_000 + number * 23:06d}-000",
        kh_registration=f"{40_000 + company * 29:08d}" if country == "KH" else "",
    )


def _os_id(country: str, number: int, seed: int) -> str:
    scattered = (number * STRIDE + seed * 104_729) % 32**5
    serial = ""
    for _ in range(5):
        scattered, rest = divmod(scattered, 32)
        serial = CROCKFORD[rest] + serial
    body = f"{country}{2019 + number % 5}{1 + number * 37 % 365:03d}{serial}"
    return body + os_id_check_character(body)


def tax_code(country: str, company: int, branch: int) -> str:
    """A tax code that passes its country's check, or "" where the country prints none in these exports."""
    if country == "VN":
        code = _vietnamese_code(company)
        return f"{code}-{branch:03d}" if branch else code
    if country == "TH":
        body = f"0105{560_000_00 + company:08d}"
        return body + str(moa.calc_check_digit(body))
    return ""


def _vietnamese_code(company: int) -> str:
    for step in range(13):
        office, serial = divmod(company * 13 + step, 10**7)
        body = f"{37 + office:02d}{serial:07d}"
        code = body + mst.calc_check_digit(body)
        if mst.is_valid(code):
            return code
    raise AssertionError("thirteen numbers in a row without a valid check digit cannot happen")
