-- What the rows ask that are withheld from one by one.
-- Reads: shared_answer, shared_finding, shared_header. Writes: shared_instrument, shared_question.
CREATE OR REPLACE TEMP TABLE shared_instrument AS
SELECT DISTINCT instrument FROM shared_answer
UNION SELECT DISTINCT instrument FROM shared_finding
UNION SELECT DISTINCT instrument FROM shared_header;

CREATE OR REPLACE TEMP TABLE shared_question AS
SELECT instrument, question_id, coalesce(indicator_id, '') AS indicator_id, any_value(mapping_id) AS mapping_id
FROM shared_answer
WHERE NOT is_own
GROUP BY ALL;
