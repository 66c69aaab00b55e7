"""Write the audit exports of brands, and what all of them share.

Every brand exports all audits once and, months later, the audits whose findings were closed since (the amended export).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from harmonize.demo.audit_visits import AuditFinding, AuditVisit
from harmonize.demo.material import Material
from harmonize.demo.sheets import Grid, Row, SheetDocument, Value
from harmonize.demo.spelling import Written, write_factory

__all__ = ["AuditExport", "Context", "audit_documents", "closed_on", "factory_as_written", "finding_rows"]

Context = tuple[Material, int, bool]
"""Word material, seed, and whether this is the amended export."""
Writer = Callable[[Sequence[AuditVisit], Context], tuple[Grid, ...]]


@dataclass(frozen=True, slots=True)
class AuditExport:
    """What one programme exports of its audits.

    Attributes:
        name: what the fault plan calls the first export.
        second: path of the amended export; empty where there is none.
    """

    programme: str
    name: str
    first: str
    second: str
    writer: Writer


def audit_documents(
    exports: Sequence[AuditExport], visits: Sequence[AuditVisit], material: Material, seed: int
) -> list[SheetDocument]:
    """First and amended export of every programme."""
    documents = []
    for export in exports:
        own = [visit for visit in visits if visit.programme == export.programme]
        amended = [visit for visit in own if visit.amended and export.second]
        if own:
            documents.append(_document(export, export.name, export.first, export.writer(own, (material, seed, False))))
        if amended:
            grids = export.writer(amended, (material, seed, True))
            documents.append(_document(export, f"{export.name}_amended", export.second, grids))
    return documents


def _document(export: AuditExport, name: str, path: str, grids: tuple[Grid, ...]) -> SheetDocument:
    programme = export.programme
    if path.endswith(".xlsx"):
        return SheetDocument(name, path, programme, programme, grids, container="xlsx")
    if programme == "gap":
        return SheetDocument(name, path, programme, programme, grids, delimiter=";", encoding="cp1252")
    return SheetDocument(name, path, programme, programme, grids)


def closed_on(finding: AuditFinding, amended: bool) -> date | None:
    """The day on which an export shows a finding closed."""
    return finding.closed_on or (finding.closed_later if amended else None)


def factory_as_written(visit: AuditVisit, context: Context) -> Written:
    """The factory as the programme writes it."""
    material, seed, _ = context
    return write_factory(visit.factory, visit.programme, material, seed, visit.audited_on)


def finding_rows(
    visit: AuditVisit, head: tuple[Value, ...], tails: Sequence[tuple[Value, ...]], empty: tuple[Value, ...]
) -> list[Row]:
    """One row per finding, each with the head of the visit; a clean visit has one row with an empty tail."""
    cells = 1 if tails else 0
    return [
        Row((*head, *tail), "" if at else visit.factory.key, visit.key, opens=not at, cells=cells)
        for at, tail in enumerate(tails or [empty])
    ]
