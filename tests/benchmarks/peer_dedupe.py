"""The recipe of the Open Supply Hub: dedupe with names, addresses and countries, trained on a few labelled pairs.

`python peer_dedupe.py LIST.parquet OUT.parquet LEARN.parquet [PAIRS.csv CHANCES.csv]` trains on pairs out of LEARN, a
list with its truth, writes record_id and cluster, and prints its seconds. With PAIRS it also writes how likely each is.
Runs by itself, in any Python with dedupe.
"""

from __future__ import annotations

import csv
import io
import json
import logging
import random
import sys
import time
from collections import defaultdict
from itertools import pairwise
from pathlib import Path
from typing import Any

import dedupe
import duckdb

LABELLED = 400
THRESHOLD = 0.8
FIELDS = ("country", "name", "address")

Record = dict[str, Any]


def read(path: str) -> dict[str, Record]:
    """Records by id, in lower case as the hub cleans them."""
    rows = duckdb.connect().execute(f"SELECT record_id, country, name, address, factory FROM read_parquet('{path}')")
    return {
        key: {"factory": factory, **_cleaned((country, name, address))}
        for key, country, name, address, factory in rows.fetchall()
    }


def _cleaned(values: tuple[str, ...]) -> Record:
    return {field: " ".join((value or "").lower().split()) or None for field, value in zip(FIELDS, values, strict=True)}


def labelled(records: dict[str, Record]) -> dict[str, list[tuple[Record, Record]]]:
    """Pairs of one factory, and pairs of two that begin alike."""
    chance = random.Random(7)
    by_factory, by_beginning = defaultdict(list), defaultdict(list)
    for record in records.values():
        by_factory[record["factory"]].append(record)
        by_beginning[record["country"], (record["name"] or "")[:6]].append(record)
    same = [(one, other) for one, other, *_ in (found for found in by_factory.values() if len(found) > 1)]
    alike = [
        (one, other)
        for one, other, *_ in (found for found in by_beginning.values() if len(found) > 1)
        if one["factory"] != other["factory"]
    ]
    every = list(records.values())
    alike += [(one, other) for one, other in pairwise(every) if one["factory"] != other["factory"]]
    count = LABELLED // 2
    return {
        "match": chance.sample(same, min(count, len(same))),
        "distinct": chance.sample(alike, min(count, len(alike))),
    }


def main(path: str, out: str, learn: str, *pairs: str) -> None:
    """Resolve a list."""
    logging.disable(logging.WARNING)
    begin = time.perf_counter()
    variables = [dedupe.variables.Exact("country"), dedupe.variables.String("name"), dedupe.variables.String("address")]
    deduper = dedupe.Dedupe(variables, num_cores=2)
    known = read(learn)
    taught = {
        kind: [
            {"__class__": "tuple", "__value__": [{field: side[field] for field in FIELDS} for side in pair]}
            for pair in found
        ]
        for kind, found in labelled(known).items()
    }
    deduper.prepare_training(known, training_file=io.StringIO(json.dumps(taught)), sample_size=1_000)
    deduper.train()
    records = read(path)
    clusters = deduper.partition(records, THRESHOLD)
    print(json.dumps({"seconds": time.perf_counter() - begin}))  # noqa: T201 - a worker's answer
    rows = [(record, number) for number, (members, _) in enumerate(clusters) for record in members]
    connection = duckdb.connect()
    connection.execute("CREATE TABLE found (record_id VARCHAR, cluster BIGINT)")
    connection.executemany("INSERT INTO found VALUES (?, ?)", rows)
    connection.execute(f"COPY found TO '{out}'")
    if pairs:
        chances(deduper, *pairs)


def chances(deduper: dedupe.Dedupe, path: str, out: str) -> None:
    """How likely every labelled pair is one factory."""
    with Path(path).open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    sides = [
        tuple(_cleaned((row["country"], row[f"name_{side}"], row[f"address_{side}"])) for side in "ab") for row in rows
    ]
    found = deduper.classifier.predict_proba(deduper.data_model.distances(sides))[:, -1]
    with Path(out).open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([[chance] for chance in found])


if __name__ == "__main__":
    main(*sys.argv[1:])
