"""`harmonize facilities explain`: why two records are one factory or not, step by step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from harmonize.cli.facility_input import open_rows, project_knowledge
from harmonize.cli.facility_release import FacilityRelease, Out, open_release
from harmonize.cli.output import say, show_table
from harmonize.errors import InboxError
from harmonize.project import Project

if TYPE_CHECKING:
    from harmonize.cli.facility_input import Known
    from harmonize.identity.score import Scored
    from harmonize.identity.stated import StatedRecord, StatedRow
    from harmonize.identity.waterfall import Step

__all__ = ["explain_command"]

_MOST_PAIRS = 10_000


def explain_command(
    names: Annotated[
        list[str], typer.Argument(help="Two ids of mentions or factories; with --pairs the pair_id.", metavar="A B")
    ],
    pairs: Annotated[
        Path | None, typer.Option(help="Explain a pair of this file, as `harmonize facilities score` reads it.")
    ] = None,
    out: Out = Path("data"),
) -> None:
    """Say why two records are one factory or not: each feature in words, what it adds, and what overrules the sum.

    Of two factories the two mentions that are most alike are explained.
    """
    if len(names) != (2 if pairs is None else 1):
        raise typer.BadParameter("Name two mentions or factories, or --pairs FILE and one pair_id.")
    with ExitStack() as stack:
        known = project_knowledge(stack)
        if pairs is not None:
            _tell(_of_file(pairs, names[0], known), known)
            return
        release = stack.enter_context(open_release(out))
        _tell_of_release(release, names[0], names[1], known, out)


def _of_file(path: Path, pair_id: str, known: Known) -> StatedRow:
    """The row of a pair.

    Raises:
        InboxError: there is none, or its cells are shifted.
    """
    table, reader, _ = open_rows(path, "pair_id", known.names.pairs, known.knowledge)
    row = next(
        (reader.read(at, cells) for at, cells in table.rows() if reader.key_of(cells) == pair_id.strip()),
        None,
    )
    if row is None:
        raise InboxError(f"{path}: there is no pair {pair_id!r}.")
    if not row.records:
        raise InboxError(f"{path}: {row.locator}: {row.doubts[-1].message} {row.doubts[-1].hint}")
    return row


def _tell_of_release(release: FacilityRelease, one: str, other: str, known: Known, out: Path) -> None:
    """Explain two mentions, or the two of two factories that are most alike, and what became of them."""
    from harmonize.identity.score import score

    ours, theirs = release.mentions_at(one), release.mentions_at(other)
    if {row["mention_id"] for row in ours} & {row["mention_id"] for row in theirs}:
        raise InboxError(f"{one} and {other} are one and the same. Name two mentions of it, see facility_mention.")
    if len(ours) * len(theirs) > _MOST_PAIRS:
        raise InboxError(f"{one} and {other} have {len(ours)} and {len(theirs)} mentions. Name one of each.")
    stated = _stated([*ours, *theirs], known, out)
    couples = list(product(ours, theirs))
    rows = [_row(stated[str(a["mention_id"])], stated[str(b["mention_id"])]) for a, b in couples]
    scored = score(rows, known.knowledge)
    best = max(range(len(rows)), key=lambda at: (scored[at].probability or 0.0, -at))
    if len(rows) > 1:
        say(f"compared   {len(ours)} with {len(theirs)} mentions; these two are most alike:")
    for mention in couples[best]:
        say(
            f"{mention['mention_id']}  of {mention['facility_id']}, linked by {mention['link_method']} "
            f"({mention['link_probability'] or 0:.3f}), from {mention['contributor']}/{mention['instrument']}"
        )
    _tell(rows[best], known)
    _tell_decisions(ours, theirs, stated, out)
    one_id, other_id = (mention["facility_id"] for mention in couples[best])
    say(f"release    {f'one factory, {one_id}' if one_id == other_id else f'two factories, {one_id} and {other_id}'}")


@dataclass(frozen=True, slots=True)
class _Stated:
    """What a mention of a release states, and its decision keys."""

    record: StatedRecord
    keys: tuple[str, ...]


def _stated(mentions: Sequence[Mapping[str, Any]], known: Known, out: Path) -> dict[str, _Stated]:
    """What mentions state, as the run remembers it; else as the release has it, without their identifiers."""
    from harmonize.identity.memory import Memory
    from harmonize.identity.records import recorded
    from harmonize.identity.stated import StatedRecord

    knowledge = known.knowledge
    folder = Project.locate(Path.cwd()).stage_folder(out) / "identity"
    memory = Memory(folder, knowledge.stamp)
    remembered = recorded(memory, [str(mention["mention_id"]) for mention in mentions])
    if len(remembered) < len(mentions):
        say("note       what the last run worked out is not at hand: identifiers of single mentions are left out")
    found: dict[str, _Stated] = {}
    for mention in mentions:
        row = {**mention, **remembered.get(str(mention["mention_id"]), {})}
        identifiers = tuple((id_["scheme"], id_["value"], True) for id_ in row.get("identifiers", ()))
        keys = tuple(row.get("keys", [mention["decision_key"]]))
        found[str(mention["mention_id"])] = _Stated(StatedRecord(row, identifiers), keys)
    return found


def _row(one: _Stated, other: _Stated) -> StatedRow:
    from harmonize.identity.stated import StatedRow

    return StatedRow("", "", records={"a": one.record, "b": other.record})


def _tell(row: StatedRow, known: Known) -> None:
    """The two records, the waterfall, and what is decided."""
    from harmonize.identity.score import prepared_pairs, score
    from harmonize.identity.waterfall import feature_words, waterfall

    for side, record in row.records.items():
        parts = (record.fields.get(name) for name in ("name", "name_local", "address", "city", "admin1", "country"))
        ids = (f"{scheme} {value}{'' if valid else ' (not valid)'}" for scheme, value, valid in record.identifiers)
        say(f"{side}          {' | '.join(str(part) for part in (*parts, *ids) if part)}")
    (scored,) = score([row], known.knowledge)
    one, other = prepared_pairs([row], known.knowledge)
    if one.profile.country != other.profile.country:
        say("decision   distinct: the records stand in different countries and are never compared by their words")
        _tell_issues(scored)
        return
    model = known.knowledge.model
    found = waterfall(one.profile, other.profile, model)
    words = feature_words(known.schemas)
    show_table("", ("evidence", "value", "adds", "speaks", "so far"), (_shown(step, words) for step in found.steps))
    thresholds = model.thresholds
    say(f"model      {found.probability:.3f}; match from {thresholds.match:g}, review from {thresholds.review:g}")
    _tell_decision(scored, found.probability)


def _shown(step: Step, words: Mapping[str, str]) -> tuple[str, ...]:
    value = "" if step.name == "start" else "yes" if step.value == 1 else f"{step.value:.2f}"
    speaks = "" if step.name == "start" else "for" if step.logits > 0 else "against"
    name = words.get(step.name, step.name.replace("_", " "))
    return name, value, f"{step.logits:+.2f}", speaks, f"{step.probability:.3f}"


def _tell_decision(scored: Scored, probability: float) -> None:
    chance = "" if scored.probability in (None, probability) else f", probability {scored.probability:.3f}"
    say(f"decision   {scored.decision}{chance}: {scored.reasons}")
    _tell_issues(scored)


def _tell_issues(scored: Scored) -> None:
    for issue in scored.issues:
        say(f"issue      {issue.code}: {issue.message}")


def _tell_decisions(
    ours: Sequence[Mapping[str, Any]], theirs: Sequence[Mapping[str, Any]], stated: Mapping[str, _Stated], out: Path
) -> None:
    """What people decided of the two sides: it beats the sum."""
    from harmonize.identity.decision_ledger import acts_of, read_acts

    acts = read_acts(Project.locate(Path.cwd()).decisions_folder(out) / "facility_decisions.jsonl")
    keys = [{key for row in rows for key in stated[str(row["mention_id"])].keys} for rows in (ours, theirs)]
    for verdict in ("same", "different", "unsure"):
        for act in acts_of(acts, keys[0], keys[1], verdict):
            first = act.decisions[0]
            say(f"decided    {verdict} by {first.by} on {first.at}, {act.act_id}: {first.why or 'no reason given'}")
