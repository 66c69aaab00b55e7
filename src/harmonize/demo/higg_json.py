"""Write Higg FEM assessments as the platform's API returns them: envelopes with question nodes and performance values.

A node keeps the facility's value and, where the verifier changed it, the corrected one; a question that was not on the
facility's path is `null`.
"""

from __future__ import annotations

from datetime import UTC, date, datetime

from harmonize.demo.higg_answers import is_in_common_unit
from harmonize.demo.higg_csv import PLATFORM, prints_os_id
from harmonize.demo.higg_visits import FemVisit
from harmonize.demo.json_documents import JsonRecord
from harmonize.demo.material import Material
from harmonize.demo.spelling import write_factory

__all__ = ["envelope"]

STATUSES = ("NS", "ASI", "ASC", "VRP", "VRQ", "VRE", "VRC", "VRF", "VRD", "VRI", "ASD")


def envelope(visit: FemVisit, status: str, material: Material, seed: int) -> JsonRecord:
    """A visit in the given status; VRF prints the verifier's corrections."""
    verified = status == "VRF"
    own_id = verified and visit.verified == "envelope"
    posted = status in ("ASC", "VRF", "ASD")
    day = visit.verified_on if verified else visit.posted_on
    factory = visit.factory
    written = write_factory(factory, PLATFORM, material, seed, visit.posted_on)
    performance, questions = _performance(visit, material), _questions(visit, verified, material)
    content: dict[str, object] = {
        "id": visit.verified_id if own_id else visit.native_id,
        "status": status,
        "statusHistory": _history(visit, status),
        "version": visit.edition,
        "accountId": factory.identifiers.higg_account,
        "accountName": written.name,
        "sacId": int(factory.identifiers.higg_id),
        "oarId": factory.identifiers.os_id if prints_os_id(visit) else "",
        "taxId": factory.identifiers.tax_code,
        "country": written.country,
        "selfPosted": posted,
        "verifiedPosted": verified,
        "verified": visit.verified != "none",
        "createdOn": _unix(visit.posted_on) - 5_000_000,
        "lastUpdated": _unix(day) * 1000,
        "location": {
            "address": f"{written.one_line}, {written.country}",
            "latitude": factory.address.latitude,
            "longitude": factory.address.longitude,
        },
        "performance": performance,
        "questions": questions,
    }
    key = visit.verified_key if verified else visit.key
    return JsonRecord(factory.key, key, content, len(performance) + len(questions))


def _history(visit: FemVisit, status: str) -> dict[str, str]:
    days: dict[str, date] = {"ASC": visit.posted_on}
    if status == "VRF":
        days["VRF"] = visit.verified_on
    if status in ("ASD", "ASI"):
        days = {status: visit.posted_on}
    return {code: f"{days[code]:%Y/%m/%d}" if code in days else "" for code in STATUSES}


def _unix(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, 9, tzinfo=UTC).timestamp())


def _performance(visit: FemVisit, material: Material) -> dict[str, float]:
    units = material.higg_fem.units
    return {
        f"{stem}total": round(amount * units[unit].factor, 6)
        for stem, (amount, unit) in visit.quantities.items()
        if is_in_common_unit(stem, units[unit].unit)
    }


def _questions(visit: FemVisit, verified: bool, material: Material) -> dict[str, object]:
    nodes: dict[str, object] = {}
    for question, word in visit.answers.items():
        corrected = visit.corrections.get(question) if verified else None
        selection = "" if not verified else ("Inaccurate" if corrected else "Accurate")
        nodes[question] = _node(word, corrected, selection)
    for stem, (amount, unit) in visit.quantities.items():
        selection = "Accurate" if verified else ""
        nodes[f"{stem}quant"] = _node(amount, None, selection)
        nodes[f"{stem}unit"] = _node(unit, None, selection)
    for question in material.higg_fem.blank[::2]:
        nodes[question] = None
    return nodes


def _node(value: str | float, corrected: str | None, selection: str) -> dict[str, object]:
    return {"value": value, "corrected": corrected, "selection": selection, "flag": False, "data": ""}
