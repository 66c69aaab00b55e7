"""`harmonize crosswalk`: lint, coverage, and what is asked again in other words."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harmonize.cli.output import say, show_table
from harmonize.cli.prompt_group import PromptGroup
from harmonize.errors import ConfigurationError, InboxError
from harmonize.project import Project

if TYPE_CHECKING:
    from harmonize.crosswalk.lint import Complaint
    from harmonize.crosswalk.mapping import Edition

__all__ = ["app"]

app = typer.Typer(
    cls=PromptGroup, help="Their questions to our indicators.", no_args_is_help=True, rich_markup_mode=None
)


_RELEASED = Path("data/current/harmonized.duckdb")


@app.command("lint")
def lint_command() -> None:
    """Check every crosswalk: each question mapped or ignored with a reason, each example run."""
    from harmonize.crosswalk.mapping import load_editions

    project = Project.locate(Path.cwd())
    editions = load_editions(project)
    complaints = _complaints(project, editions)
    for complaint in complaints:
        say(f"{complaint.place}: {complaint.message} {complaint.cure}")
    questions = sum(len(edition.entries) for edition in editions)
    say(f"{len(editions)} crosswalks, {questions} questions, {len(complaints)} complaints")
    if complaints:
        raise typer.Exit(1)


def _complaints(project: Project, editions: Sequence[Edition]) -> list[Complaint]:
    """What is wrong with these crosswalks."""
    from harmonize.crosswalk.language import load_language
    from harmonize.crosswalk.lint import lint
    from harmonize.crosswalk.scales import load_scales
    from harmonize.values.units import UnitTable

    units = UnitTable.from_file(project.find("schemas/units.yml"))
    return lint(
        editions,
        load_language(project),
        load_scales(project.find("schemas/scales.yml")),
        frozenset(unit.unit for unit in units.spellings.values()),
    )


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
        ["instrument", "edition", "questions", "mapped", "ignored", "not approved", "undecided"],
        [
            (
                row.instrument,
                row.edition,
                row.questions,
                row.mapped,
                row.ignored,
                row.not_approved,
                row.undecided,
            )
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


@app.command("status")
def status_command(
    edition: Annotated[str, typer.Argument(help="The crosswalk, as instrument/edition.")],
    questions: Annotated[list[str], typer.Argument(help="Questions to move, or `all` that can be moved.")],
    to: Annotated[str, typer.Option(help="proposed, approved, retired, or back to draft.")],
    by: Annotated[str, typer.Option(help="Who decides, as prefix:name; not the author, where it is approved.")],
) -> None:
    """Move mappings on: draft, proposed, approved, retired; what is approved must be without complaint."""
    from datetime import UTC, datetime

    from harmonize.crosswalk.lifecycle import STEPS, as_if, moved, write
    from harmonize.crosswalk.mapping import load_editions

    project = Project.locate(Path.cwd())
    found = next((one for one in load_editions(project) if f"{one.instrument}/{one.edition}" == edition), None)
    if found is None:
        raise ConfigurationError(f"There is no crosswalk {edition!r}; `harmonize crosswalk coverage` lists them.")
    if project.folder is None or not found.rules_path.is_relative_to(project.folder):
        raise ConfigurationError(
            f"{edition} is the one that travels with harmonize; `harmonize init` gives you a copy to decide about."
        )
    if questions == ["all"]:
        questions = [name for name, one in found.entries.items() if to in STEPS.get(one.rule("status") or "", ())]
    change = moved(found, questions, to, by, datetime.now(UTC).date())
    complaints = _complaints(project, [as_if(found, questions, to)]) if to == "approved" else []
    for complaint in complaints:
        say(f"{complaint.place}: {complaint.message} {complaint.cure}")
    if complaints:
        say(f"Nothing was moved: {len(complaints)} complaints.")
        raise typer.Exit(1)
    write(found, change)
    say(f"{change.rows} of {len(found.entries)} questions of {edition} are {to} now.")
