"""Who delivers which Higg FEM export: the platform, and buyers that downloaded the same assessments again.

Deliveries cover a byte-identical file of two contributors, a re-export with other rows and format, an amended one,
European numbers inside gzip, API pages, JSON Lines with verified versions of known ids, and one single envelope.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from harmonize.demo.higg_csv import FemExport, european, fem_grid, plain
from harmonize.demo.higg_json import envelope
from harmonize.demo.higg_visits import FemVisit
from harmonize.demo.identifiers import digest
from harmonize.demo.json_documents import JsonDocument, JsonRecord
from harmonize.demo.material import Material
from harmonize.demo.sheets import SheetDocument
from harmonize.demo.streams import stream
from harmonize.demo.truth import FaultTruth

__all__ = ["fem_documents", "fem_json_documents", "in_api", "left_out", "withdrawn_visits"]

PAGE = "pvh/received-2025-07-20/fem2024_page1.json"
SINGLE = "pvh/received-2025-07-20/fem2024_one.json"
WITHDRAWN = (("ASD", "deleted_assessment"), ("ASI", "never_posted"))
"""Status and name of the fault, in the order of `withdrawn_visits`."""
LINES = "pvh/received-2025-10-06/fem2024_verified.jsonl"


def in_api(visit: FemVisit) -> bool:
    """The visit is in the API page that pvh downloaded."""
    return visit.edition == "fem2024" and "pvh" in visit.factory.buyers


def left_out(visit: FemVisit) -> bool:
    """The visit is in no wide export (its verified version is an envelope of its own)."""
    return visit.verified == "envelope"


def fem_documents(visits: Sequence[FemVisit], material: Material, seed: int) -> list[SheetDocument]:
    """The wide exports."""
    first = tuple(visit for visit in visits if visit.edition == "fem2023")
    second = tuple(visit for visit in visits if visit.edition == "fem2024" and not left_out(visit))
    gap = tuple(visit for visit in second if "gap" in visit.factory.buyers)
    others = tuple(visit for visit in second if "gap" not in visit.factory.buyers)
    levis = [visit for visit in first if "levis" in visit.factory.buyers]
    stream(seed, "levis").shuffle(levis)
    harbour = tuple(visit for visit in first if "harbour" in visit.factory.buyers)
    amended = tuple(visit for visit in second if visit.amended)

    def document(name: str, path: str, export: FemExport) -> SheetDocument:
        grid = fem_grid(export, material, seed)
        edition = export.visits[0].edition if export.visits else ""
        return SheetDocument(name, path, path.partition("/")[0], "higg_fem", (grid,), edition=edition)

    documents = [
        document("higg_fem2023", "higg/received-2024-07-15/fem2023.csv", FemExport(first, plain)),
        document("higg_fem2024_gap", "higg/received-2025-07-18/fem2024_gap_suppliers.csv", FemExport(gap, plain)),
        document("gap_fem2024", "gap/received-2025-07-21/fem2024.csv", FemExport(gap, plain)),
        document("higg_fem2024_others", "higg/received-2025-07-18/fem2024_others.csv", FemExport(others, plain)),
        document(
            "higg_fem2024_amended",
            "higg/received-2025-09-01/fem2024_corrected.csv",
            FemExport(amended, plain, amended=True, with_verified=False),
        ),
        document(
            "harbour_fem2023",
            "harbour/received-2024-08-15/fem2023.csv.gz",
            FemExport(harbour, european, with_verified=False),
        ),
        replace(
            document("levis_fem2023", "levis/received-2024-08-01/fem2023.xlsx", FemExport(tuple(levis), float)),
            container="xlsx",
        ),
    ]
    return [each for each in documents if each.grids[0].rows]


def fem_json_documents(visits: Sequence[FemVisit], material: Material, seed: int) -> list[JsonDocument]:
    """The API deliveries."""
    paged = [visit for visit in visits if in_api(visit)]
    if not paged:
        return []
    envelopes = [envelope(visit, "ASC", material, seed) for visit in paged]
    envelopes += [envelope(visit, "VRF", material, seed) for visit in paged if visit.verified == "envelope"]
    page = _document(PAGE, "page", envelopes)
    # A withdrawn assessment is told of, but it is no fault of its file.
    for visit, (status, code) in zip(withdrawn_visits(visits, seed), WITHDRAWN, strict=True):
        told = FaultTruth(PAGE, page.place(len(page.records)), "", code, status, "", "")
        records = (*page.records, envelope(visit, status, material, seed))
        page = replace(page, records=records, harmless=(*page.harmless, told))
    raised = [envelope(visit, "VRF", material, seed) for visit in paged if visit.verified == "upgrade"]
    return [
        page,
        _document(SINGLE, "one", envelopes[:1]),
        *([_document(LINES, "lines", raised)] if raised else []),
    ]


def _document(path: str, shape: Literal["page", "one", "lines"], records: Sequence[JsonRecord]) -> JsonDocument:
    return JsonDocument("fem_api", path, "higg_fem", "fem2024", shape, tuple(records))


def withdrawn_visits(visits: Sequence[FemVisit], seed: int) -> list[FemVisit]:
    """Two assessments that the API lists and nobody may see: a deleted and a never posted one."""
    paged = [visit for visit in visits if in_api(visit)]
    return [_withdrawn(paged[0], "deleted", seed), _withdrawn(paged[-1], "draft", seed)] if paged else []


def _withdrawn(visit: FemVisit, reason: str, seed: int) -> FemVisit:
    native_id = f"femsurvey:{digest(reason, seed, visit.key)}"
    return replace(visit, key=f"{visit.key}-{reason}", native_id=native_id, verified="none", corrections={})
