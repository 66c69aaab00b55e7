"""128-bit hashes as two columns of numbers, by which whole tables are mixed, added up and looked up at once."""

from __future__ import annotations

import hashlib

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

__all__ = ["Hashes", "Positions", "add_up", "find", "hash_of", "mixed", "paired", "scattered"]

Positions = NDArray[np.int64]
Hashes = tuple[NDArray[np.uint64], NDArray[np.uint64]]

_SPREAD = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F))
_STEPS = ((30, np.uint64(0xBF58476D1CE4E5B9)), (27, np.uint64(0x94D049BB133111EB)))


def hash_of(*parts: object) -> tuple[int, int]:
    """The hash of plain values."""
    digest = hashlib.blake2b(repr(parts).encode("utf-8", "surrogatepass"), digest_size=16).digest()
    return int.from_bytes(digest[:8], "little"), int.from_bytes(digest[8:], "little")


def mixed(hashes: Hashes, salt: int) -> Hashes:
    """`hashes` so scattered that their sums tell sets apart; another `salt` for every meaning of a summand."""
    shift = np.uint64(salt * int(_SPREAD[1]) % 2**64)
    first, second = (scattered(half + shift) for half in hashes)
    return first, second


def scattered(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The finaliser of SplitMix64 (Steele, Lea and Flood 2014)."""
    for shift, factor in _STEPS:
        numbers = (numbers ^ (numbers >> np.uint64(shift))) * factor
    return numbers ^ (numbers >> np.uint64(31))


def paired(hashes: Hashes, ones: Positions, others: Positions) -> Hashes:
    """The hash of each pair and its direction, out of those of its sides."""
    first, second = (hashes[half][ones] * _SPREAD[half] + hashes[half][others] for half in (0, 1))
    return first, second


def add_up(into: Hashes, at: Positions, summands: Hashes) -> None:
    """Add `summands` to the places `at` of `into`, whatever their order."""
    for half in (0, 1):
        np.add.at(into[half], at, summands[half])


def find(known: Hashes, wanted: Hashes) -> Positions:
    """The place of every wanted hash among `known`; -1 for none."""
    if not len(known[0]):
        return np.full(len(wanted[0]), -1, np.int64)
    # (A table of hashes is ten times faster than a sorted list where there are millions.)
    found = pc.index_in(pa.array(wanted[0]), pa.array(known[0]))
    at = pc.fill_null(found, 0).to_numpy().astype(np.int64)
    is_known = found.is_valid().to_numpy(zero_copy_only=False)
    is_known &= (known[0][at] == wanted[0]) & (known[1][at] == wanted[1])
    return np.where(is_known, at, -1)
