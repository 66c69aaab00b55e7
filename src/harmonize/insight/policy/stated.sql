-- What factories state in one share, year by year: one state per factory, indicator, edition and year. Only what stands for the
-- indicator itself counts, and only answers: who lists nothing but findings never says how much was asked. The year is that of the
-- evidence; in it the last day holds, and on one day what is not met.
-- Reads: compact.classified_answer, assessment, crosswalk, indicator, topic. Writes: policy_state.
CREATE OR REPLACE TEMP TABLE policy_state AS
WITH stated AS (
    SELECT
        a.facility_id, a.indicator_id, a.kind, s.instrument, coalesce(c.edition, '') AS edition,
        coalesce(s.evidence_to, s.assessed_on) AS day, a.state::VARCHAR AS state, a.verification::VARCHAR AS verification,
        a.answered_by = 'verifier' AS is_verifiers,
        bool_or(a.answered_by = 'verifier') OVER (PARTITION BY a.assessment_id, a.question_id) AS has_verifiers
    FROM compact.classified_answer a
    JOIN assessment s USING (assessment_id)
    LEFT JOIN crosswalk c USING (mapping_id)
    WHERE a.kind IN ('compliance', 'practice') AND a.comparability IN ('exact', 'close') AND a.not_counted IS NULL
        AND a.state IN ('met', 'partly_met', 'not_met') AND s.published
)
SELECT facility_id, indicator_id, i.topic_id, t.kind, instrument, edition, year(day) AS year, day, state, verification
FROM stated t
JOIN indicator i USING (indicator_id)
WHERE day IS NOT NULL AND (is_verifiers OR NOT has_verifiers)
QUALIFY row_number() OVER (
    PARTITION BY facility_id, indicator_id, instrument, edition, year(day)
    ORDER BY day DESC, list_position(['not_met', 'partly_met', 'met'], state), verification
) = 1;
