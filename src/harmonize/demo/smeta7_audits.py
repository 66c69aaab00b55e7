"""Write SMETA 7 audits as the platform's JSON, one list per member.

Several members often hold the same audit; the one that delivers later sees findings closed since. Beside
non-conformances an audit lists what is no finding: collaborative actions, observations, good examples.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from harmonize.demo.audit_visits import AuditFinding, AuditVisit
from harmonize.demo.json_documents import JsonDocument, JsonRecord
from harmonize.demo.material import Material
from harmonize.demo.spelling import write_factory
from harmonize.demo.streams import stream

__all__ = ["smeta7_documents"]

PATHS = {
    "northline": "northline/received-2026-05-20/smeta7_audits.json",
    "levis": "levis/received-2026-05-22/smeta7_audits.json",
    "harbour": "harbour/received-2026-06-05/smeta7_audits.json",
}
LATER_MEMBER = "harbour"
REMARKS = (
    ("CAR", "5.G", "To be worked at together with the buyers."),
    ("Observation", "3.M", "Stock of gloves is low."),
    ("GoodExample", "3.P", "A crèche stands beside the canteen."),
)
"""Entries that are no findings: type, requirement, text."""
REMARK_SHARE = 0.4


def smeta7_documents(visits: Sequence[AuditVisit], material: Material, seed: int) -> list[JsonDocument]:
    """One list per member that holds audits."""
    documents = []
    for member, path in PATHS.items():
        own = [visit for visit in visits if visit.programme == "smeta7" and member in visit.deliverers]
        records = tuple(_record(visit, member, material, seed) for visit in own)
        if records:
            documents.append(JsonDocument(f"smeta7_{member}", path, "smeta", "7", "list", records))
    return documents


def _record(visit: AuditVisit, member: str, material: Material, seed: int) -> JsonRecord:
    written = write_factory(visit.factory, member, material, seed, visit.audited_on)
    identifiers = visit.factory.identifiers
    findings = [*_findings(visit, member), *_remarks(visit, seed)]
    content = {
        "audit": {
            "reference": visit.native_id,
            "type": "Periodic",
            "announcement": "Semi announced",
            "pillars": "4 pillar",
            "startDate": visit.audited_on.isoformat(),
            "endDate": (visit.audited_on + timedelta(days=1)).isoformat(),
            "auditCompany": "Third party",
        },
        "site": {
            "reference": identifiers.sedex_site,
            "name": written.name,
            "address": written.one_line,
            "country": written.country,
        },
        "company": {"reference": identifiers.sedex_company, "name": f"{visit.factory.name.stem} Holdings"},
        "findings": findings,
    }
    return JsonRecord(visit.factory.key, visit.key, content, len(findings))


def _findings(visit: AuditVisit, member: str) -> Iterator[dict[str, str]]:
    for finding in visit.findings:
        later = finding.closed_later if member == LATER_MEMBER else None
        entry = _entry(visit, finding.number, "NC", finding.clause, finding.matter.text)
        yield entry | _consequences(finding, "Closed" if finding.closed_on or later else "Open*")


def _consequences(finding: AuditFinding, status: str) -> dict[str, str]:
    return {
        "status": status,
        "dueDate": finding.due_on.isoformat(),
        "areaOfNonConformance": "Local law",
        "correctiveActions": finding.action,
        "verificationMethod": "Follow-up audit" if finding.number % 2 else "Desktop audit",
    }


def _remarks(visit: AuditVisit, seed: int) -> Iterator[dict[str, str]]:
    rng = stream(seed, "smeta7-remarks", visit.key)
    chosen = [remark for remark in REMARKS if rng.random() < REMARK_SHARE]
    for number, (kind, requirement, text) in enumerate(chosen, start=len(visit.findings) + 1):
        yield _entry(visit, number, kind, requirement, text)


def _entry(visit: AuditVisit, number: int, kind: str, requirement: str, text: str) -> dict[str, str]:
    area = ".".join(requirement.split(".")[:-1])
    return {
        "id": f"ZAF{visit.native_id.removeprefix('ZAA')}{number:02d}",
        "codeArea": area,
        "requirement": requirement,
        "title": f"{number} - own words",
        "type": kind,
        "status": "",
        "description": text,
    }
