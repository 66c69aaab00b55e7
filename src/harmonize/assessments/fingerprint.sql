-- What each delivery says of an assessment that was delivered more than once, as one hash: equal hashes, equal content.
-- Reads: contested_source, judged_answer (pointed at its files), stage.staged_remark, unknown_fingerprint,
--        harmonised_finding, staged_assessment.
-- Writes: contested_answer, delivery_content, release.compact.fingerprint.
CREATE OR REPLACE TABLE contested_answer AS
SELECT
    j.assessment_key, j.question_id, j.question_no, j.answered_by, j.state, j.verification, j.raw_value, j.text_key,
    r.value_text, j.value_number, j.raw_unit, j.raw_unit_no, j.unit, j.remark_key, j.cell_no, j.row_no, j.place_no
FROM judged_answer j
SEMI JOIN contested_source USING (assessment_key)
LEFT JOIN stage.staged_remark r USING (remark_key)
WHERE j.problem IS NULL AND NOT j.is_ignored;

INSERT INTO release.compact.fingerprint
WITH said AS (
    SELECT
        u.assessment_key,
        hash(question_id, answered_by, state, coalesce(round(value_number, 6)::VARCHAR, lower(coalesce(value_text, raw_value))), unit)
            AS line
    FROM contested_answer a
    JOIN unknown_fingerprint u USING (assessment_key)
    UNION ALL
    SELECT u.assessment_key, hash(clause, severity_raw, lower(description), status_raw, due_on, action)
    FROM harmonised_finding f
    JOIN unknown_fingerprint u USING (file_id, assessment_no)
    UNION ALL
    SELECT u.assessment_key, hash('header', assessed_on, rating_raw, status, score)
    FROM staged_assessment s
    JOIN unknown_fingerprint u USING (assessment_key)
)
SELECT u.assessment_key, u.signature, concat_ws('|', count(*), sum(s.line::HUGEINT), bit_xor(s.line)) AS fingerprint
FROM said s
JOIN unknown_fingerprint u USING (assessment_key)
GROUP BY u.assessment_key, u.signature;

CREATE OR REPLACE TABLE delivery_content AS
SELECT DISTINCT g.content_file_id, g.assessment_no, k.fingerprint
FROM delivery_group g
JOIN minted_assessment n USING (group_key)
JOIN assessment_plan p ON p.assessment_id = n.assessment_id AND p.is_repeated
LEFT JOIN file_meaning m ON m.file_id = g.content_file_id
JOIN release.compact.fingerprint k ON k.assessment_key = g.assessment_key AND k.signature = coalesce(m.signature, 0);
