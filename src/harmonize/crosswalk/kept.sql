-- Of all that has no meaning yet, only what is asked in some questions of an instrument.
-- Reads: kept_question, release.compact.asked_class, stage.staged_column. Writes: new_column, asked_question.
DELETE FROM asked_question q
WHERE NOT EXISTS (FROM kept_question k WHERE k.instrument = q.instrument AND k.question_id = q.question_id);

CREATE OR REPLACE TABLE new_column AS
SELECT n.*
FROM new_column n
JOIN release.compact.asked_class a USING (class_no)
JOIN stage.staged_column c USING (column_key)
SEMI JOIN kept_question k ON k.instrument = a.instrument AND k.question_id = c.question_id;
