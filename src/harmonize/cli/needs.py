"""`harmonize needs`: what presses a factory most, where its peers stand, what others did before a matter turned."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harmonize.cli.facility_named import OnDay, named_facility
from harmonize.cli.facility_release import Out, open_release
from harmonize.cli.output import say, show_table
from harmonize.cli.table_file import put_workbook
from harmonize.errors import InboxError
from harmonize.project import Project

if TYPE_CHECKING:
    from harmonize.insight.needs.needs import Needs

__all__ = ["needs_command"]

_ENDINGS = (".xlsx", ".csv", ".parquet")
_SHOWN = 8


def needs_command(
    facility: Annotated[
        str, typer.Option(metavar="FACTORY", help="Id, OS ID, any other identifier, or name of a factory.")
    ],
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="A file for all of it, .xlsx, .csv or .parquet.")
    ] = None,
    as_of: OnDay = None,
    out: Out = Path("data"),
) -> None:
    """Say what a factory needs most: what presses, FEM levels, its peers, and what others did before a matter turned.

    Of peers only what is common to enough owner groups is told (schemas/benchmarks.yml).
    """
    from harmonize.assessments.corrective_actions.words import load_plan_words
    from harmonize.insight.needs.needs import read_needs
    from harmonize.insight.needs.rules import load_benchmark_rules

    if output is not None and output.suffix.lower() not in _ENDINGS:
        raise InboxError(f"{output}: name a file that ends in {', '.join(_ENDINGS)}.")
    project = Project.locate(Path.cwd())
    rules = load_benchmark_rules(project.find("schemas/benchmarks.yml"))
    with open_release(out) as release:
        wanted = named_facility(release.connection, facility)
        needs = read_needs(release.connection, wanted, as_of, rules)
    _tell(needs)
    if output is None:
        return
    if output.suffix.lower() == ".xlsx":
        from harmonize.insight.needs.workbook import needs_workbook

        words = load_plan_words(project.find("schemas/corrective_actions.yml"))
        put_workbook(output, needs_workbook(needs, words.language_of(needs.facility["country"], None), rules))
    else:
        from harmonize.cli.table_file import writing
        from harmonize.insight.needs.workbook import needs_table

        table = needs_table(needs, is_text=output.suffix.lower() == ".csv")
        with writing(output, table.schema) as target:
            target.write(table)
    say(f"written    {output}")


def _tell(needs: Needs) -> None:
    facility = needs.facility
    process = facility["sector"] or "process not stated"
    say(f"factory    {facility['name']} ({facility['facility_id']}, {facility['country']}, {process})")
    say(f"release    {needs.release_id}, as of {needs.as_of}")
    sizes = "; ".join(
        f"{name}: {factories} factories of {groups} owners" for name, factories, groups in needs.circle_sizes
    )
    say(f"peers      {sizes}")
    _tell_pressing(needs)
    _tell_levels(needs)
    _tell_peers(needs)
    _tell_before(needs)


def _tell_pressing(needs: Needs) -> None:
    say()
    if not needs.pressing:
        say("No open matter: nothing presses that an assessment has found.")
        return
    rows = [
        (place, matter.labels["en"], "; ".join(matter.reasons), matter.due_on)
        for place, matter in enumerate(needs.pressing[:_SHOWN], start=1)
    ]
    show_table(f"What presses most, of {len(needs.pressing)} open matters", ("no", "matter", "why", "due"), rows)


def _tell_levels(needs: Needs) -> None:
    say()
    if not needs.levels:
        say("levels     no Higg FEM of this factory by that day")
        return
    first = needs.levels[0]
    rows = [
        (
            level.section,
            "not stated" if level.reached is None else level.reached,
            level.next_level,
            sum(asked.level == level.next_level for asked in level.asked),
            sum(asked.level < level.next_level for asked in level.asked),
        )
        for level in needs.levels
    ]
    how = "verified" if first.is_verified else "self-assessed"
    show_table(
        f"Levels of {first.edition}, {how}, {first.evidence_day}",
        ("section", "level reached", "next", "next asks, not yet yes", "below, not yet yes"),
        rows,
    )


def _tell_peers(needs: Needs) -> None:
    from harmonize.insight.needs.disclosure import Quantiles, Share

    say()
    told = [(one, one.peers) for one in needs.states if isinstance(one.peers, Share) and one.own != "met"]
    if not any(isinstance(one.peers, Share) for one in needs.states):
        say("peers      too few owner groups: nothing can be told of them")
    elif told:
        rows = [
            (needs.label(one.indicator_id), one.own, f"{share.share:.0%}", one.circle, share.groups)
            for one, share in told[:_SHOWN]
        ]
        show_table(
            "Not met here, met by peers", ("matter", "here", "peers that meet it", "peers: same", "owners"), rows
        )
    for one in needs.intensities:
        if isinstance(one.peers, Quantiles):
            spread = " | ".join(f"{value:g}" for value in one.peers.values)
            say(f"intensity  {needs.label(one.indicator_id)}: {one.own:g} {one.unit} in {one.year}; peers {spread}")
        else:
            say(f"intensity  {needs.label(one.indicator_id)}: {one.own} {one.unit} in {one.year}; too few owner groups")


def _tell_before(needs: Needs) -> None:
    say()
    known = [one for one in needs.before if one.circle is not None]
    rows = [
        (
            needs.label(one.matter),
            done.what if done.is_action else needs.label(done.what),
            f"{done.factories} of {one.turned}",
            done.groups,
            "" if done.otherwise is None else f"{done.otherwise:.0%}",
        )
        for one in known
        for done in one.adopted
    ]
    if rows:
        heads = ("matter", "done before", "factories", "owners", "where it did not turn")
        show_table("Before it turned (before, not because)", heads, rows[:_SHOWN])
    else:
        say(f"before     nothing can be told of {len(needs.before)} matters: too few owners turned or did the same")
