"""Grouping deliveries into assessments: whether its seconds grow with them and no faster.

Hubs and reports without a number are among them. The steps are those of a run, on tables as its stages before would
leave them: deliveries, and answers of what has to be looked at.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from time import perf_counter

import duckdb

from harmonize.assessments.burden_rules import load_burden_rules, register_burden_rules
from harmonize.assessments.copy_rules import load_copy_rules, register_copy_rules
from harmonize.assessments.deduplicate import compare_candidates, find_candidates, group
from harmonize.assessments.visit_rules import load_visit_rules, register_visit_rules
from tests.benchmarks.part import Bench, Found, Part, Table, number
from tests.benchmarks.processes import ROOT

__all__ = ["COPIES", "grouped"]

SIZES = (25_000, 50_000, 100_000)
ANSWERS = 60

# A third of the reports stand at hubs of two hundred; one in five is of an instrument without numbers, and its second
# delivery is dated a day later, or not at all.
_DELIVERIES = """
    CREATE OR REPLACE TABLE delivery AS
    WITH report AS (
        SELECT
            n, hash(n) AS h,
            'HF' || CASE
                WHEN n % 3 = 0 THEN (n // 3) % ({reports} // 600 + 1)
                ELSE n % ({reports} // 15 + 1) + 1000000
            END AS facility_id,
            CASE
                WHEN hash(n) % 5 = 0 THEN 'wrap'
                ELSE ['gap', 'pvh', 'levis', 'nike', 'better_work_cat'][(hash(n) % 5)::BIGINT]
            END AS instrument,
            DATE '2020-01-01' + (hash(n, 'day') % 2000)::INTEGER AS day
        FROM range({reports}) t(n)
    ),
    delivered AS (
        SELECT *, unnest(range(CASE WHEN hash(n, 'copies') % 10 < 6 THEN 1 ELSE 2 END)) AS copy FROM report
    )
    SELECT
        'F' || n || '.' || copy AS file_id, 'F' || n || '.' || copy AS content_file_id,
        'C' || n || '.' || copy AS content_id, 'p/' || n || '.' || copy AS path,
        ['pvh', 'gap'][copy + 1] AS contributor, NULL::DATE AS received_at, facility_id,
        'k|' || facility_id AS decision_key, 0 AS assessment_no, 'row=1' AS locator, instrument, 'e' AS edition,
        CASE WHEN instrument <> 'wrap' THEN 'N' || n END AS native_id, 'audit' AS kind,
        NULL::VARCHAR AS assessment_type,
        NULL::VARCHAR AS status, 0::BIGINT AS status_rank, NULL::VARCHAR AS updated_at,
        CASE
            WHEN instrument <> 'wrap' OR copy = 0 THEN day
            WHEN hash(n, 'undated') % 7 > 0 THEN day + 1
        END AS assessed_on,
        NULL::DATE AS period_start, NULL::DATE AS period_end, NULL::DATE AS valid_until,
        NULL::VARCHAR AS valid_until_basis,
        true AS verified, NULL::VARCHAR AS rating_raw, NULL::DOUBLE AS score, NULL::VARCHAR AS related_native_id,
        NULL::VARCHAR AS account_key, NULL::VARCHAR AS announcement, NULL::VARCHAR AS assessor, NULL::VARCHAR AS cycle,
        true AS published, (n * 2 + copy)::BIGINT AS assessment_key, n AS report
    FROM delivered
"""
# What few of them say alike: a third in words or numbers of their own.
_ANSWERS = """
    CREATE OR REPLACE TABLE every_answer AS
    SELECT
        d.assessment_key, 'q' || q AS question_id, 'verifier' AS answered_by,
        CASE WHEN q % 3 = 0 THEN 'informational' ELSE 'met' END AS state, NULL::DOUBLE AS value_number,
        CASE WHEN q % 3 = 0 THEN 'text ' || hash(d.report, q) ELSE 'Yes' END AS raw_value, NULL::BIGINT AS remark_key,
        NULL::VARCHAR AS problem, false AS is_ignored
    FROM delivery d
    CROSS JOIN range({answers}) t(q)
    WHERE d.native_id IS NULL
"""
_AROUND = """
    CREATE SCHEMA IF NOT EXISTS stage;
    CREATE OR REPLACE TABLE stage.staged_remark (remark_key BIGINT, value_text VARCHAR);
    CREATE OR REPLACE TABLE file_meaning (file_id VARCHAR, signature UBIGINT);
    CREATE OR REPLACE TABLE instrument_default (instrument VARCHAR, verification VARCHAR);
    CREATE OR REPLACE TABLE crosswalk_entry (mapping_id VARCHAR, level VARCHAR);
    CREATE OR REPLACE TABLE loaded AS SELECT file_id, false AS repeats_questions FROM delivery;
    CREATE OR REPLACE TABLE harmonised_finding (
        file_id VARCHAR, assessment_no INTEGER, clause VARCHAR, description VARCHAR, role VARCHAR
    );
    ATTACH ':memory:' AS release;
    CREATE SCHEMA release.compact;
    CREATE TABLE release.compact.likeness (
        content_a BIGINT, signature_a UBIGINT, content_b BIGINT, signature_b UBIGINT, compared BIGINT, agreeing BIGINT,
        telling BIGINT, uncommon BIGINT
    );
    CREATE TABLE release.compact.stored_assessment (assessment_no INTEGER, assessment_id VARCHAR, signature UBIGINT);
    CREATE TABLE release.compact.fingerprint (assessment_key BIGINT, signature UBIGINT, fingerprint VARCHAR);
    CREATE TYPE verification AS ENUM ('none', 'onsite');
"""


def grouped(reports: int) -> tuple[duckdb.DuckDBPyConnection, float]:
    """Group the deliveries of so many reports; returns what came of it and the seconds."""
    connection = duckdb.connect()
    connection.execute("SET threads = 2")
    connection.execute(_DELIVERIES.format(reports=reports))
    connection.execute(_ANSWERS.format(answers=ANSWERS))
    connection.execute(_AROUND)
    schemas = Path(ROOT) / "schemas"
    register_copy_rules(connection, load_copy_rules(schemas / "copies.yml"))
    register_visit_rules(connection, load_visit_rules(schemas / "visits.yml"))
    register_burden_rules(connection, load_burden_rules(schemas / "burden.yml"))
    begun = perf_counter()
    word = find_candidates(connection, [])
    connection.execute(
        "CREATE OR REPLACE VIEW judged_answer AS "
        "SELECT * FROM every_answer SEMI JOIN compared_content USING (assessment_key)"
    )
    compare_candidates(connection)
    group(connection, {}, {}, word)
    return connection, perf_counter() - begun


def _measure(bench: Bench) -> Found:
    del bench
    rows, spent = [], []
    for size in SIZES:
        connection, seconds = grouped(size)
        ((deliveries, compared, assessments),) = connection.execute(
            "SELECT (SELECT count(*) FROM delivery), (SELECT count(*) FROM copy_likeness), "
            "(SELECT count(DISTINCT group_key) FROM delivery_group)"
        ).fetchall()
        spent.append(seconds)
        rows.append(
            [number(size, 0), number(deliveries, 0), number(compared, 0), number(assessments, 0), number(seconds, 1)]
        )
        connection.close()
    steps = [
        (later - earlier) / (b - a) for (a, b), (earlier, later) in zip(pairwise(SIZES), pairwise(spent), strict=True)
    ]
    return Found(
        size=f"{SIZES[-1]:,} reports on two threads",
        answers=SIZES[-1],
        figures={"seconds": spent[-1], "marginal_ratio": steps[-1] / steps[0]},
        notes=[
            "A third of the reports stand at hubs of 200; one in five prints no number, and is told by its answers."
        ],
        tables=[Table("Seconds", ("reports", "deliveries", "pairs compared", "assessments", "seconds"), rows)],
    )


COPIES = Part("copies", "Copies of one report", _measure)
