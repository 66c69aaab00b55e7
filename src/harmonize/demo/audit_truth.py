"""State what is true of an audit once every delivery of it has arrived."""

from __future__ import annotations

from collections.abc import Iterator

from harmonize.demo.audit_visits import AuditFinding, AuditVisit
from harmonize.demo.truth import AssessmentTruth, FindingTruth

__all__ = ["audit_assessment", "audit_findings", "clause_of"]

EDITIONS = {"smeta": "6"}
PRINTED_SEVERITY = frozenset({"pvh", "gap", "levis"})


def clause_of(visit: AuditVisit, finding: AuditFinding) -> str:
    """The clause under which the visit's instrument files a finding."""
    clauses = {
        "pvh": finding.matter.pvh,
        "gap": finding.matter.gap,
        "levis": finding.matter.levis,
        "smeta": finding.matter.smeta,
    }
    return clauses[visit.instrument]


def audit_assessment(visit: AuditVisit) -> AssessmentTruth:
    """The audit."""
    edition = EDITIONS.get(visit.instrument, "")
    day = visit.audited_on.isoformat()
    return AssessmentTruth(
        visit.key, visit.factory.key, visit.instrument, edition, visit.native_id, day, "", visit.follow_up_of
    )


def audit_findings(visit: AuditVisit) -> Iterator[FindingTruth]:
    """Its findings as the latest delivery shows them; SMETA prints severities only now and then."""
    delivered_again = visit.instrument != "smeta" or "harbour" in visit.deliverers
    for finding in visit.findings:
        severity = finding.severity if visit.instrument in PRINTED_SEVERITY else ""
        closed = finding.closed_on is not None or (finding.closed_later is not None and delivered_again)
        yield FindingTruth(
            visit.key,
            visit.instrument,
            clause_of(visit, finding),
            severity,
            finding.due_on.isoformat(),
            closed,
        )
