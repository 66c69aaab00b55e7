"""Write what the Better Work programmes publish: for every factory whether the latest cycle found an issue.

A factory is published under its name alone; one that shares the name with another of its programme is left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from harmonize.demo.better_work_visits import BetterWorkVisit
from harmonize.demo.material import Material
from harmonize.demo.sheets import Grid, Row, SheetDocument
from harmonize.demo.spelling import write_factory
from harmonize.demo.truth import AnswerTruth

__all__ = ["public_answers", "public_documents", "published_visits"]

INSTRUMENT = "better_work_cat"
PATH = "better-work/received-2026-04-15/transparency.csv"
COLUMNS = (
    "Factory Name", "Factory Type", "Country", "Assessment Date", "Assessment Method", "Cycle", "Issue",
    "In Compliance",
)  # fmt: skip


def published_visits(visits: Sequence[BetterWorkVisit], material: Material, seed: int) -> list[BetterWorkVisit]:
    """The latest assessment of every factory that its name tells from all others."""
    latest = {visit.factory.key: visit for visit in visits}
    names = Counter(_name(visit, material, seed) for visit in latest.values())
    return [visit for visit in latest.values() if names[_name(visit, material, seed)] == 1]


def public_documents(visits: Sequence[BetterWorkVisit], material: Material, seed: int) -> list[SheetDocument]:
    """The list of both programmes."""
    rows: list[Row] = []
    for visit in published_visits(visits, material, seed):
        written = write_factory(visit.factory, visit.programme, material, seed, visit.started_on)
        for at, (issue, complies) in enumerate(_issues(visit, material)):
            values = (
                written.name, visit.factory.sector, written.country, f"{visit.started_on:%d/%m/%Y}", visit.method,
                str(visit.cycle), issue, "Yes" if complies else "No",
            )  # fmt: skip
            owner = "" if at else visit.factory.key
            rows.append(Row(values, owner, visit.key, opens=not at, question=issue, cells=1))
    grid = Grid("Transparency", COLUMNS, tuple(rows))
    return [SheetDocument("better_work_public", PATH, "better-work", INSTRUMENT, (grid,))] if rows else []


def public_answers(visit: BetterWorkVisit, material: Material) -> Iterator[AnswerTruth]:
    """What is published answers in its own words beside the questions of the assessment."""
    for issue, complies in _issues(visit, material):
        state = "met" if complies else "not_met"
        yield AnswerTruth(visit.key, INSTRUMENT, visit.native_id, issue, "verifier", state, None, "")


def _issues(visit: BetterWorkVisit, material: Material) -> Iterator[tuple[str, bool]]:
    programme = material.better_work.programmes[visit.programme]
    asked = {scored.point: scored.ids for scored in programme.scored}
    found = {**visit.findings, **visit.amended}
    for published in material.better_work.published:
        yield published.issue, not any(found[question] for question in asked[published.point])


def _name(visit: BetterWorkVisit, material: Material, seed: int) -> tuple[str, str]:
    return visit.programme, write_factory(visit.factory, visit.programme, material, seed, visit.started_on).name
