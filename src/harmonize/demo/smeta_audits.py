"""Write SMETA 6 corrective action plans, one workbook per audit and member.

Two members often hold the same audit; each writes the site its own way, and the Sedex reference may be missing.
"""

from __future__ import annotations

from collections.abc import Sequence

from harmonize.demo.audit_visits import AuditFinding, AuditVisit
from harmonize.demo.material import Material
from harmonize.demo.sheets import Grid, Row, SheetDocument, Value
from harmonize.demo.spelling import write_factory
from harmonize.demo.streams import stream

__all__ = ["smeta_documents"]

COLUMNS = (
    "Non-Compliance Number",
    "New or Carried Over (N/C)",
    "Clause",
    "Details of Non-Compliance",
    "Root cause",
    "Preventative and Corrective Actions",
    "Timescale (Immediate, 30, 60, 90, 180, 365)",
    "Verification Method Desktop / Follow-Up [D/F]",
    "Agreed by Management and Name of Responsible Person: Yes/No",
    "Verification Evidence and Comments",
    "Status",
)
FOLDERS = {
    "northline": "northline/received-2026-02-20/smeta_capr.zip!",
    "harbour": "harbour/received-2026-03-10/smeta",
}
LATER_MEMBER = "harbour"
"""The member that delivers last and sees findings closed since."""
MISSING_REFERENCE_SHARE = 0.25


def smeta_documents(visits: Sequence[AuditVisit], material: Material, seed: int) -> list[SheetDocument]:
    """One workbook per audit and member that holds it."""
    own = [visit for visit in visits if visit.programme == "smeta"]
    return [_workbook(visit, member, material, seed) for visit in own for member in visit.deliverers]


def _workbook(visit: AuditVisit, member: str, material: Material, seed: int) -> SheetDocument:
    rng = stream(seed, "capr", visit.key)
    severity_printed = rng.random() < 0.3
    grids = (
        _details(visit, member, material, seed),
        _plan(visit, member, severity_printed),
        Grid("Observations", ("Observation", "Details"), (Row(("1", "Stock of gloves is low.")),)),
        Grid("Good Examples", ("Good Example", "Details"), (Row(("1", "Crèche beside the canteen.")),)),
    )
    path = f"{FOLDERS[member]}/capr_{visit.key.removeprefix('smeta-').lower()}.xlsx"
    return SheetDocument("smeta", path, member, "smeta", grids, container="xlsx", edition="6")


def _details(visit: AuditVisit, member: str, material: Material, seed: int) -> Grid:
    written = write_factory(visit.factory, member, material, seed, visit.audited_on)
    identifiers = visit.factory.identifiers
    missing = stream(seed, "reference", member, visit.key).random() < MISSING_REFERENCE_SHARE
    day = visit.audited_on
    facts: tuple[tuple[str, Value], ...] = (
        ("Sedex Company Reference", "" if missing else identifiers.sedex_company),
        ("Sedex Site Reference", "" if missing else identifiers.sedex_site),
        ("Business name (Company name)", written.name),
        ("Site name", written.name),
        ("Site address", written.one_line),
        ("Country", written.country),
        ("Date of Audit", f"{day.day} {day:%B %Y}"),
        ("Audit Company", "Third party"),
        ("Audit type", "Follow-up" if visit.follow_up_of else "Periodic"),
        ("Pillars", "4 pillar"),
    )
    rows = [Row(fact) for fact in facts]
    rows[0] = Row(facts[0], facility=visit.factory.key, assessment=visit.key, opens=True)
    return Grid("Audit Details", (), tuple(rows), header_shown=False)


def _plan(visit: AuditVisit, member: str, severity_printed: bool) -> Grid:
    header = (*COLUMNS, "Severity") if severity_printed else COLUMNS
    rows = [_finding(visit, finding, member, severity_printed) for finding in visit.findings]
    titles: tuple[tuple[Value, ...], ...] = (("Corrective Action Plan Report",), (), ("Non-compliances",))
    return Grid("CAPR", header, tuple(rows), titles=titles)


def _finding(visit: AuditVisit, finding: AuditFinding, member: str, severity_printed: bool) -> Row:
    later = finding.closed_later if member == LATER_MEMBER else None
    values: tuple[Value, ...] = (
        finding.number,
        "C" if visit.follow_up_of else "N",
        finding.clause,
        finding.matter.text,
        finding.root_cause,
        finding.action,
        str(finding.days_allowed) if finding.days_allowed else "Immediate",
        "F" if finding.number % 2 else "D",
        "Yes, compliance manager",
        "",
        "Closed" if finding.closed_on or later else "Open",
    )
    return Row((*values, finding.severity) if severity_printed else values, assessment=visit.key, cells=1)
