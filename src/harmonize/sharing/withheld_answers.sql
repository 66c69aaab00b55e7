-- The answers as withholding looks at them.
-- Reads: release.compact, shared_delivery, shared_assessment, source.assessment. Writes: shared_answer (a view).
CREATE OR REPLACE TEMP VIEW shared_answer AS
SELECT
    d.audience_no, s.assessment_id, q.question_id, q.indicator_id, q.mapping_id, t.edition, t.instrument, a.answered_by, a.state,
    a.verification, coalesce(r.value_text, v.raw_value, a.rare_value) AS value_text, coalesce(v.raw_value, a.rare_value) AS raw_value,
    a.value_number, u.raw_unit, u.unit, r.reason AS remark_reason, r.description AS remark_description, d.is_own, d.scope_rank,
    a.rowid AS answer_no
FROM release.compact.stored_answer a
JOIN shared_delivery d USING (delivery_no)
JOIN shared_assessment s ON s.shared_no = a.assessment_no
JOIN source.assessment t ON t.assessment_id = s.assessment_id
JOIN release.compact.question q USING (question_no)
JOIN release.compact.stated_text v USING (text_no)
JOIN release.compact.raw_unit u USING (raw_unit_no)
JOIN release.compact.remark r USING (remark_no);
