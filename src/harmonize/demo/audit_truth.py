"""State what is true of an audit once every delivery of it has arrived."""

from __future__ import annotations

from collections.abc import Iterator

from harmonize.demo.audit_visits import AuditVisit
from harmonize.demo.stays import on_site
from harmonize.demo.truth import AssessmentTruth, FindingTruth

__all__ = ["audit_assessment", "audit_findings"]

EDITIONS = {"smeta": "6", "smeta7": "7"}
PRINTED_SEVERITY = frozenset({"pvh", "gap", "levis", "nike", "adidas", "wrap"})


def audit_assessment(visit: AuditVisit) -> AssessmentTruth:
    """The audit."""
    edition = EDITIONS.get(visit.programme, "")
    day = visit.audited_on.isoformat()
    stay = on_site(visit.factory, visit.audited_on)
    return AssessmentTruth(
        visit.key,
        visit.factory.key,
        visit.instrument,
        edition,
        visit.native_id,
        day,
        stay,
        follow_up_of=visit.follow_up_of,
        rating=visit.rating,
    )


def audit_findings(visit: AuditVisit) -> Iterator[FindingTruth]:
    """Its findings as the latest delivery shows them; SMETA prints severities only now and then."""
    for finding in visit.findings:
        severity = finding.severity if visit.programme in PRINTED_SEVERITY else ""
        closed_later = finding.closed_later is not None and _is_delivered_again(visit)
        closed = visit.programme != "wrap" and (finding.closed_on is not None or closed_later)
        yield FindingTruth(
            visit.key,
            visit.instrument,
            finding.clause,
            severity,
            finding.due_on.isoformat(),
            closed,
        )


def _is_delivered_again(visit: AuditVisit) -> bool:
    """Brands export closed findings again; of the members of Sedex the later one sees them closed."""
    return visit.instrument != "smeta" or "harbour" in visit.deliverers
