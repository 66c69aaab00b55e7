-- The answers in which something may have to be withheld: free texts, remarks, counts of workers, some states; of audiences that
-- are told no names all.
-- Reads: release.compact, shared_delivery, shared_assessment, source, the tables of the rules. Writes: shared_answer.
CREATE OR REPLACE TABLE looked_at_question AS
SELECT q.question_no
FROM release.compact.question q
JOIN text_indicator n USING (indicator_id)
WHERE n.is_text OR n.is_sensitive
UNION
SELECT q.question_no
FROM release.compact.question q
WHERE q.indicator_id IN (
    SELECT indicator_id FROM counted_indicator UNION SELECT indicator_id FROM always_suppressed
    UNION SELECT share FROM count_share UNION SELECT whole FROM count_share
);

CREATE OR REPLACE TABLE looked_at_text AS
SELECT text_no FROM release.compact.stated_text SEMI JOIN flagged_text f ON f.text = raw_value;

CREATE OR REPLACE TEMP TABLE shared_answer AS
WITH looked_at AS (
    SELECT a.*, a.rowid AS answer_no
    FROM release.compact.stored_answer a
    WHERE a.remark_no > 0 OR (a.rare_value IS NOT NULL AND a.value_number IS NULL)
        OR a.question_no IN (FROM looked_at_question) OR a.text_no IN (FROM looked_at_text)
        OR a.state::VARCHAR IN (SELECT state FROM withheld_state)
        OR a.delivery_no IN (SELECT delivery_no FROM shared_delivery JOIN audience USING (audience_no) WHERE NOT is_named)
)
SELECT
    d.audience_no, s.assessment_id, q.question_id, q.indicator_id, q.mapping_id, t.edition, t.instrument, a.answered_by, a.state,
    a.verification, coalesce(r.value_text, v.raw_value, a.rare_value) AS value_text, coalesce(v.raw_value, a.rare_value) AS raw_value,
    a.value_number, u.raw_unit, u.unit, r.reason AS remark_reason, r.description AS remark_description, d.is_own, d.scope_rank,
    a.answer_no
FROM looked_at a
JOIN shared_delivery d USING (delivery_no)
JOIN shared_assessment s ON s.shared_no = a.assessment_no
JOIN source.assessment t ON t.assessment_id = s.assessment_id
JOIN release.compact.question q USING (question_no)
JOIN release.compact.stated_text v USING (text_no)
JOIN release.compact.raw_unit u USING (raw_unit_no)
JOIN release.compact.remark r USING (remark_no);
