-- Deliveries of assessments. Reads: inbox_file, staged_assessment, mention, link. Writes: delivery, facility_of_identifier.
CREATE OR REPLACE TABLE delivery AS
SELECT
    f.file_id,
    coalesce(f.duplicate_of, f.file_id) AS content_file_id,
    f.content_id,
    f.path,
    f.contributor,
    f.received_at,
    l.facility_id,
    l.decision_key,
    a.* EXCLUDE (file_id, row_order)
FROM inbox_file f
JOIN staged_assessment a ON a.file_id = coalesce(f.duplicate_of, f.file_id)
JOIN mention m ON m.file_id = a.file_id AND m.assessment_no = a.assessment_no
JOIN link l USING (mention_id)
WHERE f.status IN ('loaded', 'duplicate');

CREATE OR REPLACE TABLE facility_of_identifier AS
SELECT i.scheme, i.value, min(l.facility_id) AS facility_id
FROM staged_identifier i
JOIN mention m USING (file_id, locator)
JOIN link l USING (mention_id)
WHERE i.valid
GROUP BY i.scheme, i.value
HAVING count(DISTINCT l.facility_id) = 1;
