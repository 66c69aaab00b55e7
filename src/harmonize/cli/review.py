"""`harmonize review`: the queue of what only a person can decide, from every stage, by what a decision unlocks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harmonize.cli.facility_named import OnDay
from harmonize.cli.facility_release import Out
from harmonize.cli.language_option import LabelLanguage
from harmonize.cli.output import say, show_table
from harmonize.cli.prompt_group import PromptGroup
from harmonize.cli.review_book import apply_command, export_command, now
from harmonize.cli.review_desk import (
    decisions_folder,
    desk_rules,
    finish_cut_off,
    indicators,
    known_kinds,
    open_desk,
    tell_plan,
)
from harmonize.cli.review_items import item_table, tell_item
from harmonize.cli.review_mappings import mappings_command, pending
from harmonize.cli.signing import By
from harmonize.errors import InboxError

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["app"]

app = typer.Typer(
    cls=PromptGroup,
    help="The queue of what only a person can decide, ordered by what a decision unlocks.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.command("export")(export_command)
app.command("apply")(apply_command)
app.command("mappings")(mappings_command)

Kinds = Annotated[list[str] | None, typer.Option("--kind", help="Only this kind; may be given again. Default all.")]
Target = Annotated[
    Path | None,
    typer.Option("--output", "-o", help="A file for all of it, .csv, .parquet or .xlsx; default some here."),
]
Why = Annotated[str, typer.Option(help="The reason, for those who come later.")]


@app.command("status")
def status_command(
    target: Target = None, language: LabelLanguage = "", as_of: OnDay = None, out: Out = Path("data")
) -> None:
    """Count what is open by kind, what hangs on it, what is decided, and what waits for a second person."""
    from harmonize.cli.table_set import check_ending, write_tables
    from harmonize.review.kinds import KINDS
    from harmonize.review.saying import decided_by_kind

    if target is not None:
        check_ending(target)
    with open_desk(out, language, as_of) as desk:
        items, words = desk.items(list(KINDS)), desk.material.words
        decided = Counter(decided_by_kind(desk.material.standing))
        release, day = desk.release_id, desk.as_of
    waiting, disputed, agreed = _spoken(out)
    rows = [
        (
            kind, words.of_kind(kind, "many"), len(found), decided[kind], waiting[kind],
            *(sum(getattr(item.unlocked, name) for item in found) for name in ("assessments", "answers")),
            max((item.unlocked.audiences for item in found), default=0),
        )
        for kind in KINDS
        for found in [[item for item in items if item.kind == kind]]
    ]  # fmt: skip
    head = ("kind", "what", "open", "decided", "waiting", "assessments", "answers", "most audiences")
    say(f"release      {release}, as of {day}")
    show_table("Open items", head, rows)
    total = sum(decided.values())
    say(f"decided      {total} so far; {len(items)} open")
    if waiting.total():
        say(f"waiting      {waiting.total()} for a second person; {disputed} of which two people say different things")
    if agreed:
        say(f"agreed       {agreed} by two people, not recorded yet: `harmonize review settle`")
    _say_pending(out)
    if target is not None:
        for path in write_tables(target, {"status": _table(head, rows), "items": item_table(items, out)}):
            say(f"written      {path}")
    elif items:
        say("next         `harmonize review next`, or `harmonize review export -o review.xlsx`")


def _spoken(out: Path) -> tuple[Counter[str], int, int]:
    """By kind what waits for a second person; how much is disputed; how much is agreed and not recorded."""
    from harmonize.review.acts import agreed, read_words
    from harmonize.review.applying import settle_plan
    from harmonize.review.saying import read_standing

    folder = decisions_folder(out)
    words, standing = read_words(folder), read_standing(folder)
    waiting: Counter[str] = Counter()
    disputed = 0
    for of_item in words.values():
        one = next(iter(of_item.values()))
        if agreed(of_item) is None and any(standing.of(one.kind, keys) is None for keys in one.keys):
            waiting[one.kind] += 1
            disputed += len({said.content for said in of_item.values()}) > 1
    return waiting, disputed, sum(settle_plan(standing, words).decided.values())


def _say_pending(out: Path) -> None:
    count = len(pending(out))
    if count:
        say(f"mappings     {count} decided and not in the crosswalk yet: `harmonize review mappings`")


@app.command("next")
def next_command(
    kinds: Kinds = None,
    count: Annotated[int, typer.Option("-n", "--count", min=1, help="How many to show.")] = 5,
    target: Target = None,
    language: LabelLanguage = "",
    as_of: OnDay = None,
    out: Out = Path("data"),
) -> None:
    """Show the open items on which most hangs, with the evidence of both sides and the command that decides each."""
    from harmonize.cli.table_set import check_ending, write_tables

    if target is not None:
        check_ending(target)
    named = known_kinds(kinds)
    with open_desk(out, language, as_of) as desk:
        items = desk.items(named)
        shown = desk.offered(items if target is not None else items[:count])
    if target is not None:
        for path in write_tables(target, {"items": item_table(shown, out)}):
            say(f"written      {path}: {len(shown)} items")
        return
    for item in shown:
        tell_item(item, out)
    if not items:
        say("Nothing is open.")
    elif len(items) > count:
        say(f"... and {len(items) - count} more; -n N shows more, -o FILE.csv has them all")


@app.command("decide")
def decide_command(
    item: Annotated[str, typer.Argument(help="The id of an item, see `harmonize review next`.")],
    decision: Annotated[str, typer.Argument(help="A verdict, an indicator, a meaning, or the number of a suggestion.")],
    by: By,
    why: Why = "",
    closeness: Annotated[str, typer.Option(help="Of a question: exact, close, broad, narrow or related.")] = "related",
    second: Annotated[bool, typer.Option("--second", help="It counts only when another person says the same.")] = False,
    out: Out = Path("data"),
) -> None:
    """Record one decision on one item of the queue."""
    from harmonize.review.acts import read_words
    from harmonize.review.applying import make_plan, record
    from harmonize.review.book import CLOSENESS
    from harmonize.review.deciding import said_of
    from harmonize.review.kinds import KINDS
    from harmonize.review.saying import read_standing

    if closeness not in CLOSENESS:
        raise typer.BadParameter(f"{closeness!r} is none of {', '.join(CLOSENESS)}.")
    kind = next((kind.name for kind in KINDS.values() if kind.letter == item[:1]), None)
    if kind is None:
        raise InboxError(f"{item!r} is no id of an item. See `harmonize review next`.")
    with open_desk(out) as desk:
        found = next((one for one in desk.offered(desk.items([kind])) if one.item_id == item), None)
        words = desk.material.words
    if found is None:
        raise InboxError(f"{item!r} is not open in this release, or decided already. See `harmonize review next`.")
    said = said_of(found, decision, closeness, why, (by, now()), words, indicators())
    if isinstance(said, str):
        raise InboxError(f"{item}: {said}")
    folder = decisions_folder(out)
    plan = make_plan([said], read_standing(folder), read_words(folder), KINDS if second else desk_rules().second_person)
    record(folder, plan)
    tell_plan(plan)


@app.command("settle")
def settle_command(out: Out = Path("data")) -> None:
    """Record what two people agree on, as after a merge of their ledgers in git."""
    from harmonize.review.acts import read_words
    from harmonize.review.applying import record, settle_plan
    from harmonize.review.saying import read_standing

    finish_cut_off(out)
    folder = decisions_folder(out)
    plan = settle_plan(read_standing(folder), read_words(folder))
    record(folder, plan)
    tell_plan(plan)


@app.command("undo")
def undo_command(
    by: By,
    act: Annotated[str | None, typer.Argument(help="The act, W…; default your last that holds.")] = None,
    why: Why = "",
    out: Out = Path("data"),
) -> None:
    """Take back all that one act recorded, in every ledger, by one more line each: nothing is deleted."""
    from harmonize.review.acts import undo_lines
    from harmonize.review.journal import append_all

    finish_cut_off(out)
    folder = decisions_folder(out)
    found, lines = undo_lines(folder, act, by, now(), why)
    append_all(folder, lines)
    count = sum(map(len, lines.values())) - 1
    say(f"undone       {found.act_id} of {found.at}, by {found.by}: {count} acts in {len(found.parts)} ledgers")
    say("It holds from the next run and publish on; what left before cannot be recalled by it.")


def _table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> pa.Table:
    import pyarrow as pa

    return pa.table({name: [row[at] for row in rows] for at, name in enumerate(head)})
