"""A small world with an item of every kind, run once for all tests of a process."""

from __future__ import annotations

import shutil
import tempfile
from functools import cache
from pathlib import Path

from harmonize.review.items import Item, Side, Unlocked
from harmonize.review.kinds import KINDS, Kind
from tests.assessments.test_copy_decisions import FILES
from tests.pipeline.worlds import deliver, run_inbox
from tests.sources.delivering import gap

__all__ = ["NAMES", "an_item", "made", "of_every_kind", "world_in"]

NAMES = ("Blue Heron Apparel", "Blue Heron Apparel Unit 2", "Blue Heron Garment", "Blue Heron Footwear", "Blue Heron")
_GRANTS = (
    "grant_id,facility_scheme,facility_value,instrument,assessment,audience,scope,valid_from,valid_to,purpose\n"
    "G-1,gap_facility,GF-0,gap,*,levis,full,2025-01-01,2026-08-01,remediation\n"
)


def factories(suffix: str = "") -> str:
    """Five factories of like names at one street, one of them with a clause that nobody knows and a text to review."""
    rows = [
        {
            "VisitID": f"G-{at}",
            "FacilityID": f"GF-{at}",
            "FacilityName": name,
            "StreetAddress": "1 Canal Road, Long An",
            "FindingText": f"Blocked exit{suffix}",
        }
        for at, name in enumerate(NAMES)
    ]
    rows[0] |= {"ProvisionCode": "IV.Z.9", "FindingText": "Toilets are too few for the head count"}
    rows[1] |= {"Severity": "grave"}
    rows[2] |= {"TargetDate": "after Tet"}
    return gap(*rows)


@cache
def made() -> Path:
    """The folder of the world: `inbox` and `out`."""
    folder = Path(_held().name)
    consent = {"consent/grants.csv": _GRANTS, "gap/broken.json": "{"}
    copies = {path: content for path, content in FILES.items() if path.endswith(".xlsx")}
    # One report that tells two receivers different things.
    told = {
        "gap/told.csv": gap({"VisitID": "T-1"}),
        "pvh/told.csv": gap({"VisitID": "T-1", "FindingText": "All is well"}),
    }
    deliver(folder / "inbox", {"gap/a.csv": factories(), **consent, **copies, **told})
    run_inbox(folder / "inbox", folder / "out")
    return folder


@cache
def _held() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="harmonize-review-")


def world_in(folder: Path) -> Path:
    """The world in a folder of a test's own."""
    for name in ("inbox", "out"):
        shutil.copytree(made() / name, folder / name, symlinks=True)
    return folder


def an_item(kind: Kind, number: int) -> Item:
    """An invented item of a kind."""
    pairs = ((f"key-{number}-a", f"key-{number}-b"), (f"key-{number}-a", f"key-{number}-c"))
    beginning = {"question": "question|gap|covc|", "value": "value|gap|unknown_severity|"}.get(
        kind.name, f"{kind.name}|"
    )
    alone = ((f"{beginning}{number}", ""),)
    choices = ("labour.compensation.minimum_wage.paid", "critical", "major")[: 3 if kind.chosen else 0]
    return Item(
        kind.name,
        pairs if kind.name.endswith("_pair") else alone,
        f"What of {number}?",
        (Side("name", f"Sao Mai {number} Garment", f"Sao Mai {number + 1} Garment"), Side("formula", "=1+1", "@x")),
        "speaks for it",
        Unlocked(number, 2 * number, 1),
        float(number),
        kind.verdicts,
        choices,
        tuple(f"{at}. {name}" for at, name in enumerate(choices, 1)),
    )


def of_every_kind(count: int) -> list[Item]:
    """So many items of every kind."""
    return [an_item(kind, at) for kind in KINDS.values() for at in range(1, count + 1)]
