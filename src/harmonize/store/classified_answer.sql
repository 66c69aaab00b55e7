-- What answers mean, without their texts and places; `names` is where the tables stand that say what the numbers mean, and
-- `answers` holds the answers.
SELECT
    a.assessment_no,
    s.instrument,
    s.assessment_id,
    s.facility_id,
    q.question_id,
    q.indicator_id,
    q.comparability,
    q.mapping_id,
    q.kind,
    q.not_counted,
    a.state,
    a.value_number,
    CASE
        WHEN NOT q.asks_quantity OR a.state <> 'informational' THEN NULL
        WHEN q.is_measured THEN u.unit
        WHEN a.value_number IS NOT NULL THEN q.plain_unit
    END AS unit,
    u.raw_unit,
    a.answered_by,
    a.verification,
    d.file_id,
    a.row_no,
    a.place_no,
    a.text_no,
    a.rare_value,
    a.remark_no
FROM {answers} a
JOIN {names}.stored_assessment s USING (assessment_no)
JOIN {names}.question q USING (question_no)
JOIN {names}.delivery d USING (delivery_no)
JOIN {names}.raw_unit u USING (raw_unit_no)
