"""Labelled pairs of invented factories for `harmonize facilities train`: of the pairs that blocking lets meet, some.

`python -m tests.benchmarks.invented_pairs RECORDS SEED PAIRS OUT.csv` writes them. The shipped model has learned from
`20000 3 40000`; lists of other seeds are for measuring.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa

from harmonize.identity.block import candidate_pairs
from harmonize.identity.knowledge import Knowledge
from harmonize.identity.prepare import Statements, prepare
from tests.benchmarks.facility_lists import facility_list
from tests.benchmarks.processes import ROOT

__all__ = ["invented_pairs"]


def invented_pairs(records: int, seed: int, pairs: int) -> pl.DataFrame:
    """country, name_a, address_a, name_b, address_b, label (1 one factory, 0 two) of pairs from one list.

    Args:
        records: of the list.
        pairs: how many are drawn of those that meet; all where there are fewer.
    """
    rows = facility_list(records, seed)
    knowledge = Knowledge.from_folder(ROOT / "schemas")
    stated = rows.select("name", "address", "country", mention_id=pl.col("record_id")).to_dicts()
    # (By their place in the list: ids are sorted as text.)
    by_id = {found.mention_id: found.profile for found in prepare(stated, (), Statements(knowledge))}
    profiles = [by_id[record_id] for record_id in rows["record_id"]]
    countries = pa.array([profile.country for profile in profiles], pa.large_string())
    keys = pa.array([profile.lookup_keys for profile in profiles], pa.large_string())
    met = candidate_pairs(countries, keys, knowledge.model.blocking)
    at = np.sort(np.random.default_rng(seed).permutation(len(met.ones))[:pairs])
    one, other = rows[met.ones[at]], rows[met.others[at]]
    return pl.DataFrame(
        {
            "country": one["country"],
            "name_a": one["name"],
            "address_a": one["address"],
            "name_b": other["name"],
            "address_b": other["address"],
            "label": (one["factory"] == other["factory"]).cast(pl.Int8),
        }
    )


def main(records: int, seed: int, pairs: int, path: Path) -> None:
    """Write pairs."""
    invented_pairs(records, seed, pairs).write_csv(path)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))
