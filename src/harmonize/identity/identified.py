"""Which identifiers link mentions, and what is wrong with the others.

An identifier of a site or of one assessment names one factory. One that stands on records of two countries, or an OS ID
that names another country than its record, is doubtful: it links nothing and is reported.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from harmonize.identity.prepare import Identifier, Mention

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


def linking_identifiers(mentions: Sequence[Mention]) -> tuple[LinkingIdentifiers, list[Notice]]:
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
        countries = sorted({mentions[at].profile.country for at in positions} - {""})
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


def shared_company_notices(mentions: Sequence[Mention], clusters: Sequence[int]) -> list[Notice]:
    """One notice per factory for every company identifier that several factories state."""
    stated: dict[Identifier, dict[int, str]] = {}
    for mention, cluster in zip(mentions, clusters, strict=True):
        for identifier in mention.profile.company_ids:
            stated.setdefault(identifier, {}).setdefault(cluster, mention.mention_id)
    return [
        Notice(
            mention_id,
            "company_identifier_shared",
            identifier.value,
            f"{identifier.scheme} stands on {len(places)} factories; it names their company and links none of them.",
        )
        for identifier, places in sorted(stated.items())
        if len(places) > 1
        for mention_id in sorted(places.values())
    ]
