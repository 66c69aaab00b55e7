-- What is withheld of answers goes out of them, before anything is made of them.
-- Reads: withheld_answer, masked_answer. Variables: small_count_reason. Writes: release.compact.stored_answer, remark.
CREATE OR REPLACE TABLE other_remark AS
WITH told AS (
    SELECT m.answer_no, m.remark_reason AS reason, m.remark_description AS description, m.value_text, m.raw_value
    FROM masked_answer m
    UNION ALL
    SELECT w.answer_no, getvariable('small_count_reason'), NULL, NULL, NULL
    FROM withheld_answer w
    ANTI JOIN masked_answer m USING (answer_no)
    WHERE w.effect = 'value'
)
SELECT
    t.answer_no, t.raw_value,
    ((SELECT max(remark_no) FROM release.compact.remark)
        + dense_rank() OVER (ORDER BY t.reason, r.legal_flag, t.description, t.value_text))::INTEGER AS remark_no,
    t.reason, r.legal_flag, t.description, t.value_text
FROM told t
JOIN release.compact.stored_answer a ON a.rowid = t.answer_no
JOIN release.compact.remark r ON r.remark_no = a.remark_no;

INSERT INTO release.compact.remark
SELECT DISTINCT remark_no, reason, legal_flag, description, value_text, hash(reason, legal_flag, description, value_text)
FROM other_remark
ORDER BY remark_no;

UPDATE release.compact.stored_answer a
SET text_no = 0, rare_value = o.raw_value, remark_no = o.remark_no
FROM other_remark o
WHERE o.answer_no = a.rowid;

UPDATE release.compact.stored_answer a
SET value_number = NULL, text_no = 0, rare_value = NULL
FROM withheld_answer w
WHERE w.answer_no = a.rowid AND w.effect = 'value';

DELETE FROM release.compact.stored_answer a USING withheld_answer w WHERE w.answer_no = a.rowid AND w.effect = 'row';

INSERT INTO withheld_count
SELECT b.audience_no, b.class, c.rule, 'answer', b.rows
FROM withheld_by_question b
JOIN withheld_class c USING (class);
