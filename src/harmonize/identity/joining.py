"""Join mentions in order of strength: decisions, identifiers, equal statements, and at last likeness.

Each step sees what the steps before it have joined and may not undo it. Where a record fits two factories that
contradict one another, it joins neither: a person decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from harmonize.identity.cluster import Clusters
from harmonize.identity.decide import Verdict
from harmonize.identity.decisions import Standing
from harmonize.identity.identified import LinkingIdentifiers, Notice
from harmonize.identity.linkable import Linkable

__all__ = ["Joined", "ScoredPair", "join_all"]

Positions = Sequence[int]


@dataclass(frozen=True, slots=True)
class ScoredPair:
    """Two profiles that were compared and are alike enough to be told, by the positions of their mentions.

    Attributes:
        number: of the pair, for who asked.
    """

    number: int
    ones: tuple[int, ...]
    others: tuple[int, ...]
    probability: float
    verdict: Verdict
    reasons: str


@dataclass(slots=True)
class Joined:
    """The outcome of all steps.

    Attributes:
        strong: per position, the root of what decisions, identifiers and equal statements joined.
        final: per position, the root after the model's joins.
        by_model: strong root -> the highest probability of a model's join at it.
        pairs: the pairs whose mentions were not joined already; `distinct` or `review` also where a join was refused.
    """

    strong: list[int]
    final: list[int]
    by_model: dict[int, float] = field(default_factory=dict)
    pairs: list[ScoredPair] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)


def join_all(
    mentions: Sequence[Linkable],
    identified: LinkingIdentifiers,
    standing: Standing,
    told: Iterable[ScoredPair],
    apart: Iterable[tuple[Positions, Positions]],
    ambiguity: float,
) -> Joined:
    """Run all steps over mentions that are ordered by their id.

    Args:
        told: the pairs that are alike enough to be told.
        apart: the positions of both sides of pairs that no chain of matches may join.
        ambiguity: by how much a match must be likelier than one with another factory.
    """
    clusters = Clusters(identified.of_site, standing.sides)
    notices = [
        *_join_decided(clusters, mentions, standing),
        *_join_identified(clusters, mentions, identified),
        *_join_equal(clusters, mentions),
    ]
    strong = [clusters.root(at) for at in range(len(mentions))]
    joined = Joined(strong, [], notices=notices)
    for ones, others in apart:
        for one, other in _roots(ones, others, strong):
            clusters.hold_apart(one, other)
    pairs = [pair for pair in told if _is_open(pair, strong)]
    joined.pairs = list(_join_alike(clusters, pairs, standing, joined, ambiguity))
    joined.final = [clusters.root(at) for at in range(len(mentions))]
    return joined


def _join_decided(clusters: Clusters, mentions: Sequence[Linkable], standing: Standing) -> Iterator[Notice]:
    for decision, group in standing.same:
        for at in group[1:]:
            refused = clusters.join(group[0], at, by_person=True)
            if refused is not None:
                message = f"decided the same as {mentions[group[0]].mention_id}, but {refused} elsewhere; decide again."
                yield Notice(mentions[at].mention_id, "decisions_disagree", decision.key_b, message)


def _join_identified(
    clusters: Clusters, mentions: Sequence[Linkable], identified: LinkingIdentifiers
) -> Iterator[Notice]:
    for identifier, positions in identified.groups.items():
        for at in positions[1:]:
            refused = clusters.join(positions[0], at)
            if refused == "contradicting identifiers":
                message = (
                    f"shares {identifier.scheme} with {mentions[positions[0]].mention_id}, but other ids contradict."
                )
                yield Notice(mentions[at].mention_id, "contradicting_identifiers", identifier.value, message)


def _join_equal(clusters: Clusters, mentions: Sequence[Linkable]) -> Iterator[Notice]:
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


def _is_open(pair: ScoredPair, strong: Sequence[int]) -> bool:
    """Whether the mentions of a pair are not all joined yet."""
    return len({strong[at] for at in (*pair.ones, *pair.others)}) > 1


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
    clusters: Clusters, pairs: Sequence[ScoredPair], standing: Standing, joined: Joined, ambiguity: float
) -> Iterator[ScoredPair]:
    """Join matches, the most probable first, and yield every pair with the verdict that came of it.

    The other pairs come last: they join nothing, and what contradicts them is told of the factories that came to be.
    """
    matches: dict[int, list[tuple[float, int]]] = {}
    for pair in pairs:
        if pair.verdict == "match":
            for one, other in _roots(pair.ones, pair.others, joined.strong):
                matches.setdefault(one, []).append((pair.probability, other))
                matches.setdefault(other, []).append((pair.probability, one))
    matching = _Matching(clusters, standing, joined, matches, ambiguity)
    for pair in sorted(pairs, key=lambda pair: (pair.verdict != "match", -pair.probability, pair.ones, pair.others)):
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
