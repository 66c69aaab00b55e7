-- What each delivery says of an assessment that was delivered more than once, as one hash: equal hashes, equal content.
-- Reads: delivery_group, harmonised_answer, harmonised_finding, staged_assessment. Writes: delivery_content.
CREATE OR REPLACE TABLE delivery_content AS
WITH repeated AS (
    SELECT DISTINCT content_file_id AS file_id, assessment_no
    FROM delivery_group
    QUALIFY count(*) OVER (PARTITION BY group_key) > 1
),
said AS (
    SELECT
        file_id,
        assessment_no,
        concat_ws('|', question_id, answered_by, state, coalesce(round(value_number, 6)::VARCHAR, lower(value_text)), unit)
            AS line
    FROM harmonised_answer
    WHERE problem IS NULL AND NOT is_ignored
    UNION ALL
    SELECT file_id, assessment_no, concat_ws('|', clause, severity_raw, lower(description), status_raw, due_on, action)
    FROM harmonised_finding
    UNION ALL
    SELECT file_id, assessment_no, concat_ws('|', 'header', assessed_on, rating_raw, status, score)
    FROM staged_assessment
)
SELECT file_id AS content_file_id, assessment_no, sha256(string_agg(line, chr(10) ORDER BY line)) AS fingerprint
FROM said
SEMI JOIN repeated USING (file_id, assessment_no)
GROUP BY file_id, assessment_no;
