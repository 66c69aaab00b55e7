"""Profiles as columns, so that a million of them are compared without an object for each."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from harmonize.identity.prepare import Identifier, Profile

__all__ = ["PROFILE", "Profiles"]

Flags = NDArray[np.bool_]
Values = NDArray[np.float64]

PROFILE = ("names", "used_address", "province", "is_placed", "place_latitude", "place_longitude", "identifiers")
"""The columns of records that make a profile."""
_S = pa.large_string()
_NOWHERE = (math.nan, math.nan)


@dataclass(frozen=True, slots=True)
class Profiles:
    """Profiles by position.

    Attributes:
        names: of each profile its names, as `forms` writes them.
        addresses: the same of addresses.
        provinces: the province of today, or null.
        is_placed: whether the address says more than a province.
        places: rows of (latitude, longitude) in degrees; not numbers where there is none.
        companies: identifiers of the company, of the profiles that state any.
    """

    names: pa.Array
    addresses: pa.Array
    provinces: pa.Array
    is_placed: Flags
    places: Values
    companies: Mapping[int, frozenset[Identifier]]

    def __len__(self) -> int:
        return len(self.addresses)

    @classmethod
    def of(cls, profiles: Sequence[Profile]) -> Profiles:
        """The columns of `profiles`."""
        return cls(
            pa.array([profile.names for profile in profiles], pa.large_list(_S)),
            pa.array([profile.address for profile in profiles], _S),
            pa.array([profile.province for profile in profiles], _S),
            np.array([profile.is_placed for profile in profiles], bool),
            np.array([profile.place or _NOWHERE for profile in profiles], np.float64).reshape(-1, 2),
            {at: profile.company_ids for at, profile in enumerate(profiles) if profile.company_ids},
        )

    @classmethod
    def from_records(cls, records: pa.Table) -> Profiles:
        """The columns of records that have a profile each."""
        table = records.combine_chunks()
        lists = table["identifiers"].combine_chunks()
        of, flat = pc.list_parent_indices(lists), pc.list_flatten(lists)
        names_company = pc.equal(flat.field("level"), "company")
        companies: dict[int, set[Identifier]] = {}
        stated = flat.filter(names_company).to_pylist()
        for at, found in zip(of.filter(names_company).to_pylist(), stated, strict=True):
            companies.setdefault(at, set()).add(Identifier(**found))
        return cls(
            table["names"].combine_chunks(),
            table["used_address"].combine_chunks(),
            table["province"].combine_chunks(),
            table["is_placed"].combine_chunks().to_numpy(zero_copy_only=False),
            np.column_stack([table[name].to_numpy() for name in ("place_latitude", "place_longitude")]),
            {at: frozenset(found) for at, found in companies.items()},
        )
