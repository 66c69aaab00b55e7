"""What would change, as figures: in all, by instrument and edition, by mapping, by factory, and as a list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from harmonize.insight.summary import write_table
from harmonize.pipeline.impact.workspace import run_statements

__all__ = ["Effect", "Figures", "figures", "write_list"]


@dataclass(frozen=True, slots=True)
class Effect:
    """What would change, counted.

    Attributes:
        assessments, facilities: with any change of an answer or a finding (facilities: or of a topic).
        answers: that would not be as they were; those that follow are parts of them, one answer may be in several.
        states: that stay and have another state.
        appear, vanish: that the release would hold newly, or no more.
        gain, lose, other_indicator: that have an indicator and had none, the reverse, or have another one.
        imply_otherwise: that imply another state, or one more or less, of their indicator.
        findings_open, findings_vanish, findings_move: findings that would be there newly, no more, or under another
            indicator or topic.
        topics: topics of a factory, as one instrument found them, that would stand otherwise.
        scored: assessments among them that state scores. (No score follows from a mapping: they stay as delivered.)
    """

    assessments: int
    facilities: int
    answers: int
    states: int
    appear: int
    vanish: int
    gain: int
    lose: int
    other_indicator: int
    imply_otherwise: int
    findings_open: int
    findings_vanish: int
    findings_move: int
    topics: int
    scored: int


@dataclass(frozen=True, slots=True)
class Figures:
    """What would change in all and in its parts.

    Attributes:
        by_edition: instrument, edition, and what would change in its assessments.
        topics: how topics stand and would stand instead, and how many.
        facilities: factory, its name, country, and what would change: the most affected first.
        by_mapping: answers and rows of findings that a mapping reads on either side.
        strange: questions that the release answers otherwise than the earlier side would.
    """

    total: Effect
    by_edition: Sequence[tuple[str, str | None, Effect]]
    topics: Sequence[tuple[str | None, str | None, int]]
    facilities: Sequence[tuple[str, str | None, str | None, Effect]]
    by_mapping: Mapping[str, tuple[int, int]]
    strange: int


_SUMMED = (
    "answers", "states", "appear", "vanish", "gain", "lose", "other_indicator", "imply_otherwise", "findings_open",
    "findings_vanish", "findings_move",
)  # fmt: skip
_SUMS = ", ".join(f"coalesce(sum(c.{name}), 0)::BIGINT" for name in _SUMMED)
_COUNTS = f"count(c.assessment_no), count(DISTINCT c.facility_id), {_SUMS}"
_SCORED = "count(*) FILTER (c.states_scores)"
_TOTAL = f"""
    SELECT
        count(*), (SELECT count(*) FROM affected_facility), {_SUMS}, (SELECT count(*) FROM changed_topic), {_SCORED}
    FROM changed_assessment c
"""
_BY_EDITION = f"""
    WITH topics AS (
        SELECT s.instrument, s.edition, count(*) AS topics
        FROM changed_topic t
        JOIN (
            SELECT DISTINCT facility_id, instrument, edition FROM changed_assessment
        ) s USING (facility_id, instrument)
        GROUP BY ALL
    )
    SELECT c.instrument, c.edition, {_COUNTS}, coalesce(any_value(t.topics), 0), {_SCORED}
    FROM changed_assessment c
    LEFT JOIN topics t ON t.instrument = c.instrument AND t.edition IS NOT DISTINCT FROM c.edition
    GROUP BY c.instrument, c.edition
    ORDER BY c.instrument, c.edition
"""
_BY_FACILITY = f"""
    WITH topics AS (SELECT facility_id, count(*) AS topics FROM changed_topic GROUP BY facility_id)
    SELECT
        a.facility_id, any_value(f.name), any_value(f.country), {_COUNTS}, coalesce(any_value(t.topics), 0) AS topics,
        {_SCORED}
    FROM affected_facility a
    LEFT JOIN changed_assessment c USING (facility_id)
    LEFT JOIN topics t USING (facility_id)
    LEFT JOIN released.facility f USING (facility_id)
    GROUP BY a.facility_id
    ORDER BY
        coalesce(sum(c.findings_open + c.findings_vanish), 0) + coalesce(any_value(t.topics), 0) DESC,
        coalesce(sum(c.answers), 0) DESC, a.facility_id
    LIMIT ?
"""
_TOPICS = """
    SELECT state_before, state_after, count(*) AS topics
    FROM changed_topic
    GROUP BY ALL
    ORDER BY topics DESC, state_before, state_after
"""
_READ = """
    WITH read AS (
        SELECT mapping_id, count(*) AS answers, 0 AS findings
        FROM (
            SELECT assessment_no, question_id, answered_by, mapping_id FROM before.said
            UNION
            SELECT assessment_no, question_id, answered_by, mapping_id FROM after.said
        )
        GROUP BY mapping_id
        UNION ALL
        SELECT mapping_id, 0, count(*)
        FROM (
            SELECT finding_id, mapping_id FROM before.made_finding WHERE made_from = 'row'
            UNION
            SELECT finding_id, mapping_id FROM after.made_finding WHERE made_from = 'row'
        )
        GROUP BY mapping_id
        -- What is not judged anew stands in the release.
        UNION ALL
        SELECT q.mapping_id, sum(k.answers), 0
        FROM released.compact.asked_question k
        JOIN released.compact.question q USING (question_no)
        GROUP BY q.mapping_id
        UNION ALL
        SELECT mapping_id, 0, count(*) FROM released.finding WHERE made_from = 'row' GROUP BY mapping_id
    )
    SELECT mapping_id, max(answers)::BIGINT, max(findings)::BIGINT
    FROM read
    WHERE mapping_id IS NOT NULL
    GROUP BY mapping_id
"""
_STRANGE = """
    WITH judged AS (
        SELECT
            s.instrument, c.question_id, c.indicator_id, c.comparability, c.state::VARCHAR AS state,
            count(*) AS answers
        FROM before.said c
        JOIN judged_assessment s USING (assessment_no)
        SEMI JOIN touched_facility f ON f.facility_id = s.facility_id
        GROUP BY ALL
    )
    SELECT count(DISTINCT (instrument, question_id))
    FROM ((FROM judged EXCEPT FROM present.read) UNION ALL (FROM present.read EXCEPT FROM judged))
"""


def figures(connection: duckdb.DuckDBPyConnection, limit: int) -> Figures:
    """Count what `compare` found.

    Args:
        limit: how many of the most affected factories are listed.
    """
    run_statements(connection, "changed.sql")
    ((*total,),) = connection.execute(_TOTAL).fetchall()
    editions = connection.execute(_BY_EDITION).fetchall()
    facilities = connection.execute(_BY_FACILITY, [limit]).fetchall()
    ((strange,),) = connection.execute(_STRANGE).fetchall()
    return Figures(
        Effect(*total),
        [(instrument, edition, Effect(*counts)) for instrument, edition, *counts in editions],
        connection.execute(_TOPICS).fetchall(),
        [(facility_id, name, country, Effect(*counts)) for facility_id, name, country, *counts in facilities],
        {name: (answers, findings) for name, answers, findings in connection.execute(_READ).fetchall()},
        strange,
    )


_LIST = """
    SELECT
        'answer' AS kind, s.instrument, s.edition, c.question_id AS question, c.answered_by, c.printed_value,
        c.state_before, c.state_after, c.indicator_before, c.indicator_after,
        c.comparability_before AS predicate_before, c.comparability_after AS predicate_after,
        c.implied_before, c.implied_after, c.unit_before, c.unit_after,
        count(*) AS answers, count(DISTINCT s.facility_id) AS facilities
    FROM changed_answer c
    JOIN judged_assessment s USING (assessment_no)
    GROUP BY ALL
    UNION ALL BY NAME
    SELECT
        'finding' AS kind, s.instrument, s.edition, c.clause AS question, c.indicator_before, c.indicator_after,
        count(*) AS answers, count(DISTINCT s.facility_id) AS facilities
    FROM changed_finding c
    JOIN judged_assessment s USING (assessment_id)
    WHERE c.made_from = 'row'
    GROUP BY ALL
    ORDER BY ALL
"""


def write_list(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Write every kind of answer that would change, with how many there are; values are printed that many state."""
    write_table(connection, _LIST, path)
