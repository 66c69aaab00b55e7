-- Answers that would not be as they were, and the factories whose findings and topics may follow.
-- Reads: before and after (said, indicator_entry), before.stated_header, before.made_copy, changed_clause, staged_finding,
--        judged_assessment.
-- Writes: changed_answer, touched_facility.
CREATE OR REPLACE TABLE changed_answer AS
SELECT
    assessment_no, question_id, answered_by,
    b.state IS NOT NULL AS stood, a.state IS NOT NULL AS stands,
    coalesce(b.shared_value, a.shared_value) AS printed_value,
    b.state AS state_before, a.state AS state_after,
    b.indicator_id AS indicator_before, a.indicator_id AS indicator_after,
    b.comparability AS comparability_before, a.comparability AS comparability_after,
    b.implied_state AS implied_before, a.implied_state AS implied_after,
    b.unit AS unit_before, a.unit AS unit_after
FROM before.said b
FULL JOIN after.said a USING (assessment_no, question_id, answered_by)
WHERE b.state IS DISTINCT FROM a.state
    OR b.indicator_id IS DISTINCT FROM a.indicator_id
    OR b.comparability IS DISTINCT FROM a.comparability
    OR b.implied_state IS DISTINCT FROM a.implied_state
    OR b.value_number IS DISTINCT FROM a.value_number
    OR b.unit IS DISTINCT FROM a.unit;

CREATE OR REPLACE TABLE touched_facility AS
WITH moved AS (
    -- An indicator of another topic or kind moves answers that stay as they are.
    SELECT b.indicator_id
    FROM before.indicator_entry b
    JOIN after.indicator_entry a USING (indicator_id)
    WHERE b.topic_id <> a.topic_id OR b.kind <> a.kind
),
touched AS (
    SELECT assessment_no FROM changed_answer
    UNION
    SELECT assessment_no FROM before.said SEMI JOIN moved USING (indicator_id)
),
found AS (
    SELECT DISTINCT c.assessment_id
    FROM staged_finding f
    JOIN before.stated_header h USING (file_id, assessment_no)
    JOIN changed_clause k ON k.class_no = h.class_no AND k.clause = f.clause
    JOIN before.made_copy c ON c.content_file_id = f.file_id AND c.assessment_no = f.assessment_no
)
SELECT (row_number() OVER (ORDER BY facility_id))::INTEGER AS facility_no, facility_id
FROM (
    SELECT facility_id FROM judged_assessment SEMI JOIN touched USING (assessment_no)
    UNION
    SELECT facility_id FROM judged_assessment SEMI JOIN found USING (assessment_id)
);
