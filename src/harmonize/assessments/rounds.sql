-- Which assessments are one round of questions, and on which day it was over: a visit with everything that rests on it, and
-- the self-assessments that it verified. What is dated after the day of judgement has not happened yet.
-- Reads: made_assessment, visit_relation, judgement_day. Writes: asked_round (every other published assessment once).
CREATE OR REPLACE TABLE asked_round AS
WITH told AS (
    -- What restates or reports another instrument's visit: its own day is none on site.
    SELECT
        assessment_id,
        bool_or(kind = 'rating_derived_from') AS is_restated,
        bool_or(days_apart > 0) AS is_told_later
    FROM visit_relation
    GROUP BY assessment_id
),
dated AS (
    SELECT
        a.assessment_id, a.facility_id, a.instrument, a.kind, a.assessment_type, a.announcement, a.visit_id,
        a.verified_of, a.assessed_on, a.ended_on, a.evidence_to,
        coalesce(a.ended_on, a.assessed_on) AS day,
        a.kind IN ('self', 'self_inspection') AS is_self,
        coalesce(t.is_restated, false) AS is_restated,
        coalesce(t.is_told_later, false) AS is_told_later
    FROM made_assessment a
    LEFT JOIN told t USING (assessment_id)
    WHERE a.published AND coalesce(a.ended_on, a.assessed_on, DATE '0001-01-01') <= (SELECT day FROM judgement_day)
),
verification AS (
    SELECT verified_of AS assessment_id, first(visit_id ORDER BY day NULLS LAST, assessment_id) AS visit_id
    FROM dated
    WHERE verified_of IS NOT NULL
    GROUP BY verified_of
),
joined AS (
    SELECT d.*, coalesce(v.visit_id, d.visit_id) AS round_id
    FROM dated d
    LEFT JOIN verification v USING (assessment_id)
),
visited AS (
    SELECT visit_id, coalesce(max(day) FILTER (NOT is_told_later), max(day)) AS visit_day
    FROM joined
    GROUP BY visit_id
),
asked AS (
    -- The last day on site, of the visit rather than of the paper before it.
    SELECT
        round_id,
        coalesce(max(day) FILTER (NOT is_told_later AND NOT is_self), max(day) FILTER (NOT is_told_later), max(day))
            AS round_day
    FROM joined
    GROUP BY round_id
)
SELECT
    j.* EXCLUDE (verified_of), v.visit_day, a.round_day,
    -- Small numbers: millions of questions are grouped by them.
    (dense_rank() OVER (ORDER BY j.facility_id))::INTEGER AS factory_no,
    (dense_rank() OVER (ORDER BY j.facility_id, j.round_id))::INTEGER AS round_no
FROM joined j
JOIN visited v USING (visit_id)
JOIN asked a USING (round_id);
