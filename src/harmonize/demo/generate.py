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
from harmonize.demo.better_work import better_work_answers, better_work_assessments
from harmonize.demo.better_work_public import public_answers, published_visits
from harmonize.demo.caf_answers import caf_answers, caf_assessment, caf_findings
from harmonize.demo.decisions import stewards_decisions, write_decisions
from harmonize.demo.deliveries import deliver
from harmonize.demo.grants import Grant, grant_parcels, grants_of, share_truths
from harmonize.demo.happenings import Happenings, happenings
from harmonize.demo.higg_answers import fem_answers, fem_assessments
from harmonize.demo.higg_deliveries import in_api, withdrawn_visits
from harmonize.demo.material import Material, read_material
from harmonize.demo.parcels import Parcel, file_truths, packed
from harmonize.demo.question_truth import question_answers, question_assessment, question_findings
from harmonize.demo.spelling import write_factory
from harmonize.demo.truth import (
    AnswerTruth,
    AssessmentTruth,
    CopyTruth,
    FacilityTruth,
    FaultTruth,
    FileTruth,
    FindingTruth,
    MentionTruth,
    ShareTruth,
    table,
)
from harmonize.demo.world import Factory
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
    decisions: int
    inbox: Path
    truth: Path


def generate(out: Path, *, facilities: int, seed: int, schemas: Path) -> DemoSummary:
    """Write `<out>/inbox`, `<out>/truth` and what a person decided, over an earlier demo of the same world.

    Args:
        out: folder to write to; made where missing.
        facilities: how many factories the invented world has, at least 1.
        seed: another seed is another world.
        schemas: folder that holds `demo/*.yml`.

    Raises:
        InboxError: the inbox holds files that are no part of this world; nothing is written then.
    """
    material = read_material(schemas)
    world = happenings(material, facilities, seed)
    grants = grants_of(world.factories, _assessments(world, material, seed), material.grants)
    parcels = [*deliver(world, material, seed), *grant_parcels(grants, material.grants)]
    files = packed(parcels)
    _refuse_foreign_files(out / "inbox", files)
    for path, content in files.items():
        target = out / "inbox" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    write_decisions(out, stewards_decisions(world, material, seed))
    _write_secret(out, seed)
    return _write_truth(out, world, material, seed, parcels, grants)


def _refuse_foreign_files(inbox: Path, own: Iterable[str]) -> None:
    known = set(own)
    present = (path.relative_to(inbox).as_posix() for path in inbox.rglob("*") if path.is_file())
    foreign = sorted(path for path in present if path not in known)
    if foreign:
        raise InboxError(
            f"{inbox / foreign[0]}: the folder holds {len(foreign)} files that are no part of this demo. "
            "Write the demo to another folder, or remove them."
        )


def _write_secret(out: Path, seed: int) -> None:
    """The publisher's secret of invented data, which is none: the same demo gives audiences the same ids."""
    path = out / "secrets" / "sharing.key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"no secret: invented data of seed {seed}", encoding="utf-8")
        path.chmod(0o600)


def _write_truth(
    out: Path, world: Happenings, material: Material, seed: int, parcels: Sequence[Parcel], grants: Sequence[Grant]
) -> DemoSummary:
    faults = list(chain.from_iterable(parcel.faults for parcel in parcels))
    mentions = list(chain.from_iterable(parcel.mentions for parcel in parcels))
    copies = list(chain.from_iterable(parcel.copies for parcel in parcels))
    answers = _answers(world, material, seed, faults)
    findings = _findings(world, material, faults)
    assessments = _assessments(world, material, seed)
    unposted = [visit.key for visit in withdrawn_visits(world.fem, seed)]
    shares = share_truths(grants, assessments, copies, unposted, material.grants)
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
        "shares": (ShareTruth, shares),
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
        decisions=len(stewards_decisions(world, material, seed)),
        inbox=out / "inbox",
        truth=truth,
    )


def _assessments(world: Happenings, material: Material, seed: int) -> list[AssessmentTruth]:
    return [
        *chain.from_iterable(map(fem_assessments, (*world.fem, *withdrawn_visits(world.fem, seed)))),
        *map(better_work_assessments, world.better_work),
        *map(audit_assessment, world.audits),
        *map(caf_assessment, world.caf),
        *(question_assessment(visit, material) for visit in world.questionnaires),
    ]


def _answers(world: Happenings, material: Material, seed: int, faults: Sequence[FaultTruth]) -> list[AnswerTruth]:
    """Every unambiguous answer whose cell nobody spoiled."""
    spoiled = {(fault.assessment, fault.question) for fault in faults}
    published = published_visits(world.better_work, material, seed)
    stated = chain(
        chain.from_iterable(fem_answers(visit, material.higg_fem, in_api(visit)) for visit in world.fem),
        chain.from_iterable(map(better_work_answers, world.better_work)),
        chain.from_iterable(public_answers(visit, material) for visit in published),
        chain.from_iterable(caf_answers(visit, material.slcp_caf) for visit in world.caf),
        chain.from_iterable(question_answers(visit, material) for visit in world.questionnaires),
    )
    return [answer for answer in stated if (answer.assessment, answer.question_id) not in spoiled]


def _findings(world: Happenings, material: Material, faults: Sequence[FaultTruth]) -> list[FindingTruth]:
    """Every finding of an audit in which nothing was spoiled, and of every bad answer whose row nobody spoiled."""
    spoiled = {fault.assessment for fault in faults}
    spoiled_rows = {(fault.assessment, fault.question) for fault in faults}
    answered = chain(
        chain.from_iterable(caf_findings(visit, material.slcp_caf) for visit in world.caf),
        chain.from_iterable(map(question_findings, world.questionnaires)),
    )
    return [
        *chain.from_iterable(audit_findings(visit) for visit in world.audits if visit.key not in spoiled),
        *(finding for finding in answered if (finding.assessment, finding.clause) not in spoiled_rows),
    ]


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
