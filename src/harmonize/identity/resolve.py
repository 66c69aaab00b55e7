"""Say which mentions are the same factory, and give every factory the id that it keeps.

A pure function of mentions, identifiers, decisions and the ledger: the same in any order of the rows, and the same
whether records come at once or one after the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from harmonize.collection import without_collector
from harmonize.free_memory import give_back
from harmonize.identity.assign import ClusterKeys, assign_ids
from harmonize.identity.block import CommonKey, candidate_pairs
from harmonize.identity.decided_pairs import decided_strata
from harmonize.identity.decisions import Decision, latest_decisions
from harmonize.identity.hashes import Positions
from harmonize.identity.identified import Notice, shared_company_notices
from harmonize.identity.knowledge import Knowledge
from harmonize.identity.memory import Memory, content_hash
from harmonize.identity.outcome import PAIRS, Outcome, Remembered, keep_outcome, recall
from harmonize.identity.pieces import Pairs, divide
from harmonize.identity.profiles import PROFILE, Profiles
from harmonize.identity.records import ProfileIndex, Records, record
from harmonize.identity.relations import related
from harmonize.identity.remember import remembered_judgements
from harmonize.identity.renew import renew

__all__ = ["LINKS", "PAIRS", "RELATED", "Resolution", "resolve"]

_S = pa.large_string()

LINKS = pa.schema(
    {
        "mention_id": pa.string(),
        "facility_id": pa.string(),
        "link_method": pa.string(),
        "link_probability": pa.float64(),
        "decision_key": pa.string(),
        "sure_group": pa.string(),
    }
)
RELATED = pa.schema({"facility_id": pa.string(), "related_id": pa.string(), "kind": pa.string()})
"""As the contract's table `facility_relation` has them."""


@dataclass(frozen=True, slots=True)
class Resolution:
    """What resolving found.

    Attributes:
        links: one row per mention: facility_id, link_method `id|exact|model|decision|single`, link_probability,
            and decision_key, the strongest key under which a decision finds the mention again.
            Mentions of a factory that are not linked by `model` hang together by identifiers, equal statements and
            decisions alone; so do those of one `sure_group`, which is the first of them.
        pairs: compared pairs above the floor: probability, verdict `match|review|distinct`, reasons.
        minted: what is to be appended to the ledger (`LEDGER`).
        aliases: (old id, the id that holds now).
        notices: what a steward should look at.
        passed_over: name and address keys that too many profiles of a country share to bring any together.
        alone: mentions all of whose keys were passed over, so that they were compared with none.
        related: factories that belong together without being one (`RELATED`); no step reads it.
        strata: compared pairs by verdict and probability, and those of them that were drawn and decided (`STRATA`).
    """

    links: pa.Table
    pairs: pa.Table
    minted: pa.Table
    aliases: list[tuple[str, str]]
    notices: list[Notice]
    passed_over: list[CommonKey]
    alone: list[str]
    related: pa.Table
    strata: pa.Table


def resolve(
    mentions: pa.Table,
    identifiers: pa.Table,
    decisions: Sequence[Decision],
    minted: pa.Table,
    knowledge: Knowledge,
    memory: Path | None = None,
) -> Resolution:
    """Resolve all mentions.

    Args:
        mentions: mention_id, contributor, instrument, name, name_local, address, city, admin1, country, latitude,
            longitude, workers; strings and numbers may be null.
        identifiers: mention_id, scheme, value, valid; invalid ones never link.
        decisions: what people decided, in any order.
        minted: the ledger (`LEDGER`), the oldest key first.
        knowledge: word lists, rules and model.
        memory: a folder of its own that carries what was worked out from run to run; the result is the same without.
    """
    outcome = _outcome(mentions, identifiers, decisions, knowledge, memory)
    assignment = assign_ids(outcome.clusters, minted)
    facility_ids = assignment.ids.take(outcome.linked["cluster"])
    links = outcome.linked.append_column("facility_id", facility_ids).select(LINKS.names)
    return Resolution(
        links=links.cast(LINKS),
        pairs=outcome.pairs,
        minted=assignment.minted,
        aliases=assignment.aliases,
        notices=outcome.notices,
        passed_over=outcome.passed_over,
        alone=outcome.alone,
        related=_with_ids(outcome.related, assignment.ids),
        strata=outcome.strata,
    )


def _with_ids(related: pa.Table, ids: pa.Array) -> pa.Table:
    """Relations of numbered factories by their ids; of a pair without direction the smaller id comes first."""
    one, other = (ids.take(related[name].combine_chunks()) for name in ("one", "other"))
    is_directed = pc.equal(related["kind"].combine_chunks(), "unit_of")
    first = pc.if_else(is_directed, one, pc.min_element_wise(one, other))
    second = pc.if_else(is_directed, other, pc.max_element_wise(one, other))
    table = pa.table([first, second, related["kind"]], schema=RELATED)
    return table.sort_by([(name, "ascending") for name in RELATED.names])


def _outcome(
    mentions: pa.Table,
    identifiers: pa.Table,
    decisions: Sequence[Decision],
    knowledge: Knowledge,
    folder: Path | None,
) -> Outcome:
    """What is found, read back if nothing has changed since it was kept."""
    if pc.count_distinct(mentions["mention_id"]).as_py() < mentions.num_rows:
        # What is remembered is found by its mention.
        folder = None
    memory = Memory(folder, "" if folder is None else knowledge.stamp)
    inputs = content_hash(mentions, identifiers, list(decisions)) if memory.is_kept else ""
    remembered = recall(memory, inputs)
    if remembered.whole is not None:
        return remembered.whole
    with without_collector():
        outcome = _find(record(mentions, identifiers, knowledge, memory), decisions, knowledge, memory, remembered)
    if memory.is_kept:
        keep_outcome(memory, inputs, outcome)
    return outcome


def _find(
    records: Records, decisions: Sequence[Decision], knowledge: Knowledge, memory: Memory, remembered: Remembered
) -> Outcome:
    """Compare all profiles, and join anew the pieces that are not as they were."""
    index, model = ProfileIndex.over(records), knowledge.model
    countries = records.column("used_country").take(index.first)
    candidates = candidate_pairs(countries, records.lookup_keys(index.first), model.blocking)
    records = records.without_lookup()
    give_back()

    def profiles(numbers: Positions) -> Profiles:
        return Profiles.from_records(records.table.select(PROFILE).take(pa.array(index.first[numbers])))

    judged = remembered_judgements(
        index.hashes, countries, (candidates.ones, candidates.others), profiles, model, memory
    )
    give_back()
    pairs = Pairs(candidates.ones, candidates.others, judged)
    standing = latest_decisions(decisions)
    pieces = divide(records, index, pairs, standing)
    told = pairs.take(np.flatnonzero(judged.probability >= min(model.thresholds.floor, model.thresholds.match)))
    linked, pair_rows, noticed = renew(records, index, pieces, told, standing, model.thresholds.ambiguity, remembered)
    clusters = linked["cluster"].to_numpy()
    is_alone = np.isin(index.of, candidates.alone)
    return Outcome(
        linked=linked,
        told=pair_rows,
        noticed=noticed,
        shared=shared_company_notices(records, clusters),
        clusters=_clusters(records, clusters),
        passed_over=candidates.passed_over,
        alone=records.column("mention_id").filter(pa.array(is_alone)).to_pylist(),
        related=related(records, clusters, knowledge.identifiers, knowledge.relations),
        strata=decided_strata(records, index, pair_rows, decisions, knowledge.sampling),
    )


def _clusters(records: Records, numbers: NDArray[np.int32]) -> ClusterKeys:
    """The keys of every factory."""
    of, keys = records.ledger_keys()
    first = np.unique(numbers, return_index=True)[1]
    mention_ids = records.column("mention_id").take(pa.array(first))
    spares = pc.binary_join_element_wise(pa.scalar("mention:", _S), mention_ids, pa.scalar("", _S))
    return ClusterKeys(pa.array(numbers[of]), keys, spares)
