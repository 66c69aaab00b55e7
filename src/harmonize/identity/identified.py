"""Which identifiers link mentions, and what is wrong with the others.

An identifier of a site or of one assessment names one factory. One that stands on records of two countries, or an OS ID
that names another country than its record, is doubtful: it links nothing and is reported.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from harmonize.identity.linkable import Linkable
from harmonize.identity.prepare import Identifier
from harmonize.identity.records import Records

__all__ = ["LinkingIdentifiers", "Notice", "linking_identifiers", "shared_company_notices"]


@dataclass(frozen=True, slots=True, order=True)
class Notice:
    """Something for a steward to look at, at one mention."""

    mention_id: str
    code: str
    value: str
    message: str


@dataclass(frozen=True, slots=True)
class LinkingIdentifiers:
    """Identifiers that link.

    Attributes:
        groups: identifier -> positions of the mentions that state it, where there are two or more; in order.
        of_site: per position, scheme -> values that name a site, for telling factories apart.
    """

    groups: Mapping[Identifier, list[int]]
    of_site: list[dict[str, frozenset[str]]]


def linking_identifiers(mentions: Sequence[Linkable]) -> tuple[LinkingIdentifiers, list[Notice]]:
    """Sort the identifiers of all mentions into those that link and notices on those that must not."""
    stated: dict[Identifier, list[int]] = {}
    for at, mention in enumerate(mentions):
        for identifier in mention.identifiers:
            if identifier.level != "company":
                stated.setdefault(identifier, []).append(at)
    notices: list[Notice] = []
    trusted: dict[Identifier, list[int]] = {}
    for identifier in sorted(stated):
        positions = stated[identifier]
        countries = sorted({mentions[at].country for at in positions} - {""})
        if len(countries) > 1:
            text = f"{identifier.scheme} stands on records in {', '.join(countries)}; it links none of them."
            notices += [
                Notice(mentions[at].mention_id, "identifier_in_two_countries", identifier.value, text)
                for at in positions
            ]
        elif identifier.scheme == "os_id" and countries and not identifier.value.startswith(countries[0]):
            text = f"the OS ID is one of {identifier.value[:2]}, the record stands in {countries[0]}; it links nothing."
            notices += [
                Notice(mentions[at].mention_id, "os_id_of_another_country", identifier.value, text) for at in positions
            ]
        else:
            trusted[identifier] = positions
    of_site: list[dict[str, set[str]]] = [{} for _ in mentions]
    for identifier, positions in trusted.items():
        if identifier.level == "site":
            for at in positions:
                of_site[at].setdefault(identifier.scheme, set()).add(identifier.value)
    groups = {identifier: positions for identifier, positions in trusted.items() if len(positions) > 1}
    frozen = [{scheme: frozenset(values) for scheme, values in stated.items()} for stated in of_site]
    return LinkingIdentifiers(groups, frozen), notices


def shared_company_notices(records: Records, clusters: NDArray[np.int32]) -> list[Notice]:
    """One notice per factory for every company identifier that several factories state.

    Args:
        clusters: per record the number of its factory.
    """
    lists = records.column("identifiers")
    of, flat = pc.list_parent_indices(lists), pc.list_flatten(lists)
    names_company = pc.equal(flat.field("level"), "company")
    at = of.filter(names_company).to_numpy().astype(np.int64)
    stated = pa.table(
        {
            "scheme": flat.field("scheme").filter(names_company),
            "value": flat.field("value").filter(names_company),
            "cluster": clusters[at],
            "at": at,
        }
    )
    places = stated.group_by(["scheme", "value", "cluster"]).aggregate([("at", "min")])
    shared = places.group_by(["scheme", "value"]).aggregate([("at_min", "list"), ("at_min", "count")])
    shared = shared.filter(pc.greater(shared["at_min_count"], 1))
    mention_ids = records.column("mention_id")
    return [
        Notice(
            mention_ids[at].as_py(),
            "company_identifier_shared",
            row["value"],
            f"{row['scheme']} stands on {row['at_min_count']} factories; "
            "it names their company and links none of them.",
        )
        for row in shared.to_pylist()
        for at in row["at_min_list"]
    ]
