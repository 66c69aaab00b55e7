-- All that instruments ask: what is withheld question by question need not be looked at answer by answer.
-- Reads: source. Writes: shared_instrument, shared_question.
CREATE OR REPLACE TEMP TABLE shared_instrument AS SELECT instrument FROM source.instrument_rights;

CREATE OR REPLACE TEMP TABLE shared_question AS
SELECT k.instrument, q.question_id, coalesce(q.indicator_id, '') AS indicator_id, any_value(q.mapping_id) AS mapping_id
FROM source.compact.asked_question k
JOIN source.compact.question q USING (question_no)
GROUP BY ALL;
