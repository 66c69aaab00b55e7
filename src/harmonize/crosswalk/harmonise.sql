-- Every stated answer of every delivery, with its meaning or the reason why it is withheld.
-- Reads: staged_answer, staged_assessment, staged_mention, question_mapping, crosswalk_entry, indicator_entry,
--        scale_word, scale_default, unit_spelling, instrument_default. Writes: harmonised_answer.
CREATE OR REPLACE TABLE harmonised_answer AS
WITH asked AS (
    SELECT
        a.*,
        h.instrument,
        q.mapping_id,
        -- NFC, single spaces, no outer ones; a value without any white space needs no search.
        CASE
            WHEN strlen(raw_value) = length(raw_value) AND NOT regexp_matches(raw_value, '\s') THEN raw_value
            ELSE trim(regexp_replace(nfc_normalize(raw_value), '\s+', ' ', 'g'))
        END AS cleaned
    FROM staged_answer a
    JOIN staged_assessment h USING (file_id, assessment_no)
    LEFT JOIN staged_mention m USING (file_id, assessment_no)
    LEFT JOIN question_mapping q
        ON q.instrument = h.instrument
        AND q.edition IS NOT DISTINCT FROM h.edition
        AND q.country IS NOT DISTINCT FROM m.country
        AND q.question_id = a.question_id
        AND q.context IS NOT DISTINCT FROM a.context
        AND q.label_hash IS NOT DISTINCT FROM a.label_hash
),
mapped AS (
    SELECT
        asked.*,
        c.indicator_id,
        c.predicate AS comparability,
        c.polarity,
        c.unit AS accepted_units,
        c.is_ignored,
        i.kind,
        i.unit AS indicator_unit,
        coalesce(asked.scale, c.scale, d.scale) AS used_scale,
        -- Full-width, Thai and Khmer digits are digits; what is plain ASCII has none.
        CASE
            WHEN strlen(cleaned) = length(cleaned) THEN lower(cleaned)
            ELSE translate(lower(cleaned), '０１２３４５６７８９๐๑๒๓๔๕๖๗๘๙០១២៣៤៥៦៧៨៩', '012345678901234567890123456789')
        END AS word
    FROM asked
    LEFT JOIN crosswalk_entry c USING (mapping_id)
    LEFT JOIN indicator_entry i USING (indicator_id)
    LEFT JOIN instrument_default d ON d.instrument = asked.instrument
),
read AS (
    SELECT
        mapped.*,
        coalesce(w.state, s.otherwise, 'informational') AS scale_state,
        u.unit AS common_unit,
        u.factor,
        -- A quantity is what stands beside a unit column, or what the indicator says is one.
        (measured OR coalesce(kind = 'quantity', false)) AND coalesce(w.state, 'informational') = 'informational' AS is_quantity
    FROM mapped
    LEFT JOIN scale_word w ON w.scale = used_scale AND w.word = mapped.word
    LEFT JOIN scale_default s ON s.scale = used_scale
    LEFT JOIN unit_spelling u
        ON u.spelling = lower(trim(regexp_replace(nfc_normalize(raw_unit), '\s+', ' ', 'g')))
),
judged AS (
    SELECT
        read.*,
        CASE
            WHEN coalesce(is_ignored, false) THEN NULL
            WHEN is_quantity AND measured AND number IS NULL AND number_problem = 'undecidable' THEN 'undecidable_number'
            WHEN is_quantity AND measured AND number IS NULL AND number_problem = 'unit_error' THEN 'quantity_without_unit'
            WHEN is_quantity AND measured AND number IS NULL THEN 'unreadable_number'
            WHEN is_quantity AND number < 0 THEN 'negative_quantity'
            WHEN is_quantity AND measured AND number_problem = 'unit_error' THEN 'quantity_without_unit'
            WHEN is_quantity AND measured AND raw_unit IS NULL THEN 'quantity_without_unit'
            WHEN is_quantity AND measured AND common_unit IS NULL THEN 'unknown_unit'
            WHEN is_quantity AND measured AND accepted_units IS NOT NULL
                AND NOT list_contains(string_split(accepted_units, '|'), common_unit) THEN 'wrong_dimension'
            WHEN is_quantity AND NOT measured AND number IS NULL AND number_problem = 'undecidable'
                THEN 'undecidable_number'
            WHEN NOT is_quantity AND scale_state = 'unknown_answer' THEN 'unknown_answer'
        END AS problem
    FROM read
)
SELECT
    file_id,
    assessment_no,
    cell_no,
    question_id,
    CASE WHEN coalesce(is_ignored, false) THEN NULL ELSE indicator_id END AS indicator_id,
    comparability,
    kind,
    CASE
        WHEN is_quantity THEN 'informational'
        WHEN polarity = 'negative' AND scale_state = 'met' THEN 'not_met'
        WHEN polarity = 'negative' AND scale_state = 'not_met' THEN 'met'
        ELSE scale_state
    END AS state,
    nullif(cleaned, '') AS value_text,
    CASE
        WHEN is_quantity AND measured THEN number * factor
        -- An answer that only informs keeps its number, whatever the indicator that it was brought under.
        WHEN is_quantity OR (scale_state = 'informational' AND (kind IS NULL OR used_scale = 'plain_information')) THEN number
    END AS value_number,
    CASE
        WHEN is_quantity AND measured THEN common_unit
        WHEN is_quantity AND number IS NOT NULL
            THEN coalesce(string_split(accepted_units, '|')[1],
                          CASE WHEN NOT contains(indicator_unit, '|') THEN indicator_unit END)
    END AS unit,
    CASE WHEN kind = 'date' THEN try_cast(word AS DATE) END AS value_date,
    raw_value,
    raw_unit,
    answered_by,
    verification,
    reason,
    legal_flag,
    base || suffix AS locator,
    unit_place,
    mapping_id,
    description,
    coalesce(is_ignored, false) AS is_ignored,
    problem,
    accepted_units
FROM judged;
