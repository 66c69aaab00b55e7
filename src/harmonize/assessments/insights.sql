-- Contradictions (differences to explain) and overlap, both from what answers and findings imply for an indicator.
-- Reads: made_answer, made_finding, made_assessment, indicator_entry, crosswalk_entry, entailment.
-- Writes: asked_indicator, made_contradiction, made_overlap.
CREATE OR REPLACE TABLE asked_indicator AS
WITH sided AS (
    -- The verifier's answer counts where there is one.
    SELECT *, row_number() OVER (PARTITION BY assessment_id, question_id ORDER BY answered_by = 'verifier' DESC) AS side
    FROM made_answer
    WHERE indicator_id IS NOT NULL
),
said AS (
    SELECT w.assessment_id, w.indicator_id, w.mapping_id, e.implied_state
    FROM sided w
    LEFT JOIN entailment e ON e.comparability = w.comparability AND e.state = w.state
    WHERE w.side = 1
    UNION ALL
    -- A finding row is an answer that is not met.
    SELECT n.assessment_id, n.indicator_id, n.mapping_id, e.implied_state
    FROM made_finding n
    JOIN crosswalk_entry c USING (mapping_id)
    LEFT JOIN entailment e ON e.comparability = c.predicate AND e.state = 'not_met'
    WHERE n.made_from = 'row' AND n.indicator_id IS NOT NULL
)
SELECT
    s.assessment_id,
    s.indicator_id,
    c.basis,
    max(c.threshold) AS threshold,
    CASE
        WHEN bool_or(s.implied_state = 'not_met') THEN 'not_met'
        WHEN bool_or(s.implied_state = 'met') AND NOT coalesce(bool_or(s.implied_state = 'partly_met'), false) THEN 'met'
    END AS implied_state
FROM said s
JOIN crosswalk_entry c USING (mapping_id)
GROUP BY s.assessment_id, s.indicator_id, c.basis;

CREATE OR REPLACE TABLE made_contradiction AS
WITH stated AS (
    SELECT k.*, a.facility_id, a.visit_id, a.assessed_on, a.instrument, a.verified_of, a.evidence_from, a.evidence_to
    FROM asked_indicator k
    JOIN made_assessment a USING (assessment_id)
    JOIN indicator_entry i USING (indicator_id)
    WHERE i.kind = 'compliance' AND k.implied_state IS NOT NULL AND a.assessed_on IS NOT NULL
)
SELECT DISTINCT
    x.facility_id,
    x.indicator_id,
    x.assessment_id AS assessment_a,
    x.implied_state AS state_a,
    y.assessment_id AS assessment_b,
    y.implied_state AS state_b,
    date_diff('day', x.assessed_on, y.assessed_on) AS days_apart
FROM stated x
JOIN stated y
    ON y.facility_id = x.facility_id AND y.indicator_id = x.indicator_id AND y.basis IS NOT DISTINCT FROM x.basis
    AND (x.threshold IS NULL OR y.threshold IS NULL OR x.threshold = y.threshold)
    AND y.visit_id <> x.visit_id AND y.implied_state <> x.implied_state
    AND (x.assessed_on, x.assessment_id) < (y.assessed_on, y.assessment_id)
    AND x.assessment_id IS DISTINCT FROM y.verified_of AND y.assessment_id IS DISTINCT FROM x.verified_of
    -- The evidence must overlap. Where it is not stated, two cycles of one instrument are a change in time, and two
    -- instruments within half a year are held to have seen the same months.
    AND CASE
        WHEN x.evidence_to IS NOT NULL AND y.evidence_to IS NOT NULL
            THEN x.evidence_from <= y.evidence_to AND y.evidence_from <= x.evidence_to
        ELSE x.instrument <> y.instrument AND date_diff('day', x.assessed_on, y.assessed_on) <= 180
    END
WHERE NOT EXISTS (
    -- An action closed in between explains the change.
    SELECT 1
    FROM made_finding n
    WHERE n.assessment_id = x.assessment_id AND n.indicator_id = x.indicator_id
        AND n.status = 'closed' AND coalesce(n.closed_on, n.due_on, y.assessed_on) <= y.assessed_on
);

-- Findings lists ask more than they show: here an indicator counts as asked where an answer or a finding proves it.
CREATE OR REPLACE TABLE made_overlap AS
SELECT
    a.facility_id,
    k.indicator_id,
    make_date(year(a.assessed_on), 1, 1) AS window_start,
    count(DISTINCT a.visit_id) AS times_asked,
    list_sort(list(DISTINCT a.assessment_id)) AS assessments
FROM asked_indicator k
JOIN made_assessment a USING (assessment_id)
JOIN indicator_entry i USING (indicator_id)
WHERE a.assessed_on IS NOT NULL AND i.topic_id NOT LIKE 'general.%'
    -- A verified assessment and its self-assessment are one round of questions.
    AND a.verified_of IS NULL
GROUP BY a.facility_id, k.indicator_id, make_date(year(a.assessed_on), 1, 1)
HAVING count(DISTINCT a.visit_id) > 1;
