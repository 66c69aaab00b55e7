"""Decide which audits of brands, Sedex and WRAP were made and what they found.

A follow-up is an audit of its own, months after the first, and never merges with it. Some findings are closed between
the first export and the amended one. Nike and adidas see one visit: each grades it and files the findings its own way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from harmonize.demo.material import Material, Matter
from harmonize.demo.streams import stream
from harmonize.demo.world import Factory

__all__ = ["AuditFinding", "AuditVisit", "audit_visits", "shared_audits"]

AUDITED_SHARES = {"pvh": 0.8, "gap": 0.75, "levis": 0.75, "smeta": 0.85, "smeta7": 0.4, "wrap": 0.35}
FOLLOWED_UP = frozenset({"pvh", "gap", "levis", "smeta"})
SHARING_BRANDS = ("nike", "adidas")
SHARED_SHARE = 0.85
SEDEX_MEMBERS = {"smeta": ("northline", "harbour"), "smeta7": ("northline", "levis", "harbour")}
"""Who holds reports of the platform, the last one to deliver last."""
FIRST_DAY = date(2025, 3, 3)
LAST_DAY = date(2026, 1, 30)
SMETA7_DAYS = (date(2026, 2, 2), date(2026, 4, 30))
CLEAN_SHARE = 0.12
FOLLOW_UP_SHARE = 0.22
CLOSED_LATER_SHARE = 0.2


@dataclass(frozen=True, slots=True)
class AuditFinding:
    """One finding.

    Attributes:
        clause: what its programme files it under.
        closed_later: the day an amended export first shows it closed.
    """

    number: int
    matter: Matter
    clause: str
    severity: str
    root_cause: str
    action: str
    days_allowed: int
    due_on: date
    closed_on: date | None
    closed_later: date | None


@dataclass(frozen=True, slots=True)
class AuditVisit:
    """One audit.

    Attributes:
        programme: `smeta7` beside `smeta`; else the instrument.
        tool: what kind of audit the brand says it is, where it says so.
        deliverers: who hands it in.
    """

    key: str
    programme: str
    factory: Factory
    native_id: str
    follow_up_of: str
    audited_on: date
    rating: str
    findings: tuple[AuditFinding, ...]
    deliverers: tuple[str, ...]
    tool: str = ""

    @property
    def instrument(self) -> str:
        """Whose export it is printed in."""
        return "smeta" if self.programme == "smeta7" else self.programme

    @property
    def amended(self) -> bool:
        """A later export differs from the first."""
        return any(finding.closed_later for finding in self.findings)


def audit_visits(factories: tuple[Factory, ...], material: Material, seed: int) -> tuple[AuditVisit, ...]:
    """All audits of the world, by instrument and factory."""
    visits: list[AuditVisit] = []
    for programme, share in AUDITED_SHARES.items():
        for number, factory in enumerate(factories, start=1):
            rng = stream(seed, "audit", programme, factory.key)
            deliverers = _deliverers(programme, factory)
            if not deliverers or rng.random() >= share:
                continue
            first, last = SMETA7_DAYS if programme == "smeta7" else (FIRST_DAY, LAST_DAY)
            day = first + timedelta(days=rng.randrange((last - first).days))
            visit = AuditVisit(
                key=f"{programme}-{factory.key}-1",
                programme=programme,
                factory=factory,
                native_id=_native_id(programme, number * 2, day),
                follow_up_of="",
                audited_on=day,
                rating=rng.choice(material.matters.ratings.get(programme, ("",))),
                findings=_findings(programme, material, rng, day),
                deliverers=deliverers,
            )
            visits.append(visit)
            if programme not in FOLLOWED_UP or not visit.findings:
                continue
            if rng.random() < FOLLOW_UP_SHARE and day + timedelta(days=170) < LAST_DAY:
                visits.append(_follow_up(visit, number, rng))
    return tuple(visits)


def shared_audits(
    factories: tuple[Factory, ...], seen: Mapping[str, tuple[date, str]], material: Material, seed: int
) -> tuple[AuditVisit, ...]:
    """What Nike and adidas list of one stay.

    Args:
        seen: factory to the day and the name of the assessment whose result both brands take over.
    """
    visits: list[AuditVisit] = []
    for number, factory in enumerate(factories, start=1):
        rng = stream(seed, "shared-audit", factory.key)
        brands = [brand for brand in SHARING_BRANDS if brand in factory.buyers]
        own_day = FIRST_DAY + timedelta(days=rng.randrange((LAST_DAY - FIRST_DAY).days))
        day, tool = seen.get(factory.key, (own_day, "Full audit"))
        found = _findings("nike", material, rng, day)
        if rng.random() >= SHARED_SHARE:
            continue
        for brand in brands:
            severities = material.matters.severities[brand]
            findings = tuple(
                replace(finding, clause=finding.matter.clauses[brand], severity=rng.choice(severities))
                for finding in found
            )
            visits.append(
                AuditVisit(
                    key=f"{brand}-{factory.key}-1",
                    programme=brand,
                    factory=factory,
                    native_id=_native_id(brand, number, day),
                    follow_up_of="",
                    audited_on=day,
                    rating=rng.choice(material.matters.ratings[brand]),
                    findings=findings,
                    deliverers=(brand,),
                    tool=tool,
                )
            )
    return tuple(visits)


def _deliverers(programme: str, factory: Factory) -> tuple[str, ...]:
    if programme == "wrap":
        return ("wrap",)
    members = SEDEX_MEMBERS.get(programme, (programme,))
    return tuple(member for member in members if member in factory.buyers)


def _native_id(programme: str, number: int, day: date) -> str:
    formats = {
        "pvh": f"PVH-A-{number:06d}",
        "gap": f"V{day:%y}{number:06d}",
        "levis": f"TOE-{day:%y}-{number:05d}",
        "smeta7": f"ZAA{600_000_000 + number * 41:09d}",
        "nike": f"NA-{day:%y}-{number:05d}",
        "adidas": f"A-{day:%Y}-{number:04d}",
    }
    return formats.get(programme, "")


def _findings(programme: str, material: Material, rng: Random, day: date) -> tuple[AuditFinding, ...]:
    if rng.random() < CLEAN_SHARE:
        return ()
    matters = list(material.matters.matters)
    chosen: list[Matter] = []
    for _ in range(rng.randint(1, 6)):
        matter = rng.choices(matters, [each.weight for each in matters])[0]
        matters.remove(matter)
        chosen.append(matter)
    return tuple(_finding(programme, material, rng, day, (number, matter)) for number, matter in enumerate(chosen, 1))


def _finding(programme: str, material: Material, rng: Random, day: date, numbered: tuple[int, Matter]) -> AuditFinding:
    number, matter = numbered
    allowed = rng.choice((0, 30, 60, 90, 180))
    draw = rng.random()
    return AuditFinding(
        number=number,
        matter=matter,
        clause=matter.clauses[programme],
        severity=rng.choice(material.matters.severities[programme]),
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
        key=f"{first.programme}-{first.factory.key}-2",
        native_id=_native_id(first.programme, number * 2 + 1, day),
        follow_up_of=first.key,
        audited_on=day,
        findings=left,
    )
