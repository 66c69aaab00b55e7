"""Hand a file in and look at what was staged: what the contract tests of the sources share."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

from harmonize.model.staged import StagedFile
from harmonize.reading.limits import Limits
from harmonize.sources.ingest import read_file
from harmonize.sources.profile import Profile
from harmonize.sources.vocabulary import Vocabulary
from tests.sources.exports import rows

__all__ = ["Reader", "Staged", "better_work", "envelope", "gap", "page", "table", "wide"]


class Staged:
    """A staged file with its tables as rows."""

    def __init__(self, staged: StagedFile) -> None:
        self.instrument, self.layout, self.counts = staged.instrument, staged.layout, staged.counts
        self._staged = staged

    def __getitem__(self, table: str) -> list[dict[str, Any]]:
        return rows(self._staged, table)

    def column(self, table: str, name: str) -> list[Any]:
        """One column of a staged table."""
        return [row[name] for row in self[table]]

    def issues(self) -> list[tuple[str, str]]:
        """Place and code of every issue that is more than information."""
        return [(row["locator"], row["code"]) for row in self["issue"] if row["severity"] != "info"]

    def unaccounted(self) -> int:
        """Cells that are neither blank, loaded, ignored nor quarantined; the law says none."""
        answers = self["answer"]
        loaded = len({row["cell_no"] for row in answers})
        loaded += len({row["cell_no"] for row in answers if row["unit_place"] is not None})
        loaded += sum(row["role"] != "detail" for row in self["finding"]) + len(self["plan"])
        quarantined = sum(self.column("issue", "cells"))
        return int(self.counts.total - self.counts.blank - self.counts.ignored - loaded - quarantined)


class Reader:
    """Reads delivered bytes with a set of profiles."""

    def __init__(self, profiles: Mapping[str, Profile], vocabulary: Vocabulary, limits: Limits | None = None) -> None:
        self._profiles, self._vocabulary, self._limits = profiles, vocabulary, limits or Limits()

    def within(self, limits: Limits) -> Reader:
        """The same reader under other limits."""
        return Reader(self._profiles, self._vocabulary, limits)

    def __call__(self, data: str | bytes, path: str = "contributor/export.csv") -> Staged:
        raw = data.encode() if isinstance(data, str) else data
        return Staged(read_file(raw, path, list(self._profiles.values()), self._vocabulary, self._limits))


def table(rows_: Sequence[Sequence[str]], delimiter: str = ",") -> str:
    """Delimited text of these rows."""
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=delimiter, lineterminator="\n").writerows(rows_)
    return stream.getvalue()


def _row(defaults: Mapping[str, str], changes: Mapping[str, str]) -> list[str]:
    unknown = changes.keys() - defaults.keys()
    if unknown:
        raise KeyError(f"no such columns: {sorted(unknown)}")
    return list({**defaults, **changes}.values())


_GAP = {
    "VendorCode": "V-1", "FacilityID": "GF-1", "FacilityName": "Sao Mai Garment",
    "StreetAddress": "12 Road 3",
    "City": "Bien Hoa", "Region": "Dong Nai", "Country": "Vietnam", "VisitID": "G-500", "VisitType": "Full",
    "VisitDate": "03/20/2026", "Color": "yellow", "ProvisionCode": "III.B.08", "Provision": "Hours",
    "Severity": "key", "FindingText": "Too long", "CAPAction": "Plan", "TargetDate": "04/20/2026",
    "CAPStatus": "Open",
}  # fmt: skip
_WIDE = {
    "surveyid": "S-1", "version": "fem2023", "status": "ASC", "groupname": "Sao Mai Garment",
    "sitecountry": "Vietnam", "finishdate": "2024-05-14", "related_rfi_answer": "",
}  # fmt: skip
_BETTER_WORK = {
    "Country": "Vietnam", "Cluster": "Compensation", "CP": "Paid Leave", "Cycle": "3", "Quest.ID": "900101",
    "Assesment.Start.Date": "20/11/2025", "Factory.Assessed.ID": "BW-12",
    "Factory.Assessed.Name": "Sao Mai Garment",
    "Q.Label": "Our label", "Question.ID": "4001", "Question.type": "NCQ", "Finding": "1", "Tags": "",
    "TQ.Name": "Garment CAT", "Assessment.Method": "On-site",
}  # fmt: skip


def gap(*changes: Mapping[str, str]) -> str:
    """A Gap export with one row per set of changes."""
    return table([list(_GAP), *(_row(_GAP, change) for change in changes)], ";")


def better_work(*changes: Mapping[str, str]) -> str:
    """A Better Work export with one row per set of changes."""
    return table([list(_BETTER_WORK), *(_row(_BETTER_WORK, change) for change in changes)])


def wide(questions: Sequence[str], *rows_: Mapping[str, str]) -> str:
    """A wide FEM export with these question columns."""
    defaults = {**_WIDE, **dict.fromkeys(questions, "")}
    return table([list(defaults), *(_row(defaults, row) for row in rows_)])


def envelope(**changes: Any) -> dict[str, Any]:
    """A FEM envelope."""
    return {
        "id": "env-1",
        "status": "ASC",
        "statusHistory": {"ASC": "2024/05/14"},
        "version": "fem2023",
        "accountId": "acc-100",
        "accountName": "Sao Mai Garment",
        "country": "Vietnam",
        "questions": {},
        **changes,
    }


def page(*envelopes: Any) -> str:
    """A page of the API."""
    return json.dumps({"from": 0, "size": 10, "total": len(envelopes), "assessments": list(envelopes)})
