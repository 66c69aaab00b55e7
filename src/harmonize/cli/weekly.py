"""`harmonize weekly`: the sheets of a week, for a buyer out of its own file, for a factory out of the release."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harmonize.cli.facility_named import named_facility
from harmonize.cli.facility_release import Out, open_release
from harmonize.cli.language_option import LabelLanguage
from harmonize.cli.output import say
from harmonize.cli.run import AsOf, today
from harmonize.cli.speech import ENGLISH
from harmonize.cli.table_file import put_workbook, replacing
from harmonize.errors import InboxError
from harmonize.project import Project

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from harmonize.insight.weekly.words import Spoken
    from harmonize.workbooks import Book

__all__ = ["weekly_command"]

_ENDINGS = (".xlsx", ".html")


def weekly_command(
    buyer: Annotated[str | None, typer.Option(metavar="NAME", help="An audience whose file is published.")] = None,
    facility: Annotated[
        str | None, typer.Option(metavar="FACTORY", help="Id, OS ID, any other identifier, or name of a factory.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="The sheets to write, .xlsx, or a page, .html.")
    ] = None,
    since: Annotated[
        str | None, typer.Option(metavar="YYYY-MM-DD", help="New are visits from this day on.", show_default="30 days")
    ] = None,
    before: Annotated[
        Path | None, typer.Option(help="An earlier file of the same buyer: new is what it did not hold.")
    ] = None,
    key_file: Annotated[
        Path | None, typer.Option(help="The file that holds the key of the buyer's file, where that is encrypted.")
    ] = None,
    language: LabelLanguage = "",
    as_of: AsOf = None,
    out: Out = Path("data"),
) -> None:
    """Write what a buyer, or a factory, reads in a week.

    For a buyer: new grave findings, what is overdue, what ends in 60 and 90 days, and the evidence. For a factory: its
    plan by due date, what it needs most, and who sees what of it.
    """
    from harmonize.insight.weekly.words import load_weekly_words

    if (buyer is None) == (facility is None):
        raise typer.BadParameter("Name a buyer with --buyer, or a factory with --facility.")
    if facility is not None and any((since, before, key_file)):
        raise typer.BadParameter("--since, --before and --key-file are for a buyer.")
    if output is not None and output.suffix.lower() not in _ENDINGS:
        raise InboxError(f"{output}: name a file that ends in {' or '.join(_ENDINGS)}.")
    project = Project.locate(Path.cwd())
    words = load_weekly_words(project.find("schemas/weekly_words.yml"))
    spoken = words.spoken(language, _values(project, language))
    book = (
        _for_buyer(buyer, out, _day(since), before, key_file, spoken)
        if buyer is not None
        else _for_factory(str(facility), out, as_of or today(), spoken)
    )
    if output is not None:
        _write(book, output, spoken.language)
        say(f"written    {output}")


def _values(project: Project, language: str) -> Mapping[str, str]:
    """What states, statuses and verifications are called; in English they stand as the tables have them."""
    if language == ENGLISH:
        return {}
    from harmonize.assessments.corrective_actions.words import load_plan_words
    from harmonize.assessments.reuse.questionnaire import load_states

    states = load_states(project.find("schemas/language/states.yml"))
    words = load_plan_words(project.find("schemas/corrective_actions.yml")).words
    return {name: texts[language] for name, texts in {**words, **states}.items() if language in texts}


def _day(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise InboxError(f"--since {text!r} is no day; write it as YYYY-MM-DD.") from None


def _for_buyer(
    name: str, out: Path, since: date | None, before: Path | None, key_file: Path | None, spoken: Spoken
) -> Book:
    from harmonize.cli.audience_file import open_audience_file, open_share
    from harmonize.insight.weekly.buyer import read_week, week_book

    with ExitStack() as stack:
        connection = stack.enter_context(open_audience_file(out, name, key_file))
        earlier: DuckDBPyConnection | None = None
        if before is not None:
            earlier = stack.enter_context(open_share(before, key_file))
        week = read_week(connection, spoken, since, earlier)
    say(f"file       {name}, as of {week.as_of}")
    new = f"did not stand in the file of {week.since}" if week.before else f"of visits from {week.since} on"
    say(f"new        {len(week.rows['new'])} grave findings {new}")
    say(f"overdue    {len(week.rows['overdue'])} matters")
    say(f"expiring   {len(week.rows['expiring'])} reports and grants")
    say(f"evidence   {len(week.rows['evidence'])} lines on the factories of these")
    return week_book(week, name, spoken)


def _for_factory(name: str, out: Path, day: date, spoken: Spoken) -> Book:
    from harmonize.assessments.corrective_actions.plan import read_plans
    from harmonize.assessments.corrective_actions.words import load_plan_words
    from harmonize.assessments.corrective_actions.workbook import plan_workbook
    from harmonize.cli.grants import grant_words
    from harmonize.cli.judged_grants import judged_grants, who_sees_what
    from harmonize.insight.needs.needs import read_needs
    from harmonize.insight.needs.rules import load_benchmark_rules
    from harmonize.insight.needs.workbook import needs_workbook
    from harmonize.workbooks import Book, Column, Notes, Sheet

    project = Project.locate(Path.cwd())
    rules = load_benchmark_rules(project.find("schemas/benchmarks.yml"))
    words = load_plan_words(project.find("schemas/corrective_actions.yml"))
    with open_release(out) as release:
        facility_id = named_facility(release.connection, name)
        (plan,) = read_plans(release.connection, facility_id, None)
        needs = read_needs(release.connection, facility_id, None, rules)
    with judged_grants(out, day, None) as (connection, _):
        seen = who_sees_what(connection, facility_id, grant_words(spoken.language))
    local = None if spoken.language == "en" else spoken.language
    planned = plan_workbook(plan, words.spoken(words.language_of(plan.facility["country"], local)))
    who = Sheet(spoken.sheet("who"), [Column(title, title, 24) for title in seen.schema.names], seen.to_pylist())
    needed = needs_workbook(needs, local, rules)
    say(f"factory    {plan.facility['name']} ({facility_id})")
    overdue = sum(bool(line["is_overdue"]) for line in plan.open_lines)
    say(f"plan       {len(plan.open_lines)} open matters, {overdue} overdue")
    say(f"needs      {len(needs.pressing)} matters press, the most pressing first")
    say(f"seen by    {seen.num_rows} lines of who sees what on {day}")
    title = spoken.word("title", name=plan.facility["name"] or facility_id)
    notes = [*(planned.notes.lines if planned.notes else ()), *(needed.notes.lines if needed.notes else ())]
    sheets = [planned.sheets[0], *needed.sheets[:1], who]
    return Book(sheets, Notes(spoken.sheet("about"), title, notes), planned.header, planned.footer)


def _write(book: Book, output: Path, language: str) -> None:
    if output.suffix.lower() == ".xlsx":
        put_workbook(output, book)
        return
    from harmonize.pages import page_text

    with replacing(output) as building:
        building.write_text(page_text(book, language), encoding="utf-8")
