"""Owner groups: joined by what the release shows, over others too."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
from hypothesis import given
from hypothesis import strategies as st

from harmonize.insight.needs.owners import groups_of, owner_groups
from harmonize.insight.needs.rules import load_benchmark_rules
from tests.pipeline.worlds import alone

NAMES = [f"F{number}" for number in range(8)]
PAIRS = st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)), max_size=12)


def _reachable(start: str, pairs: Sequence[tuple[str, str]]) -> set[str]:
    found = {start}
    while True:
        more = {name for pair in pairs if found & set(pair) for name in pair} - found
        if not more:
            return found
        found |= more


@given(PAIRS)
def test_a_group_is_all_that_can_be_reached(pairs: list[tuple[str, str]]) -> None:
    groups = groups_of(NAMES, pairs)
    for name in NAMES:
        assert {other for other in NAMES if groups[other] == groups[name]} == _reachable(name, pairs)


def test_relations_identifiers_of_companies_and_printed_owners_join() -> None:
    with duckdb.connect() as connection:
        connection.execute("""
            CREATE TABLE facility AS SELECT 'F' || range AS facility_id FROM range(9);
            CREATE TABLE facility_relation AS SELECT 'F0' AS facility_id, 'F1' AS related_id, 'same_company' AS kind;
            CREATE TABLE facility_identifier AS FROM (VALUES
                ('F1', 'higg_account', 'acc-1', true), ('F2', 'higg_account', 'ACC-1', true),
                ('F3', 'higg_account', 'acc-2', false), ('F4', 'higg_account', 'acc-2', false),
                ('F3', 'pvh_factory', 'acc-1', true)
            ) t(facility_id, scheme, value, valid);
            CREATE TABLE facility_mention AS FROM (VALUES
                ('F5', '{"Parent Company": "Tập đoàn Sao Mai"}'), ('F6', '{"parent company": "TAP DOAN SAO-MAI"}'),
                ('F7', '{"Remark": "Tập đoàn Sao Mai", "Parent Company": "-"}'), ('F8', NULL)
            ) t(facility_id, extra);
        """)
        groups = owner_groups(connection, load_benchmark_rules(alone().find("schemas/benchmarks.yml")).owners)
    assert groups == {
        "F0": "F0", "F1": "F0", "F2": "F0", "F3": "F3", "F4": "F4", "F5": "F5", "F6": "F5", "F7": "F7", "F8": "F8",
    }  # fmt: skip
