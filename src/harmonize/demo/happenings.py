"""Decide everything that happens in the invented world: its factories, and who assessed them when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from harmonize.demo.audit_visits import AuditVisit, audit_visits, shared_audits
from harmonize.demo.better_work_visits import BetterWorkVisit, better_work_visits
from harmonize.demo.caf_exports import final_status
from harmonize.demo.caf_visits import CafVisit, caf_visits
from harmonize.demo.higg_visits import FemVisit, fem_visits
from harmonize.demo.material import Material
from harmonize.demo.question_visits import QuestionVisit, question_visits
from harmonize.demo.world import Factory, build_world

__all__ = ["Happenings", "happenings"]


@dataclass(frozen=True, slots=True)
class Happenings:
    """The world, and all assessments that reach the inbox."""

    factories: tuple[Factory, ...]
    fem: tuple[FemVisit, ...]
    better_work: tuple[BetterWorkVisit, ...]
    audits: tuple[AuditVisit, ...]
    caf: tuple[CafVisit, ...]
    questionnaires: tuple[QuestionVisit, ...]


def happenings(material: Material, facilities: int, seed: int) -> Happenings:
    """Everything that happens to so many factories."""
    factories = build_world(material, facilities, seed)
    better_work = better_work_visits(factories, material, seed)
    all_caf = caf_visits(factories, better_work, material.slcp_caf, seed)
    caf = tuple(visit for visit in all_caf if final_status(visit) is not None)
    audits = audit_visits(factories, material, seed)
    return Happenings(
        factories=factories,
        fem=fem_visits(factories, material, seed),
        better_work=better_work,
        audits=audits + shared_audits(factories, _taken_over(caf, better_work), material, seed),
        caf=caf,
        questionnaires=question_visits(factories, material, seed),
    )


def _taken_over(caf: Sequence[CafVisit], cycles: Sequence[BetterWorkVisit]) -> dict[str, tuple[date, str]]:
    """Factory to day and name of the assessment that brands take over: Better Work's, else a verified CAF."""
    verified = {
        visit.factory.key: (visit.verified_on, "SLCP")
        for visit in caf
        if visit.verified_on is not None and final_status(visit) == "VRF"
    }
    return verified | {cycle.factory.key: (cycle.started_on, "Better Work") for cycle in cycles}
