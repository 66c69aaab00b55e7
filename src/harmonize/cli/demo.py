"""`harmonize demo`: an inbox of invented factories with its truth, and how a run compares with it.

The full scale is one kind of export only and has no truth: it is there to be large.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harmonize.cli.output import say

if TYPE_CHECKING:
    from harmonize.demo import DemoScore, Tally
    from harmonize.pipeline import RunResult
    from harmonize.project import Project

__all__ = ["demo_command"]

DAY = date(2026, 6, 30)
"""The day of the sample: ages and grants are judged on it."""
FULL_FACILITIES = 2_500
"""With two editions and 4,000 questions: 5,000 assessments, 13 million answers."""
ROWS_A_FILE = 50


class Scale(StrEnum):
    """What is written."""

    SAMPLE = "sample"
    FULL = "full"


def demo_command(
    facilities: Annotated[
        int | None,
        typer.Option(min=1, help=f"How many invented factories; default 24, at full scale {FULL_FACILITIES:,}."),
    ] = None,
    seed: Annotated[int, typer.Option(help="The same seed gives the same inbox.")] = 7,
    out: Annotated[Path, typer.Option(help="Where inbox/ and truth/ are written.")] = Path("demo"),
    scale: Annotated[
        Scale,
        typer.Option(
            help="sample: all formats, with faults and the truth; full: wide Higg FEM files of 4,000 columns."
        ),
    ] = Scale.SAMPLE,
    run_it: Annotated[
        bool, typer.Option("--run", help="Run the pipeline on it too, and hold the sample against its truth.")
    ] = False,
) -> None:
    """Write an inbox in all supported formats: invented factories, copied visits, planted faults, and the truth."""
    from harmonize.demo import generate, score, score_shares
    from harmonize.project import Project

    project = Project.locate(Path.cwd())
    if scale is Scale.FULL:
        inbox = _write_full_scale(project, out, facilities or FULL_FACILITIES, seed)
        if run_it:
            _run(project, inbox, out)
        return
    made = generate(out, facilities=facilities or 24, seed=seed, schemas=project.find("schemas"))
    say(f"{made.inbox}: {made.files} files on {made.facilities} invented factories, {made.faults} planted faults")
    if made.decisions:
        say(f"{out / 'decisions'}: {made.decisions} decisions of a person on records without an address")
    if run_it:
        result = _run(project, made.inbox, out)
        audiences = _publish(project, out)
        say(f"published    {audiences} audiences ({out / 'audiences'})")
        say()
        database = result.folder / "harmonized.duckdb"
        show_score(score(database, made.truth), score_shares(out, database, made.truth))


def _write_full_scale(project: Project, out: Path, facilities: int, seed: int) -> Path:
    """Wide exports of two editions; as many rows of each as factories, a few of them a second contributor's copies."""
    from harmonize.demo.full_scale import WideScale, write_full_scale

    rows = 2 * facilities
    made = write_full_scale(out, WideScale(rows=rows, files=max(2, rows // ROWS_A_FILE), seed=seed), project)
    say(
        f"{made.inbox}: {made.files} files, {made.rows} deliveries of {made.assessments} assessments of "
        f"{made.factories} invented factories, {made.answers} of {made.cells} answer cells filled"
    )
    return made.inbox


def _run(project: Project, inbox: Path, out: Path) -> RunResult:
    """Run the pipeline of the demo and print its summary."""
    from harmonize.cli.observers import TerminalObserver
    from harmonize.cli.run import summarise, today
    from harmonize.pipeline import run
    from harmonize.project import Project
    from harmonize.settings import load_settings

    with TerminalObserver() as observer:
        # The demo keeps its ledger to itself, so that it never mixes with a project's own.
        alone = Project(project.roots, None)
        result = run(alone, load_settings(project, "demo"), inbox, out, DAY, today(), observer)
    summarise(result, out, sum(result.seconds.values()))
    return result


def _publish(project: Project, out: Path) -> int:
    """Publish the release of the sample for everybody; how many audiences there are."""
    from harmonize.pipeline.publishing import publish
    from harmonize.project import Project
    from harmonize.settings import load_settings

    return len(publish(Project(project.roots, None), load_settings(project, "demo"), out, DAY).manifests)


def show_score(found: DemoScore, shares: Tally) -> None:
    """The run against the sample's own truth."""
    say("against the sample's own truth")
    for name, pairs in (
        ("same factory", found.facilities),
        ("same report", found.copies),
        ("same visit", found.stays),
    ):
        say(f"  {name:<14} precision {pairs.precision:.4f}  recall {pairs.recall:.4f}  F1 {pairs.f1:.4f}")
    for name, tally in (
        ("days, grades", found.headers),
        ("answers right", found.answers),
        ("findings right", found.findings),
        ("faults caught", found.faults),
        ("files' fate", found.files),
        ("cells counted", found.cells),
        ("shares right", shares),
    ):
        say(f"  {name:<14} {tally.right} of {tally.checked}")
        for place in tally.examples:
            say(f"    missed: {place}")
    say(f"  accused       {len(found.accused)} places without a planted fault")
    for place in found.accused[:10]:
        say(f"    {place}")
    broken = ", ".join(found.unbalanced)
    say(f"  accounting    {f'broken in {broken}' if broken else 'holds in every file'}")
