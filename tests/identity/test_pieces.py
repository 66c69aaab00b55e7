"""Records are divided into what hangs together, however long the chain."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from harmonize.identity.hashes import Positions
from harmonize.identity.pieces import connected

LINKS = st.lists(st.tuples(st.integers(0, 11), st.integers(0, 5)), max_size=14)


def _arrays(links: list[tuple[int, int]]) -> tuple[Positions, Positions]:
    members, groups = zip(*links, strict=True) if links else ((), ())
    return np.array(members, np.int64), np.array(groups, np.int64)


@given(st.lists(LINKS, max_size=3))
def test_records_are_in_one_piece_if_and_only_if_a_chain_connects_them(kinds: list[list[tuple[int, int]]]) -> None:
    pieces = {at: {at} for at in range(12)}
    for links in kinds:
        for one, group in links:
            for other, shared in links:
                if group == shared and pieces[one] is not pieces[other]:
                    pieces[one] |= pieces[other]
                    for at in pieces[one]:
                        pieces[at] = pieces[one]
    found = connected(12, [_arrays(links) for links in kinds]).tolist()
    assert [[at for at in range(12) if found[at] == number] for number in sorted(set(found))] == sorted(
        {id(piece): sorted(piece) for piece in pieces.values()}.values()
    )


def test_a_long_chain_is_one_piece() -> None:
    order = np.append(np.arange(1, 50_000), 0)
    chain = (np.concatenate([order[:-1], order[1:]]), np.tile(np.arange(len(order) - 1), 2))
    assert connected(len(order), [chain]).tolist() == [0] * len(order)
