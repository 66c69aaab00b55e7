"""`harmonize trace`: from any cell back to who handed it in, file, place, mapping and run."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from harmonize.cli.facility_named import named_facility
from harmonize.cli.facility_release import Out, open_release
from harmonize.cli.output import say, write_line
from harmonize.errors import InboxError, PublicationError
from harmonize.project import Project

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from harmonize.insight.provenance.tokens import Master

__all__ = ["JsonOr", "give", "trace_command"]

JsonOr = Annotated[
    str | None, typer.Option("-o", "--output", metavar="json|FILE", help="Print JSON, or write it to FILE.json.")
]
_SHOWN = 20


def trace_command(
    said: Annotated[
        str | None,
        typer.Argument(
            metavar="[ID]",
            help="An id of a factory, mention, assessment, copy, answer, finding, action, grant, issue or file; "
            "one of an audience's file, too.",
        ),
    ] = None,
    facility: Annotated[str | None, typer.Option(metavar="FACTORY", help="Id, identifier or name.")] = None,
    indicator: Annotated[
        str | None, typer.Option(help="Answers and findings of the factory to this indicator.")
    ] = None,
    assessment: Annotated[str | None, typer.Option(help="Only of this assessment.")] = None,
    answer: Annotated[str | None, typer.Option(metavar="ASSESSMENT/QUESTION", help="An answer.")] = None,
    finding: Annotated[str | None, typer.Option(metavar="ID", help="A finding.")] = None,
    file_token: Annotated[str | None, typer.Option(metavar="ID", help="A file, by the id that a file shows.")] = None,
    output: JsonOr = None,
    out: Out = Path("data"),
) -> None:
    """Trace a cell back to contributor, file, sheet, row, column, crosswalk row, run and release. For stewards only."""
    from harmonize.insight.provenance.trace import made_by

    named = [name for name in (said, answer, finding, file_token) if name is not None]
    by_facility = facility is not None or indicator is not None
    if len(named) + by_facility + (assessment is not None and not by_facility) != 1:
        raise typer.BadParameter(
            "Name one thing: an ID, --facility with --indicator, --assessment, --answer, --finding or --file-token."
        )
    with open_release(out) as release:
        masters: list[Master] = []
        connection = release.connection
        if by_facility:
            if facility is None:
                raise typer.BadParameter("--indicator needs --facility.")
            asked = _known(out, facility, masters)
            chains = _of_facility(connection, asked, indicator, _known(out, assessment, masters), masters)
        else:
            kind = "answer" if answer else "finding" if finding else "file" if file_token else ""
            kind = "assessment" if assessment else kind
            chains = _by_id(connection, out, (named or [assessment or ""])[0], kind, masters)
        made = made_by(connection)
    _add_lines(chains)
    content = {"stands_for": [_master(one) for one in masters], "chains": chains, "made_by": made}
    if not give(content, output):
        _tell(content)


def _known(out: Path, said: str | None, masters: list[Master]) -> str | None:
    """The steward's id of what an audience's id stands for; what no audience has stays as it is."""
    from harmonize.insight.provenance.tokens import master_of

    found = None if said is None else master_of(out, said)
    if found is None:
        return said
    masters.append(found)
    return found.id


def _of_facility(
    connection: DuckDBPyConnection,
    facility: str | None,
    indicator: str | None,
    assessment: str | None,
    masters: Sequence[Master],
) -> list[dict[str, Any]]:
    from harmonize.insight.provenance.trace import trace, trace_answers

    facility_id = named_facility(connection, facility or "")
    if indicator is None:
        return [dict(chain) for chain in trace(connection, "facility", facility_id)]
    chains = [dict(chain) for chain in trace_answers(connection, facility_id, indicator, assessment)]
    if not chains:
        raise InboxError(
            f"{facility_id} has no answer to {indicator} and no finding of it. "
            f"`harmonize why {facility_id} {indicator}` says why."
        )
    return chains


def _by_id(
    connection: DuckDBPyConnection, out: Path, said: str, kind: str, masters: list[Master]
) -> list[dict[str, Any]]:
    from harmonize.insight.provenance.trace import kind_of, trace

    own = _known(out, said, masters) or said
    found = (masters[0].kind if masters else kind) or kind_of(connection, own)
    if kind and found != kind:
        raise InboxError(f"{said!r} is the id of a {found}, not of a {kind}. Give it as `harmonize trace {said}`.")
    chains = [] if found is None else [dict(chain) for chain in trace(connection, found, own)]
    if not chains:
        raise InboxError(
            f"{said!r} is no {found or 'id'} of this release or of an audience's file. Copy it from a table; of an "
            "answer write ASSESSMENT/QUESTION."
        )
    return chains


def _add_lines(chains: Sequence[dict[str, Any]]) -> None:
    """Where the mappings are written."""
    from harmonize.crosswalk.mapping_place import mapping_places

    project = Project.locate(Path.cwd())
    for chain in chains:
        if chain.get("mapping"):
            chain["mapping"] = {**chain["mapping"], **mapping_places(project, chain["mapping"]["mapping_id"])}


def give(content: Mapping[str, Any], output: str | None) -> bool:
    """Print or write what was found as JSON, if that is asked for.

    Raises:
        InboxError: neither `json` nor a file that ends in .json.
        PublicationError: it cannot be written.
    """
    if output is None:
        return False
    text = json.dumps(content, indent=1, ensure_ascii=False, default=str)
    if output == "json":
        write_line(text)
        return True
    if not output.endswith(".json"):
        raise InboxError(f"{output}: write `json`, or name a file that ends in .json.")
    try:
        Path(output).write_text(text + "\n", encoding="utf-8")
    except OSError as problem:
        raise PublicationError(
            f"{output}: cannot be written: {problem.strerror}. Check path and permissions."
        ) from problem
    say(f"written    {output}")
    return True


def _master(one: Master) -> dict[str, str]:
    return {"audience": one.audience, "kind": one.kind, "id": one.id}


def _tell(content: Mapping[str, Any]) -> None:
    """Every chain as lines, from the cell back."""
    for master in content["stands_for"]:
        say(f"stands for {master['kind']} {master['id']}, as {master['audience']} sees it")
    chains = content["chains"]
    for chain in chains[:_SHOWN]:
        for title, text in _lines(chain):
            say(f"{title:<10} {text}")
        say()
    if len(chains) > _SHOWN:
        say(f"... and {len(chains) - _SHOWN} more (-o FILE.json has them all)")
    made = content["made_by"]
    say(f"{'run':<10} {made['run_id']} ({made['pipeline']}, harmonize {made['harmonize_version']})")
    say(f"{'release':<10} {made['release_id']}, as of {made['as_of']}, contract {made['contract_version']}")


def _lines(chain: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    cell, place = dict(chain["cell"]), chain["place"]
    yield "cell", f"{cell.pop('table')}: {_said(cell)}"
    if chain.get("link"):
        yield "linked by", _said(chain["link"])
    if chain.get("assessment"):
        yield "assessment", _said(chain["assessment"])
    if chain.get("mapping"):
        yield "mapping", _said({key: value for key, value in chain["mapping"].items() if key not in ("sssom", "rules")})
        places = [chain["mapping"][name] for name in ("sssom", "rules")]
        yield "written in", ", ".join(dict.fromkeys(one or "no line of today's files" for one in places))
    elif "mapping" in chain:
        yield "mapping", "none: the question is not mapped"
    is_path = str(place["column"] or "") in place["locator"].removeprefix("line=") and "$" in place["locator"]
    parts = "" if is_path else _said({name: place[name] for name in ("sheet", "row", "column")})
    yield "place", f"{place['path']}, {place['locator']}{f' ({parts})' if parts else ''}"
    yield (
        "handed in",
        f"by {place['contributor']} on {place['received_at'] or 'an unknown day'}, file {place['file_id']}",
    )
    for other in chain.get("deliveries", ()):
        if (other["path"], other["contributor"]) != (place["path"], place["contributor"]):
            yield (
                "also",
                f"delivered by {other['contributor']} ({other['relation']}): {other['path']}, {other['locator']}",
            )


def _said(values: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in values.items() if value is not None)
