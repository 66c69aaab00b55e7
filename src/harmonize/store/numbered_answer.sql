-- The rows of `answer`, from classified ones and their texts and places.
SELECT
    c.assessment_no,
    c.instrument,
    c.assessment_id,
    c.facility_id,
    c.question_id,
    c.indicator_id,
    c.comparability,
    c.state,
    nullif(coalesce(r.value_text, t.raw_value, c.rare_value), '') AS value_text,
    c.value_number,
    c.unit,
    -- (Thai years above 2400 are Buddhist.)
    CASE
        WHEN c.kind = 'date' THEN (
            try_cast(translate(lower(coalesce(r.value_text, t.raw_value, c.rare_value)), '๐๑๒๓๔๕๖๗๘๙០១២៣៤៥៦៧៨៩', '01234567890123456789') AS DATE)
            - to_years(CASE WHEN translate(lower(coalesce(r.value_text, t.raw_value, c.rare_value)), '๐๑๒๓๔๕๖๗๘๙០១២៣៤៥៦៧៨៩', '01234567890123456789') BETWEEN '24' AND '3' THEN 543 ELSE 0 END)
        )::DATE
    END AS value_date,
    coalesce(t.raw_value, c.rare_value) AS raw_value,
    c.raw_unit,
    c.answered_by,
    c.verification,
    coalesce(c.not_counted, r.reason) AS reason,
    r.legal_flag,
    c.file_id,
    p.prefix || coalesce(c.row_no::VARCHAR, '') || p.suffix AS locator,
    c.mapping_id
FROM ({classified}) c
JOIN compact.place p USING (place_no)
JOIN compact.stated_text t USING (text_no)
JOIN compact.remark r USING (remark_no)
