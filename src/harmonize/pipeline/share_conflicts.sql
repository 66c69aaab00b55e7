-- Own answers that lost, and say something else than what stands in the audience's file: a contributor sees all it handed in.
-- What stands has had withheld from it what must be; then nothing of it is told here either.
-- Reads: told_otherwise, shared_content, made_copy, shared_delivery, numbered_question, release.compact.
-- Writes: release.conflict.
INSERT INTO release.conflict BY NAME
WITH copy AS (
    SELECT content_file_id, assessment_no, assessment_id, arg_min(copy_id, delivery_rank) AS copy_id
    FROM made_copy
    GROUP BY ALL
),
lost AS (
    SELECT
        t.shared_no, c.copy_id, c.assessment_id, t.question_id, q.question_no, t.answered_by, t.state, t.value_number,
        coalesce(v.raw_value, t.rare_value) AS raw_value, coalesce(r.value_text, v.raw_value, t.rare_value) AS said,
        u.raw_unit, u.unit,
        'answer' AS locator
    FROM told_otherwise t
    JOIN shared_content k
        ON k.audience_no = t.audience_no AND k.shared_no = t.shared_no AND k.content_file_id = t.content_file_id
    JOIN copy c
        ON c.content_file_id = k.shared_file_id AND c.assessment_no = k.assessment_no AND c.assessment_id = k.shared_assessment_id
    JOIN numbered_question q ON q.source_no = t.question_no
    JOIN release.compact.stated_text v USING (text_no)
    JOIN release.compact.raw_unit u USING (raw_unit_no)
    JOIN release.compact.remark r USING (remark_no)
    WHERE t.is_own AND NOT t.wins
),
stands AS (
    SELECT
        a.assessment_no AS shared_no, q.question_id, a.answered_by, a.state, a.value_number,
        coalesce(v.raw_value, a.rare_value) AS raw_value, coalesce(r.value_text, v.raw_value, a.rare_value) AS said,
        u.raw_unit, u.unit, c.copy_id,
        CASE WHEN d.is_own THEN 'answer' ELSE 'granted' END AS locator
    FROM release.compact.stored_answer a
    SEMI JOIN (SELECT DISTINCT shared_no FROM lost) l ON l.shared_no = a.assessment_no
    JOIN release.compact.question q USING (question_no)
    JOIN shared_delivery d USING (delivery_no)
    JOIN shared_content k
        ON k.audience_no = d.audience_no AND k.shared_no = d.shared_no AND k.content_file_id = d.content_file_id
    JOIN copy c
        ON c.content_file_id = k.shared_file_id AND c.assessment_no = k.assessment_no AND c.assessment_id = k.shared_assessment_id
    JOIN release.compact.stated_text v USING (text_no)
    JOIN release.compact.raw_unit u USING (raw_unit_no)
    JOIN release.compact.remark r USING (remark_no)
),
compared AS (
    -- Each side with the same side of what stands, or with the other one where that has no such side.
    SELECT
        l.*, s.raw_value AS winning_raw, s.raw_unit AS winning_raw_unit, s.copy_id AS winning_copy_id, s.locator AS winning_locator,
        release.compact.differs(
            l.state::VARCHAR, s.state::VARCHAR, l.value_number, s.value_number, l.said, s.said, l.unit, s.unit
        ) AS differs
    FROM lost l
    JOIN stands s USING (shared_no, question_id)
    QUALIFY row_number() OVER (
        PARTITION BY l.copy_id, l.question_id, l.answered_by ORDER BY s.answered_by = l.answered_by DESC, s.answered_by
    ) = 1
)
SELECT
    assessment_id, question_id, copy_id, nullif(concat_ws(' ', raw_value, raw_unit), '') AS value_raw,
    nullif(concat_ws(' ', winning_raw, winning_raw_unit), '') AS winning_value_raw,
    'the winning delivery comes first in the order of deliveries' AS reason, winning_copy_id, locator, winning_locator
FROM compared
WHERE differs
ORDER BY ALL;
