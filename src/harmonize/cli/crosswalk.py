"""`harmonize crosswalk`: lint, coverage, impact, and what is asked again in other words."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from harmonize.cli.impact import impact_command
from harmonize.cli.output import say, show_table
from harmonize.cli.prompt_group import PromptGroup
from harmonize.errors import InboxError
from harmonize.project import Project

__all__ = ["app"]

app = typer.Typer(
    cls=PromptGroup, help="Their questions to our indicators.", no_args_is_help=True, rich_markup_mode=None
)


_RELEASED = Path("data/current/harmonized.duckdb")


@app.command("lint")
def lint_command() -> None:
    """Check every crosswalk: each question mapped or ignored with a reason, each example run."""
    from harmonize.crosswalk.language import load_language
    from harmonize.crosswalk.lint import lint
    from harmonize.crosswalk.mapping import load_editions
    from harmonize.crosswalk.scales import load_scales
    from harmonize.values.units import UnitTable

    project = Project.locate(Path.cwd())
    editions = load_editions(project)
    units = UnitTable.from_file(project.find("schemas/units.yml"))
    complaints = lint(
        editions,
        load_language(project),
        load_scales(project.find("schemas/scales.yml")),
        frozenset(unit.unit for unit in units.spellings.values()),
    )
    for complaint in complaints:
        say(f"{complaint.place}: {complaint.message} {complaint.cure}")
    questions = sum(len(edition.entries) for edition in editions)
    say(f"{len(editions)} crosswalks, {questions} questions, {len(complaints)} complaints")
    if complaints:
        raise typer.Exit(1)


@app.command("coverage")
def coverage_command(
    database: Annotated[
        Path | None,
        typer.Option(help="A released DuckDB file, for coverage by answer.", show_default="data/current"),
    ] = None,
    limit: Annotated[int, typer.Option(help="How many unmapped questions to list.")] = 20,
) -> None:
    """Coverage by question, and by answer where a release is there; the unmapped ranked by answers."""
    import duckdb

    from harmonize.crosswalk.coverage import answer_coverage, question_coverage, unmapped
    from harmonize.crosswalk.mapping import load_editions

    project = Project.locate(Path.cwd())
    show_table(
        "By question",
        ["instrument", "edition", "questions", "mapped", "ignored", "not approved"],
        [
            (row.instrument, row.edition, row.questions, row.mapped, row.ignored, row.not_approved)
            for row in question_coverage(load_editions(project))
        ],
    )
    released = database or _RELEASED
    if not released.exists():
        if database is not None:
            raise InboxError(f"{database}: there is no such file. Run `harmonize run` first.")
        say("No release here yet: coverage by answer follows after `harmonize run` (or give --database FILE).")
        return
    try:
        with duckdb.connect(str(released), read_only=True) as connection:
            stated, left = answer_coverage(connection), unmapped(connection, limit)
    except duckdb.Error as problem:
        raise InboxError(f"{released}: no released DuckDB file: {problem}. Give one with --database.") from problem
    show_table(
        "By answer",
        ["instrument", "edition", "stated", "mapped", "share"],
        [(row.instrument, row.edition, row.stated, row.mapped, f"{row.share:.4f}") for row in stated],
    )
    show_table(
        "Unmapped, the most answered first",
        ["instrument", "edition", "question", "answers"],
        [(row.instrument, row.edition, row.question, row.answers) for row in left],
    )


@app.command("redundancy")
def redundancy_command(
    database: Annotated[Path, typer.Option(help="A released DuckDB file.")] = _RELEASED,
    instruments: Annotated[int, typer.Option("--at-least", min=2, help="How many instruments ask a matter.")] = 2,
    limit: Annotated[int, typer.Option(help="How many matters to list.")] = 20,
) -> None:
    """Which matters several instruments ask in other words, those that factories answered again most often first."""
    import duckdb

    from harmonize.crosswalk.redundancy import asked_again

    if not database.exists():
        raise InboxError(f"{database}: there is no such file. Run `harmonize run` first, or give one with --database.")
    try:
        with duckdb.connect(str(database), read_only=True) as connection:
            found = asked_again(connection, instruments, limit)
    except duckdb.Error as problem:
        raise InboxError(f"{database}: no released DuckDB file: {problem}. Give one with --database.") from problem
    show_table(
        f"Asked by {instruments} instruments or more",
        ["indicator", "instruments", "answers", "factories asked again", "answered again", "questions"],
        [
            (row.indicator_id, row.instruments, row.answers, row.factories, row.repeated, "; ".join(row.questions))
            for row in found
        ],
    )


app.command("impact")(impact_command)
