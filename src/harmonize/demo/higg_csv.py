"""Write Higg FEM assessments as the platform's wide export: one row per assessment, one column per reference id.

A verified assessment with an id of its own is a row of its own that names the self-assessment it verifies.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from harmonize.demo.higg_visits import FemVisit
from harmonize.demo.material import HiggFem, Material
from harmonize.demo.sheets import Grid, Row, Value
from harmonize.demo.spelling import Written, write_factory

__all__ = ["PLATFORM", "FemExport", "european", "fem_grid", "plain", "prints_os_id"]

PLATFORM = "higg"
"""The platform prints its own master data, whoever downloads the export."""

ENVELOPE = (
    "surveyid", "version", "groupid", "groupname", "SAC_Id", "oarId", "ParentCompany", "users", "posted", "verified",
    "related_rfi_answer", "status", "sitecountry", "siteaddress", "sitecity", "siteprovince", "sippostalcode", "lat",
    "lng", "sipindustrysector", "sipfacilitytype", "siptotalnumemployees", "sipfacilityannualprodvolquant",
    "sipfacilityannualprodvolunits", "finishdate",
)  # fmt: skip
SECTIONS = ("ems", "energy", "water", "wastewater", "air", "waste", "chemicals")

NumberStyle = Callable[[float], Value]


@dataclass(frozen=True, slots=True)
class FemExport:
    """What one export holds: the visits, whether corrected answers are printed, and how numbers look."""

    visits: tuple[FemVisit, ...]
    number: NumberStyle
    amended: bool = False
    with_verified: bool = True


def plain(number: float) -> str:
    """1234.5 -> `1234.5`; whole numbers without a point."""
    return str(int(number)) if number == int(number) else str(number)


def european(number: float) -> str:
    """1234.5 -> `1.234,5`; one decimal always, so that no number of a file is ambiguous (coordinates keep theirs)."""
    decimals = max(1, len(str(number).partition(".")[2]))
    return f"{number:,.{decimals}f}".translate(str.maketrans(",.", ".,"))


def prints_os_id(visit: FemVisit) -> bool:
    """Three of four accounts have told the platform their OS ID."""
    return int(visit.factory.identifiers.higg_account[:4], 16) % 4 > 0


def fem_grid(export: FemExport, material: Material, seed: int) -> Grid:
    """The rows of an export, verified rows right behind their self-assessments."""
    fem = material.higg_fem
    header = (*ENVELOPE, *_score_columns(), *_answer_columns(fem))
    rows: list[Row] = []
    for visit in export.visits:
        written = write_factory(visit.factory, PLATFORM, material, seed, visit.posted_on)
        stated = {**visit.answers, **visit.amended} if export.amended else visit.answers
        rows.append(_row(visit, export, written, fem, stated, False))
        if visit.verified == "row" and export.with_verified:
            rows.append(_row(visit, export, written, fem, {**stated, **visit.corrections}, True))
    return Grid(name="FEM Export", header=header, rows=tuple(rows), wide=True)


def _score_columns() -> Iterable[str]:
    yield "score.total"
    for section in SECTIONS:
        for part in ("score", "level1", "level2", "level3", "applicability"):
            yield f"{section}.{part}"


def _answer_columns(fem: HiggFem) -> Iterable[str]:
    yield from (*fem.good, *fem.partial, *fem.bad, *fem.neutral, *fem.facts, *fem.blank)
    for quantity in fem.quantities:
        yield f"{quantity.stem}quant"
        yield f"{quantity.stem}unit"


def _row(
    visit: FemVisit,
    export: FemExport,
    written: Written,
    fem: HiggFem,
    stated: Mapping[str, str],
    verified: bool,
) -> Row:
    values: list[Value] = [
        *_envelope(visit, export, written, verified),
        *_scores(visit, export),
        *(stated.get(question, "") for question in (*fem.good, *fem.partial, *fem.bad, *fem.neutral, *fem.facts)),
        *("" for _ in fem.blank),
    ]
    for quantity in fem.quantities:
        amount, unit = visit.quantities.get(quantity.stem, (None, ""))
        values.extend(("" if amount is None else export.number(amount), unit))
    key = visit.verified_key if verified else visit.key
    cells = len(tuple(_answer_columns(fem)))
    return Row(tuple(values), facility=visit.factory.key, assessment=key, opens=True, cells=cells)


def _envelope(visit: FemVisit, export: FemExport, written: Written, verified: bool) -> tuple[Value, ...]:
    factory = visit.factory
    day: date = visit.verified_on if verified else visit.posted_on
    number = export.number
    return (
        visit.verified_id if verified else visit.native_id,
        visit.edition,
        factory.identifiers.higg_account,
        written.name,
        factory.identifiers.higg_id,
        factory.identifiers.os_id if prints_os_id(visit) else "",
        f"{factory.name.stem} Holdings",
        ";".join(f"account-{buyer}" for buyer in factory.buyers),
        "true",
        "true" if visit.verified != "none" else "false",
        visit.native_id if verified else "",
        "VRF" if verified else "ASC",
        written.country,
        written.address,
        written.city,
        written.province,
        written.postal,
        number(factory.address.latitude),
        number(factory.address.longitude),
        factory.sector,
        factory.facility_type,
        number(factory.workers),
        number(factory.workers * 1150),
        "Pieces",
        day.isoformat(),
    )


def _scores(visit: FemVisit, export: FemExport) -> Iterable[Value]:
    good = sum(word.casefold() == "yes" for word in visit.answers.values())
    total = round(100 * good / max(1, len(visit.answers)), 1)
    yield export.number(total)
    for _ in SECTIONS:
        yield from (export.number(total), export.number(round(total / 4, 1)), "", "", "")
