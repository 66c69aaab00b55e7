"""Decide which brand and Sedex audits were made and what they found.

A follow-up is an audit of its own, months after the first, and never merges with it. Some findings are closed between
the first export and the amended one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from harmonize.demo.material import Material, Matter
from harmonize.demo.streams import stream
from harmonize.demo.world import Factory

__all__ = ["AuditFinding", "AuditVisit", "audit_visits"]

AUDITED_SHARES = {"pvh": 0.8, "gap": 0.75, "levis": 0.75, "smeta": 0.85}
SMETA_MEMBERS = ("northline", "harbour")
FIRST_DAY = date(2025, 3, 3)
LAST_DAY = date(2026, 1, 30)
CLEAN_SHARE = 0.12
FOLLOW_UP_SHARE = 0.22
CLOSED_LATER_SHARE = 0.2


@dataclass(frozen=True, slots=True)
class AuditFinding:
    """One finding; `closed_later` is the day an amended export first shows it closed."""

    number: int
    matter: Matter
    severity: str
    root_cause: str
    action: str
    days_allowed: int
    due_on: date
    closed_on: date | None
    closed_later: date | None


@dataclass(frozen=True, slots=True)
class AuditVisit:
    """One audit; `deliverers` hand it in."""

    key: str
    instrument: str
    factory: Factory
    native_id: str
    follow_up_of: str
    audited_on: date
    rating: str
    findings: tuple[AuditFinding, ...]
    deliverers: tuple[str, ...]

    @property
    def amended(self) -> bool:
        """A later export differs from the first."""
        return any(finding.closed_later for finding in self.findings)


def audit_visits(factories: tuple[Factory, ...], material: Material, seed: int) -> tuple[AuditVisit, ...]:
    """All audits of the world, by instrument and factory."""
    visits: list[AuditVisit] = []
    for instrument, share in AUDITED_SHARES.items():
        for number, factory in enumerate(factories, start=1):
            rng = stream(seed, "audit", instrument, factory.key)
            deliverers = _deliverers(instrument, factory)
            if not deliverers or rng.random() >= share:
                continue
            span = (LAST_DAY - FIRST_DAY).days
            day = FIRST_DAY + timedelta(days=rng.randrange(span))
            visit = AuditVisit(
                key=f"{instrument}-{factory.key}-1",
                instrument=instrument,
                factory=factory,
                native_id=_native_id(instrument, number * 2, day),
                follow_up_of="",
                audited_on=day,
                rating=rng.choice(material.matters.ratings.get(instrument, ("",))),
                findings=_findings(instrument, material, rng, day),
                deliverers=deliverers,
            )
            visits.append(visit)
            if visit.findings and rng.random() < FOLLOW_UP_SHARE and day + timedelta(days=170) < LAST_DAY:
                visits.append(_follow_up(visit, number, rng))
    return tuple(visits)


def _deliverers(instrument: str, factory: Factory) -> tuple[str, ...]:
    if instrument == "smeta":
        return tuple(member for member in SMETA_MEMBERS if member in factory.buyers)
    return (instrument,) if instrument in factory.buyers else ()


def _native_id(instrument: str, number: int, day: date) -> str:
    formats = {
        "pvh": f"PVH-A-{number:06d}",
        "gap": f"V{day:%y}{number:06d}",
        "levis": f"TOE-{day:%y}-{number:05d}",
    }
    return formats.get(instrument, "")


def _findings(instrument: str, material: Material, rng: Random, day: date) -> tuple[AuditFinding, ...]:
    if rng.random() < CLEAN_SHARE:
        return ()
    matters = list(material.matters.matters)
    chosen: list[Matter] = []
    for _ in range(rng.randint(1, 6)):
        matter = rng.choices(matters, [each.weight for each in matters])[0]
        matters.remove(matter)
        chosen.append(matter)
    return tuple(_finding(instrument, material, rng, day, (number, matter)) for number, matter in enumerate(chosen, 1))


def _finding(instrument: str, material: Material, rng: Random, day: date, numbered: tuple[int, Matter]) -> AuditFinding:
    number, matter = numbered
    allowed = rng.choice((0, 30, 60, 90, 180))
    draw = rng.random()
    return AuditFinding(
        number=number,
        matter=matter,
        severity=rng.choice(material.matters.severities[instrument]),
        root_cause=rng.choice(material.matters.root_causes),
        action=rng.choice(material.matters.actions),
        days_allowed=allowed,
        due_on=day + timedelta(days=allowed),
        closed_on=day + timedelta(days=rng.randint(5, 40)) if draw < 0.3 else None,
        closed_later=day + timedelta(days=rng.randint(41, 80)) if draw > 1 - CLOSED_LATER_SHARE else None,
    )


def _follow_up(first: AuditVisit, number: int, rng: Random) -> AuditVisit:
    day = first.audited_on + timedelta(days=rng.randint(120, 165))
    left = tuple(
        replace(
            finding,
            number=at,
            due_on=day + timedelta(days=finding.days_allowed),
            closed_on=None,
            closed_later=None,
        )
        for at, finding in enumerate(first.findings, start=1)
        if rng.random() < 0.4
    )
    return replace(
        first,
        key=f"{first.instrument}-{first.factory.key}-2",
        native_id=_native_id(first.instrument, number * 2 + 1, day),
        follow_up_of=first.key,
        audited_on=day,
        findings=left,
    )
