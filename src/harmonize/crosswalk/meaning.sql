-- What every column means for every class of assessments: all that an answer needs but its own value.
-- Reads: used_column, asked_class, stage.staged_column, question_mapping, crosswalk_entry, indicator_entry, scale_word,
--        scale_default, instrument_default. Writes: meaning, file_meaning.
CREATE OR REPLACE TABLE meaning AS
WITH mapped AS (
    SELECT
        u.class_no,
        c.*,
        q.mapping_id,
        e.predicate AS comparability,
        e.polarity,
        e.unit AS accepted_units,
        coalesce(e.is_ignored, false) AS is_ignored,
        CASE WHEN NOT coalesce(e.is_ignored, false) THEN e.indicator_id END AS indicator_id,
        i.kind,
        i.unit AS indicator_unit,
        coalesce(c.scale, e.scale, d.scale) AS used_scale
    FROM (SELECT DISTINCT class_no, column_key FROM used_column) u
    JOIN asked_class k USING (class_no)
    JOIN stage.staged_column c USING (column_key)
    LEFT JOIN question_mapping q
        ON q.instrument = k.instrument
        AND q.edition IS NOT DISTINCT FROM k.edition
        AND q.country IS NOT DISTINCT FROM k.country
        AND q.question_id = c.question_id
        AND q.context IS NOT DISTINCT FROM c.context
        AND q.label_hash IS NOT DISTINCT FROM c.label_hash
    LEFT JOIN crosswalk_entry e USING (mapping_id)
    LEFT JOIN indicator_entry i ON i.indicator_id = e.indicator_id
    LEFT JOIN instrument_default d ON d.instrument = k.instrument
)
SELECT
    class_no,
    column_key,
    question_id,
    context,
    label_hash,
    mapping_id,
    indicator_id,
    comparability,
    kind,
    polarity IS NOT DISTINCT FROM 'negative' AS is_negative,
    is_ignored,
    measured AS is_measured,
    -- A quantity is what stands beside a unit column, or what the indicator says is one.
    measured OR coalesce(kind = 'quantity', false) AS asks_quantity,
    -- An answer that only informs keeps its number, whatever the indicator that it was brought under.
    kind IS NULL OR used_scale IS NOT DISTINCT FROM 'plain_information' AS keeps_number,
    accepted_units,
    coalesce(
        string_split(accepted_units, '|')[1], CASE WHEN NOT contains(indicator_unit, '|') THEN indicator_unit END
    ) AS plain_unit,
    (SELECT any_value(w.scale_no) FROM scale_word w WHERE w.scale = used_scale) AS scale_no,
    -- Null: any other word is an unknown answer.
    nullif(coalesce(s.otherwise, 'informational'), 'unknown_answer')::answer_state AS otherwise,
    answered_by::answered_by AS answered_by,
    verification::verification AS verification,
    prefix,
    suffix,
    unit_prefix,
    unit_suffix
FROM mapped
LEFT JOIN scale_default s ON s.scale = used_scale;

-- All that the answers of a file mean, as one hash: what was judged by the same hash need not be judged again.
CREATE OR REPLACE TABLE file_meaning AS
WITH hashed AS (
    SELECT class_no, column_key, hash(*COLUMNS(* EXCLUDE (class_no))) AS digest FROM meaning
)
SELECT u.file_id, hash(string_agg(h.digest::VARCHAR, '|' ORDER BY h.digest)) AS signature
FROM used_column u
JOIN hashed h USING (class_no, column_key)
GROUP BY u.file_id;
