"""Parcels: finished files of the inbox together with what is true of them.

A parcel whose path holds `!/` is a member of an archive; members of one archive are packed together at the end.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from harmonize.demo.rendering import archive, sheet_bytes
from harmonize.demo.sheets import SheetDocument
from harmonize.demo.truth import CopyTruth, FaultTruth, FileTruth, MentionTruth

__all__ = ["Parcel", "file_truths", "packed", "sheet_parcel"]


@dataclass(frozen=True, slots=True)
class Parcel:
    """One file or archive member: where it stands, its bytes and what is true of it."""

    path: str
    content: bytes
    contributor: str
    instrument: str = ""
    edition: str = ""
    status: str = "loaded"
    also: str = ""
    cells: int = 0
    mentions: tuple[MentionTruth, ...] = ()
    copies: tuple[CopyTruth, ...] = ()
    faults: tuple[FaultTruth, ...] = ()


def sheet_parcel(document: SheetDocument) -> Parcel:
    """The parcel of a document of rows; its mentions and copies stand where its rows ended up."""
    mentions: list[MentionTruth] = []
    copies: list[CopyTruth] = []
    for grid in document.grids:
        if grid.block is not None:
            place = document.block_place(grid, grid.block)
            mentions.append(MentionTruth(document.path, place, document.contributor, grid.block.facility))
            copies.append(CopyTruth(document.path, place, document.contributor, grid.block.assessment))
        for at, row in enumerate(grid.rows):
            place = document.place(grid, at)
            if row.facility:
                mentions.append(MentionTruth(document.path, place, document.contributor, row.facility))
            if row.opens:
                copies.append(CopyTruth(document.path, place, document.contributor, row.assessment))
    return Parcel(
        path=document.path,
        content=sheet_bytes(document),
        contributor=document.contributor,
        instrument=document.instrument,
        edition=document.edition,
        status="loaded_with_issues" if document.faults or document.is_contradicted else "loaded",
        cells=sum(row.cells for grid in document.grids for row in grid.rows),
        mentions=tuple(mentions),
        copies=tuple(copies),
        faults=document.faults,
    )


def packed(parcels: Iterable[Parcel]) -> dict[str, bytes]:
    """Bytes by path on disk: members are packed into their archives."""
    files: dict[str, bytes] = {}
    archives: dict[str, dict[str, bytes]] = {}
    for parcel in parcels:
        outer, inside, member = parcel.path.partition("!/")
        if inside:
            archives.setdefault(outer, {})[member] = parcel.content
        else:
            files[parcel.path] = parcel.content
    return files | {path: archive(members) for path, members in archives.items()}


def file_truths(parcels: Iterable[Parcel]) -> list[FileTruth]:
    """What must become of every parcel: of byte-identical ones the first keeps its status, the rest are duplicates."""
    seen: set[str] = set()
    truths = []
    for parcel in sorted(parcels, key=lambda each: each.path):
        content = hashlib.sha256(parcel.content).hexdigest()
        status = "duplicate" if content in seen else parcel.status
        seen.add(content)
        truths.append(
            FileTruth(
                parcel.path,
                parcel.also,
                parcel.contributor,
                parcel.instrument,
                parcel.edition,
                status,
                content,
                parcel.cells,
            )
        )
    return truths
