-- The rows of `answer` from their compact form; `names` is where the tables stand that say what the numbers mean.
SELECT
    a.assessment_no,
    s.instrument,
    s.assessment_id,
    q.question_id,
    q.indicator_id,
    q.comparability,
    a.state,
    nullif(coalesce(r.value_text, v.raw_value, a.rare_value), '') AS value_text,
    a.value_number,
    CASE
        WHEN NOT q.asks_quantity OR a.state <> 'informational' THEN NULL
        WHEN q.is_measured THEN u.unit
        WHEN a.value_number IS NOT NULL THEN q.plain_unit
    END AS unit,
    CASE WHEN q.kind = 'date' THEN try_cast(lower(coalesce(r.value_text, v.raw_value, a.rare_value)) AS DATE) END AS value_date,
    coalesce(v.raw_value, a.rare_value) AS raw_value,
    u.raw_unit,
    a.answered_by,
    a.verification,
    r.reason,
    coalesce(r.legal_flag, false) AS legal_flag,
    d.file_id,
    p.prefix || coalesce(a.row_no::VARCHAR, '') || p.suffix AS locator,
    q.mapping_id
FROM compact.stored_answer a
JOIN {names}.stored_assessment s USING (assessment_no)
JOIN {names}.question q USING (question_no)
JOIN compact.place p USING (place_no)
JOIN {names}.delivery d USING (delivery_no)
LEFT JOIN compact.stated_text v USING (text_no)
LEFT JOIN {names}.raw_unit u USING (raw_unit_no)
LEFT JOIN compact.remark r USING (remark_no)
