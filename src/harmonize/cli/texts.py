"""`harmonize texts`: free texts on sensitive matters, which leave for an audience only after a steward's review."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harmonize.cli.facility_release import Out, open_release
from harmonize.cli.output import say, show_table
from harmonize.cli.prompt_group import PromptGroup
from harmonize.cli.signing import By
from harmonize.errors import InboxError
from harmonize.project import Project

if TYPE_CHECKING:
    import pyarrow as pa

    from harmonize.sharing.text_reviews import ReviewAct, Verdict

__all__ = ["app"]

app = typer.Typer(
    cls=PromptGroup,
    no_args_is_help=True,
    help="Free texts on harassment, child labour, unions and zero tolerance, which leave after a review only.",
    rich_markup_mode=None,
)

Why = Annotated[str, typer.Option(help="The reason, for those who come later.")]
Ids = Annotated[list[str], typer.Argument(help="Ids of texts, or their first eight characters.")]

_SHOWN = ("text_id", "facility", "instrument", "assessed_on", "topic_id", "place", "part", "text")
_MOST_SHOWN = 20
_EXCERPT = 60
_LEAST_OF_ID = 8


@app.command("waiting")
def waiting_command(
    facility: Annotated[str | None, typer.Option(help="One factory, by its id; default all.")] = None,
    target: Annotated[
        Path | None, typer.Option("--output", "-o", help="A file for all of it, .csv or .parquet; default some here.")
    ] = None,
    out: Out = Path("data"),
) -> None:
    """List the sensitive texts that no steward has decided, with factory, instrument and topic."""
    import pyarrow as pa
    import pyarrow.compute as pc

    from harmonize.sharing.text_reviews import read_acts, verdicts

    found = _texts(out, facility)
    decided = verdicts(read_acts(_ledger(out)))
    waiting = found.filter(pc.invert(pc.is_in(found["text_id"], pa.array(list(decided), pa.string()))))
    if target is not None:
        from harmonize.cli.table_file import writing

        with writing(target, waiting.schema) as written:
            written.write(waiting)
        say(f"{target}: {_counted(len(waiting))} to decide.")
        return
    if not len(waiting):
        say(f"Nothing waits; {len(found)} sensitive texts are decided.")
        return
    rows = [[_excerpt(name, row[name]) for name in _SHOWN] for row in waiting.slice(0, _MOST_SHOWN).to_pylist()]
    show_table("Texts that wait", _SHOWN, rows)
    if len(waiting) > _MOST_SHOWN:
        say(f"... and {len(waiting) - _MOST_SHOWN} more; --output FILE writes all of them, whole.")
    say("Decide with `harmonize texts approve ID --by YOU` or `harmonize texts refuse ID --by YOU`.")


def _counted(texts: int) -> str:
    return f"{texts} {'text' if texts == 1 else 'texts'}"


def _excerpt(name: str, value: object) -> object:
    if name == "text_id":
        return str(value)[: _LEAST_OF_ID + 4]
    if name == "text" and len(str(value)) > _EXCERPT:
        return f"{str(value)[:_EXCERPT]}…"
    return value


@app.command("approve")
def approve_command(texts: Ids, by: By, why: Why = "", out: Out = Path("data")) -> None:
    """Let texts leave for audiences that were granted scope `full`; persons in them are masked all the same."""
    _decide(texts, "approved", by, why, out)


@app.command("refuse")
def refuse_command(texts: Ids, by: By, why: Why = "", out: Out = Path("data")) -> None:
    """Keep texts from every audience but their contributor, so that they wait no more."""
    _decide(texts, "refused", by, why, out)


@app.command("undo")
def undo_command(
    by: By,
    why: Why = "",
    decision: Annotated[str | None, typer.Option(help="The decision's id; default the last that holds.")] = None,
    out: Out = Path("data"),
) -> None:
    """Take a decision on texts back, by one more line: nothing is deleted, and they wait again."""
    from harmonize.ledgers import append_undo
    from harmonize.sharing.text_reviews import read_acts

    ledger = _ledger(out)
    act = _act(read_acts(ledger), decision, ledger)
    append_undo(ledger, act.act_id, by, _now(), why)
    say(f"{ledger}: {act.act_id} of {act.at} ({_counted(len(act.texts))} {act.verdict}) is undone.")
    say("It holds from the next publish on; what left before cannot be recalled by it.")


def _decide(named: Sequence[str], verdict: Verdict, by: str, why: str, out: Path) -> None:
    from harmonize.sharing.text_reviews import append_review

    ids = _named(named, _texts(out, None)["text_id"].to_pylist(), out)
    ledger = _ledger(out)
    act = append_review(ledger, ids, verdict, by, _now(), why)
    say(f"{ledger}: {_counted(len(ids))} {verdict}.")
    say(f"It holds from the next publish on; `harmonize texts undo --decision {act}` takes it back.")


def _named(named: Sequence[str], known: Sequence[str], out: Path) -> list[str]:
    """The whole ids.

    Raises:
        InboxError: one leads to no text, or to several.
    """
    found = []
    for name in dict.fromkeys(named):
        meant = [one for one in known if one.startswith(name)] if len(name) >= _LEAST_OF_ID else []
        if len(meant) != 1:
            wrong = "leads to several texts" if meant else "is no sensitive text of this release"
            raise InboxError(f"{out}: {name!r} {wrong}. See `harmonize texts waiting -o FILE.csv` for whole ids.")
        found.append(meant[0])
    return found


def _texts(out: Path, facility: str | None) -> pa.Table:
    import pyarrow.compute as pc

    from harmonize.sharing.text_reviews import reviewable_texts
    from harmonize.sharing.withholding_rules import load_withholding_rules

    rules = load_withholding_rules(Project.locate(Path.cwd()).find("schemas/sharing.yml"))
    with open_release(out) as release:
        wanted = None if facility is None else release.facility_id(facility)
        found = reviewable_texts(release.connection, rules)
    return found if wanted is None else found.filter(pc.equal(found["facility_id"], wanted))


def _act(acts: Sequence[ReviewAct], named: str | None, ledger: Path) -> ReviewAct:
    """The act of that id, or the last that holds.

    Raises:
        InboxError: there is none.
    """
    holding = [act for act in acts if not act.is_undone and named in (None, act.act_id)]
    if not holding:
        raise InboxError(
            f"{ledger}: no decision holds, so there is nothing to take back."
            if named is None
            else f"{ledger}: no decision {named} holds. Look into the ledger for those that do."
        )
    return max(holding, key=lambda act: act.at)


def _now() -> str:
    return datetime.now(tz=UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _ledger(out: Path) -> Path:
    return Project.locate(Path.cwd()).decisions_folder(out) / "reviewed_texts.jsonl"
