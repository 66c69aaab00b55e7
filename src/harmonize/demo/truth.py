"""Records of what is true, and the tables they are written to.

Places are written in the grammar of `harmonize.model.locators`. A fault stands in exactly one place; `also` lists,
divided by `|`, other ways in which a reader may name the same place.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, fields

__all__ = [
    "AnswerTruth",
    "AssessmentTruth",
    "CopyTruth",
    "FacilityTruth",
    "FaultTruth",
    "FileTruth",
    "FindingTruth",
    "MentionTruth",
    "ShareTruth",
    "table",
]


@dataclass(frozen=True, slots=True)
class FacilityTruth:
    """One factory of the invented world."""

    facility: str
    name: str
    name_local: str
    previous_name: str
    country: str
    province: str
    company: int
    unit: int
    os_id: str


@dataclass(frozen=True, slots=True)
class MentionTruth:
    """A record that names a factory."""

    path: str
    locator: str
    contributor: str
    facility: str


@dataclass(frozen=True, slots=True)
class AssessmentTruth:
    """One assessment: a visit or a self-assessment.

    Attributes:
        stay: what assessments of one stay of assessors at the factory share.
        rating: the overall grade as printed.
    """

    assessment: str
    facility: str
    instrument: str
    edition: str
    native_id: str
    assessed_on: str
    stay: str
    verified_of: str = ""
    follow_up_of: str = ""
    rating: str = ""


@dataclass(frozen=True, slots=True)
class CopyTruth:
    """One delivery of an assessment."""

    path: str
    locator: str
    contributor: str
    assessment: str


@dataclass(frozen=True, slots=True)
class AnswerTruth:
    """What one answer means; numbers in the common unit."""

    assessment: str
    instrument: str
    native_id: str
    question_id: str
    answered_by: str
    state: str
    value_number: float | None
    unit: str


@dataclass(frozen=True, slots=True)
class FindingTruth:
    """One finding of an audit, as the latest delivery shows it."""

    assessment: str
    instrument: str
    clause: str
    severity_raw: str
    due_on: str
    closed: bool


@dataclass(frozen=True, slots=True)
class FaultTruth:
    """One planted fault; `question` is set where it spoils an answer of `assessment`."""

    path: str
    locator: str
    also: str
    code: str
    value: str
    assessment: str
    question: str


@dataclass(frozen=True, slots=True)
class FileTruth:
    """What must become of one file; of several with one `content` only one is loaded, which one is free.

    `cells` says how many of its cells bear answers, blank ones included.
    """

    path: str
    also: str
    contributor: str
    instrument: str
    edition: str
    status: str
    content: str
    cells: int


@dataclass(frozen=True, slots=True)
class ShareTruth:
    """An assessment that an audience may see on the day of the demo.

    Attributes:
        scope: `own` where it handed it in itself.
        surely: its own record states what the grant names; where not, a likeness may stand between: it opens nothing.
    """

    audience: str
    assessment: str
    scope: str
    surely: bool


def table(header: type, records: Iterable[object]) -> bytes:
    """The records of one kind as a UTF-8 CSV table with a header."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([field.name for field in fields(header)])
    for record in records:
        writer.writerow([_printed(value) for value in _values(record)])
    return text.getvalue().encode("utf-8")


def _values(record: object) -> Sequence[object]:
    return astuple(record)  # type: ignore[call-overload,no-any-return]  # every record is a dataclass of this module


def _printed(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return repr(value)
    return str(value)
