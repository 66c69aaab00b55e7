-- Every stated answer with its meaning, or the reason why it is withheld.
-- Reads: stated_answer (the staged answers of some files), stated_header, release.compact.meaning, word_state, known_unit.
-- Writes: judged_answer (a view).
CREATE OR REPLACE VIEW judged_answer AS
WITH read AS (
    SELECT
        a.assessment_key,
        a.cell_no,
        a.row_no,
        a.raw_value,
        a.text_key,
        a.raw_unit,
        a.number,
        a.number_problem,
        a.remark_key,
        h.file_id,
        h.assessment_no,
        h.made_no,
        h.delivery_no,
        h.otherwise_verified,
        m.* EXCLUDE (otherwise, digest, knowledge),
        coalesce(w.state, m.otherwise) AS scale_state,
        u.unit AS common_unit,
        u.bit AS unit_bit,
        u.raw_unit_no,
        u.factor,
        m.asks_quantity AND (w.state IS NULL OR w.state = 'informational') AS is_quantity
    FROM stated_answer a
    JOIN stated_header h USING (assessment_key)
    JOIN release.compact.meaning m USING (class_no, column_key)
    JOIN word_state w ON w.scale_word_no = coalesce(m.scale_no + a.word_no, -1)
    JOIN known_unit u ON u.raw_unit = coalesce(a.raw_unit, '')
)
SELECT
    *,
    -- (What only quantities can have is asked of quantities only.)
    CASE
        WHEN is_ignored THEN NULL
        WHEN NOT is_quantity AND scale_state IS NULL THEN 'unknown_answer'
        WHEN NOT is_quantity THEN NULL
        WHEN number < 0 THEN 'negative_quantity'
        WHEN number IS NULL AND number_problem = 'undecidable' THEN 'undecidable_number'
        WHEN NOT is_measured THEN NULL
        WHEN number_problem = 'unit_error' THEN 'quantity_without_unit'
        WHEN number IS NULL THEN 'unreadable_number'
        WHEN raw_unit IS NULL THEN 'quantity_without_unit'
        WHEN common_unit IS NULL THEN 'unknown_unit'
        WHEN (accepted_bits & unit_bit) = 0 THEN 'wrong_dimension'
    END AS problem,
    CASE
        WHEN is_quantity THEN 'informational'::answer_state
        -- (A question may be judged in the export that asks for a text in our words.)
        WHEN kind IN ('date', 'text') AND scale_state IN ('met', 'partly_met', 'not_met')
            THEN 'informational'::answer_state
        WHEN is_negative AND scale_state = 'met' THEN 'not_met'::answer_state
        WHEN is_negative AND scale_state = 'not_met' THEN 'met'::answer_state
        ELSE scale_state
    END AS state,
    CASE
        WHEN is_quantity AND is_measured THEN number * factor
        WHEN is_quantity OR (scale_state = 'informational' AND keeps_number) THEN number
    END AS value_number,
    CASE
        WHEN is_quantity AND is_measured THEN common_unit
        WHEN is_quantity AND number IS NOT NULL THEN plain_unit
    END AS unit
FROM read;
