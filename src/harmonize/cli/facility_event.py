"""`harmonize facilities event`: what happened at a factory and ends the reuse of what was assessed before."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

from harmonize.cli.facility_named import named_facility
from harmonize.cli.facility_release import Out, open_release
from harmonize.cli.output import say
from harmonize.cli.run import today
from harmonize.cli.signing import By
from harmonize.errors import InboxError
from harmonize.project import Project

__all__ = ["event_command"]


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no date; write yyyy-mm-dd.") from None


def event_command(
    by: By,
    facility: Annotated[str | None, typer.Argument(help="Its id, an identifier or its name.")] = None,
    kind: Annotated[
        str | None, typer.Option(help="What happened: move, new_building, ownership_change, denied_access, ...")
    ] = None,
    on: Annotated[date | None, typer.Option(parser=_day, metavar="DATE", help="The day on which it happened.")] = None,
    why: Annotated[str, typer.Option(help="What is known of it, for those who come later.")] = "",
    undo: Annotated[str | None, typer.Option(help="Instead: the id of an event to take back.")] = None,
    out: Out = Path("data"),
) -> None:
    """Record an event at a factory that ends the reuse of older evidence, or take one back; nothing is deleted."""
    from harmonize.assessments.reuse.facility_events import LEDGER, append_event, read_events
    from harmonize.assessments.reuse.rules import load_rules
    from harmonize.ledgers import append_undo

    project = Project.locate(Path.cwd())
    path = project.decisions_folder(out) / LEDGER
    events = load_rules(project.find("schemas/reuse.yml")).events
    at = datetime.now(tz=UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    known = read_events(path, events)
    if undo is not None:
        if facility is not None or kind is not None or on is not None:
            raise typer.BadParameter("With --undo, the event says which factory, what and when.")
        standing = [event.event_id for event in known if not event.is_undone]
        if undo not in standing:
            raise InboxError(f"{path}: no event {undo!r} holds. Those that do: {', '.join(standing[-5:]) or 'none'}.")
        append_undo(path, undo, by, at, why)
        say(f"{path}: {undo} is taken back.")
        return
    if facility is None or kind is None or on is None:
        raise typer.BadParameter("Name a factory, --kind and --on, or --undo ID.")
    if kind not in events:
        raise typer.BadParameter(f"{kind!r} is none of the events {', '.join(events)} of schemas/reuse.yml.")
    if on > today():
        raise typer.BadParameter(f"{on} has not come yet. Give the day on which it happened.")
    with open_release(out) as release:
        facility_id = named_facility(release.connection, facility)
        keys = list(release.keys_of(facility_id))
    event_id = append_event(path, keys, kind, on, by, at, why)
    say(f"{path}: {facility_id}: {events[kind].why}, {on}.")
    say(f"It holds from now on; `harmonize facilities event --undo {event_id} --by PSEUDONYM` takes it back.")
