-- The winning answer per question and side, losers that differ as conflicts.
-- Reads: harmonised_answer, made_copy, made_assessment, delivery_group, instrument_default.
-- Writes: delivered_content, contest, made_answer, answer_conflict, made_conflict.
CREATE OR REPLACE TABLE delivered_content AS
WITH content AS (
    -- Byte-identical files share one content: it stands where the best of its deliveries stands.
    SELECT
        c.content_file_id,
        c.assessment_no,
        c.assessment_id,
        min(c.delivery_rank) AS delivery_rank,
        first(c.copy_id ORDER BY c.file_id = c.content_file_id DESC, c.delivery_rank) AS copy_id
    FROM made_copy c
    JOIN made_assessment a USING (assessment_id)
    WHERE c.published AND a.published
    GROUP BY c.content_file_id, c.assessment_no, c.assessment_id
),
stated_verification AS (
    -- How an assessment was made is a fact of its header: what one delivery leaves out, another may state.
    SELECT file_id AS content_file_id, assessment_no, min(verification) AS verification
    FROM harmonised_answer
    WHERE verification IS NOT NULL AND verification <> 'none'
    GROUP BY file_id, assessment_no
),
known_verification AS (
    SELECT c.assessment_id, first(s.verification ORDER BY c.delivery_rank) AS verification
    FROM content c
    JOIN stated_verification s USING (content_file_id, assessment_no)
    GROUP BY c.assessment_id
)
SELECT
    c.*,
    count(*) OVER (PARTITION BY c.assessment_id) > 1 AS is_contested,
    coalesce(k.verification, i.verification) AS verification_otherwise
FROM content c
JOIN made_assessment a USING (assessment_id)
LEFT JOIN known_verification k USING (assessment_id)
LEFT JOIN instrument_default i ON i.instrument = a.instrument;

-- A question is answered by one delivery, both sides of it: a correction of another delivery is not laid over it.
CREATE OR REPLACE TABLE contest AS
SELECT d.assessment_id, h.question_id, min(d.delivery_rank) AS winner
FROM harmonised_answer h
JOIN delivered_content d ON d.content_file_id = h.file_id AND d.assessment_no = h.assessment_no AND d.is_contested
WHERE h.problem IS NULL AND NOT h.is_ignored
GROUP BY d.assessment_id, h.question_id;

CREATE OR REPLACE VIEW ranked_answer AS
SELECT
    h.* REPLACE (coalesce(h.verification, d.verification_otherwise) AS verification),
    d.assessment_id,
    d.copy_id,
    d.delivery_rank,
    c.winner IS NULL OR c.winner = d.delivery_rank AS wins
FROM harmonised_answer h
JOIN delivered_content d ON d.content_file_id = h.file_id AND d.assessment_no = h.assessment_no
LEFT JOIN contest c ON c.assessment_id = d.assessment_id AND c.question_id = h.question_id
WHERE h.problem IS NULL AND NOT h.is_ignored;

CREATE OR REPLACE TABLE made_answer AS
WITH twice AS (
    SELECT assessment_id, question_id, answered_by, min(cell_no) AS first_cell
    FROM ranked_answer
    WHERE wins
    GROUP BY assessment_id, question_id, answered_by
    HAVING count(*) > 1
)
SELECT r.*
FROM ranked_answer r
LEFT JOIN twice t USING (assessment_id, question_id, answered_by)
WHERE r.wins AND (t.first_cell IS NULL OR t.first_cell = r.cell_no);

CREATE OR REPLACE TABLE answer_conflict AS
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
    WHERE NOT l.wins
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

-- Grades of losing deliveries that differ. (Dates and scores follow the status of a delivery, so they are no conflict.)
CREATE OR REPLACE TABLE made_conflict AS
SELECT * FROM answer_conflict
UNION ALL
SELECT
    c.assessment_id, 'rating', c.copy_id, g.rating_raw, a.rating_raw, 'the winning delivery states it otherwise'
FROM delivery_group g
JOIN made_copy c ON c.file_id = g.file_id AND c.assessment_no = g.assessment_no
JOIN made_assessment a USING (assessment_id)
WHERE g.delivery_rank > 1 AND g.rating_raw <> a.rating_raw;
