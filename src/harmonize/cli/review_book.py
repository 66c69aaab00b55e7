"""`harmonize review export` and `apply`: the queue as a workbook, and the decisions that come back in it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harmonize.cli.facility_release import Out
from harmonize.cli.language_option import LabelLanguage
from harmonize.cli.output import complain, say
from harmonize.cli.review_desk import (
    decisions_folder,
    desk_rules,
    desk_words,
    finish_cut_off,
    indicators,
    known_kinds,
    open_desk,
    tell_plan,
)
from harmonize.cli.signing import By
from harmonize.errors import InboxError

if TYPE_CHECKING:
    from harmonize.review.applying import Against

__all__ = ["apply_command", "export_command", "now"]

_SHOWN = 20


def export_command(
    target: Annotated[Path, typer.Option("--output", "-o", help="The workbook to write, .xlsx.")],
    language: LabelLanguage = "",
    kinds: Annotated[
        list[str] | None, typer.Option("--kind", help="Only this kind; may be given again. Default all.")
    ] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="At most so many items, those on which most hangs; default all.")
    ] = None,
    out: Out = Path("data"),
) -> None:
    """Write the queue as a workbook to decide in: a sheet per kind, a row per decision, evidence side by side."""
    from harmonize.cli.table_file import put_workbook
    from harmonize.review.book import Stamp, project_mark, review_book

    if target.suffix.lower() != ".xlsx":
        raise InboxError(f"{target}: name a file that ends in .xlsx.")
    named = known_kinds(kinds)
    with open_desk(out, language) as desk:
        items = desk.offered(desk.items(named)[:limit])
        words, release_id = desk.material.words, desk.release_id
    if not items:
        say("Nothing is open, so no workbook was written.")
        return
    stamp = Stamp(project_mark(decisions_folder(out)), release_id, now())
    put_workbook(target, review_book(items, words, stamp, target.name))
    say(f"written    {target}: {len(items)} items of release {release_id}")
    for kind in named:
        count = sum(item.kind == kind for item in items)
        if count:
            say(f"           {count:>5} {words.of_kind(kind, 'many')} in sheet {words.of_kind(kind, 'sheet')}")
    say(f"next       fill in the yellow column, then `harmonize review apply {target} --by PSEUDONYM`")


def apply_command(
    workbook: Annotated[Path, typer.Argument(help="A workbook of `harmonize review export`, filled in.")],
    by: By,
    at: Annotated[
        str | None, typer.Option(help="When it was decided, yyyy-mm-ddThh:mm:ssZ; default now.", show_default="now")
    ] = None,
    overrides: Annotated[
        bool, typer.Option("--override", help="Decide also against what somebody has decided since the export.")
    ] = False,
    second: Annotated[
        bool, typer.Option("--second", help="A decision counts only when another person says the same.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check, and record nothing.")] = False,
    out: Out = Path("data"),
) -> None:
    """Record the decisions of a workbook, all or none; `harmonize review undo` takes them back as one.

    Exit code 0: recorded, or nothing new in it. 2: a row is wrong or stands against a newer decision; nothing recorded.
    """
    from harmonize.review.acts import read_words
    from harmonize.review.applying import make_plan, record
    from harmonize.review.book import project_mark
    from harmonize.review.filled import read_filled
    from harmonize.review.kinds import KINDS
    from harmonize.review.saying import read_standing

    moment, folder = now() if at is None else _moment(at), decisions_folder(out)
    if not dry_run:
        finish_cut_off(out)
    words = desk_words("en").words
    filled = read_filled(workbook, project_mark(folder), words, indicators(), by, moment)
    _refuse(workbook, filled.problems, "wrong")
    plan = make_plan(
        filled.saids,
        read_standing(folder),
        read_words(folder),
        tuple(KINDS) if second else desk_rules().second_person,
        overrides=overrides,
    )
    _refuse(workbook, [_against(found, filled.places, overrides) for found in plan.against], "against a newer decision")
    counts = f"{len(filled.saids)} of {filled.rows} rows are decided"
    say(f"read         {workbook}: {counts} (release {filled.stamp.release_id})")
    if not dry_run:
        record(folder, plan)
    tell_plan(plan, dry_run)


def _refuse(path: Path, problems: Sequence[str], what: str) -> None:
    """Tell what is wrong with the rows of a workbook, if anything is.

    Raises:
        InboxError: something is; nothing of the file may be taken.
    """
    for problem in problems[:_SHOWN]:
        complain(f"{path}: {problem}")
    if problems:
        more = "" if len(problems) <= _SHOWN else f" (the first {_SHOWN} are told)"
        count = "1 row is" if len(problems) == 1 else f"{len(problems)} rows are"
        cure = "Export anew, or say --override." if what.startswith("against") else "Correct the file and call again."
        raise InboxError(f"{path}: {count} {what}{more}, so nothing was recorded. {cure}")


def _against(found: Against, places: Sequence[str], overrides: bool) -> str:
    said, holding = found.said, found.holding
    theirs = " ".join(filter(None, holding.content))
    late = " and not before --at, so --override does not help: give a later one" if overrides else ""
    return (
        f"{places[found.at]}: {' '.join(filter(None, said.content))!r} stands against {theirs!r}, which {holding.by} "
        f"decided at {holding.at}{late} ({holding.act})."
    )


def _moment(text: str) -> str:
    """A moment as the ledgers write it.

    Raises:
        typer.BadParameter: it is none.
    """
    try:
        found = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no time; write yyyy-mm-ddThh:mm:ssZ.") from None
    zoned = found if found.tzinfo else found.replace(tzinfo=UTC)
    return zoned.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def now() -> str:
    """This moment, as ledgers write it."""
    return datetime.now(tz=UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
