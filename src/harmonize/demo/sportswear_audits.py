"""Write the audit exports of Nike, adidas and WRAP; Nike and adidas list one visit, each in its own words."""

from __future__ import annotations

from collections.abc import Sequence

from harmonize.demo.audit_exports import AuditExport, Context, closed_on, factory_as_written, finding_rows
from harmonize.demo.audit_visits import AuditFinding, AuditVisit
from harmonize.demo.sheets import Grid, Row, Value

__all__ = ["EXPORTS"]

NIKE_COLUMNS = (
    "factory_code", "factory_name", "address", "city", "state", "postal_code", "country", "audit_id", "audit_tool",
    "audit_date", "rating", "clc_category", "finding", "level", "cap_due", "cap_status",
)  # fmt: skip
ADIDAS_COLUMNS = (
    "Factory ID", "Factory Name", "Address", "Country", "Assessment No.", "Date", "KPI Rating", "Topic",
    "Zero Tolerance (Y/N)", "Threshold (Y/N)", "Description", "Action", "Due", "Status",
)  # fmt: skip
WRAP_COLUMNS = (
    "Facility ID", "Facility", "Address", "Country", "Audit Date", "Level", "Principle", "Class", "Finding",
    "Corrective Action", "Due",
)  # fmt: skip


def _nike_grids(visits: Sequence[AuditVisit], context: Context) -> tuple[Grid, ...]:
    rows: list[Row] = []
    for visit in visits:
        written = factory_as_written(visit, context)
        head = (
            visit.factory.identifiers.nike_factory, written.name, written.address, written.city, written.province,
            written.postal, written.country, visit.native_id, visit.tool, visit.audited_on.isoformat(), visit.rating,
        )  # fmt: skip
        tails = [_nike_finding(finding, context[2]) for finding in visit.findings]
        rows.extend(finding_rows(visit, head, tails, ("",) * 5))
    return (Grid("Audits", NIKE_COLUMNS, tuple(rows)),)


def _nike_finding(finding: AuditFinding, amended: bool) -> tuple[str, ...]:
    status = "closed" if closed_on(finding, amended) else "open"
    return finding.clause, finding.matter.text, finding.severity, finding.due_on.isoformat(), status


def _adidas_grids(visits: Sequence[AuditVisit], context: Context) -> tuple[Grid, ...]:
    rows: list[Row] = []
    for visit in visits:
        written = factory_as_written(visit, context)
        head = (
            visit.factory.identifiers.adidas_factory, written.name, written.one_line, written.country,
            visit.native_id, f"{visit.audited_on:%d.%m.%Y}", visit.rating,
        )  # fmt: skip
        tails = [_adidas_finding(finding, context[2]) for finding in visit.findings]
        rows.extend(finding_rows(visit, head, tails, (None,) * 7))
    return (Grid("Assessments", ADIDAS_COLUMNS, tuple(rows)),)


def _adidas_finding(finding: AuditFinding, amended: bool) -> tuple[Value, ...]:
    gravest = finding.severity == "zero tolerance"
    over_threshold = gravest or finding.severity == "threshold"
    return (
        finding.clause, "Y" if gravest else "N", "Y" if over_threshold else "N", finding.matter.text, finding.action,
        f"{finding.due_on:%d.%m.%Y}", "Completed" if closed_on(finding, amended) else "Open",
    )  # fmt: skip


def _wrap_grids(visits: Sequence[AuditVisit], context: Context) -> tuple[Grid, ...]:
    rows: list[Row] = []
    for visit in visits:
        written = factory_as_written(visit, context)
        head = (
            visit.factory.identifiers.wrap_facility, written.name, written.one_line, written.country,
            f"{visit.audited_on:%d/%m/%Y}", visit.rating,
        )  # fmt: skip
        rows.extend(finding_rows(visit, head, list(map(_wrap_finding, visit.findings)), ("",) * 5))
    return (Grid("Audits", WRAP_COLUMNS, tuple(rows)),)


def _wrap_finding(finding: AuditFinding) -> tuple[str, ...]:
    """WRAP numbers its principles; now and then the matter stands behind the number."""
    principle = f"{finding.clause}. Principle" if finding.number % 3 == 0 else finding.clause
    return principle, finding.severity, finding.matter.text, finding.action, f"{finding.due_on:%d/%m/%Y}"


EXPORTS = (
    AuditExport("nike", "nike_audits", "nike/received-2026-02-23/clc_audits.csv",
                "nike/received-2026-05-25/clc_audits_update.csv", _nike_grids),
    AuditExport("adidas", "adidas_assessments", "adidas/received-2026-02-24/assessments.xlsx",
                "adidas/received-2026-05-26/assessments_update.xlsx", _adidas_grids),
    AuditExport("wrap", "wrap_audits", "wrap/received-2026-02-25/audits.csv", "", _wrap_grids),
)  # fmt: skip
