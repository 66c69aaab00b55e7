"""Write the invented inbox and its truth: decide the world, let everyone deliver, plant faults, write the truth down.

The same number of facilities and the same seed give the same bytes. The truth is never written below the inbox.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from pathlib import Path

from harmonize.demo.audit_truth import audit_assessment, audit_findings
from harmonize.demo.audit_visits import AuditVisit, audit_visits
from harmonize.demo.better_work import better_work_answers, better_work_assessments, better_work_documents
from harmonize.demo.better_work_visits import BetterWorkVisit, better_work_visits
from harmonize.demo.brand_audits import brand_documents
from harmonize.demo.faults import with_faults
from harmonize.demo.higg_answers import fem_answers, fem_assessments
from harmonize.demo.higg_deliveries import fem_documents, fem_parcels, in_api, withdrawn_visits
from harmonize.demo.higg_visits import FemVisit, fem_visits
from harmonize.demo.material import Material, read_material
from harmonize.demo.parcels import Parcel, file_truths, packed, sheet_parcel
from harmonize.demo.registers import register_documents
from harmonize.demo.smeta_audits import smeta_documents
from harmonize.demo.spelling import write_factory
from harmonize.demo.spoiled_files import spoiled_parcels
from harmonize.demo.truth import (
    AnswerTruth,
    AssessmentTruth,
    CopyTruth,
    FacilityTruth,
    FaultTruth,
    FileTruth,
    FindingTruth,
    MentionTruth,
    table,
)
from harmonize.demo.world import Factory, build_world
from harmonize.errors import InboxError

__all__ = ["DemoSummary", "generate"]


@dataclass(frozen=True, slots=True)
class DemoSummary:
    """How much was written."""

    facilities: int
    files: int
    mentions: int
    assessments: int
    copies: int
    answers: int
    findings: int
    faults: int
    inbox: Path
    truth: Path


@dataclass(frozen=True, slots=True)
class _World:
    factories: tuple[Factory, ...]
    fem: tuple[FemVisit, ...]
    better_work: tuple[BetterWorkVisit, ...]
    audits: tuple[AuditVisit, ...]


def generate(out: Path, *, facilities: int, seed: int, schemas: Path) -> DemoSummary:
    """Write `<out>/inbox` and `<out>/truth`, over an earlier demo of the same world if there is one.

    Args:
        out: folder to write to; made where missing.
        facilities: how many factories the invented world has, at least 1.
        seed: another seed is another world.
        schemas: folder that holds `demo/*.yml`.

    Raises:
        InboxError: the inbox holds files that are no part of this world; nothing is written then.
    """
    material = read_material(schemas)
    world = _decide(material, facilities, seed)
    parcels = _deliver(world, material, seed)
    files = packed(parcels)
    _refuse_foreign_files(out / "inbox", files)
    for path, content in files.items():
        target = out / "inbox" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return _write_truth(out, world, material, seed, parcels)


def _refuse_foreign_files(inbox: Path, own: Iterable[str]) -> None:
    known = set(own)
    present = (path.relative_to(inbox).as_posix() for path in inbox.rglob("*") if path.is_file())
    foreign = sorted(path for path in present if path not in known)
    if foreign:
        raise InboxError(
            f"{inbox / foreign[0]}: the folder holds {len(foreign)} files that are no part of this demo. "
            "Write the demo to another folder, or remove them."
        )


def _decide(material: Material, facilities: int, seed: int) -> _World:
    factories = build_world(material, facilities, seed)
    return _World(
        factories,
        fem_visits(factories, material, seed),
        better_work_visits(factories, material, seed),
        audit_visits(factories, material, seed),
    )


def _deliver(world: _World, material: Material, seed: int) -> list[Parcel]:
    documents = [
        *fem_documents(world.fem, material, seed),
        *better_work_documents(world.better_work, material, seed),
        *brand_documents(world.audits, material, seed),
        *smeta_documents(world.audits, material, seed),
        *register_documents(world.factories, material, seed),
    ]
    spoiled = with_faults(documents, material.faults, material.higg_fem, len(world.factories), seed)
    return [*map(sheet_parcel, spoiled), *fem_parcels(world.fem, material, seed), *spoiled_parcels()]


def _write_truth(out: Path, world: _World, material: Material, seed: int, parcels: Sequence[Parcel]) -> DemoSummary:
    faults = list(chain.from_iterable(parcel.faults for parcel in parcels))
    mentions = list(chain.from_iterable(parcel.mentions for parcel in parcels))
    copies = list(chain.from_iterable(parcel.copies for parcel in parcels))
    answers = _answers(world, material, faults)
    findings = _findings(world, faults)
    assessments = _assessments(world, seed)
    files = [truth for truth in file_truths(parcels) if truth.status != "passed_over"]
    tables: dict[str, tuple[type, Iterable[object]]] = {
        "facilities": (FacilityTruth, [_facility(factory, material, seed) for factory in world.factories]),
        "mentions": (MentionTruth, mentions),
        "assessments": (AssessmentTruth, assessments),
        "copies": (CopyTruth, copies),
        "answers": (AnswerTruth, answers),
        "findings": (FindingTruth, findings),
        "faults": (FaultTruth, faults),
        "files": (FileTruth, files),
    }
    truth = out / "truth"
    truth.mkdir(parents=True, exist_ok=True)
    for name, (header, records) in tables.items():
        (truth / f"{name}.csv").write_bytes(table(header, records))
    return DemoSummary(
        facilities=len(world.factories),
        files=len(files),
        mentions=len(mentions),
        assessments=len(assessments),
        copies=len(copies),
        answers=len(answers),
        findings=len(findings),
        faults=len(faults),
        inbox=out / "inbox",
        truth=truth,
    )


def _assessments(world: _World, seed: int) -> list[AssessmentTruth]:
    return [
        *chain.from_iterable(map(fem_assessments, (*world.fem, *withdrawn_visits(world.fem, seed)))),
        *map(better_work_assessments, world.better_work),
        *map(audit_assessment, world.audits),
    ]


def _answers(world: _World, material: Material, faults: Sequence[FaultTruth]) -> list[AnswerTruth]:
    """Every unambiguous answer whose cell nobody spoiled."""
    spoiled = {(fault.assessment, fault.question) for fault in faults}
    stated = chain(
        chain.from_iterable(fem_answers(visit, material.higg_fem, in_api(visit)) for visit in world.fem),
        chain.from_iterable(map(better_work_answers, world.better_work)),
    )
    return [answer for answer in stated if (answer.assessment, answer.question_id) not in spoiled]


def _findings(world: _World, faults: Sequence[FaultTruth]) -> list[FindingTruth]:
    """Every finding of an audit in which nothing was spoiled."""
    spoiled = {fault.assessment for fault in faults}
    return list(chain.from_iterable(audit_findings(visit) for visit in world.audits if visit.key not in spoiled))


def _facility(factory: Factory, material: Material, seed: int) -> FacilityTruth:
    written = write_factory(factory, "bfc", material, seed, factory.renamed_on or date.max)
    return FacilityTruth(
        factory.key,
        written.name,
        written.name_local,
        factory.previous.stem if factory.previous else "",
        factory.country,
        factory.address.province.english,
        factory.company,
        factory.unit,
        factory.identifiers.os_id,
    )
