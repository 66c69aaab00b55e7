"""Join mentions in order of strength: decisions, identifiers, equal statements, and at last likeness.

Each step sees what the steps before it have joined and may not undo it. Where a record fits two factories that
contradict one another, it joins neither: a person decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from harmonize.identity.block import Candidates, CommonKey, candidate_pairs
from harmonize.identity.cluster import Clusters
from harmonize.identity.decide import VERDICTS, Judgements, Verdict
from harmonize.identity.decisions import Standing
from harmonize.identity.identified import LinkingIdentifiers, Notice
from harmonize.identity.model import MatchModel
from harmonize.identity.prepare import Mention, Profile

__all__ = ["Joined", "Judge", "ScoredPair", "join_all"]

Positions = NDArray[np.int64]


class Judge(Protocol):
    """Judges pairs of positions in a list of profiles."""

    def __call__(self, profiles: Sequence[Profile], ones: Positions, others: Positions) -> Judgements:
        """The judgements, in the order of the pairs."""
        ...


@dataclass(frozen=True, slots=True)
class ScoredPair:
    """Two profiles that were compared and are alike enough to be told, by the positions of their mentions."""

    ones: tuple[int, ...]
    others: tuple[int, ...]
    probability: float
    verdict: Verdict
    reasons: str


@dataclass(frozen=True, slots=True)
class _Compared:
    """Pairs of profiles that were compared.

    Attributes:
        told: the pairs that are alike enough.
        apart: all pairs of roots that no chain of matches may join.
    """

    told: list[ScoredPair]
    apart: Iterable[tuple[int, int]]


@dataclass(slots=True)
class Joined:
    """The outcome of all steps.

    Attributes:
        strong: per position, the root of what decisions, identifiers and equal statements joined.
        final: per position, the root after the model's joins.
        by_model: strong root -> the highest probability of a model's join at it.
        pairs: the compared pairs that are alike enough; `distinct` or `review` also where a join was refused.
        passed_over: keys that too many share to bring any together.
        alone: positions of mentions that no key brought together with any other.
    """

    strong: list[int]
    final: list[int]
    by_model: dict[int, float] = field(default_factory=dict)
    pairs: list[ScoredPair] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    passed_over: list[CommonKey] = field(default_factory=list)
    alone: list[int] = field(default_factory=list)


def join_all(
    mentions: Sequence[Mention],
    identified: LinkingIdentifiers,
    standing: Standing,
    model: MatchModel,
    judge: Judge,
) -> Joined:
    """Run all steps over mentions that are ordered by their id."""
    clusters = Clusters(identified.of_site, standing.sides)
    notices = [
        *_join_decided(clusters, mentions, standing),
        *_join_identified(clusters, mentions, identified),
        *_join_equal(clusters, mentions),
    ]
    strong = [clusters.root(at) for at in range(len(mentions))]
    joined = Joined(strong, [], notices=notices)
    compared = _compared(mentions, joined, model, judge)
    for one, other in compared.apart:
        clusters.hold_apart(one, other)
    joined.pairs = list(_join_alike(clusters, compared.told, standing, joined, model))
    joined.final = [clusters.root(at) for at in range(len(mentions))]
    return joined


def _join_decided(clusters: Clusters, mentions: Sequence[Mention], standing: Standing) -> Iterator[Notice]:
    for decision, group in standing.same:
        for at in group[1:]:
            refused = clusters.join(group[0], at, by_person=True)
            if refused is not None:
                message = f"decided the same as {mentions[group[0]].mention_id}, but {refused} elsewhere; decide again."
                yield Notice(mentions[at].mention_id, "decisions_disagree", decision.key_b, message)


def _join_identified(
    clusters: Clusters, mentions: Sequence[Mention], identified: LinkingIdentifiers
) -> Iterator[Notice]:
    for identifier, positions in identified.groups.items():
        for at in positions[1:]:
            refused = clusters.join(positions[0], at)
            if refused == "contradicting identifiers":
                message = (
                    f"shares {identifier.scheme} with {mentions[positions[0]].mention_id}, but other ids contradict."
                )
                yield Notice(mentions[at].mention_id, "contradicting_identifiers", identifier.value, message)


def _join_equal(clusters: Clusters, mentions: Sequence[Mention]) -> Iterator[Notice]:
    """Join what has one exact key, unless two of them must stay apart: then nobody knows to which the others belong."""
    groups: dict[str, list[int]] = {}
    for at, mention in enumerate(mentions):
        groups.setdefault(mention.exact_key, []).append(at)
    for key in sorted(key for key, group in groups.items() if len(group) > 1):
        roots = sorted({clusters.root(at) for at in groups[key]})
        refusals = {
            clusters.refusal(one, other) for position, one in enumerate(roots) for other in roots[position + 1 :]
        } - {None}
        if "contradicting identifiers" in refusals:
            for at in groups[key]:
                message = "same name and address as a record with another identifier of the same scheme; decide."
                yield Notice(mentions[at].mention_id, "contradicting_identifiers", mentions[at].key, message)
        elif not refusals:
            for root in roots[1:]:
                clusters.join(roots[0], root)


def _compared(mentions: Sequence[Mention], joined: Joined, model: MatchModel, judge: Judge) -> _Compared:
    """Compare all pairs of profiles that are worth it; what is joined already is left out."""
    by_profile: dict[Profile, list[int]] = {}
    for at, mention in enumerate(mentions):
        by_profile.setdefault(mention.profile, []).append(at)
    profiles = sorted(by_profile, key=_order)
    members = [tuple(by_profile[profile]) for profile in profiles]
    candidates = candidate_pairs(profiles, model.blocking)
    joined.passed_over = candidates.passed_over
    joined.alone = sorted(at for profile in candidates.alone for at in members[profile])
    ones, others = _open(candidates, members, joined.strong)
    found = judge(profiles, ones, others)
    told = np.flatnonzero(found.probability >= min(model.thresholds.floor, model.thresholds.match))
    apart = np.flatnonzero(found.apart)
    some = found.take(told)
    columns = (ones[told], others[told], some.probability, some.verdict)
    return _Compared(
        [
            ScoredPair(members[one], members[other], probability, VERDICTS[verdict], reasons)
            for one, other, probability, verdict, reasons in zip(
                *(column.tolist() for column in columns), some.reasons.to_pylist(), strict=True
            )
        ],
        _root_pairs(members, joined.strong, ones[apart], others[apart]),
    )


def _open(
    candidates: Candidates, members: Sequence[tuple[int, ...]], strong: Sequence[int]
) -> tuple[Positions, Positions]:
    """The candidates whose mentions are not all joined yet."""
    root = _sole_roots(members, strong)
    one, other = root[candidates.ones], root[candidates.others]
    is_open = (one < 0) | (one != other)
    return candidates.ones[is_open], candidates.others[is_open]


def _sole_roots(members: Sequence[tuple[int, ...]], strong: Sequence[int]) -> Positions:
    """The one root of each profile's mentions; -1 where there are several."""
    roots = ({strong[at] for at in positions} for positions in members)
    return np.array([found.pop() if len(found) == 1 else -1 for found in roots], np.int64)


def _root_pairs(
    members: Sequence[tuple[int, ...]], strong: Sequence[int], ones: Positions, others: Positions
) -> Iterator[tuple[int, int]]:
    """The different roots that some pairs of profiles bring together."""
    root = _sole_roots(members, strong)
    one, other = root[ones], root[others]
    plain = (one >= 0) & (other >= 0)
    yield from zip(*(side[plain & (one != other)].tolist() for side in (one, other)), strict=True)
    for left, right in zip(ones[~plain].tolist(), others[~plain].tolist(), strict=True):
        yield from _roots(members[left], members[right], strong)


def _order(profile: Profile) -> tuple[object, ...]:
    return (
        profile.text,
        profile.province or "",
        profile.place or (),
        sorted(profile.company_ids) if profile.company_ids else [],
        profile.address,
        profile.names,
    )


def _roots(ones: Sequence[int], others: Sequence[int], strong: Sequence[int]) -> list[tuple[int, int]]:
    if len(ones) == len(others) == 1:
        one, other = strong[ones[0]], strong[others[0]]
        return [] if one == other else [(one, other)]
    left, right = ({strong[at] for at in positions} for positions in (ones, others))
    return sorted((one, other) for one in left for other in right if one != other)


@dataclass(frozen=True, slots=True)
class _Matching:
    """What the model's joins look at: the state of the clusters, open questions, and the matches of every root."""

    clusters: Clusters
    standing: Standing
    joined: Joined
    matches: Mapping[int, Sequence[tuple[float, int]]]
    ambiguity: float


def _join_alike(
    clusters: Clusters, pairs: Sequence[ScoredPair], standing: Standing, joined: Joined, model: MatchModel
) -> Iterator[ScoredPair]:
    """Join matches, the most probable first, and yield every pair with the verdict that came of it."""
    matches: dict[int, list[tuple[float, int]]] = {}
    for pair in pairs:
        if pair.verdict == "match":
            for one, other in _roots(pair.ones, pair.others, joined.strong):
                matches.setdefault(one, []).append((pair.probability, other))
                matches.setdefault(other, []).append((pair.probability, one))
    matching = _Matching(clusters, standing, joined, matches, model.thresholds.ambiguity)
    for pair in sorted(pairs, key=lambda pair: (-pair.probability, pair.ones, pair.others)):
        roots = _roots(pair.ones, pair.others, joined.strong)
        refused = sorted(set(filter(None, [_refused_join(matching, pair, both) for both in roots])))
        if not refused:
            yield pair
        else:
            distinct = pair.verdict == "distinct" or refused == ["decided different"]
            yield replace(
                pair,
                verdict="distinct" if distinct else "review",
                reasons="; ".join([pair.reasons, *refused]),
            )


def _refused_join(matching: _Matching, pair: ScoredPair, roots: tuple[int, int]) -> str | None:
    """Join two roots if the pair is a match; what refuses a match, or contradicts any pair, is told."""
    clusters, (one, other), probability = matching.clusters, roots, pair.probability
    if pair.verdict != "match":
        return clusters.refusal(one, other)
    if any((min(a, b), max(a, b)) in matching.standing.unsure for a in pair.ones for b in pair.others):
        return "a person was unsure"
    for root, chosen in ((one, other), (other, one)):
        rivals = [rival for near, rival in matching.matches[root] if near >= probability - matching.ambiguity]
        if any(rival != chosen and clusters.refusal(chosen, rival, by_model=True) for rival in rivals):
            return "as near to another factory"
    refused = clusters.join(one, other, by_model=True)
    if refused is None:
        for root in roots:
            matching.joined.by_model[root] = max(matching.joined.by_model.get(root, 0.0), probability)
    return refused
