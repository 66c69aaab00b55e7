"""Choose the pairs of profiles that are worth comparing.

Two profiles meet if they share a rare key: a distinctive word of the name, its beginning or end, a number together with
a word of the address, or a company's identifier. Only inside one country; without a country in none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise, product
from pathlib import Path

import duckdb
import pyarrow as pa

from harmonize.identity.model import Blocking
from harmonize.identity.prepare import Profile

__all__ = ["candidate_pairs", "keys"]

_SQL = Path(__file__).with_suffix(".sql")
_SCHEMA = pa.schema([pa.field("profile", pa.int64()), pa.field("country", pa.string()), pa.field("key", pa.string())])
_EDGE = 5
_SHORTEST_WORD = 3
_ADDRESS_WORDS = 6
_ADDRESS_NUMBERS = 4


def candidate_pairs(profiles: Sequence[Profile], limits: Blocking) -> list[tuple[int, int]]:
    """Pairs of positions in `profiles`, the smaller first, in order."""
    rows = [(at, profile.country, key) for at, profile in enumerate(profiles) for key in sorted(set(keys(profile)))]
    if not rows:
        return []
    columns = [pa.array(column, type) for column, type in zip(zip(*rows, strict=True), _SCHEMA.types, strict=True)]
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.register("block_key", pa.Table.from_arrays(columns, schema=_SCHEMA))
        found = connection.execute(
            _SQL.read_text(encoding="utf-8"),
            {
                "profiles": len(profiles),
                "largest_block": limits.largest_block,
                "candidates": limits.candidates,
            },
        ).fetchall()
    return [(int(one), int(other)) for one, other in found]


def keys(profile: Profile) -> Iterator[str]:
    """The keys under which a profile is looked up; none without a country."""
    if not profile.country:
        return
    for name in profile.names:
        yield f"name {name.core}"
        yield f"begins {name.core[:_EDGE]}"
        yield f"ends {name.core[-_EDGE:]}"
        for word, weight in name.words:
            if weight == "distinctive" and len(word) >= _SHORTEST_WORD:
                yield f"word {word}"
    spoken = [word for word, weight in profile.address.words if weight == "distinctive"][:_ADDRESS_WORDS]
    numbers = sorted(profile.address.numbers, key=lambda number: (-len(number), number))[:_ADDRESS_NUMBERS]
    for number, word in product(numbers, spoken):
        yield f"at {number} {word}"
    for one, other in pairwise(spoken):
        yield f"at {one} {other}"
    for identifier in profile.company_ids:
        yield f"{identifier.scheme} {identifier.value}"
