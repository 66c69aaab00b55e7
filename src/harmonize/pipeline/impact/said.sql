-- The winning answers of the side at work to the questions that are judged, with what they imply.
-- Reads: classified_answer, entailment, release.compact. Writes: said, judged_assessment (the same on both sides).
CREATE OR REPLACE TABLE said AS
SELECT
    c.assessment_no, c.question_id, c.answered_by, c.state, c.indicator_id, c.comparability, c.mapping_id,
    c.value_number, c.unit, e.implied_state,
    -- What few others state is none of a kind.
    t.raw_value AS shared_value
FROM classified_answer c
JOIN release.compact.stated_text t USING (text_no)
LEFT JOIN entailment e ON e.comparability = c.comparability AND e.state = c.state::VARCHAR;

CREATE OR REPLACE TABLE workspace.judged_assessment AS
SELECT assessment_no, assessment_id, facility_id, instrument, edition FROM release.compact.stored_assessment;
