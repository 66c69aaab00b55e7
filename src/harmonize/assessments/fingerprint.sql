-- What each delivered assessment says, as one hash: equal hashes are equal content.
-- Reads: harmonised_answer, harmonised_finding, staged_assessment. Writes: delivery_content.
CREATE OR REPLACE TABLE delivery_content AS
WITH said AS (
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
GROUP BY file_id, assessment_no;
