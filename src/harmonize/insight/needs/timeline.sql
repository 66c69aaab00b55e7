-- What was said of compliance and practice of some factories, day by day: one state per factory, indicator and evidence
-- day. What is not met speaks for the indicator; what a tool lists as findings alone never says `met`.
CREATE OR REPLACE TEMP TABLE said AS
WITH stated AS (
    SELECT
        s.facility_id, a.indicator_id, s.evidence_day, e.implied_state::VARCHAR AS state, true AS is_answer,
        a.answered_by = 'verifier' AS is_verifiers,
        bool_or(a.answered_by = 'verifier') OVER (PARTITION BY a.assessment_id, a.question_id) AS has_verifiers
    FROM compact.classified_answer a
    JOIN entailment e ON e.comparability = a.comparability AND e.state = a.state::VARCHAR
    JOIN compact.assessment_on($day::DATE, NULL) s ON s.assessment_id = a.assessment_id
    WHERE a.kind IN ('compliance', 'practice') AND e.implied_state IN ('met', 'partly_met', 'not_met')
        AND s.evidence_day IS NOT NULL AND a.facility_id IN (SELECT unnest($facilities))
),
found AS (
    SELECT s.facility_id, n.indicator_id, s.evidence_day, 'not_met' AS state, false AS is_answer
    FROM finding n
    JOIN compact.assessment_on($day::DATE, NULL) s USING (assessment_id)
    JOIN crosswalk c USING (mapping_id)
    JOIN entailment e ON e.comparability = c.predicate AND e.state = 'not_met' AND e.implied_state = 'not_met'
    WHERE n.made_from = 'row' AND n.indicator_id IS NOT NULL AND s.evidence_day IS NOT NULL
        AND s.facility_id IN (SELECT unnest($facilities))
)
SELECT
    facility_id, indicator_id, evidence_day,
    CASE WHEN bool_or(state = 'not_met') THEN 'not_met' WHEN bool_or(state = 'partly_met') THEN 'partly_met' ELSE 'met' END
        AS state,
    bool_or(is_answer) AS is_answer
FROM (
    SELECT facility_id, indicator_id, evidence_day, state, is_answer FROM stated WHERE is_verifiers OR NOT has_verifiers
    UNION ALL
    FROM found
)
GROUP BY facility_id, indicator_id, evidence_day;

-- Days on which an indicator turned from not met (or partly met) to met.
CREATE OR REPLACE TEMP TABLE turned AS
SELECT facility_id, indicator_id, evidence_day AS turned_on, previous_day
FROM (
    SELECT
        *,
        lag(state) OVER course AS previous_state,
        lag(evidence_day) OVER course AS previous_day
    FROM said
    WINDOW course AS (PARTITION BY facility_id, indicator_id ORDER BY evidence_day)
)
WHERE state = 'met' AND previous_state <> 'met';
