"""Inboxes to publish: a report of one factory by three hands that differ, with a register of grants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from harmonize.pipeline.publishing import Published, publish
from harmonize.project import Project
from tests.pipeline.worlds import AS_OF, deliver, knowing, run_inbox, settings
from tests.sources.delivering import gap, table, wide

AUDIENCES = """
audiences:
  - {name: pvh, kind: buyer, contributor: pvh}
  - {name: gap, kind: buyer, contributor: gap}
  - {name: newcomer, kind: buyer}
  - {name: other, kind: financier}
"""
SECRET = {"HARMONIZE_SHARING_SECRET": "a secret of tests that is long enough for this"}
ASKED = ("emsenvpolicy", "wwtreat", "ensourceselectricquant", "ensourceselectricunit")
_GRANT = {
    "grant_id": "G-1", "facility_scheme": "higg_account", "facility_value": "acc-7", "instrument": "higg_fem",
    "assessment": "*", "audience": "newcomer", "scope": "full", "valid_from": "2026-01-01", "valid_to": "2027-01-01",
    "revoked_on": "", "granted_by": "", "signatory_role": "", "purpose": "",
}  # fmt: skip


def register(*grants: Mapping[str, str]) -> str:
    """The consent register with one row per set of changes."""
    return table([list(_GRANT), *([{**_GRANT, **one}[name] for name in _GRANT] for one in grants)])


def fem(policy: str, amount: str, **changes: str) -> str:
    """One FEM of the factory acc-7."""
    said = dict(zip(ASKED, [policy, "Yes", amount, "kWh"], strict=True))
    head = {"groupid": "acc-7", "surveyid": "S-77"}
    defaults = wide([*ASKED], {}).splitlines()[0].split(",")
    columns = [*defaults, *(name for name in head if name not in defaults)]
    (row,) = wide([*ASKED], said).splitlines()[1:]
    whole = {**dict(zip(defaults, row.split(","), strict=True)), **head, **changes}
    return table([columns, [whole[name] for name in columns]])


HANDED_IN: dict[str, str | bytes] = {
    "higg/received-2024-06-01/fem.csv": fem("Yes", "1000"),
    "pvh/received-2024-07-01/fem.csv": fem("No", "2000.5"),
    "gap/received-2024-08-01/fem.csv": fem("Yes", "3000"),
    "gap/received-2026-04-01/visit.csv": gap({}),
    "levis/received-2026-04-02/visit.csv": gap({"FindingText": "Far too long", "FacilityName": "Sao Mai Garment"}),
}


class Desk:
    """A steward's desk: an inbox, its release, what was published of it."""

    def __init__(self, folder: Path, files: Mapping[str, str | bytes] = HANDED_IN, audiences: str = AUDIENCES) -> None:
        self.inbox, self.out = folder / "inbox", folder / "out"
        self.project: Project = knowing(folder / "project", {"pipelines/audiences.yml": audiences})
        deliver(self.inbox, files)

    def grant(self, *grants: Mapping[str, str], day: str = "2026-05-01") -> Desk:
        """Hand in a register and run."""
        deliver(self.inbox, {f"consent/received-{day}/grants.csv": register(*grants)})
        run_inbox(self.inbox, self.out, self.project)
        return self

    def publish(self, judged_on: date = AS_OF, only: Sequence[str] = ()) -> Published:
        """Publish the release."""
        return publish(self.project, settings(), self.out, judged_on, only, SECRET)

    def ask(self, audience: str, sql: str) -> list[tuple[Any, ...]]:
        """Rows of a query of an audience's file."""
        path = self.out / "audiences" / audience / f"{audience}.duckdb"
        with duckdb.connect(str(path), read_only=True) as connection:
            return connection.execute(sql).fetchall()
