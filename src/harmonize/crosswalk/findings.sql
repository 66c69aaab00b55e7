-- Every finding row of every delivery with the indicator of its clause.
-- Reads: staged_finding, staged_assessment, staged_mention, question_mapping, crosswalk_entry, indicator_entry.
-- Writes: harmonised_finding.
CREATE OR REPLACE TABLE harmonised_finding AS
SELECT
    f.*,
    h.instrument,
    c.indicator_id,
    i.topic_id,
    CASE WHEN c.indicator_id IS NOT NULL THEN q.mapping_id END AS mapping_id,
    coalesce(c.is_ignored, false) AS is_ignored
FROM staged_finding f
JOIN staged_assessment h USING (file_id, assessment_no)
LEFT JOIN staged_mention m USING (file_id, assessment_no)
LEFT JOIN question_mapping q
    ON q.instrument = h.instrument
    AND q.edition IS NOT DISTINCT FROM h.edition
    AND q.country IS NOT DISTINCT FROM m.country
    AND q.question_id = f.clause
    AND q.context IS NULL
    AND q.label_hash IS NULL
LEFT JOIN crosswalk_entry c USING (mapping_id)
LEFT JOIN indicator_entry i USING (indicator_id);
