"""Small worlds of shared rows, as the joint core hands them to the rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import duckdb
import pyarrow as pa

from harmonize.crosswalk.language import load_language
from harmonize.sharing.withholding import create_temp_table, withhold
from harmonize.sharing.withholding_rules import Indicator, load_withholding_rules
from tests.pipeline.worlds import alone

RULES = load_withholding_rules(alone().find("schemas/sharing.yml"))
LANGUAGE = load_language(alone())
INDICATORS = [
    Indicator(one.indicator_id, one.topic_id, one.kind, one.unit, tuple(one.facets))
    for one in LANGUAGE.indicators.values()
]
_KNOWN = pa.Table.from_pylist([one._asdict() for one in INDICATORS])
KINDS = ("buyer", "manufacturer", "government", "civil_society", "financier")

_TABLES = """
    CREATE TEMP TABLE audience (audience_no INTEGER, audience VARCHAR, kind VARCHAR, contributor VARCHAR,
        is_named BOOLEAN);
    CREATE TEMP TABLE shared_answer (audience_no INTEGER, assessment_id VARCHAR, question_id VARCHAR,
        indicator_id VARCHAR,
        mapping_id VARCHAR, edition VARCHAR, instrument VARCHAR, answered_by VARCHAR, state VARCHAR,
        verification VARCHAR,
        value_text VARCHAR, raw_value VARCHAR, value_number DOUBLE, raw_unit VARCHAR, unit VARCHAR,
        remark_reason VARCHAR,
        remark_description VARCHAR, is_own BOOLEAN, scope_rank INTEGER, answer_no BIGINT);
    CREATE TEMP TABLE shared_finding (audience_no INTEGER, assessment_id VARCHAR, facility_id VARCHAR,
        instrument VARCHAR,
        indicator_id VARCHAR, topic_id VARCHAR, clause VARCHAR, severity VARCHAR, description VARCHAR,
        root_cause VARCHAR,
        legal_reference VARCHAR, action VARCHAR, responsible VARCHAR, extra VARCHAR, is_own BOOLEAN,
        scope_rank INTEGER,
        row_no BIGINT);
    CREATE TEMP TABLE shared_mention (audience_no INTEGER, mention_id VARCHAR, name VARCHAR, name_local VARCHAR,
        address VARCHAR, country VARCHAR, admin1 VARCHAR, latitude DOUBLE, longitude DOUBLE, workers INTEGER,
        extra VARCHAR,
        is_own BOOLEAN);
    CREATE TEMP TABLE shared_header (audience_no INTEGER, copy_id VARCHAR, instrument VARCHAR, assessor VARCHAR,
        score DOUBLE, rating_raw VARCHAR, is_own BOOLEAN);
    CREATE TEMP TABLE known_right (instrument VARCHAR, derived_scores BOOLEAN, public_use BOOLEAN, cleared BOOLEAN);
"""
_DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "audience": {"audience": "someone", "kind": "buyer", "is_named": True},
    "shared_answer": {
        "assessment_id": "A1", "question_id": "q1", "instrument": "slcp_caf", "answered_by": "facility",
        "state": "informational", "is_own": False, "scope_rank": 4, "mapping_id": "m",
    },
    "shared_finding": {"assessment_id": "A1", "instrument": "smeta", "clause": "1", "is_own": False, "scope_rank": 4},
    "shared_mention": {"country": "VN", "is_own": False},
    "shared_header": {"instrument": "smeta", "is_own": False},
    "known_right": {"derived_scores": False, "public_use": False, "cleared": False},
}  # fmt: skip
_NUMBERED = {
    "shared_answer": "answer_no",
    "shared_finding": "row_no",
    "shared_mention": "mention_id",
    "shared_header": "copy_id",
}


def world(
    audiences: Iterable[Mapping[str, Any]] = ({"audience_no": 1},), **tables: Iterable[Mapping[str, Any]]
) -> duckdb.DuckDBPyConnection:
    """The tables of the joint core; what a row does not say has a default, it is audience 1's."""
    connection = duckdb.connect()
    connection.execute(_TABLES)
    create_temp_table(connection, "known_indicator", _KNOWN)
    for table, rows in {"audience": audiences, **tables}.items():
        for number, row in enumerate(rows, start=1):
            whole = {**_DEFAULTS[table], **row}
            if table not in ("audience", "known_right"):
                whole = {"audience_no": 1, **whole}
            if table in _NUMBERED:
                whole = {_NUMBERED[table]: number, **whole}
            names, marks = ", ".join(whole), ", ".join("?" * len(whole))
            connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(whole.values()))
    return connection


def withheld(connection: duckdb.DuckDBPyConnection, approved: Iterable[str] = ()) -> duckdb.DuckDBPyConnection:
    """The same, the rules applied."""
    withhold(connection, RULES, frozenset(approved), "known_indicator", "known_right")
    return connection


def answers(connection: duckdb.DuckDBPyConnection) -> dict[tuple[int, int], tuple[str, str]]:
    """Class and effect of every answer that does not leave as it is, by audience and number."""
    rows = connection.execute("SELECT audience_no, answer_no, class, effect FROM withheld_answer").fetchall()
    assert len({row[:2] for row in rows}) == len(rows), "an answer stands twice"
    return {(row[0], row[1]): (row[2], row[3]) for row in rows}
