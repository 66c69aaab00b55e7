"""Splink on a list of factories, as somebody who knows it well would set it up. Runs by itself, in any Python with it.

`python peer_splink.py LIST.parquet OUT.parquet` writes record_id and cluster, and prints its seconds. The model: plain
words and no legal forms; Jaro-Winkler and shared words with term frequencies for names, shared words for addresses,
shared numbers, units, OS IDs; blocks of rare words and numbers; u from random pairs, m from expectation maximisation
and from the OS IDs that are there; clusters at the threshold with the best F1 on the truth, which flatters it.
"""

from __future__ import annotations

import json
import logging
import sys
import time

import duckdb
import splink.comparison_level_library as cll
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

LEGAL = (
    "co|ltd|limited|company|coltd|jsc|joint|stock|corporation|corp|inc|pvt|private|pt|llp|public"
    "|cong|ty|tnhh|cty|cp|phan"
)
COUNTRIES = {
    "viet": "VN", "vn": "VN", "china": "CN", "cn": "CN", "cambodia": "KH", "kingdom": "KH", "kh": "KH",
    "thailand": "TH", "th": "TH", "bangladesh": "BD", "bd": "BD", "indonesia": "ID", "id": "ID",
    "india": "IN", "in": "IN", "ind": "IN",
    "vietnam": "VN",
}  # fmt: skip
THRESHOLDS = (0.5, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999, 0.9999)


def prepare(connection: duckdb.DuckDBPyConnection, path: str) -> None:
    """The table `list`: plain words, what is rare in them, numbers, units."""
    cases = " ".join(f"when '{word}' then '{code}'" for word, code in COUNTRIES.items())
    plain = "trim(regexp_replace(lower(strip_accents(replace(replace({}, 'đ', 'd'), 'Đ', 'D'))), '{}', ' ', 'g'))"
    statements = f"""
    CREATE TABLE plain AS SELECT record_id, os_id,
        case regexp_extract(lower(country), '[a-z]+') {cases} else upper(country) end AS country,
        {plain.format("name", "[^a-z0-9一-鿿]+")} AS name,
        {plain.format("address", "[^a-z0-9]+")} AS address
    FROM read_parquet('{path}');
    CREATE TABLE spoken AS SELECT *,
        trim(regexp_replace(regexp_replace(name, '\\b({LEGAL})\\b', ' ', 'g'), ' +', ' ', 'g')) AS core,
        list_distinct(string_split(address, ' ')) AS words,
        list_sort(list_distinct(regexp_extract_all(address, '[a-z]{{0,2}}[0-9]+[a-z]?'))) AS numbers,
        regexp_extract(name, '\\b(?:unit|factory|fty|plant|no|f) ?0*([0-9]+|[iv]+)\\b', 1) AS unit
    FROM plain;
    CREATE TABLE often AS SELECT country, word, count(*) AS times FROM (
        SELECT country, unnest(list_concat(words, list_distinct(string_split(core, ' ')))) AS word FROM spoken
    ) GROUP BY ALL;
    CREATE TABLE rare AS SELECT record_id, arg_min(word, times) FILTER (of_name) AS rare_name,
        arg_min(word, times) FILTER (NOT of_name) AS rare_address
    FROM (
        SELECT record_id, country, unnest(string_split(core, ' ')) AS word, true AS of_name FROM spoken
        UNION ALL SELECT record_id, country, unnest(words), false FROM spoken
    ) JOIN often USING (country, word) WHERE times > 1 AND regexp_matches(word, '^[a-z一-鿿]{{3,}}$') GROUP BY ALL;
    CREATE TABLE list AS SELECT record_id AS unique_id, country, os_id,
        coalesce(nullif(core, ''), name) AS core, address, words, numbers, unit,
        list_distinct(string_split(core, ' ')) AS name_words, rare_name, rare_address,
        left(replace(core, ' ', ''), 6) AS beginning, numbers[1] AS number
    FROM spoken LEFT JOIN rare USING (record_id)
    """
    for statement in statements.split(";"):
        connection.execute(statement).fetchall()


def settings() -> SettingsCreator:
    """What is compared, and in which blocks."""
    shared_names = "len(list_intersect(name_words_l, name_words_r))"
    shared = "len(list_intersect(words_l, words_r))"
    either = f"(len(words_l) + len(words_r) - {shared})"
    fewer = "least(len(words_l), len(words_r))"
    numbers = "len(list_intersect(numbers_l, numbers_r))"
    names = cl.CustomComparison(
        output_column_name="core",
        comparison_levels=[
            cll.NullLevel("core"),
            cll.ExactMatchLevel("core", term_frequency_adjustments=True),
            cll.JaroWinklerLevel("core", 0.95),
            cll.CustomLevel(f"{shared_names} > 1 and {shared_names} = least(len(name_words_l), len(name_words_r))"),
            cll.CustomLevel("jaro_winkler_similarity(replace(core_l, ' ', ''), replace(core_r, ' ', '')) > 0.93"),
            cll.CustomLevel(f"{shared_names} > 1"),
            cll.JaroWinklerLevel("core", 0.85),
            cll.ElseLevel(),
        ],
    )
    addresses = cl.CustomComparison(
        output_column_name="address",
        comparison_levels=[
            cll.NullLevel("address"),
            cll.CustomLevel(f"{shared} > 0.75 * {either}"),
            cll.CustomLevel(f"{shared} > 0.85 * {fewer}"),
            cll.CustomLevel(f"{shared} > 0.5 * {either}"),
            cll.CustomLevel(f"{shared} > 0.6 * {fewer}"),
            cll.CustomLevel(f"{shared} > 0.3 * {either}"),
            cll.ElseLevel(),
        ],
    )
    figures = cl.CustomComparison(
        output_column_name="numbers",
        comparison_levels=[
            cll.CustomLevel("len(numbers_l) = 0 or len(numbers_r) = 0").configure(is_null_level=True),
            cll.CustomLevel("numbers_l = numbers_r and len(numbers_l) > 1"),
            cll.CustomLevel(f"{numbers} > 1"),
            cll.CustomLevel(f"{numbers} = least(len(numbers_l), len(numbers_r))"),
            cll.CustomLevel(f"{numbers} > 0"),
            cll.ElseLevel(),
        ],
    )
    units = cl.CustomComparison(
        output_column_name="unit",
        comparison_levels=[
            cll.CustomLevel("unit_l = '' and unit_r = ''"),
            cll.CustomLevel("unit_l = unit_r"),
            cll.CustomLevel("unit_l = '' or unit_r = ''"),
            cll.ElseLevel(),
        ],
    )
    return SettingsCreator(
        link_type="dedupe_only",
        comparisons=[names, addresses, figures, units, cl.ExactMatch("os_id")],
        blocking_rules_to_generate_predictions=[
            block_on("os_id"),
            block_on("country", "core"),
            block_on("country", "rare_name", "rare_address"),
            block_on("country", "rare_name", "number"),
            block_on("country", "rare_address", "number"),
            block_on("country", "beginning", "number"),
            block_on("country", "beginning", "rare_address"),
            block_on("country", "rare_name", "beginning"),
        ],
        retain_intermediate_calculation_columns=False,
        retain_matching_columns=False,
    )


def train(linker: Linker) -> None:
    """Estimate the model's probabilities from the list itself."""
    one_country = "l.country = r.country"
    training = linker.training
    certain = [block_on("os_id"), f"{one_country} and l.core = r.core and l.number = r.number"]
    training.estimate_probability_two_random_records_match(certain, recall=0.65)
    training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    same_name = f"{one_country} and l.core = r.core and l.rare_address = r.rare_address"
    same_place = f"{one_country} and l.rare_address = r.rare_address and l.numbers = r.numbers and len(l.numbers) > 1"
    for rule in (same_name, same_place):
        training.estimate_parameters_using_expectation_maximisation(rule)
    training.estimate_m_from_label_column("os_id")


def main(path: str, out: str) -> None:
    """Resolve a list."""
    logging.disable(logging.WARNING)
    begin = time.perf_counter()
    connection = duckdb.connect()
    for setting in ("SET threads = 2", "SET memory_limit = '6GB'"):
        connection.execute(setting).fetchall()
    prepare(connection, path)
    linker = Linker(DuckDBAPI(connection).register(connection.table("list")), settings(), log_level=None)
    train(linker)
    predicted = linker.inference.predict(threshold_match_probability=min(THRESHOLDS))
    best, seconds, chosen = -1.0, 0.0, 0.0
    for threshold in THRESHOLDS:
        found = linker.clustering.cluster_pairwise_predictions_at_threshold(
            predicted, threshold_match_probability=threshold
        )
        if threshold == THRESHOLDS[0]:
            seconds = time.perf_counter() - begin
        f1 = _f1(connection, found.physical_name, path)
        if f1 > best:
            best, chosen = f1, threshold
            connection.execute(
                f"COPY (SELECT unique_id AS record_id, cluster_id AS cluster FROM {found.physical_name}) TO '{out}'"
            ).fetchall()
    print(json.dumps({"seconds": seconds, "threshold": chosen}))  # noqa: T201 - a worker's answer


def _f1(connection: duckdb.DuckDBPyConnection, clusters: str, path: str) -> float:
    pairs = "SELECT sum(n * (n - 1) / 2) FROM (SELECT count(*) AS n FROM joined GROUP BY {})"
    both, found, true = (pairs.format(by) for by in ("factory, cluster_id", "cluster_id", "factory"))
    ((value,),) = connection.execute(
        f"WITH joined AS (SELECT cluster_id, factory FROM {clusters} "
        f"JOIN read_parquet('{path}') ON unique_id = record_id) "
        f"SELECT 2 * ({both}) / (({found}) + ({true}))"
    ).fetchall()
    return float(value)


if __name__ == "__main__":
    main(*sys.argv[1:])
