"""Decide which Better Work assessments were made and what they found.

Each cycle is an assessment of its own and never merges with the one before. Amended assessments were exported again
after a factual correction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from harmonize.demo.material import Material, Programme
from harmonize.demo.streams import stream
from harmonize.demo.world import Factory

__all__ = ["BetterWorkVisit", "better_work_visits"]

MEMBER_SHARE = 0.65
AMENDED_SHARE = 0.15
CORRECTING = "better-work-vietnam"
"""The programme that exports corrected assessments again."""
FIRST_CYCLE_STARTS = date(2024, 1, 10)


@dataclass(frozen=True, slots=True)
class BetterWorkVisit:
    """One assessment; `findings` holds True where a question was found non-compliant."""

    key: str
    factory: Factory
    programme: str
    cycle: int
    native_id: str
    started_on: date
    method: str
    findings: Mapping[str, bool]
    facts: Mapping[str, str]
    amended: Mapping[str, bool]


def better_work_visits(factories: tuple[Factory, ...], material: Material, seed: int) -> tuple[BetterWorkVisit, ...]:
    """All Better Work assessments, two cycles for each member factory."""
    visits: list[BetterWorkVisit] = []
    number = 50_000
    for programme_name, programme in material.better_work.programmes.items():
        for factory in factories:
            if factory.country != programme.country:
                continue
            rng = stream(seed, "better-work", factory.key)
            if rng.random() >= MEMBER_SHARE:
                continue
            cycle = rng.randint(2, 8)
            first_day = FIRST_CYCLE_STARTS + timedelta(days=rng.randrange(300))
            for step in (0, 1):
                number += 1
                started_on = first_day + timedelta(days=step * rng.randint(350, 410))
                findings = _findings(programme, rng)
                visits.append(
                    BetterWorkVisit(
                        key=f"bw-{factory.key}-{cycle + step}",
                        factory=factory,
                        programme=programme_name,
                        cycle=cycle + step,
                        native_id=str(number),
                        started_on=started_on,
                        method=rng.choice(material.better_work.methods),
                        findings=findings,
                        facts=_facts(programme, factory, material, rng),
                        amended=_correction(programme_name, findings, rng) if step else {},
                    )
                )
    return tuple(visits)


def _findings(programme: Programme, rng: Random) -> dict[str, bool]:
    rate = rng.uniform(0.03, 0.3)
    return {question: rng.random() < rate for scored in programme.scored for question in scored.ids}


def _facts(programme: Programme, factory: Factory, material: Material, rng: Random) -> dict[str, str]:
    return {
        fact.id: f"{factory.workers:,}" if fact.answers == "workers" else rng.choice(material.better_work.words)
        for fact in programme.facts
    }


def _correction(programme: str, findings: Mapping[str, bool], rng: Random) -> dict[str, bool]:
    if rng.random() >= AMENDED_SHARE or programme != CORRECTING:
        return {}
    question = rng.choice(sorted(findings))
    return {question: not findings[question]}
