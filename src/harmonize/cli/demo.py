"""`harmonize demo`: an inbox of invented factories with its truth, and how a run compares with it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from harmonize.cli.output import TerminalObserver, say
from harmonize.cli.run import summarise, today
from harmonize.demo import DemoScore, generate, score
from harmonize.pipeline import run
from harmonize.project import Project
from harmonize.settings import load_settings

__all__ = ["demo_command"]


def demo_command(
    facilities: Annotated[int, typer.Option(min=1, help="How many invented factories.")] = 24,
    seed: Annotated[int, typer.Option(help="The same seed gives the same inbox.")] = 7,
    out: Annotated[Path, typer.Option(help="Where inbox/ and truth/ are written.")] = Path("demo"),
    run_it: Annotated[
        bool, typer.Option("--run", help="Run the pipeline on it too, and hold it against the truth.")
    ] = False,
) -> None:
    """Write an inbox in all supported formats: invented factories, copied visits, planted faults, and the truth."""
    project = Project.locate(Path.cwd())
    made = generate(out, facilities=facilities, seed=seed, schemas=project.find("schemas"))
    say(f"{made.inbox}: {made.files} files on {made.facilities} invented factories, {made.faults} planted faults")
    if not run_it:
        return
    with TerminalObserver() as observer:
        # The demo keeps its ledger to itself, so that it never mixes with a project's own.
        alone = Project(project.roots, None)
        result = run(alone, load_settings(project, "demo"), made.inbox, out, date(2026, 6, 30), today(), observer)
    summarise(result, out, sum(result.manifest["seconds"].values()))
    say()
    show_score(score(result.folder / "harmonized.duckdb", made.truth))


def show_score(found: DemoScore) -> None:
    """The run against the sample's own truth."""
    say("against the sample's own truth")
    for name, pairs in (("same factory", found.facilities), ("same visit", found.copies)):
        say(f"  {name:<14} precision {pairs.precision:.4f}  recall {pairs.recall:.4f}  F1 {pairs.f1:.4f}")
    for name, tally in (
        ("answers right", found.answers),
        ("findings right", found.findings),
        ("faults caught", found.faults),
        ("files' fate", found.files),
    ):
        say(f"  {name:<14} {tally.right} of {tally.checked}")
        for place in tally.examples:
            say(f"    missed: {place}")
    say(f"  accused       {len(found.accused)} places without a planted fault")
    for place in found.accused[:10]:
        say(f"    {place}")
    broken = ", ".join(found.unbalanced)
    say(f"  accounting    {f'broken in {broken}' if broken else 'holds in every file'}")
