"""Write supplier lists: published registers with the column names that each buyer happens to use.

A register row names a factory and is no assessment.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from anyascii import anyascii

from harmonize.demo.material import Material
from harmonize.demo.sheets import Grid, Row, SheetDocument, Value
from harmonize.demo.spelling import Written, write_factory
from harmonize.demo.truth import FaultTruth
from harmonize.demo.world import Factory

__all__ = ["register_documents"]

INSTRUMENT = "facility_list"
NO_LETTER = "\x81"
"""Neither valid UTF-8 nor a character of cp1252."""
PUBLISHED = date(2026, 1, 12)
PVH = ("Factory Name", "Address", "City", "Province", "Country", "OS ID", "Number of Workers", "Product Type")
GAP = ("Facility Name", "Facility Address", "Country", "OS ID", "Total Workers", "Latitude", "Longitude")
LEVIS = ("Supplier Name", "Factory Address", "Country", "Number of Workers")
NORTHLINE = ("name", "address", "country", "parent_company")


def register_documents(factories: Sequence[Factory], material: Material, seed: int) -> list[SheetDocument]:
    """One list per buyer: CSV, XLSX, UTF-16 text, and CSV with one line in the wrong encoding."""
    documents = [
        _list("pvh_facility_list", "pvh/received-2026-01-12/facility_list.csv", PVH, factories, (material, seed)),
        _list(
            "gap_facility_list",
            "gap/received-2026-01-15/facility_list.xlsx",
            GAP,
            factories,
            (material, seed),
        ),
        _list(
            "levis_facility_list",
            "levis/received-2026-01-20/suppliers.txt",
            LEVIS,
            factories,
            (material, seed),
        ),
        _list(
            "northline_suppliers",
            "northline/received-2026-01-25/suppliers.csv",
            NORTHLINE,
            factories,
            (material, seed),
        ),
    ]
    shaped = []
    for document in documents:
        if document.name == "gap_facility_list":
            shaped.append(replace(document, container="xlsx"))
        elif document.name == "levis_facility_list":
            titled = replace(document.grids[0], titles=(("Supplier list",),))
            shaped.append(replace(document, grids=(titled,), delimiter="\t", encoding="utf-16-le"))
        elif document.name == "northline_suppliers":
            shaped.append(_misencoded(document))
        else:
            shaped.append(document)
    return [each for each in shaped if each.grids[0].rows]


def _list(
    name: str, path: str, header: tuple[str, ...], factories: Sequence[Factory], context: tuple[Material, int]
) -> SheetDocument:
    material, seed = context
    buyer = path.partition("/")[0]
    rows = []
    for factory in factories:
        if buyer in factory.buyers:
            written = write_factory(factory, buyer, material, seed, PUBLISHED)
            known = _columns(factory, written)
            rows.append(Row(tuple(known[column] for column in header), facility=factory.key))
    return SheetDocument(name, path, buyer, INSTRUMENT, (Grid("Suppliers", header, tuple(rows)),))


def _columns(factory: Factory, written: Written) -> dict[str, Value]:
    shared = int(factory.identifiers.gap_facility) % 3 > 0
    os_id = factory.identifiers.os_id if shared else ""
    return {
        "Factory Name": written.name,
        "Facility Name": written.name,
        "Supplier Name": written.name,
        "name": written.name,
        "Address": written.address,
        "Facility Address": written.one_line,
        "Factory Address": written.one_line,
        "address": written.one_line,
        "City": written.city,
        "Province": written.province,
        "Country": written.country,
        "country": written.country,
        "OS ID": os_id,
        "Number of Workers": str(factory.workers),
        "Total Workers": factory.workers,
        "Product Type": factory.sector,
        "Latitude": factory.address.latitude,
        "Longitude": factory.address.longitude,
        "parent_company": f"{factory.name.stem} Holdings",
    }


def _misencoded(document: SheetDocument) -> SheetDocument:
    """The last letter of the last name becomes a byte that no encoding knows; the rest of the file is ASCII.

    (A letter, no number of a unit: without that nobody could tell which factory is meant.)
    """
    grid = document.grids[0]
    if not grid.rows:
        return document
    at = len(grid.rows) - 1
    ascii_rows = tuple(_ascii(row) for row in grid.rows)
    grid = replace(grid, rows=ascii_rows)
    name = str(ascii_rows[at].values[0])
    last = max(place for place, sign in enumerate(name) if sign.isalpha())
    spoiled = name[:last] + NO_LETTER + name[last + 1 :]
    fault = FaultTruth(document.path, document.place(grid, at, 0), "file|header", "wrong_encoding", spoiled, "", "")
    return replace(document.with_grid(grid.with_cell(at, 0, spoiled), fault), encoding="latin-1")


def _ascii(row: Row) -> Row:
    values = tuple(anyascii(value) if isinstance(value, str) else value for value in row.values)
    return replace(row, values=values)
