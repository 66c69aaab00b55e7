"""`harmonize why`: why a factory has no value for an indicator."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harmonize.cli.audience_judge import audience_judge
from harmonize.cli.facility_named import named_facility
from harmonize.cli.facility_release import Out, open_release
from harmonize.cli.output import say
from harmonize.cli.run import AsOf, today
from harmonize.cli.trace import JsonOr, give

if TYPE_CHECKING:
    from harmonize.insight.provenance.why import Why

__all__ = ["why_command"]


def why_command(
    facility: Annotated[str, typer.Argument(metavar="FACTORY", help="Id, any identifier, or name of a factory.")],
    indicator: Annotated[str, typer.Argument(help="An indicator; a question of an instrument, too.")],
    audience: Annotated[str | None, typer.Option(help="Whose file is meant.", show_default="the steward's")] = None,
    as_of: AsOf = None,
    output: JsonOr = None,
    out: Out = Path("data"),
) -> None:
    """Say why a cell is empty: not asked, unmapped, skipped, withheld, not granted, and what to do. For stewards only.

    Exit code 0: it has a value. 1: it is empty, and the reasons are listed.
    """
    from harmonize.insight.provenance.tokens import master_of
    from harmonize.insight.provenance.why import Why, asked_indicator, why_empty

    judge = audience_judge(out, as_of or today()) if audience is not None else None
    with open_release(out) as release:
        master = master_of(out, facility)
        facility_id = named_facility(release.connection, facility if master is None else master.id)
        indicator_id, ignored = asked_indicator(release.connection, indicator)
        if indicator_id is None:
            found = Why(facility_id, indicator, [] if ignored is None else [ignored])
        else:
            found = why_empty(release.connection, facility_id, indicator_id, audience, judge)
    content = {
        "facility_id": found.facility_id, "indicator_id": found.indicator_id, "audience": audience,
        "has_value": found.has_value, "reasons": [asdict(reason) for reason in found.reasons],
    }  # fmt: skip
    if not give(content, output):
        _tell(found)
    if not found.has_value:
        raise typer.Exit(1)


def _tell(found: Why) -> None:
    say(f"cell       {found.facility_id}, {found.indicator_id}: {'has a value' if found.has_value else 'empty'}")
    for reason in found.reasons:
        about = [reason.instrument, reason.assessed_on, reason.assessment_id]
        where = " ".join(str(part) for part in about if part is not None)
        say(f"{reason.code:<10} {f'{where}: ' if where else ''}{reason.said}")
        if reason.place:
            say(f"{'':<10} at {reason.place}")
        if reason.cure and reason.code != "has_value":
            say(f"{'':<10} cure: {reason.cure}")
