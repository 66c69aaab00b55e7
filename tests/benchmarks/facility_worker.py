"""Resolve a list of factories as the pipeline does, and print what it cost.

`python -m tests.benchmarks.facility_worker LIST.parquet OUT.parquet [MEMORY]`
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import polars as pl
import pyarrow as pa

from harmonize.identity import Knowledge, ledger_of, resolve
from tests.benchmarks.processes import ROOT

__all__ = ["mentions_of", "resolve_list"]


def mentions_of(rows: pl.DataFrame) -> tuple[pa.Table, pa.Table]:
    """The tables of mentions and identifiers that a list makes."""
    nothing = [pl.lit(None, pl.String).alias(name) for name in ("name_local", "city", "admin1")]
    numbers = [pl.lit(None, pl.Float64).alias(name) for name in ("latitude", "longitude", "workers")]
    stated = rows.select(
        pl.col("record_id").alias("mention_id"),
        contributor=pl.lit("list"),
        instrument=pl.lit("list"),
        name="name",
        address="address",
        country="country",
    ).with_columns(*nothing, *numbers)
    identified = rows.filter(pl.col("os_id").is_not_null()).select(
        mention_id="record_id", scheme=pl.lit("os_id"), value="os_id", valid=pl.lit(value=True)
    )
    return stated.to_arrow(), identified.to_arrow()


def resolve_list(path: Path, memory: Path | None = None) -> tuple[pl.DataFrame, float]:
    """record_id and cluster of every row, and the seconds from the opened list to ids."""
    begin = time.perf_counter()
    mentions, identifiers = mentions_of(pl.read_parquet(path))
    found = resolve(mentions, identifiers, [], ledger_of({}), Knowledge.from_folder(ROOT / "schemas"), memory)
    seconds = time.perf_counter() - begin
    links = found.links.select(["mention_id", "facility_id"]).rename_columns(["record_id", "cluster"])
    return pl.DataFrame(pl.from_arrow(links)), seconds


def main(path: Path, out: Path, *memory: Path) -> None:
    """Resolve one list."""
    found, seconds = resolve_list(path, *memory)
    found.write_parquet(out)
    print(json.dumps({"seconds": seconds}))  # noqa: T201 - a worker's answer


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
