"""Join the records of whole pieces, and tell how each hangs on its factory and what became of every pair."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass

from harmonize.identity.decide import VERDICTS
from harmonize.identity.decisions import Decision, standing_decisions
from harmonize.identity.hashes import Positions
from harmonize.identity.identified import LinkingIdentifiers, Notice, linking_identifiers
from harmonize.identity.joining import Joined, ScoredPair, join_all
from harmonize.identity.keys import keys_of
from harmonize.identity.linkable import Linkable
from harmonize.identity.pieces import Pairs
from harmonize.identity.prepare import Identifier
from harmonize.identity.records import ProfileIndex

__all__ = ["Settled", "SettledPair", "settle"]


@dataclass(frozen=True, slots=True)
class SettledPair:
    """What became of a pair of profiles that is alike enough to be told.

    Attributes:
        number: of the pair, as asked.
        is_told: whether it is still a question, or a join by likeness; what other links joined meanwhile is neither.
    """

    number: int
    verdict: str
    reasons: str
    is_told: bool


@dataclass(frozen=True, slots=True)
class Settled:
    """What was found of some records, in their order.

    Attributes:
        heads: the first record of each record's factory.
        sure: the first of the records that identifiers, equal statements and decisions alone join with each.
        methods: `id|exact|model|decision|single` and the probability of that link.
        pairs: of the pairs that were asked.
    """

    heads: list[int]
    sure: list[int]
    methods: list[tuple[str, float]]
    pairs: list[SettledPair]
    notices: list[Notice]


def settle(
    mentions: Sequence[Linkable],
    positions: Positions,
    index: ProfileIndex,
    decisions: Sequence[Decision],
    told: Pairs,
    apart: Pairs,
    ambiguity: float,
) -> Settled:
    """Join the records of whole pieces.

    Args:
        mentions: ordered by their id.
        positions: of the mentions among all records.
        decisions: those that hold.
        told: pairs of profiles all of whose records are among the mentions.
        apart: pairs that no chain of matches may join; their records elsewhere are no matter.
    """
    place = {position: at for at, position in enumerate(positions.tolist())}

    def members(profile: int) -> tuple[int, ...]:
        return tuple(place[position] for position in index.members(profile) if position in place)

    identified, notices = linking_identifiers(mentions)
    led: dict[str, list[int]] = {}
    for at, mention in enumerate(mentions):
        for key in keys_of(mention) if decisions else ():
            led.setdefault(key, []).append(at)
    judged = told.judged
    columns = (told.ones, told.others, judged.probability, judged.verdict)
    joined = join_all(
        mentions,
        identified,
        standing_decisions(decisions, led),
        [
            ScoredPair(number, members(one), members(other), probability, VERDICTS[verdict], reasons)
            for number, (one, other, probability, verdict, reasons) in enumerate(
                zip(*(column.tolist() for column in columns), judged.reasons.to_pylist(), strict=True)
            )
        ],
        ((members(one), members(other)) for one, other in zip(apart.ones.tolist(), apart.others.tolist(), strict=True)),
        ambiguity,
    )
    return Settled(
        heads=[int(positions[root]) for root in joined.final],
        sure=[int(positions[root]) for root in joined.strong],
        methods=_methods(mentions, joined, identified),
        pairs=[_settled(pair, joined) for pair in joined.pairs],
        notices=[*notices, *joined.notices],
    )


def _settled(pair: ScoredPair, joined: Joined) -> SettledPair:
    is_joined = joined.final[pair.ones[0]] == joined.final[pair.others[0]]
    return SettledPair(pair.number, pair.verdict, pair.reasons, pair.verdict == "match" or not is_joined)


def _methods(mentions: Sequence[Linkable], joined: Joined, identified: LinkingIdentifiers) -> list[tuple[str, float]]:
    """Per mention how it hangs on its factory, and the probability of that link.

    The largest part of a factory that hangs together without the model is its core; what the model added to it, or
    joined where there is no core, is linked by `model`.
    """
    by_identifier = {(at, id_) for id_, positions in identified.groups.items() for at in positions}
    found: list[tuple[str, float]] = [("single", 1.0)] * len(mentions)
    clusters: dict[int, dict[int, list[int]]] = {}
    for at, (root, strong) in enumerate(zip(joined.final, joined.strong, strict=True)):
        clusters.setdefault(root, {}).setdefault(strong, []).append(at)
    for parts in clusters.values():
        core = min(parts, key=lambda root: (-len(parts[root]), root))
        for root, part in parts.items():
            if len(parts) > 1 and (root != core or len(part) == 1):
                for at in part:
                    found[at] = ("model", joined.by_model[root])
            elif len(part) > 1:
                for at, method in zip(part, _strong_methods(mentions, part, by_identifier), strict=True):
                    found[at] = (method, 1.0)
    return found


def _strong_methods(
    mentions: Sequence[Linkable], part: Sequence[int], by_identifier: Set[tuple[int, Identifier]]
) -> Iterator[str]:
    """How each mention of a part that hangs together without the model hangs on the others."""
    linking = [[id_ for id_ in mentions[at].identifiers if (at, id_) in by_identifier] for at in part]
    exact = [mentions[at].exact_key for at in part]
    stated, said = Counter(id_ for ids in linking for id_ in ids), Counter(exact)
    for ids, key in zip(linking, exact, strict=True):
        if any(stated[id_] > 1 for id_ in ids):
            yield "id"
        else:
            yield "exact" if said[key] > 1 else "decision"
