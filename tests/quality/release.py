"""A release of one invented factory in memory, for tests that break one thing at a time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import duckdb

from harmonize.model.contract import columns, table_ddl
from harmonize.model.tables import TABLES

FACILITY = "HF0000000000AB"
CONTENT = "a" * 64

ROWS: Mapping[str, Mapping[str, Any]] = {
    "facility": {
        "facility_id": FACILITY,
        "name": "Bong Lua Garment",
        "address": "Lot 4, Road 2",
        "country": "VN",
        "latitude": 10.9,
        "longitude": 106.7,
        "workers": 800,
        "mention_count": 1,
        "first_seen": date(2026, 1, 5),
        "last_seen": date(2026, 1, 5),
    },
    "facility_identifier": {
        "facility_id": FACILITY,
        "scheme": "gap_facility",
        "value": "77",
        "valid": True,
        "source": "gap",
    },
    "facility_mention": {
        "mention_id": "m1",
        "facility_id": FACILITY,
        "file_id": "f1",
        "locator": "row=1",
        "contributor": "gap",
        "instrument": "gap",
        "name": "Bong Lua Garment",
        "country": "VN",
        "link_method": "single",
        "link_probability": 1.0,
        "decision_key": "gap|gap_facility:1",
    },
    "assessment": {
        "assessment_id": "a1",
        "facility_id": FACILITY,
        "instrument": "gap",
        "edition": "covc",
        "kind": "audit",
        "assessed_on": date(2026, 1, 5),
        "verified": True,
        "visit_id": "v1",
        "copy_count": 1,
        "native_id": "V-1",
        "published": True,
    },
    "assessment_copy": {
        "copy_id": "c1",
        "assessment_id": "a1",
        "file_id": "f1",
        "locator": "row=1",
        "contributor": "gap",
        "relation": "original",
        "wins": True,
        "confidence": 1.0,
    },
    "answer": {
        "assessment_id": "a1",
        "facility_id": FACILITY,
        "question_id": "q1",
        "indicator_id": "labour.compensation.minimum_wage.paid",
        "comparability": "exact",
        "state": "not_met",
        "raw_value": "No",
        "answered_by": "verifier",
        "verification": "onsite",
        "legal_flag": False,
        "file_id": "f1",
        "locator": "row=1",
        "mapping_id": "k1",
    },
    "finding": {
        "finding_id": "n1",
        "assessment_id": "a1",
        "indicator_id": "labour.compensation.minimum_wage.paid",
        "topic_id": "labour.compensation.minimum_wage",
        "severity": "critical",
        "severity_raw": "critical",
        "status": "open",
        "made_from": "answer",
        "file_id": "f1",
        "locator": "row=1",
        "mapping_id": "k1",
    },
    "burden": {
        "facility_id": FACILITY,
        "year": 2026,
        **dict.fromkeys(("visits", "visits_audit", "assessments", "deliveries", "findings_opened"), 1),
        **dict.fromkeys(("questions_asked", "questions_distinct", "questions_judged"), 1),
        **dict.fromkeys(("visits_inspection", "visits_verification", "self_assessments", "copies_recognised"), 0),
        **dict.fromkeys(("questions_again", "findings_closed_undated", "findings_without_status"), 0),
        "visits_by_instrument": '{"gap":1}',
        "contributors": ["gap"],
    },
    "indicator": {
        "indicator_id": "labour.compensation.minimum_wage.paid",
        "topic_id": "labour.compensation.minimum_wage",
        "kind": "compliance",
        "labels": '{"en": "Minimum wage paid", "vi": "Trả lương tối thiểu"}',
        "labels_reviewed": ["en"],
        "definitions": "{}",
        "facets": [],
        "ilo": ["C131"],
        "sdg": [],
    },
    "topic": {
        "topic_id": "labour.compensation.minimum_wage",
        "pillar": "labour",
        "labels": '{"en": "Minimum wage", "vi": "Lương tối thiểu"}',
        "labels_reviewed": ["en"],
        "definitions": "{}",
    },
    "crosswalk": {
        "mapping_id": "k1",
        "instrument": "gap",
        "edition": "covc",
        "question_id": "q1",
        "predicate": "exact",
        "indicator_id": "labour.compensation.minimum_wage.paid",
        "confidence": 0.9,
        "status": "approved",
        "polarity": "positive",
        "scale": "yes_partial_no",
        "basis": "buyer_code",
    },
    "file": {
        "file_id": "f1",
        "content_id": CONTENT,
        "path": "gap/visits.csv",
        "contributor": "gap",
        "instrument": "gap",
        "status": "loaded",
        "bytes": 100,
        "cells_total": 3,
        "cells_blank": 1,
        "cells_loaded": 1,
        "cells_ignored": 1,
        "cells_quarantined": 0,
    },
    "consent_grant": {
        "grant_id": "g1",
        "facility_scheme": "gap_facility",
        "facility_value": "77",
        "instrument": "gap",
        "assessment": "*",
        "audience": "pvh",
        "scope": "answers",
        "valid_from": date(2026, 1, 1),
        "valid_to": date(2027, 1, 1),
        "evidence": "letter of 2 January 2026",
        "file_id": "f2",
        "locator": "row=1",
    },
}
"""One valid row per table; nulls are left out."""


def insert(connection: duckdb.DuckDBPyConnection, table: str, row: Mapping[str, Any]) -> None:
    """Insert one row by column name."""
    names = [name for name, *_ in columns(table) if name in row]
    if len(names) != len(row):
        raise KeyError(f"{table} lacks {sorted(set(row) - set(names))}")
    marks = ", ".join("?" for _ in names)
    connection.execute(f'INSERT INTO "{table}" ({", ".join(names)}) VALUES ({marks})', [row[name] for name in names])


def empty_release() -> duckdb.DuckDBPyConnection:
    """All tables of the contract without rows."""
    connection = duckdb.connect()
    for table in TABLES:
        connection.execute(table_ddl(table))
    return connection


def small_release() -> duckdb.DuckDBPyConnection:
    """One factory, one visit, one answer and its finding: nothing is wrong with it."""
    connection = empty_release()
    for table, row in ROWS.items():
        insert(connection, table, row)
    return connection


def another(table: str, **changes: Any) -> dict[str, Any]:
    """The valid row of a table with some columns changed."""
    return {**ROWS[table], **changes}
