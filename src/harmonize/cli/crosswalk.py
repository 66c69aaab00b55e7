"""`harmonize crosswalk`: lint, coverage, impact, what is asked again, candidates for an unseen questionnaire."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harmonize.cli.impact import impact_command
from harmonize.cli.output import say, show_table
from harmonize.cli.prompt_group import PromptGroup
from harmonize.cli.signing import pseudonym
from harmonize.cli.speech import chosen_language
from harmonize.cli.suggest import suggest_command
from harmonize.errors import ConfigurationError, InboxError, PublicationError
from harmonize.project import Project

if TYPE_CHECKING:
    from harmonize.crosswalk.lint import Complaint
    from harmonize.crosswalk.mapping import Edition
    from harmonize.crosswalk.redundancy import AskedAgain

__all__ = ["app"]

app = typer.Typer(
    cls=PromptGroup, help="Their questions to our indicators.", no_args_is_help=True, rich_markup_mode=None
)


_RELEASED = Path("data/current/harmonized.duckdb")
_DRAWN = (".svg", ".html", ".csv")

app.command("impact")(impact_command)
app.command("suggest")(suggest_command)


@app.command("lint")
def lint_command() -> None:
    """Check every crosswalk: questions, examples, and what cannot stand together, with the rows that prove it."""
    from harmonize.crosswalk.mapping import load_editions

    project = Project.locate(Path.cwd())
    editions = load_editions(project)
    complaints = _complaints(project, editions)
    _say_complaints(complaints)
    questions = sum(len(edition.entries) for edition in editions)
    drafts = sum(not complaint.stops_a_run for complaint in complaints)
    waiting = f", {drafts} of them drafts that wait for a person" if drafts else ""
    say(f"{len(editions)} crosswalks, {questions} questions, {len(complaints)} complaints{waiting}")
    if complaints:
        raise typer.Exit(1)


def _say_complaints(complaints: Sequence[Complaint]) -> None:
    for complaint in complaints:
        say(f"{complaint.place}: {complaint.message} {complaint.cure}")
        for number, step in enumerate(complaint.path, start=1):
            say(f"    {number}. {step}")


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
    limit: Annotated[int, typer.Option(min=1, help="How many matters to list.")] = 20,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="A picture (.svg, .html), with a table beside it, or a .csv.")
    ] = None,
    lang: Annotated[
        str,
        typer.Option(help="Language of the file's labels: en, vi, km or th.", show_default="as harmonize speaks"),
    ] = "",
) -> None:
    """List or draw the matters that several instruments ask in other words, those answered again most often first."""
    import duckdb

    from harmonize.crosswalk.redundancy import asked_again, release_of

    if output is not None and output.suffix.lower() not in _DRAWN:
        raise ConfigurationError(f"{output}: no such kind of file is made; use {', '.join(_DRAWN)}.")
    if not database.exists():
        raise InboxError(f"{database}: there is no such file. Run `harmonize run` first, or give one with --database.")
    try:
        with duckdb.connect(str(database), read_only=True) as connection:
            found, release = asked_again(connection, instruments, limit), release_of(connection)
    except duckdb.Error as problem:
        raise InboxError(f"{database}: no released DuckDB file: {problem}. Give one with --database.") from problem
    if output is not None:
        _draw(found, output, lang or chosen_language(), instruments, release)
        return
    show_table(
        f"Asked by {instruments} instruments or more",
        ["indicator", "instruments", "answers", "factories asked again", "answered again", "questions"],
        [
            (row.indicator_id, row.instruments, row.answers, row.factories, row.repeated, "; ".join(row.questions))
            for row in found
        ],
    )


def _draw(found: Sequence[AskedAgain], output: Path, lang: str, instruments: int, release: str) -> None:
    """Write the picture and, beside it, its numbers."""
    from harmonize.crosswalk.redundancy_picture import as_csv, as_html, as_svg
    from harmonize.pictures import load_words

    words = load_words(
        Project.locate(Path.cwd()).find("schemas/pictures.yml"),
        "redundancy",
        lang,
        instruments=instruments,
        release=release,
    )
    if not found:
        say(f"No matter is asked by {instruments} instruments or more; nothing was drawn.")
        raise typer.Exit(1)
    table = output.with_suffix(".csv")
    files = {table: as_csv(found, lang)}
    if output.suffix.lower() != ".csv":
        draw = as_html if output.suffix.lower() == ".html" else as_svg
        files = {output: draw(found, words, lang), **files}
    for path, text in files.items():
        try:
            path.write_text(text, encoding="utf-8", newline="")
        except OSError as problem:
            raise PublicationError(
                f"{path}: cannot be written: {problem.strerror}. Choose another place with -o."
            ) from problem
        say(f"{path}: {len(found)} matters, {sum(row.repeated for row in found)} answers given again")


@app.command("status")
def status_command(
    edition: Annotated[str, typer.Argument(help="The crosswalk, as instrument/edition.")],
    questions: Annotated[list[str], typer.Argument(help="Questions to move, or `all` that can be moved.")],
    to: Annotated[str, typer.Option(help="proposed, approved, retired, or back to draft.")],
    by: Annotated[
        str,
        typer.Option(help="Who decides, as prefix:name; not the author, where it is approved.", callback=pseudonym),
    ],
) -> None:
    """Move mappings on: draft, proposed, approved, retired; what is approved must be without complaint."""
    from datetime import UTC, datetime

    from harmonize.crosswalk.lifecycle import STEPS, as_if, moved, write
    from harmonize.crosswalk.lint import concerning
    from harmonize.crosswalk.mapping import load_editions

    project = Project.locate(Path.cwd())
    editions = load_editions(project)
    found = next((one for one in editions if f"{one.instrument}/{one.edition}" == edition), None)
    if found is None:
        raise ConfigurationError(f"There is no crosswalk {edition!r}; `harmonize crosswalk coverage` lists them.")
    if project.folder is None or not found.rules_path.is_relative_to(project.folder):
        raise ConfigurationError(
            f"{edition} is the one that travels with harmonize; `harmonize init` gives you a copy to decide about."
        )
    if questions == ["all"]:
        questions = [name for name, one in found.entries.items() if to in STEPS.get(one.rule("status") or "", ())]
    change = moved(found, questions, to, by, datetime.now(UTC).date())
    complaints = []
    if to == "approved":
        planned = [as_if(found, questions, to) if one is found else one for one in editions]
        complaints = concerning(_complaints(project, planned), found, questions)
    _say_complaints(complaints)
    if complaints:
        say(f"Nothing was moved: {len(complaints)} complaints.")
        raise typer.Exit(1)
    write(found, change)
    say(f"{change.rows} of {len(found.entries)} questions of {edition} are {to} now.")
