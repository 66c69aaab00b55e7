-- The winning answer per question and side, losers that differ as conflicts.
-- Reads: harmonised_answer, made_copy, made_assessment, delivery_group. Writes: ranked_answer, made_answer, made_conflict.
CREATE OR REPLACE TABLE ranked_answer AS
WITH deliveries AS (
    -- Byte-identical files share one content: it stands where the best of its deliveries stands.
    SELECT
        content_file_id,
        assessment_no,
        assessment_id,
        min(delivery_rank) AS delivery_rank,
        first(copy_id ORDER BY file_id = content_file_id DESC, delivery_rank) AS copy_id
    FROM made_copy
    WHERE published
    GROUP BY content_file_id, assessment_no, assessment_id
)
SELECT
    h.*,
    d.assessment_id,
    d.copy_id,
    d.delivery_rank,
    row_number() OVER (
        PARTITION BY d.assessment_id, h.question_id, h.answered_by ORDER BY d.delivery_rank, h.locator
    ) AS answer_rank
FROM harmonised_answer h
JOIN deliveries d ON d.content_file_id = h.file_id AND d.assessment_no = h.assessment_no
JOIN made_assessment a USING (assessment_id)
WHERE h.problem IS NULL AND NOT h.is_ignored AND a.published;

CREATE OR REPLACE TABLE made_answer AS
SELECT * FROM ranked_answer WHERE answer_rank = 1;

CREATE OR REPLACE TABLE made_conflict AS
SELECT
    l.assessment_id,
    l.question_id,
    l.copy_id,
    l.raw_value AS value_raw,
    w.raw_value AS winning_value_raw,
    CASE
        WHEN lg.status_rank <> wg.status_rank THEN 'the winning delivery has the higher status'
        WHEN lg.updated_at IS DISTINCT FROM wg.updated_at THEN 'the winning delivery was updated later'
        WHEN lg.received_at IS DISTINCT FROM wg.received_at THEN 'the winning delivery was received later'
        WHEN lc.file_id = wc.file_id THEN 'the winning row stands first in the file'
        ELSE 'contributor and path in alphabetical order'
    END AS reason
FROM ranked_answer l
JOIN made_answer w USING (assessment_id, question_id, answered_by)
JOIN made_copy lc ON lc.copy_id = l.copy_id
JOIN made_copy wc ON wc.copy_id = w.copy_id
JOIN delivery_group lg ON lg.file_id = lc.file_id AND lg.assessment_no = lc.assessment_no
JOIN delivery_group wg ON wg.file_id = wc.file_id AND wg.assessment_no = wc.assessment_no
WHERE l.answer_rank > 1
    AND (
        l.state <> w.state
        OR (l.value_number IS NOT NULL AND w.value_number IS NOT NULL
            AND abs(l.value_number - w.value_number) > 1e-9 * greatest(abs(l.value_number), abs(w.value_number)))
        OR ((l.value_number IS NULL OR w.value_number IS NULL)
            AND lower(l.value_text) IS DISTINCT FROM lower(w.value_text))
        OR l.unit IS DISTINCT FROM w.unit
    );
