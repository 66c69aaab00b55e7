-- All that instruments ask: what is withheld question by question need not be looked at answer by answer.
-- Reads: source. Writes: shared_instrument, shared_question.
CREATE OR REPLACE TEMP TABLE shared_instrument AS SELECT instrument FROM source.instrument_rights;

CREATE OR REPLACE TEMP TABLE shared_question AS
SELECT k.instrument, q.question_id, coalesce(q.indicator_id, '') AS indicator_id, any_value(q.mapping_id) AS mapping_id
FROM (
    SELECT DISTINCT instrument, question_no FROM source.compact.asked_question
    UNION
    -- (What only a delivery that does not stand answers is asked, too.)
    SELECT DISTINCT s.instrument, o.question_no
    FROM source.compact.otherwise_answer o
    JOIN source.compact.stored_assessment s USING (assessment_no)
) k
JOIN source.compact.question q USING (question_no)
GROUP BY ALL;
