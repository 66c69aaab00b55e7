-- The answers that make a finding, with their places; `release` is the release that holds them.
SELECT
    s.assessment_id, q.question_id, q.indicator_id, q.mapping_id, q.comparability, r.description, d.file_id,
    p.prefix || coalesce(a.row_no::VARCHAR, '') || p.suffix AS locator, p.context, p.label_hash
FROM {release}.compact.breach a
JOIN {release}.compact.question q USING (question_no)
JOIN {release}.compact.stored_assessment s USING (assessment_no)
JOIN {release}.compact.place p USING (place_no)
JOIN {release}.compact.delivery d USING (delivery_no)
JOIN {release}.compact.remark r USING (remark_no)
