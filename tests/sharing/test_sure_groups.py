"""What a grant follows: records joined by identifiers, equal statements and decisions; never by likeness."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import combinations
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings

from harmonize.identity import Decision, decision_keys
from harmonize.sharing.grants import judge_grants
from tests.identity.test_resolve import FAR_AWAY, IDS, KNOWLEDGE, SAO_MAI, SAO_MAI_VI, Row, _records, _resolve
from tests.sharing.test_grants import RULES

TODAY = date(2026, 6, 30)
World = tuple[list[Row], list[Row], list[Decision]]
_TABLES = """
    ATTACH ':memory:' AS source; USE source; CREATE SCHEMA compact;
    CREATE TABLE consent_grant (grant_id VARCHAR, facility_scheme VARCHAR, facility_value VARCHAR, identifier VARCHAR,
        instrument VARCHAR, assessment VARCHAR, audience VARCHAR, scope VARCHAR, valid_from DATE, valid_to DATE,
        purpose VARCHAR, evidence VARCHAR, revoked_on DATE, granted_by VARCHAR, signatory_role VARCHAR, granted_on DATE,
        text_version VARCHAR, onward_use VARCHAR, retention_until DATE, file_id VARCHAR, locator VARCHAR);
    CREATE TABLE file (file_id VARCHAR, contributor VARCHAR, received_at DATE, duplicate_of VARCHAR);
    CREATE TABLE facility_mention (mention_id VARCHAR, facility_id VARCHAR, file_id VARCHAR, locator VARCHAR,
        country VARCHAR);
    CREATE TABLE assessment (assessment_id VARCHAR, instrument VARCHAR, published BOOLEAN, facility_id VARCHAR);
    CREATE TABLE assessment_copy (copy_id VARCHAR, assessment_id VARCHAR, file_id VARCHAR, locator VARCHAR,
        native_id VARCHAR);
    CREATE TABLE instrument_rights (instrument VARCHAR, who_may_grant VARCHAR);
    CREATE TABLE compact.sure_record (mention_id VARCHAR, sure_group VARCHAR);
    CREATE TABLE compact.stated_identifier (mention_id VARCHAR, scheme VARCHAR, value VARCHAR, valid BOOLEAN);
    CREATE TABLE compact.copy_evidence (copy_id VARCHAR, evidence VARCHAR);
    CREATE TABLE compact.stated_header (copy_id VARCHAR, published BOOLEAN, delivery_rank BIGINT);
    INSERT INTO instrument_rights VALUES ('smeta', 'account');
    USE memory; CREATE TEMP TABLE audience (audience_no INTEGER, audience VARCHAR);
    INSERT INTO audience VALUES (1, 'gap');
"""


@pytest.fixture(scope="module")
def release() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute(_TABLES)
        yield connection


def _reach(mentions: Sequence[Row], identifiers: Sequence[Row], decisions: Sequence[Decision]) -> Mapping[str, int]:
    """The furthest that identifiers, equal statements and decisions could join records, if nothing spoke against it."""
    group = list(range(len(mentions)))

    def join(one: int, other: int) -> None:
        group[:] = [group[one] if at == group[other] else at for at in group]

    stated = [[one for one in identifiers if one["mention_id"] == row["mention_id"]] for row in mentions]
    shared = [{(one["scheme"], one["value"]) for one in ids if one["valid"]} for ids in stated]
    said = [tuple(row.get(name) for name in ("name", "address", "city", "country")) for row in mentions]
    keys = [{*decision_keys(row, ids, KNOWLEDGE)} for row, ids in zip(mentions, stated, strict=True)]
    for one, other in combinations(range(len(mentions)), 2):
        if shared[one] & shared[other] or said[one] == said[other]:
            join(one, other)
    for decision in decisions:
        if decision.verdict == "same":
            named = [at for at, found in enumerate(keys) if found & {decision.key_a, decision.key_b}]
            for one, other in combinations(named, 2):
                join(one, other)
    return {row["mention_id"]: group[at] for at, row in enumerate(mentions)}


def _tell(release: duckdb.DuckDBPyConnection, world: World) -> dict[str, Any]:
    """Resolve, and write what came out into the release: every record with a report of its own."""
    mentions, identifiers, decisions = world
    links = {row["mention_id"]: row for row in _resolve(mentions, identifiers, decisions).links.to_pylist()}
    tables = ("facility_mention", "assessment", "assessment_copy", "compact.sure_record", "compact.stated_identifier")
    for table in (*tables, "compact.copy_evidence", "compact.stated_header", "consent_grant", "file"):
        release.execute(f"DELETE FROM source.{table}")
    release.execute("INSERT INTO source.file VALUES ('f', 'x', NULL, NULL)")
    for name, link in links.items():
        rows = {
            "facility_mention": (name, link["facility_id"], "f", name, None),
            "assessment": (f"a-{name}", "smeta", True, link["facility_id"]),
            "assessment_copy": (name, f"a-{name}", "f", name, None),
            "compact.sure_record": (name, link["sure_group"]),
            "compact.copy_evidence": (name, "alone"),
            "compact.stated_header": (name, True, 1),
        }
        for table, row in rows.items():
            release.execute(f"INSERT INTO source.{table} VALUES ({', '.join('?' * len(row))})", list(row))
    for one in identifiers:
        stated = [one["mention_id"], one["scheme"], one["value"], one["valid"]]
        release.execute("INSERT INTO source.compact.stated_identifier VALUES (?, ?, ?, ?)", stated)
    return links


def _opened(release: duckdb.DuckDBPyConnection, written: str) -> set[str]:
    """The records whose reports a grant opens that names a factory so."""
    scheme, _, value = written.rpartition(":")
    release.execute("DELETE FROM source.consent_grant")
    release.execute(
        "INSERT INTO source.consent_grant (grant_id, facility_scheme, facility_value, identifier, instrument, "
        "assessment, audience, scope, file_id, locator) VALUES ('g', ?, ?, ?, '*', '*', 'gap', 'full', 'f', 'r')",
        [scheme, value, value],
    )
    judge_grants(release, TODAY, (), RULES)
    return {copy for (copy,) in release.execute("SELECT copy_id FROM covered_copy").fetchall()}


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_records())
@pytest.mark.slow
def test_a_grant_reaches_only_what_identifiers_statements_and_decisions_join(
    release: duckdb.DuckDBPyConnection, world: World
) -> None:
    links = _tell(release, world)
    reach = _reach(*world)
    mentions, identifiers, _ = world
    by_group: dict[str, set[str]] = {}
    for name, link in links.items():
        by_group.setdefault(link["sure_group"], set()).add(name)
    for group in by_group.values():
        assert len({reach[name] for name in group}) == 1, "likeness joined a sure group"
        assert len({links[name]["facility_id"] for name in group}) == 1
    for written in filter(None, IDS):
        scheme, _, value = written.rpartition(":")
        states = {one["mention_id"] for one in identifiers if (one["scheme"], one["value"]) == (scheme, value)}
        opened = _opened(release, written)
        assert {reach[name] for name in opened} <= {reach[name] for name in states}
        # Whole groups, or nothing of them.
        assert all(group <= opened or not group & opened for group in by_group.values())
    assert len(links) == len(mentions)


def test_a_record_that_is_only_alike_is_one_factory_and_no_grant_reaches_it(
    release: duckdb.DuckDBPyConnection,
) -> None:
    """Without this world the law above could hold because nothing was ever linked by likeness."""
    words = [SAO_MAI, SAO_MAI_VI, FAR_AWAY]
    mentions = [
        {"mention_id": f"m{at}", "contributor": f"c{at}", "instrument": "i", **row} for at, row in enumerate(words)
    ]
    states = [{"mention_id": "m0", "scheme": "gap_facility", "value": "G1", "valid": True}]
    links = _tell(release, (mentions, states, []))
    assert links["m0"]["facility_id"] == links["m1"]["facility_id"] != links["m2"]["facility_id"]
    assert "model" in {links["m0"]["link_method"], links["m1"]["link_method"]}
    assert _opened(release, "gap_facility:G1") == {"m0"}
    # A decision carries it.
    keys = [decision_keys(row, [], KNOWLEDGE)[0] for row in mentions[:2]]
    _tell(release, (mentions, states, [Decision(keys[0], keys[1], "same", "s", "2026-01-01")]))
    assert _opened(release, "gap_facility:G1") == {"m0", "m1"}
