"""Write the audit exports of PVH, Gap and Levi's, each in its own container, codes and dates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from harmonize.demo.audit_exports import AuditExport, Context, closed_on, factory_as_written, finding_rows
from harmonize.demo.audit_visits import AuditFinding, AuditVisit
from harmonize.demo.sheets import Grid, Row, Value

__all__ = ["EXPORTS"]

GAP_COLUMNS = (
    "VendorCode", "FacilityID", "FacilityName", "StreetAddress", "City", "Region", "Country", "VisitID", "VisitType",
    "VisitDate", "Color", "ProvisionCode", "Provision", "Severity", "FindingText", "CAPAction", "TargetDate",
    "CAPStatus",
)  # fmt: skip
PVH_ASSESSMENTS = (
    "Assessment ID", "PVH Factory ID", "Factory Name", "Local Name", "Address", "City", "Province", "Country", "OS ID",
    "Assessment Type", "Assessment Date", "Assessed By", "Workers", "Rating", "Next Assessment Due",
)  # fmt: skip
PVH_FINDINGS = (
    "Assessment ID", "Finding No", "Code Element", "Finding Class", "Description", "Root Cause", "Corrective Action",
    "Responsible Person", "Due Date", "Status",
)  # fmt: skip
LEVIS_COLUMNS = (
    "Audit Ref", "Supplier", "Factory", "Factory Address", "Country", "Audit Date", "Auditor", "TOE Section",
    "TOE Requirement", "Class", "Finding", "Remediation", "Deadline", "Closed On",
)  # fmt: skip
LEVIS_TITLES: tuple[tuple[Value, ...], ...] = (
    ("Terms of Engagement audits",),
    ("Export of all regions",),
    (),
)


def _pvh_grids(visits: Sequence[AuditVisit], context: Context) -> tuple[Grid, ...]:
    heads: list[Row] = []
    findings: list[Row] = []
    for visit in visits:
        written = factory_as_written(visit, context)
        factory = visit.factory
        os_id = factory.identifiers.os_id if int(factory.identifiers.bw_factory) % 10 < 6 else ""
        values = (
            visit.native_id, factory.identifiers.pvh_factory, written.name, written.name_local, written.address,
            written.city, written.province, written.country, os_id, "Follow-up" if visit.follow_up_of else "Full",
            f"{visit.audited_on:%d-%b-%Y}", "Third party", factory.workers, visit.rating,
            f"{visit.audited_on + timedelta(days=365):%d-%b-%Y}",
        )  # fmt: skip
        heads.append(Row(values, facility=factory.key, assessment=visit.key, opens=True))
        findings.extend(_pvh_finding(visit, finding, context[2]) for finding in visit.findings)
    return Grid("Assessments", PVH_ASSESSMENTS, tuple(heads)), Grid("Findings", PVH_FINDINGS, tuple(findings))


def _pvh_finding(visit: AuditVisit, finding: AuditFinding, amended: bool) -> Row:
    status = "Closed" if closed_on(finding, amended) else ("In Progress" if finding.number % 2 else "Open")
    values = (
        visit.native_id, finding.number, finding.clause, finding.severity, finding.matter.text, finding.root_cause,
        finding.action, "Compliance manager", f"{finding.due_on:%d-%b-%Y}", status,
    )  # fmt: skip
    return Row(values, assessment=visit.key, cells=1)


def _gap_grids(visits: Sequence[AuditVisit], context: Context) -> tuple[Grid, ...]:
    rows: list[Row] = []
    for visit in visits:
        written = factory_as_written(visit, context)
        factory = visit.factory
        head = (
            f"VN{factory.company:05d}", factory.identifiers.gap_facility, written.name, written.address, written.city,
            written.province, written.country, visit.native_id, "Follow-up" if visit.follow_up_of else "Full",
            f"{visit.audited_on:%m/%d/%Y}", visit.rating,
        )  # fmt: skip
        tails = [_gap_finding(finding, context[2]) for finding in visit.findings]
        rows.extend(finding_rows(visit, head, tails, ("",) * 7))
    return (Grid("Visits", GAP_COLUMNS, tuple(rows)),)


def _gap_finding(finding: AuditFinding, amended: bool) -> tuple[str, ...]:
    status = "Closed" if closed_on(finding, amended) else ("Overdue" if finding.days_allowed == 0 else "Open")
    section = finding.clause.partition(".")[0]
    return (
        finding.clause, f"Section {section}", finding.severity, finding.matter.text, finding.action,
        f"{finding.due_on:%m/%d/%Y}", status,
    )  # fmt: skip


def _levis_grids(visits: Sequence[AuditVisit], context: Context) -> tuple[Grid, ...]:
    rows: list[Row] = []
    for visit in visits:
        written = factory_as_written(visit, context)
        head = (
            visit.native_id, visit.factory.name.stem.upper(), written.name, written.address, written.country,
            visit.audited_on, "Third party",
        )  # fmt: skip
        tails = [_levis_finding(finding, context[2]) for finding in visit.findings]
        rows.extend(finding_rows(visit, head, tails, (None,) * 7))
    return (Grid("TOE", LEVIS_COLUMNS, tuple(rows), titles=LEVIS_TITLES),)


def _levis_finding(finding: AuditFinding, amended: bool) -> tuple[Value, ...]:
    return (
        f"Section {finding.clause.partition('.')[0]}", finding.clause, finding.severity,
        finding.matter.text, finding.action, finding.due_on, closed_on(finding, amended),
    )  # fmt: skip


EXPORTS = (
    AuditExport("pvh", "pvh_assessments", "pvh/received-2026-02-10/assessments.xlsx",
                "pvh/received-2026-05-04/assessments_update.xlsx", _pvh_grids),
    AuditExport("gap", "gap_visits", "gap/received-2026-02-16/covc_visits.csv",
                "gap/received-2026-05-11/covc_update.csv", _gap_grids),
    AuditExport("levis", "levis_audits", "levis/received-2026-02-18/toe_audits.xlsx",
                "levis/received-2026-05-18/toe_audits_update.xlsx", _levis_grids),
)  # fmt: skip
