"""Documents made of JSON records: what a platform's API or portal returns before it becomes bytes.

Each record knows which factory and assessment it stands for; where it stands follows from the shape of the document.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from harmonize.demo.parcels import Parcel
from harmonize.demo.rendering import json_bytes, json_lines
from harmonize.demo.truth import CopyTruth, FaultTruth, MentionTruth

__all__ = ["JsonDocument", "JsonRecord", "json_parcel"]


@dataclass(frozen=True, slots=True)
class JsonRecord:
    """One assessment as a platform prints it, and the assessment it stands for.

    Attributes:
        cells: how many cells of it bear answers, blank ones included.
    """

    facility: str
    assessment: str
    content: Mapping[str, object]
    cells: int


@dataclass(frozen=True, slots=True)
class JsonDocument:
    """A JSON file with the faults planted so far; `name` is what the fault plan calls it.

    Attributes:
        shape: one answer of an API call, a plain list, one record alone, or one record a line.
        harmless: planted faults that are told and do not spoil the file.
    """

    name: str
    path: str
    instrument: str
    edition: str
    shape: Literal["page", "list", "one", "lines"]
    records: tuple[JsonRecord, ...]
    faults: tuple[FaultTruth, ...] = ()
    harmless: tuple[FaultTruth, ...] = ()

    @property
    def contributor(self) -> str:
        """Who hands it in: the first folder."""
        return self.path.partition("/")[0]

    def place(self, at: int) -> str:
        """Locator of a record, counted from 0."""
        places = {"page": f"$.assessments[{at}]", "list": f"$[{at}]", "one": "$", "lines": f"line={at + 1};$"}
        return places[self.shape]


def json_parcel(document: JsonDocument) -> Parcel:
    """The parcel of a document of records."""
    placed = [(document.place(at), record) for at, record in enumerate(document.records)]
    path, contributor = document.path, document.contributor
    return Parcel(
        path=path,
        content=_content(document),
        contributor=contributor,
        instrument=document.instrument,
        edition=document.edition,
        status="loaded_with_issues" if document.faults else "loaded",
        cells=sum(record.cells for record in document.records),
        mentions=tuple(MentionTruth(path, place, contributor, record.facility) for place, record in placed),
        copies=tuple(CopyTruth(path, place, contributor, record.assessment) for place, record in placed),
        faults=document.faults + document.harmless,
    )


def _content(document: JsonDocument) -> bytes:
    contents = [record.content for record in document.records]
    match document.shape:
        case "lines":
            return json_lines(contents)
        case "one":
            return json_bytes(contents[0])
        case "list":
            return json_bytes(contents)
        case "page":
            size = len(contents)
            return json_bytes({"from": 0, "size": size, "total": size, "assessments": contents})
