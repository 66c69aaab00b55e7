"""`harmonize releases`: which releases stand, what differs between them, the way back, and the contract."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harmonize.cli.facility_release import Out
from harmonize.cli.output import say, show_table, write_line
from harmonize.cli.prompt_group import PromptGroup
from harmonize.cli.run import today
from harmonize.cli.signing import By
from harmonize.errors import ConfigurationError, InboxError
from harmonize.project import Project

if TYPE_CHECKING:
    from harmonize.store.contracts import Contract
    from harmonize.store.history import ReleaseEntry
    from harmonize.store.release_diff import ReleaseDiff

__all__ = ["app"]

app = typer.Typer(
    cls=PromptGroup,
    help="Releases: which stand, what differs, the way back, and the contract with their readers.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object, and nothing else.")]
_ROWS_SHOWN = 20
_COLUMNS_SHOWN = 8


@app.command("list")
def list_command(
    quick: Annotated[bool, typer.Option("--quick", help="Look at the sizes of files only, do not read them.")] = False,
    as_json: AsJson = False,
    out: Out = Path("data"),
) -> None:
    """List the releases that stand, the latest made first, and say which are whole.

    Exit code 1: one of them is damaged.
    """
    from harmonize.store.history import audiences_are_stale, list_releases

    found = list_releases(out, is_quick=quick)
    if as_json:
        _write_json([{**asdict(entry), "made_at": _moment(entry.made_at)} for entry in found])
    else:
        head = ("release", "as of", "made", "rows", "harmonize", "contract", "MB", "current", "state")
        show_table(f"{len(found)} releases", head, map(_shown, found))
        if audiences_are_stale(out):
            say("caution: the audiences' files are of another release. Run `harmonize publish`.")
    if any(entry.damage for entry in found):
        raise typer.Exit(1)


def _shown(entry: ReleaseEntry) -> Sequence[object]:
    return (
        entry.release_id, entry.as_of, _moment(entry.made_at), entry.rows, entry.harmonize_version,
        entry.contract_version, f"{entry.bytes / 1e6:.1f}", "current" if entry.is_current else "",
        f"damaged: {entry.damage}" if entry.damage else "whole",
    )  # fmt: skip


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, tz=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@app.command("diff")
def diff_command(
    before: Annotated[
        str | None, typer.Argument(help="The earlier release; without it the one made before the current one.")
    ] = None,
    after: Annotated[str, typer.Argument(help="The later release.")] = "current",
    table: Annotated[str | None, typer.Option("--table", metavar="TABLE", help="Show the rows of this table.")] = None,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="Write rows to .csv, .parquet or .xlsx; without --table of all tables."),
    ] = None,
    as_json: AsJson = False,
    out: Out = Path("data"),
) -> None:
    """Tell what differs between two releases: what happened, and per table the rows added, removed and changed."""
    from harmonize.cli.table_set import check_ending, write_tables
    from harmonize.model.tables import TABLES
    from harmonize.store.history import named_release, release_before
    from harmonize.store.release_diff import compare_releases

    if table is not None and table not in TABLES:
        raise InboxError(f"There is no table {table!r} in a release; there are {', '.join(TABLES)}.")
    if output is not None:
        check_ending(output)
    later = named_release(out, after)
    earlier = named_release(out, before or release_before(out, later.name))
    with compare_releases(earlier, later) as diff:
        if as_json:
            tables = [{**asdict(one), "is_empty": one.is_empty} for one in diff.tables()]
            said = {"before": diff.before, "after": diff.after, "happened": diff.headlines(), "tables": tables}
            _write_json(said)
        elif table is None:
            _tell(diff)
        else:
            _show_rows(diff, table)
        if output is not None:
            names = [table] if table is not None else [one.table for one in diff.tables()]
            if not names:
                say(f"nothing to write: {diff.before} and {diff.after} say the same.")
                return
            written = write_tables(output, {name: diff.rows(name) for name in names})
            if not as_json:
                say(f"written   {', '.join(map(str, written))}")


def _tell(diff: ReleaseDiff) -> None:
    """What happened in one line, and how much differs by table."""
    found = diff.tables()
    say(f"releases  {diff.before} -> {diff.after}")
    said = [f"{count} {what if count != 1 else _single(what)}" for what, count in diff.headlines().items()]
    quiet = "only details differ, see the tables" if found else "nothing differs"
    say(f"happened  {', '.join(said) or quiet}")
    if found:
        rows = [
            (one.table, one.added, one.removed, one.changed, " ".join([*_signed("+", one.new_columns),
             *_signed("-", one.lost_columns)]))
            for one in found
        ]  # fmt: skip
        show_table(f"{len(rows)} tables differ", ("table", "added", "removed", "changed", "columns"), rows)
        say("`--table TABLE` shows rows, `-o FILE.xlsx` writes all.")


def _single(what: str) -> str:
    """`factories new` of one is `factory new`."""
    noun, rest = what.split(" ", 1)
    return f"{noun[:-3]}y {rest}" if noun.endswith("ies") else f"{noun[:-1]} {rest}"


def _signed(sign: str, names: Sequence[str]) -> list[str]:
    return [f"{sign}{name}" for name in names]


def _show_rows(diff: ReleaseDiff, table: str) -> None:
    rows = diff.rows(table)
    if not rows.num_rows:
        say(f"{table}: no row differs between {diff.before} and {diff.after}.")
        return
    telling = _telling(rows.to_pylist(), rows.column_names)
    shown = [[row[name] for name in telling] for row in rows.slice(0, _ROWS_SHOWN).to_pylist()]
    show_table(f"{table}: {diff.before} -> {diff.after}", telling, shown)
    if rows.num_rows > _ROWS_SHOWN:
        say(f"... and {rows.num_rows - _ROWS_SHOWN} more rows (-o FILE.csv has them all)")


def _telling(rows: Sequence[dict[str, object]], names: Sequence[str]) -> list[str]:
    """The first columns, and those in which a changed row differs."""
    pairs = [(old, new) for old, new in pairwise(rows) if new["change"] == "is now"]
    differing = [name for name in names if name != "change" and any(old[name] != new[name] for old, new in pairs)]
    first = [name for name in names if name not in differing][: _COLUMNS_SHOWN - min(len(differing), 5)]
    return [name for name in names if name in first or name in differing]


@app.command("rollback")
def rollback_command(
    release: Annotated[str, typer.Argument(metavar="RELEASE", help="The release to go back to; see `releases list`.")],
    by: By,
    why: Annotated[str, typer.Option(help="The reason, for those who come later.")] = "",
    out: Out = Path("data"),
    publishes: Annotated[
        bool,
        typer.Option("--publish/--no-publish", help="Publish at once for audiences that have files."),
    ] = True,
    pipeline: Annotated[str, typer.Option(help="The pipeline whose settings hold.")] = "default",
) -> None:
    """Let `current` name an earlier release, in one step, and record it; no release is deleted.

    Grants are never rolled back: what audiences have is published again, grants judged as of today by the register of
    the last run. Exit code 0: done. 1: done, and something was withdrawn from audiences. 2: refused.
    """
    from harmonize.cli.publish import publish_and_tell
    from harmonize.store.history import HISTORY, audiences_are_stale, roll_back

    at = datetime.now(tz=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    before, now = roll_back(out, release, by, at, why)
    if before == now:
        say(f"{now} is current already: nothing was done.")
        return
    say(f"current   {now}, before {before or 'none'}")
    say(f"recorded  {out / HISTORY}")
    say("The next `harmonize run` releases again what inbox and decisions say: mend these first.")
    if not audiences_are_stale(out):
        return
    if not publishes:
        say(f"audiences {out / 'audiences'} holds files of another release: run `harmonize publish` now.")
    elif publish_and_tell(out, today(), [], pipeline):
        raise typer.Exit(1)


@app.command("contract")
def contract_command(
    against: Annotated[
        str | None,
        typer.Option(
            help="A contract (.json) or a release to compare with.", show_default="the last published contract"
        ),
    ] = None,
    out: Out = Path("data"),
) -> None:
    """Compare the tables that this program publishes with those that readers rely on, and refuse a silent break.

    Exit code 2: the version of the contract does not say what changed.
    """
    from harmonize.store.contracts import contract, contract_changes, refuse_unversioned

    old, new = _other_contract(against, out), contract()
    changes = contract_changes(old, new)
    rows = [(change.weight, change.place, change.what) for change in changes]
    if rows:
        show_table(f"{len(rows)} changes", ("weight", "place", "change"), rows)
    refuse_unversioned(old, new)
    weights = [f"{sum(change.weight == weight for change in changes)} {word}" for weight, word in _WEIGHTS]
    say(f"contract {new['contract_version']} after {old['contract_version']}: {', '.join(weights)}: well numbered.")


_WEIGHTS = (("breaking", "breaking"), ("addition", "additions"), ("easing", "easings"))


def _other_contract(against: str | None, out: Path) -> Contract:
    from harmonize.store.contracts import CONTRACT_FILE, published_contracts, read_contract
    from harmonize.store.history import named_release

    if against is None:
        schemas = Project.locate(Path.cwd()).find("schemas/contracts").parent
        found = published_contracts(schemas)
        if not found:
            raise ConfigurationError(f"{schemas / 'contracts'} is empty. Name a contract with --against FILE.")
        return found[-1]
    if Path(against).suffix == ".json" or Path(against).is_file():
        return read_contract(Path(against))
    return read_contract(named_release(out, against) / CONTRACT_FILE)


def _write_json(content: object) -> None:
    import json

    write_line(json.dumps(content, indent=1, ensure_ascii=False, default=str))
