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
),
stated_verification AS (
    -- How an assessment was made is a fact of its header: what one delivery leaves out, another may state.
    SELECT d.assessment_id, first(h.verification ORDER BY d.delivery_rank) AS verification
    FROM harmonised_answer h
    JOIN deliveries d ON d.content_file_id = h.file_id AND d.assessment_no = h.assessment_no
    WHERE h.verification IS NOT NULL
    GROUP BY d.assessment_id
)
SELECT
    h.* REPLACE (coalesce(h.verification, s.verification, i.verification) AS verification),
    d.assessment_id,
    d.copy_id,
    d.delivery_rank,
    -- A question is answered by one delivery, both sides of it: a correction of another delivery is not laid over it.
    rank() OVER (PARTITION BY d.assessment_id, h.question_id ORDER BY d.delivery_rank) AS answer_rank
FROM harmonised_answer h
JOIN deliveries d ON d.content_file_id = h.file_id AND d.assessment_no = h.assessment_no
JOIN made_assessment a USING (assessment_id)
LEFT JOIN stated_verification s USING (assessment_id)
LEFT JOIN instrument_default i ON i.instrument = a.instrument
WHERE h.problem IS NULL AND NOT h.is_ignored AND a.published;

CREATE OR REPLACE TABLE made_answer AS
SELECT * FROM ranked_answer
WHERE answer_rank = 1
QUALIFY row_number() OVER (PARTITION BY assessment_id, question_id, answered_by ORDER BY locator) = 1;

CREATE OR REPLACE TABLE made_conflict AS
WITH compared AS (
    -- Each side is compared with the same side of the winner, or with the other one where the winner has no such side.
    SELECT
        l.*,
        w.raw_value AS winning_raw,
        w.raw_unit AS winning_raw_unit,
        w.state AS winning_state,
        w.value_number AS winning_number,
        w.value_text AS winning_text,
        w.unit AS winning_unit,
        w.copy_id AS winning_copy,
        row_number() OVER (
            PARTITION BY l.copy_id, l.assessment_id, l.question_id, l.answered_by ORDER BY w.answered_by = l.answered_by DESC
        ) AS choice
    FROM ranked_answer l
    JOIN made_answer w USING (assessment_id, question_id)
    WHERE l.answer_rank > 1
)
SELECT DISTINCT
    l.assessment_id,
    l.question_id,
    l.copy_id,
    concat_ws(' ', l.raw_value, l.raw_unit) AS value_raw,
    concat_ws(' ', l.winning_raw, l.winning_raw_unit) AS winning_value_raw,
    CASE
        WHEN lg.status_rank <> wg.status_rank THEN 'the winning delivery has the higher status'
        WHEN lg.updated_at IS DISTINCT FROM wg.updated_at THEN 'the winning delivery was updated later'
        WHEN lg.received_at IS DISTINCT FROM wg.received_at THEN 'the winning delivery was received later'
        WHEN lc.file_id = wc.file_id THEN 'the winning row stands first in the file'
        ELSE 'contributor and path in alphabetical order'
    END AS reason
FROM compared l
JOIN made_copy lc ON lc.copy_id = l.copy_id
JOIN made_copy wc ON wc.copy_id = l.winning_copy
JOIN delivery_group lg ON lg.file_id = lc.file_id AND lg.assessment_no = lc.assessment_no
JOIN delivery_group wg ON wg.file_id = wc.file_id AND wg.assessment_no = wc.assessment_no
WHERE l.choice = 1
    AND (
        l.state <> l.winning_state
        OR (l.value_number IS NOT NULL AND l.winning_number IS NOT NULL
            AND abs(l.value_number - l.winning_number) > 1e-9 * greatest(abs(l.value_number), abs(l.winning_number)))
        OR ((l.value_number IS NULL OR l.winning_number IS NULL)
            AND lower(l.value_text) IS DISTINCT FROM lower(l.winning_text))
        OR l.unit IS DISTINCT FROM l.winning_unit
    );
