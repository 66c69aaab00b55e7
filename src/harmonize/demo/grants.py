"""Hand in the consent register: grants of all kinds, planned in `schemas/demo/grants.yml`, and what they truly open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from harmonize.demo.grant_plan import GrantPlan, PlannedGrant
from harmonize.demo.parcels import Parcel, sheet_parcel
from harmonize.demo.sheets import Grid, Row, SheetDocument
from harmonize.demo.truth import AssessmentTruth, CopyTruth, FaultTruth, ShareTruth
from harmonize.demo.world import Factory

__all__ = ["Grant", "grant_parcels", "grants_of", "share_truths"]

REGISTER = "consent/grants.csv"
STRANGER = "northline/received-2026-06-02/grants.csv"
"""A contributor that is no registrar hands in a register, too."""
COLUMNS = (
    "grant_id", "facility_scheme", "facility_value", "instrument", "assessment", "audience", "scope", "valid_from",
    "valid_to", "purpose", "evidence", "revoked_on", "granted_by", "signatory_role", "granted_on", "text_version",
    "onward_use", "retention_until",
)  # fmt: skip
OWN = "own"
"""The scope of what an audience handed in itself."""
OF_ITSELF = "manufacturer"
WIDENING = ("summary", "findings", "answers", "full", OWN)


@dataclass(frozen=True, slots=True)
class Grant:
    """A row of the register."""

    plan: PlannedGrant
    factory: Factory
    grant_id: str
    audience: str
    assessment: str

    def row(self) -> dict[str, str]:
        """What is printed."""
        plan = self.plan
        return {
            "grant_id": self.grant_id,
            "facility_scheme": plan.scheme,
            "facility_value": str(getattr(self.factory.identifiers, plan.scheme)),
            "instrument": plan.instrument,
            "assessment": self.assessment,
            "audience": self.audience,
            "scope": plan.scope,
            "valid_from": str(plan.valid_from),
            "valid_to": str(plan.valid_to),
            "purpose": plan.purpose,
            "evidence": f"consents/{self.grant_id}.pdf",
            "revoked_on": str(plan.revoked),
            "granted_by": f"Signatory of {self.factory.key}",
            "signatory_role": plan.role,
            "granted_on": str(plan.valid_from),
            "text_version": "demo-1",
            "onward_use": "none",
            "retention_until": "",
        }


def grants_of(factories: Sequence[Factory], assessments: Iterable[AssessmentTruth], plan: GrantPlan) -> list[Grant]:
    """The grants of all factories."""
    assessed: dict[str, list[AssessmentTruth]] = {}
    for assessment in assessments:
        assessed.setdefault(assessment.facility, []).append(assessment)
    return [
        grant
        for number, factory in enumerate(factories, start=1)
        for planned in plan.grants
        if number % planned.every == planned.at
        for grant in _grant(planned, factory, assessed.get(factory.key, []))
    ]


def _grant(planned: PlannedGrant, factory: Factory, assessed: Sequence[AssessmentTruth]) -> Iterator[Grant]:
    needed = planned.needs or planned.instrument
    numbers = [each.native_id for each in assessed if each.instrument == needed]
    if planned.assessment == "one":
        numbers = [number for number in numbers if number]
    if not numbers or not getattr(factory.identifiers, planned.scheme):
        return
    audience = f"manufacturer:os_id={factory.identifiers.os_id}" if planned.audience == OF_ITSELF else planned.audience
    assessment = numbers[0] if planned.assessment == "one" else "*"
    yield Grant(planned, factory, f"G-{factory.key}-{planned.name}", audience, assessment)


def grant_parcels(grants: Sequence[Grant], plan: GrantPlan) -> list[Parcel]:
    """The register, with rows that are none, and one of somebody who is no registrar."""
    if not grants:
        return []
    rows = [grant.row() for grant in grants]
    faults = []
    for fault in plan.faults:
        model = next((grant for grant in grants if grant.plan.name == fault.of), None)
        if model is not None:
            rows.append({**model.row(), "grant_id": f"G-X{len(rows)}", fault.column: fault.value})
            place = f"row={len(rows)};col={fault.column}"
            faults.append(FaultTruth(REGISTER, place, f"row={len(rows)}", fault.code, fault.value, "", ""))
    stranger = sheet_parcel(_document(STRANGER, rows[:1]))
    refused = FaultTruth(STRANGER, "file", "header|row=1", "not_a_registrar", "", "", "")
    return [
        sheet_parcel(_with(_document(REGISTER, rows), faults)),
        Parcel(STRANGER, stranger.content, "northline", status="refused", faults=(refused,)),
    ]


def _document(path: str, rows: Sequence[dict[str, str]]) -> SheetDocument:
    lines = tuple(Row(tuple(row[column] for column in COLUMNS)) for row in rows)
    return SheetDocument("grants", path, path.partition("/")[0], "consent", (Grid("Grants", COLUMNS, lines),))


def _with(document: SheetDocument, faults: Iterable[FaultTruth]) -> SheetDocument:
    for fault in faults:
        document = document.with_grid(document.grids[0], fault)
    return document


def share_truths(
    grants: Sequence[Grant],
    assessments: Sequence[AssessmentTruth],
    copies: Iterable[CopyTruth],
    never_posted: Iterable[str],
    plan: GrantPlan,
) -> list[ShareTruth]:
    """Which audience may see which assessment at which scope, the widest of several.

    Args:
        never_posted: assessments that were withdrawn or never posted; no grant opens them.
    """
    audiences, unposted = frozenset(plan.contributors), frozenset(never_posted)
    widest: dict[tuple[str, str], tuple[int, bool]] = {}

    def may_see(key: tuple[str, str], scope: str, surely: bool) -> None:
        widest[key] = max((WIDENING.index(scope), surely), widest.get(key, (0, False)))

    for copy in copies:
        if copy.contributor in audiences:
            may_see((copy.contributor, copy.assessment), OWN, True)
    for grant in grants:
        for each in assessments:
            if _opens(grant, each) and each.assessment not in unposted:
                surely = each.instrument not in grant.plan.perhaps
                may_see((grant.audience.lower(), each.assessment), grant.plan.scope, surely)
    return [
        ShareTruth(audience, key, WIDENING[scope], surely)
        for (audience, key), (scope, surely) in sorted(widest.items())
    ]


def _opens(grant: Grant, assessment: AssessmentTruth) -> bool:
    return (
        assessment.facility == grant.factory.key
        and assessment.instrument in grant.plan.opens
        and grant.assessment in ("*", assessment.native_id)
    )
