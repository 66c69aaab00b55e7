"""Say of pairs of records that somebody else chose whether they are one factory: the steps of `resolve`, pair by pair.

A pair is joined as the pipeline would join two records that are alone in the world: by identifiers, by equal
statements, and at last by likeness.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from harmonize.identity.decide import VERDICTS, Judgements, Verdict, judge
from harmonize.identity.decisions import Standing
from harmonize.identity.identified import LinkingIdentifiers, Notice, linking_identifiers
from harmonize.identity.joining import ScoredPair, join_all
from harmonize.identity.knowledge import Knowledge
from harmonize.identity.prepare import Cell, Mention, Statements, prepare
from harmonize.identity.stated import StatedRow
from harmonize.model.issues import Issue

__all__ = ["Scored", "prepared_pairs", "score"]

_ALONE = Standing([], {}, frozenset())


@dataclass(frozen=True, slots=True)
class Scored:
    """What is thought of one row of a table of pairs.

    Attributes:
        probability: that both sides are one factory; None where they cannot be compared.
        reasons: in words, separated by semicolons.
        issues: what is wrong with the row.
    """

    pair_id: str
    probability: float | None
    decision: Verdict
    reasons: str
    issues: tuple[Issue, ...]


def score(rows: Sequence[StatedRow], knowledge: Knowledge) -> list[Scored]:
    """Score pairs; what is said of one does not depend on the others.

    Args:
        rows: with records on the sides `a` and `b`, or none where the row cannot be trusted.
    """
    comparable = [row for row in rows if row.records]
    mentions = prepared_pairs(comparable, knowledge)
    ones = np.arange(0, len(mentions), 2)
    judged = judge([mention.profile for mention in mentions], ones, ones + 1, _that_tells_all(knowledge).model)
    found = _scored(comparable, mentions, judged, knowledge.model.thresholds.ambiguity)
    return [next(found) if row.records else _undecided(row, None, "", row.issues) for row in rows]


def prepared_pairs(rows: Sequence[StatedRow], knowledge: Knowledge) -> list[Mention]:
    """Both sides of every row in comparable form, one after the other."""
    mentions: list[dict[str, Cell]] = []
    identifiers: list[dict[str, Cell]] = []
    for number, row in enumerate(rows):
        for side, record in sorted(row.records.items()):
            # (Equal names without an address are one factory inside one instrument only: the sides are two.)
            mention_id = f"{number:09d}{side}"
            mentions.append({**record.fields, "mention_id": mention_id, "contributor": side, "instrument": side})
            identifiers += [
                {"mention_id": mention_id, "scheme": scheme, "value": value, "valid": valid}
                for scheme, value, valid in record.identifiers
            ]
    return prepare(mentions, identifiers, Statements(knowledge))


def _that_tells_all(knowledge: Knowledge) -> Knowledge:
    """The same knowledge, with reasons for unlike pairs too: whoever asks about a pair wants to be told."""
    model = knowledge.model
    thresholds = model.thresholds.model_copy(update={"floor": 0.0})
    return replace(knowledge, model=model.model_copy(update={"thresholds": thresholds}))


def _scored(
    rows: Sequence[StatedRow], mentions: Sequence[Mention], judged: Judgements, ambiguity: float
) -> Iterator[Scored]:
    columns = (judged.probability.tolist(), judged.verdict.tolist(), judged.apart.tolist(), judged.reasons.to_pylist())
    for row, one, other, probability, verdict, apart, reasons in zip(
        rows, mentions[::2], mentions[1::2], *columns, strict=True
    ):
        pair = ScoredPair(0, (0,), (1,), probability, VERDICTS[verdict], reasons or "")
        if one.identifiers or other.identifiers or one.exact_key == other.exact_key:
            yield _joined(row, (one, other), pair, apart, ambiguity)
        elif row.doubts:
            yield _undecided(row, probability, pair.reasons, row.issues)
        else:
            yield Scored(row.key, probability, pair.verdict, pair.reasons, tuple(row.issues))


def _joined(row: StatedRow, sides: tuple[Mention, Mention], pair: ScoredPair, apart: bool, ambiguity: float) -> Scored:
    """What becomes of a pair that identifiers or equal statements may join or part."""
    identified, notices = linking_identifiers(sides)
    joined = join_all(sides, identified, _ALONE, [pair], [((0,), (1,))] if apart else [], ambiguity)
    notices = [*notices, *joined.notices]
    issues = tuple(dict.fromkeys([*row.issues, *(_issue(row, notice) for notice in notices)]))
    if joined.strong[0] == joined.strong[1]:
        pair = ScoredPair(0, (0,), (1,), 1.0, "match", "; ".join([_link(identified), pair.reasons]))
    else:
        (pair,) = joined.pairs
    told = [notice.message for notice in notices]
    reasons = "; ".join([pair.reasons, *dict.fromkeys(told)])
    named_by_id = pair.verdict == "match" and bool(identified.groups)
    doubts = [doubt for doubt in row.doubts if not (named_by_id and doubt.code == "nameless_record")]
    if doubts:
        return _undecided(row, pair.probability, reasons, issues)
    # A shared identifier that others contradict is a question for a person, however unlike the words are.
    decision = "review" if pair.verdict == "distinct" and identified.groups else pair.verdict
    return Scored(row.key, pair.probability, decision, reasons, (*row.doubts, *issues))


def _link(identified: LinkingIdentifiers) -> str:
    shared = [f"same {identifier.scheme} {identifier.value}" for identifier in identified.groups]
    return "; ".join(shared) if shared else "same name and address"


def _issue(row: StatedRow, notice: Notice) -> Issue:
    return Issue(row.locator, notice.code, notice.value, notice.message, "Find out which factory it belongs to.")


def _undecided(row: StatedRow, probability: float | None, reasons: str, issues: Sequence[Issue]) -> Scored:
    """A row on which only a person can decide; nameless sides have no probability."""
    nameless = not row.records or not all(record.is_named for record in row.records.values())
    told = [doubt.message.rstrip(".") for doubt in row.doubts]
    return Scored(
        row.key,
        None if nameless and probability != 1 else probability,
        "review",
        "; ".join(filter(None, [*told, reasons])),
        (*row.doubts, *issues),
    )
