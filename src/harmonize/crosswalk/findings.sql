-- Every finding row of every delivery with the indicator of its clause.
-- Reads: staged_finding, staged_assessment, stated_header, release.compact.read_clause, crosswalk_entry, indicator_entry.
-- Writes: harmonised_finding.
CREATE OR REPLACE TABLE harmonised_finding AS
SELECT
    f.*,
    h.instrument,
    c.indicator_id,
    i.topic_id,
    CASE WHEN c.indicator_id IS NOT NULL THEN r.mapping_id END AS mapping_id,
    coalesce(c.is_ignored, false) AS is_ignored
FROM staged_finding f
JOIN staged_assessment h USING (file_id, assessment_no)
JOIN stated_header s USING (file_id, assessment_no)
LEFT JOIN release.compact.read_clause r ON r.class_no = s.class_no AND r.clause = f.clause
LEFT JOIN crosswalk_entry c USING (mapping_id)
LEFT JOIN indicator_entry i USING (indicator_id);
