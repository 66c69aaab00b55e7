-- The answers that some audiences may see, in the order of their own assessments.
-- Reads: source, and what answers.sql made. Variables: first_audience, last_audience. Writes: release.compact.stored_answer,
--        withheld_by_question.
CREATE OR REPLACE TEMP TABLE their_content AS
SELECT * FROM first_content WHERE audience_no BETWEEN getvariable('first_audience') AND getvariable('last_audience');

CREATE OR REPLACE TEMP TABLE their_withheld AS
SELECT * FROM withheld_number WHERE audience_no BETWEEN getvariable('first_audience') AND getvariable('last_audience');

INSERT INTO withheld_by_question
SELECT audience_no, class, sum(rows)::BIGINT
FROM (
    -- (Counted is what was granted, and nothing of what others say besides.)
    SELECT c.audience_no, w.class, count(*) AS rows
    FROM source.compact.stored_answer a
    JOIN their_content c ON c.source_no = a.assessment_no
    JOIN their_withheld w
        ON w.audience_no = c.audience_no AND w.source_no = a.question_no AND w.instrument = c.instrument
    JOIN numbered_question q ON q.source_no = a.question_no
    ANTI JOIN disputed_question d ON d.shared_no = c.shared_no AND d.question_id = q.question_id
    WHERE NOT c.is_own AND (c.scope_rank >= 3 OR a.state = 'not_met')
    GROUP BY ALL
    UNION ALL
    SELECT audience_no, class, count(DISTINCT (shared_no, question_id, answered_by))
    FROM told_otherwise
    WHERE audience_no BETWEEN getvariable('first_audience') AND getvariable('last_audience')
        AND class IS NOT NULL AND (scope_rank >= 3 OR state = 'not_met')
    GROUP BY ALL
)
GROUP BY ALL;

INSERT INTO release.compact.stored_answer
WITH undisputed AS (
    SELECT
        c.shared_no, q.question_no, a.answered_by, a.state, coalesce(v.verification, a.verification) AS verification,
        a.text_no, a.rare_value, a.value_number, a.raw_unit_no, a.remark_no,
        e.delivery_no, NULL::INTEGER AS row_no, a.place_no, c.scope_rank
    FROM source.compact.stored_answer a
    JOIN their_content c ON c.source_no = a.assessment_no
    JOIN numbered_question q ON q.source_no = a.question_no
    LEFT JOIN their_withheld w
        ON w.audience_no = c.audience_no AND w.source_no = a.question_no AND w.instrument = c.instrument
    ANTI JOIN disputed_question d ON d.shared_no = c.shared_no AND d.question_id = q.question_id
    JOIN first_delivery e ON e.shared_no = c.shared_no
    LEFT JOIN source.compact.accepted_answer v
        ON v.assessment_no = a.assessment_no AND v.question_no = a.question_no AND v.answered_by = a.answered_by
    WHERE c.is_own OR w.source_no IS NULL
),
disputed AS (
    SELECT
        t.shared_no, q.question_no, t.answered_by, t.state, t.verification, t.text_no, t.rare_value, t.value_number,
        t.raw_unit_no, t.remark_no, n.delivery_no, NULL::INTEGER AS row_no, t.place_no, t.scope_rank
    FROM told_otherwise t
    JOIN numbered_question q ON q.source_no = t.question_no
    JOIN shared_delivery n USING (shared_no, content_file_id)
    WHERE t.wins AND t.audience_no BETWEEN getvariable('first_audience') AND getvariable('last_audience')
)
SELECT * EXCLUDE (scope_rank)
FROM (FROM undisputed UNION ALL FROM disputed)
-- Who may see findings alone sees what is wrong alone; the findings are made of it, and it goes.
WHERE scope_rank >= 3 OR state = 'not_met'
ORDER BY shared_no, question_no, answered_by;
