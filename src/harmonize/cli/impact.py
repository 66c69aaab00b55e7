"""`harmonize crosswalk impact`: what a change of the crosswalks would do to a release."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harmonize.cli.output import say, show_table
from harmonize.project import Project

if TYPE_CHECKING:
    from harmonize.pipeline.impact.asked import Impact
    from harmonize.pipeline.impact.figures import Effect, Figures

__all__ = ["impact_command"]

_COUNTS = {
    "assessments": "assessments",
    "facilities": "facilities",
    "answers": "answers",
    "states": "other state",
    "appear": "appear",
    "vanish": "vanish",
    "gain": "gain indicator",
    "lose": "lose indicator",
    "other_indicator": "other indicator",
    "imply_otherwise": "imply otherwise",
    "findings_open": "findings open",
    "findings_vanish": "findings vanish",
    "findings_move": "findings move",
    "topics": "topics",
    "scored": "state scores",
}
"""Headings of counts."""
_OF_A_FACILITY = ("answers", "states", "gain", "lose", "findings_open", "findings_vanish", "topics")


def impact_command(
    span: Annotated[
        str,
        typer.Argument(
            metavar="REF..REF",
            help="Two git revisions of the project: main..my-branch, or HEAD.. for what is not committed yet.",
        ),
    ],
    database: Annotated[Path, typer.Option(help="A released DuckDB file.")] = Path("data/current/harmonized.duckdb"),
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE.csv", help="A file for every kind of changed answer.")
    ] = None,
    limit: Annotated[int, typer.Option(min=0, help="How many changes and factories to list.")] = 20,
) -> None:
    """Say what a change of the crosswalks would do to answers, findings, factories and topics of a release.

    Exit code 0: told. 1: told, and the lint complains about the right side. 2: refused.
    """
    from harmonize.collection import without_collector

    with without_collector():
        from harmonize.pipeline.impact.asked import ask

        told = ask(Project.locate(Path.cwd()), span, database, limit, output)
    say(f"{told.before} -> {told.after}, release {told.release_id}")
    _show_complaints(told)
    _show_changes(told, limit)
    if told.figures is not None:
        _show_figures(told.figures, limit)
        if output is not None:
            say(f"every kind of changed answer: {output}")
    if told.complaints:
        raise typer.Exit(1)


def _show_complaints(told: Impact) -> None:
    for complaint in told.new_complaints:
        say(f"{complaint.place}: {complaint.message} {complaint.cure}")
    if told.complaints:
        say(
            f"The lint has {len(told.complaints)} complaints about {told.after}, {len(told.new_complaints)} of them "
            "new: a run would refuse it."
        )


def _show_changes(told: Impact, limit: int) -> None:
    """What is said otherwise."""
    for name in told.unread:
        say(f"{name} also changed: what is read of an export, only a run shows.")
    if not told.changes:
        say("No mapping, scale, unit or part of the language changes.")
        return
    say()
    show_table(
        f"{len(told.changes)} changes, those that touch most first",
        ["kind", "instrument", "edition", "name", "answers", "findings", "change"],
        [
            (
                *(weighed.change.kind, weighed.change.instrument, weighed.change.edition, weighed.change.name),
                *(weighed.answers, weighed.findings, weighed.change.told),
            )
            for weighed in told.changes[:limit]
        ],
    )
    _say_left(len(told.changes) - limit, "changes")


def _show_figures(found: Figures, limit: int) -> None:
    """What would change in the release."""
    total = found.total
    if found.strange:
        say(
            f"The release answers {found.strange} of these questions otherwise than the left side would: it was made "
            "by other crosswalks. Both sides are judged anew here."
        )
    say()
    say(
        f"answers      {total.answers} change: {total.states} get another state, {total.gain} gain an indicator, "
        f"{total.lose} lose it, {total.other_indicator} get another one, {total.imply_otherwise} imply otherwise of "
        f"their indicator; {total.appear} appear, {total.vanish} vanish"
    )
    say(
        f"findings     {total.findings_open} open, {total.findings_vanish} vanish, {total.findings_move} go to another "
        "indicator or topic"
    )
    say(f"facilities   {total.facilities} affected, in {total.assessments} assessments")
    moves = ", ".join(f"{before or 'nothing'} -> {after or 'nothing'} {count}" for before, after, count in found.topics)
    say(f"topics       {total.topics} of a factory stand otherwise{': ' if moves else ''}{moves}")
    say(f"scores       stay as delivered; {total.scored} of these assessments state some beside changed answers")
    if not found.by_edition and not found.facilities:
        return
    say()
    told = [name for name in _COUNTS if getattr(total, name)]
    show_table(
        "By instrument and edition",
        ["instrument", "edition", *(_COUNTS[name] for name in told)],
        [(instrument, edition, *_counts(effect, told)) for instrument, edition, effect in found.by_edition],
    )
    say()
    show_table(
        "Most affected factories",
        ["facility_id", "name", "country", *(_COUNTS[name] for name in _OF_A_FACILITY)],
        [(*named, *_counts(effect, _OF_A_FACILITY)) for *named, effect in found.facilities],
    )
    _say_left(total.facilities - limit, "factories")


def _counts(effect: Effect, names: Iterable[str]) -> list[int]:
    return [getattr(effect, name) for name in names]


def _say_left(count: int, of: str) -> None:
    if count > 0:
        say(f"... and {count} more {of} (--limit lists more)")
