"""`harmonize assessments`: which deliveries are one report, where only a person can say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from harmonize.cli.facility_release import Out, open_release
from harmonize.cli.output import say, show_table
from harmonize.cli.prompt_group import PromptGroup
from harmonize.cli.signing import By
from harmonize.errors import InboxError
from harmonize.project import Project

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from harmonize.identity.decision_ledger import Act

__all__ = ["app"]

app = typer.Typer(
    cls=PromptGroup,
    help="Assessments, and what people decide about deliveries of them.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

_DOUBTFUL = """
    SELECT
        d.stands, CASE d.stands WHEN 'merged' THEN d.copy_a ELSE d.assessment_a END AS a,
        CASE d.stands WHEN 'merged' THEN d.copy_b ELSE d.assessment_b END AS b, d.instrument, f.name AS facility,
        d.evidence, d.agreement, d.compared, d.days_apart, d.confidence, x.native_id AS number_a,
        x.assessed_on AS assessed_on_a,
        x.contributor AS contributor_a, p.path AS file_a, x.locator AS locator_a, y.native_id AS number_b,
        y.assessed_on AS assessed_on_b, y.contributor AS contributor_b, q.path AS file_b, y.locator AS locator_b,
        d.facility_id
    FROM doubtful_copy d
    JOIN facility f USING (facility_id)
    JOIN assessment_copy x ON x.copy_id = d.copy_a
    JOIN assessment_copy y ON y.copy_id = d.copy_b
    JOIN file p ON p.file_id = x.file_id
    JOIN file q ON q.file_id = y.file_id
    -- What a word of a person changes most stands first: the nearest to even chances, then the fullest.
    ORDER BY abs(d.confidence - 0.5), d.compared DESC NULLS LAST, d.copy_a, d.copy_b
"""
_SHOWN = ("stands", "a", "b", "instrument", "facility", "evidence", "agreement", "compared", "days_apart", "confidence")
_MOST_SHOWN = 20
_COPIES = """
    SELECT c.*, s.facility_id, s.instrument, s.kind::VARCHAR AS kind, f.content_id, f.path
    FROM assessment_copy c
    JOIN assessment s USING (assessment_id)
    JOIN file f USING (file_id)
    WHERE {column} = ?
    ORDER BY c.copy_id
"""


@app.command("doubtful")
def doubtful_command(
    target: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="A file for all of it, .csv or .parquet; default the first ones here."),
    ] = None,
    out: Out = Path("data"),
) -> None:
    """List the deliveries of which only a person can say whether they are one report, the least certain first."""
    with open_release(out) as release:
        _must_tell(release.connection, out)
        found = release.connection.execute(_DOUBTFUL).to_arrow_table()
    if target is not None:
        from harmonize.cli.table_file import writing

        with writing(target, found.schema) as written:
            written.write(found)
        say(f"{target}: {len(found)} doubts.")
    elif len(found):
        columns = [found[name].to_pylist() for name in _SHOWN]
        show_table("Doubtful copies", _SHOWN, list(zip(*columns, strict=True))[:_MOST_SHOWN])
        if len(found) > _MOST_SHOWN:
            say(f"... and {len(found) - _MOST_SHOWN} more; --output FILE writes all, with files and places.")
    else:
        say("Nothing is in doubt.")
    if len(found):
        say("Decide with `harmonize assessments decide A B --same` or `--different`.")


def _must_tell(connection: DuckDBPyConnection, out: Path) -> None:
    """Refuse a release that an earlier version made.

    Raises:
        InboxError: it has no doubts.
    """
    ((known,),) = connection.execute(
        "SELECT count(*) FROM duckdb_columns() WHERE table_name = 'doubtful_copy' AND column_name = 'copy_a'"
    ).fetchall()
    if not known:
        raise InboxError(
            f"{out}: an earlier version made this release, which tells no doubts. Run `harmonize run` again."
        )


@app.command("decide")
def decide_command(
    a: Annotated[str, typer.Argument(help="An assessment_id, or the copy_id of one delivery.")],
    b: Annotated[str, typer.Argument(help="The other one.")],
    by: By,
    same: Annotated[bool, typer.Option("--same", help="They are one report.")] = False,
    different: Annotated[bool, typer.Option("--different", help="They are two.")] = False,
    why: Annotated[str, typer.Option(help="The reason, for those who come later.")] = "",
    out: Out = Path("data"),
) -> None:
    """Record that two deliveries are one report or not; a decision beats any score and survives a re-export."""
    from harmonize.identity.decision_ledger import append_decisions
    from harmonize.identity.decisions import Decision

    if same == different:
        raise typer.BadParameter("Say either --same or --different.")
    verdict: Literal["same", "different"] = "same" if same else "different"
    with open_release(out) as release:
        _must_tell(release.connection, out)
        ours, theirs = _copies(release.connection, a), _copies(release.connection, b)
    _must_compare(a, ours, b, theirs)
    if same:
        _must_be_of_one_side(a, ours, b, theirs)
    one, other = _telling_keys(a, ours, b, theirs)
    at = datetime.now(tz=UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    ledger = _ledger(out)
    act = append_decisions(ledger, [Decision(x, y, verdict, by, at, why) for x in one for y in other])
    say(f"{ledger}: {one[0]} and {other[0]} are {'one report' if same else 'two reports'}.")
    say(f"It holds from the next run on; `harmonize assessments undo --decision {act}` takes it back.")


def _copies(connection: DuckDBPyConnection, name: str) -> list[Mapping[str, Any]]:
    """The copy of that id, or all of the assessment of that id.

    Raises:
        InboxError: there is neither.
    """
    for column in ("c.copy_id", "c.assessment_id"):
        cursor = connection.execute(_COPIES.format(column=column), [name])
        names = [described[0] for described in cursor.description or ()]
        found: list[Mapping[str, Any]] = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        if found:
            return found
    raise InboxError(
        f"{name!r} is neither an assessment nor a copy of this release. See `harmonize assessments doubtful`, or the "
        "table assessment_copy."
    )


def _must_compare(a: str, ours: Sequence[Mapping[str, Any]], b: str, theirs: Sequence[Mapping[str, Any]]) -> None:
    """Refuse what no decision can make one.

    Raises:
        InboxError: the two are one already, or of two factories or instruments.
    """
    if {copy["copy_id"] for copy in ours} & {copy["copy_id"] for copy in theirs}:
        raise InboxError(f"{a} and {b}: one is part of the other. Name the copies that are meant by their copy_id.")
    one, other = ours[0], theirs[0]
    if one["facility_id"] != other["facility_id"]:
        raise InboxError(
            f"{a} is of factory {one['facility_id']} and {b} of {other['facility_id']}. If these are one factory, say "
            "that first: `harmonize facilities merge`."
        )
    if one["instrument"] != other["instrument"]:
        raise InboxError(
            f"{a} is an assessment of {one['instrument']} and {b} of {other['instrument']}: two instruments are never "
            "one report, though they may share a visit (visit_id)."
        )


_OWN_PAPER = ("self", "self_inspection")


def _must_be_of_one_side(
    a: str, ours: Sequence[Mapping[str, Any]], b: str, theirs: Sequence[Mapping[str, Any]]
) -> None:
    """Refuse to make one report of what a factory says of itself and of what somebody else found there.

    Raises:
        InboxError: one is a self-assessment, and the other is none.
    """
    if (ours[0]["kind"] in _OWN_PAPER) != (theirs[0]["kind"] in _OWN_PAPER):
        raise InboxError(
            f"{a} is of kind {ours[0]['kind']} and {b} of kind {theirs[0]['kind']}: a self-assessment and what "
            "verified it are never one report. They are linked by `verified_of`; if that is wrong, correct the status "
            "or the id of the self-assessment in the export."
        )


def _telling_keys(
    a: str, ours: Sequence[Mapping[str, Any]], b: str, theirs: Sequence[Mapping[str, Any]]
) -> tuple[list[str], list[str]]:
    """The most lasting keys that tell the two apart.

    Raises:
        InboxError: nothing does.
    """
    from harmonize.assessments.decided import telling_keys

    found = telling_keys(ours, theirs)
    if found is not None:
        return found
    raise InboxError(
        f"{a} and {b} are the same bytes, delivered twice. They are one report whatever is decided; take one of the "
        "files out."
    )


def _ledger(out: Path) -> Path:
    return Project.locate(Path.cwd()).decisions_folder(out) / "assessment_decisions.jsonl"


@app.command("undo")
def undo_command(
    by: By,
    why: Annotated[str, typer.Option(help="The reason, for those who come later.")] = "",
    decision: Annotated[str | None, typer.Option(help="The decision's id; default the last that holds.")] = None,
    out: Out = Path("data"),
) -> None:
    """Take a decision on two deliveries back, by one more line: nothing is deleted."""
    from harmonize.identity.decision_ledger import last_act, read_acts
    from harmonize.ledgers import append_undo

    ledger = _ledger(out)
    acts = read_acts(ledger)
    act = last_act(acts) if decision is None else _act(acts, decision, ledger)
    if act is None:
        raise InboxError(f"{ledger}: no decision holds, so there is nothing to take back.")
    append_undo(ledger, act.act_id, by, datetime.now(tz=UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"), why)
    first = act.decisions[0]
    say(f"{ledger}: {act.act_id} of {act.at} ({first.key_a} and {first.key_b} are {first.verdict}) is undone.")
    say("It holds from the next run on.")


def _act(acts: Sequence[Act], named: str, ledger: Path) -> Act:
    """The act of that id.

    Raises:
        InboxError: there is none, or it was taken back already.
    """
    found = next((act for act in acts if act.act_id == named), None)
    if found is None:
        latest = ", ".join(act.act_id for act in acts if not act.is_undone) or "none"
        raise InboxError(f"{ledger}: there is no decision {named}. Those that hold: {latest}.")
    if found.is_undone:
        raise InboxError(f"{ledger}: {named} is taken back already.")
    return found
