"""`harmonize facilities train`: a matching model from labelled pairs, lists and what stewards decided."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harmonize.cli.facility_input import named_rows, project_knowledge
from harmonize.cli.output import say
from harmonize.errors import InboxError, PublicationError

if TYPE_CHECKING:
    from harmonize.identity.knowledge import Knowledge
    from harmonize.identity.training_sets import TrainingSet

__all__ = ["train_command"]


def train_command(
    out: Annotated[Path, typer.Option("--out", "-o", help="The model to write; its report comes beside it, as .md.")],
    pairs: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FILE",
            help="FILE or FILE=WEIGHT, labelled pairs: country, name_a, address_a, name_b, address_b, label (1 or 0).",
        ),
    ] = None,
    different: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FILE",
            help="FILE=WEIGHT, a list where each row is another factory: name, address, country [, list].",
        ),
    ] = None,
    decisions: Annotated[
        list[str] | None,
        typer.Option(metavar="FILE", help="FILE or FILE=WEIGHT, what stewards decided: facility_decisions.jsonl."),
    ] = None,
    precision: Annotated[
        float, typer.Option(min=0.5, max=1.0, help="The part of automatic matches that is to be right.")
    ] = 0.98,
) -> None:
    """Train the matching model anew and measure it on pairs that it has not seen.

    Put the model into `schemas/identity/` of the project as `model.yml`, and the report beside it. It is measured on
    every set that has a hundred pairs of either label. Exit code 0: written. 2: too few pairs, or a file is refused.
    """
    from harmonize.identity.train import fit_sets, trained, unseen, write_model
    from harmonize.identity.training_report import training_report

    with ExitStack() as stack:
        knowledge = project_knowledge(stack).knowledge
    sets = list(_sets(knowledge, pairs or [], different or [], decisions or []))
    judged = unseen(sets) if sets else []
    found = [one for one in judged if one.is_measured]
    if not found:
        raise InboxError(
            "no set has enough pairs of one factory and enough of two (100 each) to measure a model on. "
            "Add labelled pairs with --pairs, or --decisions."
        )
    trained_on = "; ".join(f"{len(one.labels):,} pairs of {one.source} (each {one.weight:g})" for one in sets)
    threshold = max(one.threshold(precision) for one in found)
    model = trained(knowledge.model, fit_sets(sets), threshold, trained_on)
    report = out.with_suffix(".md")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        write_model(out, model)
        report.write_text(training_report(model, sets, judged, precision), encoding="utf-8")
    except OSError as problem:
        raise PublicationError(f"{out}: cannot be written: {problem.strerror}. Choose another --out.") from problem
    say(f"learned    {sum(len(one.labels) for one in sets):,} pairs of {len(sets)} sources")
    for one in found:
        measured = one.measure()
        say(
            f"unseen     {one.source}: area under the curve {measured.auc:.3f}, "
            f"recall at 98 % precision {measured.recall_at_98:.3f}"
        )
    say(f"joins      from {model.thresholds.match:g} on (was {knowledge.model.thresholds.match:g})")
    say(f"wrote      {out}, {report}")


def _sets(knowledge: Knowledge, pairs: list[str], different: list[str], decisions: list[str]) -> Iterator[TrainingSet]:
    from harmonize.identity.training_sets import LISTED, PAIR, read_decided, read_different, read_pairs

    for path, weight in map(_weighed, pairs):
        yield read_pairs(path, named_rows(path, PAIR), weight, knowledge)
    for path, weight in map(_weighed, different):
        yield read_different(path, named_rows(path, LISTED), weight, knowledge)
    for path, weight in map(_weighed, decisions):
        yield read_decided(path, weight, knowledge)


def _weighed(text: str) -> tuple[Path, float]:
    """A file and how much its pairs count.

    Raises:
        InboxError: there is no such file, or the weight is no number above 0.
    """
    name, _, weight = text.rpartition("=")
    path = Path(name or text)
    if not path.is_file():
        raise InboxError(f"{path}: there is no such file.")
    try:
        counts = float(weight) if name else 1.0
    except ValueError:
        counts = 0.0
    if not 0 < counts <= 1:
        raise InboxError(f"{text}: the weight {weight!r} is no number above 0 and up to 1.")
    return path, counts
