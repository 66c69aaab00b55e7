"""The keys under which a person's decision and a minted id find a mention again after a new export.

The strongest key comes first: identifiers of the site, of one assessment, then `name|address|country`, and last the
identifiers of the company, which several sites may share.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from harmonize.identity.knowledge import Knowledge
from harmonize.identity.linkable import Linkable
from harmonize.identity.prepare import Cell, Identifier, Statements, prepare

__all__ = ["decision_keys", "keys_of"]


def decision_keys(
    mention: Mapping[str, Cell], identifiers: Iterable[Mapping[str, Cell]], knowledge: Knowledge
) -> list[str]:
    """All keys of one mention row, the strongest first; the key of its name, address and country is always there.

    Args:
        mention: a row of the mentions table.
        identifiers: its rows of the identifiers table; invalid ones make no key.
        knowledge: spellings of countries and writings of identifiers.
    """
    (prepared,) = prepare([mention], identifiers, Statements(knowledge))
    return keys_of(prepared)


def keys_of(mention: Linkable) -> list[str]:
    """All keys of a prepared mention, the strongest first; those of its company last."""
    by_level: dict[str, list[str]] = {"site": [], "assessment": [], "company": []}
    for identifier in mention.identifiers:
        by_level[identifier.level].append(_identifier_key(mention.contributor, identifier))
    return [*by_level["site"], *by_level["assessment"], mention.key, *by_level["company"]]


def _identifier_key(contributor: str, identifier: Identifier) -> str:
    return f"{contributor}|{identifier.scheme}:{identifier.value}"
