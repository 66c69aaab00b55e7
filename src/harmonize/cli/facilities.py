"""`harmonize facilities`: what people decide about factories."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from harmonize.cli.facility_event import event_command
from harmonize.cli.facility_explain import explain_command
from harmonize.cli.facility_input import project_knowledge
from harmonize.cli.facility_release import Out, open_release
from harmonize.cli.facility_resolve import resolve_command
from harmonize.cli.facility_sample import VERDICTS, read_verdicts, refuse, sample_command
from harmonize.cli.facility_score import score_command
from harmonize.cli.facility_train import train_command
from harmonize.cli.output import say
from harmonize.cli.prompt_group import PromptGroup
from harmonize.cli.signing import By
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
app.command("sample")(sample_command)
app.command("event")(event_command)

_SHOWN = 5

Why = Annotated[str, typer.Option(help="The reason, for those who come later.")]


def _word(by: str, why: str) -> Word:
    from harmonize.identity.corrections import Word
    from harmonize.identity.sampling import is_of_sample

    if is_of_sample(why):
        raise typer.BadParameter("A reason that begins with `sample:` is kept for drawn pairs; say it otherwise.")
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
    by: By,
    mention_a: Annotated[str | None, typer.Argument(help="A mention_id.")] = None,
    mention_b: Annotated[str | None, typer.Argument(help="Another mention_id.")] = None,
    verdict: Annotated[str | None, typer.Argument(help="same, different or unsure.")] = None,
    sample: Annotated[
        Path | None, typer.Option("--from", help="Instead: the verdicts of a file of `harmonize facilities sample`.")
    ] = None,
    why: Why = "",
    out: Out = Path("data"),
) -> None:
    """Record that two mentions are the same factory or not; a decision beats any score and survives a re-export.

    With --from all rows that have a verdict are recorded as one act, or none if any of them is wrong.
    """
    from harmonize.identity.corrections import decided

    if sample is not None:
        if mention_a is not None or why:
            raise typer.BadParameter("With --from, mentions, verdicts and reasons stand in the file.")
        _decide_sample(sample, by, out)
        return
    if mention_a is None or mention_b is None or verdict is None:
        raise typer.BadParameter("Name two mentions and a verdict, or --from FILE.")
    if verdict not in VERDICTS:
        raise typer.BadParameter(f"{verdict!r} is none of {', '.join(VERDICTS)}.")
    if mention_a == mention_b:
        raise InboxError(f"{mention_a}: this is one mention. Name another one.")
    with open_release(out) as release:
        one, other = _keys([release.mention(mention) for mention in (mention_a, mention_b)]).values()
    _record(_ledger(out), decided(one, other, cast("Verdict", verdict), _word(by, why)), [])


def _decide_sample(path: Path, by: str, out: Path) -> None:
    """Record the verdicts of a sample."""
    from harmonize.identity.corrections import decided
    from harmonize.identity.sampling import said_of_sample

    pairs, word = read_verdicts(path), _word(by, "")
    with open_release(out) as release:
        known = release.mentions(sorted({id_ for pair in pairs for id_ in (pair.mention_a, pair.mention_b)}))
    keys = _keys(list(known.values()))
    decisions: list[Decision] = []
    problems: list[str] = []
    for pair in pairs:
        strange = [mention for mention in (pair.mention_a, pair.mention_b) if mention not in keys]
        if strange:
            problems.append(f"{pair.locator}: there is no mention {strange[0]!r} in this release. Draw a new sample.")
            continue
        said = replace(word, why=said_of_sample(pair.why))
        try:
            decisions += decided(keys[pair.mention_a], keys[pair.mention_b], cast("Verdict", pair.verdict), said)
        except InboxError as problem:
            problems.append(f"{pair.locator}: {problem}")
    refuse(path, problems)
    _record(_ledger(out), decisions, [])


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
    from harmonize.identity.decision_ledger import last_act, read_acts
    from harmonize.ledgers import append_undo

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
