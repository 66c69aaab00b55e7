"""Say which mentions are the same factory, and give every factory the id that it keeps.

A pure function of mentions, identifiers, decisions and the ledger: the same in any order of the rows, and the same
whether records come at once or one after the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

import pyarrow as pa

from harmonize.identity.decisions import Decision, standing_decisions
from harmonize.identity.identified import (
    LinkingIdentifiers,
    Notice,
    linking_identifiers,
    shared_company_notices,
)
from harmonize.identity.joining import Joined, ScoredPair, join_all
from harmonize.identity.keys import keys_of, ledger_keys
from harmonize.identity.knowledge import Knowledge
from harmonize.identity.ledger import ClusterKeys, LedgerEntry, assign_ids
from harmonize.identity.prepare import Identifier, Mention, prepare

__all__ = ["LINKS", "PAIRS", "Resolution", "resolve"]

LINKS = pa.schema(
    [
        pa.field("mention_id", pa.string()),
        pa.field("facility_id", pa.string()),
        pa.field("link_method", pa.string()),
        pa.field("link_probability", pa.float64()),
        pa.field("decision_key", pa.string()),
    ]
)
PAIRS = pa.schema(
    [
        pa.field("mention_a", pa.string()),
        pa.field("mention_b", pa.string()),
        pa.field("probability", pa.float64()),
        pa.field("verdict", pa.string()),
        pa.field("reasons", pa.string()),
    ]
)


@dataclass(frozen=True, slots=True)
class Resolution:
    """What resolving found.

    Attributes:
        links: one row per mention: facility_id, link_method `id|exact|model|decision|single`, link_probability,
            and decision_key, the strongest key under which a decision finds the mention again.
            Mentions of a factory that are not linked by `model` hang together by identifiers, equal statements and
            decisions alone.
        pairs: compared pairs above the floor: probability, verdict `match|review|distinct`, reasons.
        minted: what is to be appended to the ledger.
        aliases: (old id, the id that holds now).
        notices: what a steward should look at.
    """

    links: pa.Table
    pairs: pa.Table
    minted: list[LedgerEntry]
    aliases: list[tuple[str, str]]
    notices: list[Notice]


def resolve(
    mentions: pa.Table,
    identifiers: pa.Table,
    decisions: Sequence[Decision],
    minted: Mapping[str, str],
    knowledge: Knowledge,
) -> Resolution:
    """Resolve all mentions.

    Args:
        mentions: mention_id, contributor, instrument, name, name_local, address, city, admin1, country, latitude,
            longitude, workers; strings and numbers may be null.
        identifiers: mention_id, scheme, value, valid; invalid ones never link.
        decisions: what people decided, in any order.
        minted: the ledger as key -> facility id, the oldest key first.
        knowledge: word lists, rules and model.
    """
    prepared = prepare(mentions.to_pylist(), identifiers.to_pylist(), knowledge)
    identified, notices = linking_identifiers(prepared)
    positions: dict[str, list[int]] = {}
    for at, mention in enumerate(prepared):
        for key in keys_of(mention):
            positions.setdefault(key, []).append(at)
    joined = join_all(prepared, identified, standing_decisions(decisions, positions), knowledge.model)
    members: dict[int, list[int]] = {}
    for at, root in enumerate(joined.final):
        members.setdefault(root, []).append(at)
    clusters = [members[root] for root in sorted(members)]
    assignment = assign_ids([_cluster_keys(prepared, cluster) for cluster in clusters], minted)
    facility_ids = [""] * len(prepared)
    for facility_id, cluster in zip(assignment.ids, clusters, strict=True):
        for at in cluster:
            facility_ids[at] = facility_id
    links = _link_rows(prepared, facility_ids, _methods(prepared, clusters, joined, identified))
    pairs = list(_pair_rows(prepared, joined, knowledge.model.thresholds.floor))
    return Resolution(
        links=pa.Table.from_pylist(links, schema=LINKS),
        pairs=pa.Table.from_pylist(pairs, schema=PAIRS),
        minted=assignment.minted,
        aliases=assignment.aliases,
        notices=sorted([*notices, *joined.notices, *shared_company_notices(prepared, facility_ids)]),
    )


def _link_rows(
    mentions: Sequence[Mention], facility_ids: Sequence[str], methods: Sequence[tuple[str, float]]
) -> list[dict[str, str | float]]:
    return [
        {
            "mention_id": mention.mention_id,
            "facility_id": facility_id,
            "link_method": method,
            "link_probability": probability,
            "decision_key": keys_of(mention)[0],
        }
        for mention, facility_id, (method, probability) in zip(mentions, facility_ids, methods, strict=True)
    ]


def _cluster_keys(mentions: Sequence[Mention], cluster: Sequence[int]) -> ClusterKeys:
    keys = frozenset(key for at in cluster for key in ledger_keys(mentions[at]))
    return ClusterKeys(keys, f"mention:{mentions[cluster[0]].mention_id}")


def _methods(
    mentions: Sequence[Mention],
    clusters: Sequence[Sequence[int]],
    joined: Joined,
    identified: LinkingIdentifiers,
) -> list[tuple[str, float]]:
    """Per mention how it hangs on its factory, and the probability of that link.

    The largest part of a factory that hangs together without the model is its core; what the model added to it, or
    joined where there is no core, is linked by `model`.
    """
    by_identifier = {(at, id_) for id_, positions in identified.groups.items() for at in positions}
    found: list[tuple[str, float]] = [("single", 1.0)] * len(mentions)
    for cluster in clusters:
        parts: dict[int, list[int]] = {}
        for at in cluster:
            parts.setdefault(joined.strong[at], []).append(at)
        core = min(parts, key=lambda root: (-len(parts[root]), root))
        for root, part in parts.items():
            if len(parts) > 1 and (root != core or len(part) == 1):
                for at in part:
                    found[at] = ("model", joined.by_model[root])
            elif len(part) > 1:
                for at in part:
                    found[at] = (_strong_method(mentions, at, part, by_identifier), 1.0)
    return found


def _strong_method(
    mentions: Sequence[Mention], at: int, part: Sequence[int], by_identifier: Set[tuple[int, Identifier]]
) -> str:
    others = [other for other in part if other != at]
    if any(
        (at, id_) in by_identifier and (other, id_) in by_identifier
        for id_ in mentions[at].identifiers
        for other in others
    ):
        return "id"
    if any(mentions[other].exact_key == mentions[at].exact_key for other in others):
        return "exact"
    return "decision"


def _pair_rows(mentions: Sequence[Mention], joined: Joined, floor: float) -> Iterator[dict[str, str | float]]:
    """Pairs above the floor; one that other links have joined meanwhile is no longer a question."""
    for pair in joined.pairs:
        one, other = pair.ones[0], pair.others[0]
        settled = pair.judgement.verdict != "match" and joined.final[one] == joined.final[other]
        if pair.judgement.probability >= floor and not settled:
            yield _pair_row(mentions[one], mentions[other], pair)


def _pair_row(one: Mention, other: Mention, pair: ScoredPair) -> dict[str, str | float]:
    first, second = sorted((one.mention_id, other.mention_id))
    return {
        "mention_a": first,
        "mention_b": second,
        "probability": pair.judgement.probability,
        "verdict": pair.judgement.verdict,
        "reasons": pair.judgement.reasons,
    }
