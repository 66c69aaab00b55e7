"""What a trained model learned from, how well it parts pairs it has not seen, and what its features count."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, pairwise, product

import numpy as np

from harmonize.identity.model import MatchModel
from harmonize.identity.train import Unseen, measure
from harmonize.identity.training_sets import TrainingSet

__all__ = ["training_report"]

_BANDS = (0.0, 0.1, 0.4, 0.6, 0.8, 0.9, 0.95, 1.0)
_TARGETS = (0.95, 0.98, 0.99, 0.995)


def training_report(model: MatchModel, sets: Sequence[TrainingSet], found: Sequence[Unseen], precision: float) -> str:
    """The report of one training.

    Args:
        precision: the part of automatic matches that was asked to be right.
    """
    measured = [one for one in found if one.is_measured]
    look_alikes = [one for one in found if len(one.labels) and not one.labels.any()]
    parts = (
        _learned(sets),
        *map(_quality, measured),
        _look_alikes(measured, look_alikes, model.thresholds.match),
        _thresholds(model, measured, precision),
        _counts(model),
        ("",),
    )
    return "\n".join(chain.from_iterable(parts))


def _learned(sets: Sequence[TrainingSet]) -> Iterator[str]:
    yield "# What the matching model learned from"
    yield "\nWritten by `harmonize facilities train`. The pairs themselves are not shipped.\n"
    yield "| source | pairs | one factory | two | a pair counts |"
    yield "| --- | --: | --: | --: | --: |"
    for one in sets:
        same = int(one.labels.sum())
        yield f"| {one.source} | {len(one.labels):,} | {same:,} | {len(one.labels) - same:,} | {one.weight:g} |"


def _quality(found: Unseen) -> Iterator[str]:
    measured = found.measure()
    yield (
        f"\n## On {len(found.labels):,} pairs of {found.source} that it had not seen\n\n"
        "Ten folds; pairs chained by a common name stand in one. In brackets: the middle 95 % of draws of the pairs.\n"
    )
    yield "| measure | value |"
    yield "| --- | --: |"
    for label, name in (("area under the curve", "auc"), ("recall at 98 % precision", "recall_at_98")):
        low, high = found.interval(name)
        yield f"| {label} | {getattr(measured, name):.3f} ({low:.3f} to {high:.3f}) |"
    yield "\n| probability | pairs | of them one factory |"
    yield "| --- | --: | --: |"
    for low, high in pairwise(_BANDS):
        inside = (found.chances >= low) & ((found.chances < high) | (high == 1))
        part = f"{found.labels[inside].mean():.0%}" if inside.any() else ""
        yield f"| {low:g} to {high:g} | {int(inside.sum())} | {part} |"


def _look_alikes(measured: Sequence[Unseen], lists: Sequence[Unseen], threshold: float) -> Iterator[str]:
    """How well pairs that are one factory are told from neighbours of almost the same name in a list."""
    if not (measured and lists):
        return
    yield (
        "\n## Look-alikes\n\nPairs that are one factory, against records of a list whose proper words are spelled "
        "almost the same and that are two: units, branches and firms of one group.\n"
    )
    yield "| one factory | two | pairs | area under the curve | joined wrongly |"
    yield "| --- | --- | --: | --: | --: |"
    for one, other in product(measured, lists):
        same = one.labels == 1
        both = measure(
            np.concatenate([one.chances[same], other.chances]), np.concatenate([one.labels[same], other.labels])
        )
        wrong = int(other.joined(threshold).sum())
        yield f"| {one.source} | {other.source} | {len(other.labels):,} | {both.auc:.3f} | {wrong} |"


def _thresholds(model: MatchModel, found: Sequence[Unseen], precision: float) -> Iterator[str]:
    yield (
        f"\n## From which probability on two records are one factory\n\nAsked was a precision of {precision:.1%} on "
        f"every set; the model joins from {model.thresholds.match:g} on. Pairs that a doubt leaves to a person "
        "(another unit, plot, trade or province) are joined at none.\n"
    )
    yield "| pairs of | precision | threshold | joined, of those that are one factory |"
    yield "| --- | --: | --: | --: |"
    for one in found:
        for target in sorted({*_TARGETS, precision}):
            threshold = one.threshold(target)
            recall = float(one.joined(threshold)[one.labels == 1].mean())
            yield f"| {one.source} | {target:.1%} | {threshold:.3f} | {recall:.3f} |"


def _counts(model: MatchModel) -> Iterator[str]:
    yield f"\n## What the features count\n\nIn logits; {model.intercept:g} before any.\n"
    yield "| feature | counts |"
    yield "| --- | --: |"
    order = np.argsort([-abs(weight) for weight in model.coefficients.values()], kind="stable")
    named = list(model.coefficients.items())
    for at in order.tolist():
        yield f"| {named[at][0]} | {named[at][1]:+.2f} |"
