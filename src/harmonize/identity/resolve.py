"""Say which mentions are the same factory, and give every factory the id that it keeps.

A pure function of mentions, identifiers, decisions and the ledger: the same in any order of the rows, and the same
whether records come at once or one after the other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from harmonize.collection import without_collector
from harmonize.identity.block import CommonKey
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
from harmonize.identity.memory import Memory, content_hash, stamp_of
from harmonize.identity.outcome import LINKED, PAIRS, Outcome, keep_outcome, recall_outcome
from harmonize.identity.prepare import WRITTEN, Identifier, Mention, prepare
from harmonize.identity.remember import RememberedJudge, keep_statements, recall_statements

__all__ = ["LINKS", "PAIRS", "Resolution", "resolve"]

LINKS = pa.schema(
    {
        "mention_id": pa.string(),
        "facility_id": pa.string(),
        "link_method": pa.string(),
        "link_probability": pa.float64(),
        "decision_key": pa.string(),
    }
)
_MENTION_COLUMNS = (*WRITTEN, "mention_id", "contributor", "instrument", "latitude", "longitude")


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
        passed_over: name and address keys that too many profiles of a country share to bring any together.
        alone: mentions all of whose keys were passed over, so that they were compared with none.
    """

    links: pa.Table
    pairs: pa.Table
    minted: list[LedgerEntry]
    aliases: list[tuple[str, str]]
    notices: list[Notice]
    passed_over: list[CommonKey]
    alone: list[str]


def resolve(
    mentions: pa.Table,
    identifiers: pa.Table,
    decisions: Sequence[Decision],
    minted: Mapping[str, str],
    knowledge: Knowledge,
    memory: Path | None = None,
) -> Resolution:
    """Resolve all mentions.

    Args:
        mentions: mention_id, contributor, instrument, name, name_local, address, city, admin1, country, latitude,
            longitude, workers; strings and numbers may be null.
        identifiers: mention_id, scheme, value, valid; invalid ones never link.
        decisions: what people decided, in any order.
        minted: the ledger as key -> facility id, the oldest key first.
        knowledge: word lists, rules and model.
        memory: a folder of its own that carries what was worked out from run to run; the result is the same without.
    """
    outcome = _outcome(mentions, identifiers, decisions, knowledge, memory)
    assignment = assign_ids(outcome.clusters, minted)
    facility_ids = pa.array(assignment.ids, pa.string()).take(outcome.linked["cluster"])
    links = outcome.linked.rename_columns(LINKS.names).set_column(1, "facility_id", facility_ids)
    return Resolution(
        links=links.cast(LINKS),
        pairs=outcome.pairs,
        minted=assignment.minted,
        aliases=assignment.aliases,
        notices=outcome.notices,
        passed_over=outcome.passed_over,
        alone=outcome.alone,
    )


def _outcome(
    mentions: pa.Table,
    identifiers: pa.Table,
    decisions: Sequence[Decision],
    knowledge: Knowledge,
    folder: Path | None,
) -> Outcome:
    """What is found, read back if nothing has changed since it was kept."""
    if folder is None:
        return _find(mentions, identifiers, decisions, knowledge, Memory(None, ""))
    # Of the schemes of identifiers the first that fits holds: their order decides as well.
    memory = Memory(folder, stamp_of(knowledge, list(knowledge.identifiers.schemes)))
    inputs = content_hash(mentions, identifiers, list(decisions))
    outcome = recall_outcome(memory, inputs)
    if outcome is None:
        with without_collector():
            outcome = _find(mentions, identifiers, decisions, knowledge, memory)
        keep_outcome(memory, inputs, outcome)
    return outcome


def _find(
    mentions: pa.Table, identifiers: pa.Table, decisions: Sequence[Decision], knowledge: Knowledge, memory: Memory
) -> Outcome:
    statements, known = recall_statements(memory, knowledge)
    present = [name for name in _MENTION_COLUMNS if name in mentions.column_names]
    prepared = prepare(mentions.select(present).to_pylist(), identifiers.to_pylist(), statements)
    keep_statements(memory, statements, known)
    identified, notices = linking_identifiers(prepared)
    positions: dict[str, list[int]] = {}
    keys = [keys_of(mention) for mention in prepared]
    for at, found in enumerate(keys):
        for key in found:
            positions.setdefault(key, []).append(at)
    standing = standing_decisions(decisions, positions)
    judge = RememberedJudge(knowledge.model, memory)
    joined = join_all(prepared, identified, standing, knowledge.model, judge)
    members: dict[int, list[int]] = {}
    for at, root in enumerate(joined.final):
        members.setdefault(root, []).append(at)
    clusters = [members[root] for root in sorted(members)]
    cluster_of = [0] * len(prepared)
    for number, cluster in enumerate(clusters):
        for at in cluster:
            cluster_of[at] = number
    methods = _methods(prepared, clusters, joined, identified)
    pairs = list(_pair_rows(prepared, joined, knowledge.model.thresholds.floor))
    return Outcome(
        linked=pa.table(
            [
                [mention.mention_id for mention in prepared],
                cluster_of,
                [method for method, _ in methods],
                [probability for _, probability in methods],
                [found[0] for found in keys],
            ],
            schema=LINKED,
        ),
        pairs=pa.Table.from_pylist(pairs, schema=PAIRS),
        clusters=[_cluster_keys(prepared, cluster) for cluster in clusters],
        notices=sorted([*notices, *joined.notices, *shared_company_notices(prepared, cluster_of)]),
        passed_over=joined.passed_over,
        alone=[prepared[at].mention_id for at in joined.alone],
    )


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
                for at, method in zip(part, _strong_methods(mentions, part, by_identifier), strict=True):
                    found[at] = (method, 1.0)
    return found


def _strong_methods(
    mentions: Sequence[Mention], part: Sequence[int], by_identifier: Set[tuple[int, Identifier]]
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


def _pair_rows(mentions: Sequence[Mention], joined: Joined, floor: float) -> Iterator[dict[str, str | float]]:
    """Pairs above the floor; one that other links have joined meanwhile is no longer a question."""
    for pair in joined.pairs:
        one, other = pair.ones[0], pair.others[0]
        settled = pair.verdict != "match" and joined.final[one] == joined.final[other]
        if pair.probability >= floor and not settled:
            yield _pair_row(mentions[one], mentions[other], pair)


def _pair_row(one: Mention, other: Mention, pair: ScoredPair) -> dict[str, str | float]:
    first, second = sorted((one.mention_id, other.mention_id))
    return {
        "mention_a": first,
        "mention_b": second,
        "probability": pair.probability,
        "verdict": pair.verdict,
        "reasons": pair.reasons,
    }
