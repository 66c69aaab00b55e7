-- Answers that leave for nobody of some kinds: by their question or by their state.
-- Reads: shared_answer, audience_kind, denied_class, withheld_question, withheld_state. Writes: withheld_answer.
CREATE OR REPLACE TEMP TABLE withheld_answer AS
WITH matched AS (
    SELECT a.audience_no, a.answer_no, w.class_no
    FROM shared_answer a
    JOIN audience_kind k USING (audience_no)
    JOIN withheld_question w
        ON w.kind = k.kind AND w.instrument = a.instrument AND w.question_id = a.question_id
        AND w.indicator_id = coalesce(a.indicator_id, '')
    WHERE NOT a.is_own
    UNION ALL
    SELECT a.audience_no, a.answer_no, d.class_no
    FROM shared_answer a
    JOIN withheld_state t ON t.state = a.state::VARCHAR
    JOIN audience_kind k USING (audience_no)
    JOIN denied_class d ON d.class_no = t.class_no AND d.kind = k.kind AND d.instrument = a.instrument
    WHERE NOT a.is_own
)
SELECT m.audience_no, m.answer_no, c.class, 'row' AS effect
FROM (SELECT audience_no, answer_no, min(class_no) AS class_no FROM matched GROUP BY ALL) m
JOIN withheld_class c USING (class_no);
