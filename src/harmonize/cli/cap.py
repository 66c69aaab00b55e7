"""`harmonize cap`: one corrective action plan per factory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from harmonize.cli.facility_named import OnDay, named_facility
from harmonize.cli.facility_release import Out, open_release
from harmonize.cli.output import say, show_table
from harmonize.cli.table_file import put_workbook, writing
from harmonize.errors import InboxError
from harmonize.project import Project

if TYPE_CHECKING:
    from harmonize.assessments.corrective_actions.plan import Plan
    from harmonize.assessments.corrective_actions.words import PlanWords

__all__ = ["cap_command"]

_ENDINGS = (".xlsx", ".csv", ".parquet")
_SHOWN = 10


def cap_command(
    facility: Annotated[
        str | None, typer.Option(metavar="FACTORY", help="Id, OS ID, any other identifier, or name of a factory.")
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="The plan to write, .xlsx, .csv or .parquet; with --all a folder."),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Write a workbook for every factory, and index.csv.")] = False,
    language: Annotated[
        str | None,
        typer.Option(
            "--lang", help="Language beside English: vi, km, th, or en for none.", show_default="the country's"
        ),
    ] = None,
    as_of: OnDay = None,
    out: Out = Path("data"),
) -> None:
    """Draw up the corrective action plan of a factory: findings of all tools, one line per matter, by due date.

    Closing is proposed where a later assessment shows a matter met, and never done.
    """
    from harmonize.assessments.corrective_actions.plan import read_plans
    from harmonize.assessments.corrective_actions.words import load_plan_words

    if every == (facility is not None) or (every and output is None):
        raise typer.BadParameter("Name one factory with --facility, or all with --all -o FOLDER.")
    if not every and output is not None and output.suffix.lower() not in _ENDINGS:
        raise InboxError(f"{output}: name a file that ends in {', '.join(_ENDINGS)}.")
    words = load_plan_words(Project.locate(Path.cwd()).find("schemas/corrective_actions.yml"))
    words.language_of(None, language)
    with open_release(out) as release:
        wanted = None if facility is None else named_facility(release.connection, facility)
        plans = read_plans(release.connection, wanted, as_of)
        release.say_what_is_later(as_of)
    if wanted is None and output is not None:
        _write_all(plans, output, words, language)
        return
    plan = plans[0]
    _tell(plan)
    if output is not None:
        _write(plan, output, words, language)
        say(f"written    {output}")


def _tell(plan: Plan) -> None:
    """The plan in short."""
    facility, opened = plan.facility, plan.open_lines
    say(f"factory    {facility['name']} ({facility['facility_id']}, {facility['country']})")
    say(f"release    {plan.release_id}, as of {plan.as_of}")
    say(
        f"matters    {len(plan.lines)} from {len(plan.sources)} findings: {len(opened)} open, "
        f"{_count(opened, 'is_overdue')} of them overdue, {_count(opened, 'zero_tolerance')} of zero tolerance, "
        f"{sum(line['visits'] > 1 for line in opened)} found on several visits"
    )
    differing = plan.differing_lines
    if differing:
        named = ", ".join(line["indicator"] for line in differing)
        say(
            f"differ     {len(differing)} told to one receiver of a report and denied to another, neither open "
            f"nor closed: {named}; ask who issued the report"
        )
    remarks = len(plan.closings) - len(plan.proposals)
    findings = len({row["finding_id"] for row in plan.proposals})
    said = f"{len(plan.proposals)} proposals for {findings} findings, {remarks} remarks"
    say(f"closing    {said}; nothing is closed by this")
    if opened:
        say()
        shown = [
            (line["number"], line["due_on"] or "", line["status"], line["indicator"], ", ".join(line["instruments"]))
            for line in opened[:_SHOWN]
        ]
        show_table("First due", ("no", "due", "status", "matter", "tools"), shown)
        if len(opened) > _SHOWN:
            say(f"... and {len(opened) - _SHOWN} more open matters (-o FILE.xlsx has them all)")


def _count(lines: Iterable[Any], name: str) -> int:
    return sum(bool(line[name]) for line in lines)


def _write(plan: Plan, output: Path, words: PlanWords, language: str | None) -> None:
    spoken = words.spoken(words.language_of(plan.facility["country"], language))
    if output.suffix.lower() == ".xlsx":
        from harmonize.assessments.corrective_actions.workbook import plan_workbook

        put_workbook(output, plan_workbook(plan, spoken))
        return
    from harmonize.assessments.corrective_actions.extract import plan_table

    table = plan_table(plan, spoken, is_text=output.suffix.lower() == ".csv")
    with writing(output, table.schema) as target:
        target.write(table)


def _write_all(plans: Sequence[Plan], folder: Path, words: PlanWords, language: str | None) -> None:
    """A workbook per factory, named by its id, and a table of them."""
    from harmonize.assessments.corrective_actions.extract import index_table

    if folder.suffix.lower() in _ENDINGS or folder.is_file():
        raise InboxError(f"{folder}: with --all name a folder, not a file.")
    for plan in plans:
        _write(plan, folder / f"{plan.facility['facility_id']}.xlsx", words, language)
    table = index_table(plans)
    with writing(folder / "index.csv", table.schema) as target:
        target.write(table)
    say(f"written    {folder}: {len(plans)} plans and index.csv")
