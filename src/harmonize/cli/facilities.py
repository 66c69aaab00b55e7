"""`harmonize facilities`: what people decide about factories."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from harmonize.cli.facility_explain import explain_command
from harmonize.cli.facility_input import project_knowledge
from harmonize.cli.facility_release import Out, open_release
from harmonize.cli.facility_resolve import resolve_command
from harmonize.cli.facility_score import score_command
from harmonize.cli.facility_train import train_command
from harmonize.cli.output import say
from harmonize.cli.prompt_group import PromptGroup
from harmonize.errors import InboxError
from harmonize.project import Project

if TYPE_CHECKING:
    from harmonize.identity.corrections import Verdict, Word
    from harmonize.identity.decision_ledger import Act
    from harmonize.identity.decisions import Decision
    from harmonize.identity.knowledge import Knowledge

__all__ = ["app"]

app = typer.Typer(
    cls=PromptGroup, help="Factories, and what people decide about them.", no_args_is_help=True, rich_markup_mode=None
)
app.command("score")(score_command)
app.command("resolve")(resolve_command)
app.command("explain")(explain_command)
app.command("train")(train_command)

_VERDICTS = ("same", "different", "unsure")
_SHOWN = 5

By = Annotated[str, typer.Option(help="Your pseudonym.")]
Why = Annotated[str, typer.Option(help="The reason, for those who come later.")]


def _word(by: str, why: str) -> Word:
    from harmonize.identity.corrections import Word

    return Word(by, datetime.now(tz=UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"), why)


def _ledger(out: Path) -> Path:
    return Project.locate(Path.cwd()).decisions_folder(out) / "facility_decisions.jsonl"


def _keys(mentions: Sequence[Mapping[str, Any]]) -> dict[str, tuple[str, ...]]:
    """The keys of mentions, the strongest first, as far as the release tells them; in order of the mentions."""
    with ExitStack() as stack:
        knowledge = project_knowledge(stack).knowledge
        return {
            str(row["mention_id"]): tuple(dict.fromkeys([str(row["decision_key"]), *_said(row, knowledge)]))
            for row in mentions
        }


def _said(row: Mapping[str, Any], knowledge: Knowledge) -> list[str]:
    from harmonize.identity.keys import decision_keys

    return decision_keys(row, (), knowledge)


def _record(ledger: Path, decisions: Sequence[Decision], contrary: Sequence[Act]) -> None:
    """Append an act, and say what it does and how it is taken back."""
    from harmonize.identity.decision_ledger import append_decisions

    act_id = append_decisions(ledger, decisions)
    for decision in decisions[:_SHOWN]:
        say(f"{ledger}: {decision.key_a} and {decision.key_b} are {decision.verdict}.")
    if len(decisions) > _SHOWN:
        say(f"{ledger}: and {len(decisions) - _SHOWN} more pairs of keys.")
    for act in contrary:
        say(f"It overrules {act.act_id} of {act.at}, by {act.decisions[0].by}.")
    say(f"It holds from the next run on; `harmonize facilities undo --decision {act_id}` takes it back.")


@app.command("decide")
def decide_command(
    mention_a: Annotated[str, typer.Argument(help="A mention_id.")],
    mention_b: Annotated[str, typer.Argument(help="Another mention_id.")],
    verdict: Annotated[str, typer.Argument(help="same, different or unsure.")],
    by: By,
    why: Why = "",
    out: Out = Path("data"),
) -> None:
    """Record that two mentions are the same factory or not; a decision beats any score and survives a re-export."""
    from harmonize.identity.corrections import decided

    if verdict not in _VERDICTS:
        raise typer.BadParameter(f"{verdict!r} is none of {', '.join(_VERDICTS)}.")
    if mention_a == mention_b:
        raise InboxError(f"{mention_a}: this is one mention. Name another one.")
    with open_release(out) as release:
        one, other = _keys([release.mention(mention) for mention in (mention_a, mention_b)]).values()
    _record(_ledger(out), decided(one, other, cast("Verdict", verdict), _word(by, why)), [])


@app.command("merge")
def merge_command(
    facility_a: Annotated[str, typer.Argument(help="A facility_id.")],
    facility_b: Annotated[str, typer.Argument(help="The facility_id of the same factory.")],
    by: By,
    why: Why = "",
    out: Out = Path("data"),
) -> None:
    """Record that two factories of the release are one; the older id stays, the other leads to it."""
    from harmonize.identity.corrections import merged, overruled
    from harmonize.identity.decision_ledger import read_acts

    with open_release(out) as release:
        one, other = release.facility_id(facility_a), release.facility_id(facility_b)
        if one == other:
            raise InboxError(f"{facility_a} and {facility_b} are one factory already: {one}.")
        ours, theirs = release.keys_of(one), release.keys_of(other)
    ledger = _ledger(out)
    acts = read_acts(ledger)
    _record(ledger, merged(ours, theirs, acts, _word(by, why)), overruled(acts, ours, theirs, "same"))


@app.command("split")
def split_command(
    facility: Annotated[str, typer.Argument(help="A facility_id.")],
    mentions: Annotated[list[str], typer.Argument(help="Its mentions that are another factory.")],
    by: By,
    why: Why = "",
    out: Out = Path("data"),
) -> None:
    """Record that some mentions of a factory are another one; the part with the oldest record keeps the id."""
    from harmonize.identity.corrections import overruled, split
    from harmonize.identity.decision_ledger import read_acts

    with open_release(out) as release:
        facility_id = release.facility_id(facility)
        keys = _keys(release.mentions_of(facility_id))
    strange = [mention for mention in mentions if mention not in keys]
    if strange:
        raise InboxError(f"{', '.join(strange)}: no mention of {facility_id}. See the table facility_mention.")
    chosen = [keys[mention] for mention in mentions]
    rest = [found for mention, found in keys.items() if mention not in mentions]
    decisions = split(chosen, rest, _word(by, why))
    ledger = _ledger(out)
    ours, theirs = ({found[0] for found in side} for side in (chosen, rest))
    _record(ledger, decisions, overruled(read_acts(ledger), ours, theirs, "different"))


@app.command("undo")
def undo_command(
    by: By,
    why: Why = "",
    decision: Annotated[
        str | None, typer.Option(help="The decision's id or the number of its line; default the last that holds.")
    ] = None,
    out: Out = Path("data"),
) -> None:
    """Take a decision back, all of a merge or split at once, by one more line: nothing is deleted."""
    from harmonize.identity.decision_ledger import append_undo, last_act, read_acts

    ledger = _ledger(out)
    acts = read_acts(ledger)
    act = last_act(acts) if decision is None else _act(acts, decision, ledger)
    if act is None:
        raise InboxError(f"{ledger}: no decision holds, so there is nothing to take back.")
    word = _word(by, why)
    append_undo(ledger, act.act_id, word.by, word.at, word.why)
    first = act.decisions[0]
    more = f" and {len(act.decisions) - 1} more" if len(act.decisions) > 1 else ""
    say(f"{ledger}: {act.act_id} of {act.at} ({first.key_a} and {first.key_b} are {first.verdict}{more}) is undone.")
    say("It holds from the next run on.")


def _act(acts: Sequence[Act], named: str, ledger: Path) -> Act:
    """The act of that id, or on that line.

    Raises:
        InboxError: there is none, or it was taken back already.
    """
    found = [act for act in acts if named == act.act_id or (named.isdecimal() and int(named) in act.lines)]
    if not found:
        latest = ", ".join(act.act_id for act in acts[-_SHOWN:] if not act.is_undone) or "none"
        raise InboxError(f"{ledger}: there is no decision {named}. The last that hold: {latest}.")
    if found[0].is_undone:
        raise InboxError(f"{ledger}: {found[0].act_id} is taken back already.")
    return found[0]
